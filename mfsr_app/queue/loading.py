"""Opens the queue's journal for one window at a time and adds pictures to it, with the masks of their areas. Called off the GUI thread."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, field, replace
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile

from mfsr_app.jobs.failure import Failure, failure_of
from mfsr_engine.batch.journal import ItemState
from mfsr_engine.batch.naming import Source
from mfsr_engine.batch.run_plan import RunPlan
from mfsr_engine.errors import MfsrError
from mfsr_engine.files.tables import as_json, from_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from mfsr_engine.api import MaskedAreas
    from mfsr_engine.batch.journal import Journal, QueueItem

FIRST_AT_ONCE, ADDED_AT_ONCE = 100, 1000
"""Files of the first and of each further portion. A thousand take about 5 ms of the journal, which makes the window wait with a change of
its own, and some more of the table.
"""


@dataclass(frozen=True)
class Added:
    """What became of an attempt to add, or of a portion of it."""

    items: list[QueueItem] = field(default_factory=list)
    """New pictures."""
    unknown: int = 0
    """Files that are no pictures by their ending, or are not there."""
    repeated: int = 0
    """Pictures that wait already."""
    results: int = 0
    """Results of this program in folders, which were left out."""

    def __add__(self, other: Added) -> Added:
        """Both together."""
        return Added(
            self.items + other.items,
            self.unknown + other.unknown,
            self.repeated + other.repeated,
            self.results + other.results,
        )


class Adding:
    """An attempt to add, a portion at a time."""

    def __init__(self, portions: Iterator[Added]) -> None:
        """See `add_paths`."""
        self._portions = portions
        self.so_far = Added()
        """What became of it until now."""

    def next_portion(self) -> Added | None:
        """Add some more; None if that was all.

        Raises:
            sqlite3.Error: The journal cannot be changed; what `so_far` has was added.
        """
        portion = next(self._portions, None)
        if portion is not None:
            self.so_far += portion
        return portion

    def finish(self) -> Added:
        """Add all the rest; gives back what became of the whole.

        Raises:
            sqlite3.Error: as `next_portion`.
        """
        while self.next_portion() is not None:
            pass
        return self.so_far


def add_paths(
    paths: Sequence[Path], journal: Journal, without: Sequence[Path], *, include_results: bool = False
) -> Adding:
    """Begin to add files, and folders with everything below them except for the folders `without`.

    Args:
        paths: what to add.
        journal: where to.
        without: folders whose content is left out.
        include_results: whether pictures that this program made are taken from folders too.
    """
    return Adding(_portions(_found(paths, without, include_results=include_results), journal))


def _portions(found: Iterator[Source | Left], journal: Journal) -> Iterator[Added]:
    size = FIRST_AT_ONCE
    while some := list(islice(found, size)):
        sources = [one for one in some if isinstance(one, Source)]
        items = journal.add(sources)
        yield Added(items, some.count(Left.UNKNOWN), len(sources) - len(items), some.count(Left.RESULT))
        size = ADDED_AT_ONCE


class Left(Enum):
    """Why a file is left out."""

    UNKNOWN = "unknown"
    RESULT = "result"


def _found(paths: Sequence[Path], without: Sequence[Path], *, include_results: bool) -> Iterator[Source | Left]:
    from mfsr_engine.batch.planning import scan_files
    from mfsr_engine.files.formats import is_image_path

    for path in paths:
        if path.is_dir():
            for source in scan_files(path.absolute(), without, include_results=include_results):
                yield Left.RESULT if source is None else source
        elif path.is_file() and is_image_path(path):
            yield Source(path.absolute())
        else:
            yield Left.UNKNOWN


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


def import_run() -> None:
    """Have at hand what works through the list, so that the first picture does not wait for it; some 50 ms."""
    import mfsr_engine.batch.queue_run  # noqa: F401


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
