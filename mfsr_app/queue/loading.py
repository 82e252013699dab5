"""Opens the queue's journal for one window at a time and adds pictures to it, with the masks of their areas. Called off the GUI thread."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile

from mfsr_app.jobs.failure import Failure, failure_of
from mfsr_engine.batch.journal import ItemState
from mfsr_engine.batch.naming import Source
from mfsr_engine.batch.run_plan import RunPlan
from mfsr_engine.errors import MfsrError
from mfsr_engine.files.tables import as_json, from_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfsr_engine.api import MaskedAreas
    from mfsr_engine.batch.journal import Journal, QueueItem

ADDED_AT_ONCE = 1000
"""Pictures of one change of the journal, about 5 ms; the window waits for a change that is under way before its own."""


@dataclass(frozen=True)
class Added:
    """What became of an attempt to add."""

    items: list[QueueItem]
    """New pictures."""
    unknown: int
    """Files that are no pictures by their ending, or are not there."""
    repeated: int
    """Pictures that wait already."""
    results: int = 0
    """Results of this program in folders, which were left out."""


def add_paths(
    paths: Sequence[Path], journal: Journal, without: Sequence[Path], *, include_results: bool = False
) -> Added:
    """Add files, and folders with everything below them except for the folders `without`.

    Args:
        paths: what to add.
        journal: where to.
        without: folders whose content is left out.
        include_results: whether pictures that this program made are taken from folders too.

    Raises:
        sqlite3.Error: The journal cannot be changed; nothing was added.
    """
    from mfsr_engine.batch.planning import scan_folder
    from mfsr_engine.files.formats import is_image_path

    found: list[Source] = []
    unknown = results = 0
    for path in paths:
        if path.is_dir():
            scan = scan_folder(path.absolute(), without, include_results=include_results)
            found += scan.sources
            results += scan.results
        elif path.is_file() and is_image_path(path):
            found.append(Source(path.absolute()))
        else:
            unknown += 1
    items = _added(found, journal)
    return Added(items, unknown, len(found) - len(items), results)


@dataclass(frozen=True)
class AddedOpen:
    """What became of the open picture."""

    item: QueueItem | None
    """Where it waits; None if it is in hand now, or no file any more."""
    is_new: bool
    """Whether it was not there before."""


def add_open(path: Path, plan: RunPlan, areas: MaskedAreas | None, folder: Path, journal: Journal) -> AddedOpen:
    """Add one picture, with a plan of its own if it has areas; one that waits already gets that plan.

    Args:
        path: the picture.
        plan: settings and output of now.
        areas: parts that are made in another way.
        folder: where masks are kept.
        journal: where to.

    Raises:
        ImageWriteError: the mask cannot be written; nothing was added.
        sqlite3.Error: the journal cannot be changed.
    """
    if not path.is_file():
        return AddedOpen(None, is_new=False)
    text = ""
    if areas is not None:
        from mfsr_engine.images.areas import kept_areas

        text = as_json(replace(plan, areas=kept_areas(folder, areas)))
    added = journal.add([Source(path.absolute())])
    found = added or [item for item in journal.items() if item.source.path == path.absolute()]
    waiting = [item for item in found if item.state is ItemState.WAITING]
    if not waiting:
        return AddedOpen(None, is_new=False)
    item = waiting[0]
    if text or item.own_plan:
        text = text or without_areas(item.own_plan)
        journal.set_own_plan([item.number], text)
    return AddedOpen(replace(item, own_plan=text), is_new=bool(added))


def plan_of(text: str | None) -> RunPlan | None:
    """The plan in a journal, or None where there is none that this version reads."""
    try:
        return from_json(RunPlan, text) if text else None
    except (ValueError, MfsrError):
        return None


def without_areas(text: str) -> str:
    """A plan of one picture without areas; empty if there is none that this version reads."""
    plan = plan_of(text)
    return "" if plan is None else as_json(replace(plan, areas=None))


def _remove_unused_masks(folder: Path, items: Sequence[QueueItem]) -> None:
    """Those of pictures that were taken out of the list."""
    if folder.is_dir():
        from mfsr_engine.images.areas import remove_other_masks

        plans = (plan_of(item.own_plan) for item in items)
        remove_other_masks(folder, {plan.areas.path for plan in plans if plan is not None and plan.areas is not None})


def _added(found: Sequence[Source], journal: Journal) -> list[QueueItem]:
    items: list[QueueItem] = []
    try:
        for first in range(0, len(found), ADDED_AT_ONCE):
            items += journal.add(found[first : first + ADDED_AT_ONCE])
    except sqlite3.Error:
        with suppress(sqlite3.Error):
            journal.remove([item.number for item in items])
        raise
    return items


@dataclass(frozen=True)
class Opened:
    """What was found in a journal."""

    items: tuple[QueueItem, ...] = ()
    """The pictures, in their order."""
    plan_text: str | None = None
    """The plan that was noted last."""
    interrupted: int = 0
    """Pictures that a process which was killed had in hand."""
    was_damaged: bool = False
    """Whether a damaged file was put aside."""
    failure: Failure | None = None
    """Why the list is in memory only."""


def lock_beside(path: Path) -> QLockFile | None:
    """The lock of a journal, or None while another window holds it.

    Raises:
        OSError: Its folder cannot be made or written to.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = QLockFile(str(path) + ".lock")
    lock.setStaleLockTime(0)
    if lock.tryLock(0):
        return lock
    if lock.error() is not QLockFile.LockError.LockFailedError:
        raise OSError(f"{path}.lock: {lock.error().name}")
    return None


def masks_beside(path: Path) -> Path:
    """The folder of the masks that belong to a journal."""
    return path.with_name(f"{path.stem}-areas")


def opened(journal: Journal) -> Opened:
    """Open a journal and read it; one that cannot be used now is left as it is and goes on in memory."""
    try:
        was_damaged = journal.open()
        interrupted = journal.recover()
        items = tuple(journal.items())
        for item in items:
            str(item.source.path)  # is kept by the path, and then costs the window's thread nothing
        if journal.path is not None:
            _remove_unused_masks(masks_beside(journal.path), items)
        return Opened(items, journal.plan_text(), interrupted, was_damaged)
    except (sqlite3.Error, OSError, ValueError) as error:
        journal.open_in_memory()
        return Opened(failure=failure_of(error))
