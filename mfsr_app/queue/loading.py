"""Opens the queue's journal for one window at a time and adds pictures to it. Called off the GUI thread."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile

from mfsr_app.jobs.failure import Failure, failure_of
from mfsr_engine.batch.naming import Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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


def opened(journal: Journal) -> Opened:
    """Open a journal and read it; one that cannot be used now is left as it is and goes on in memory."""
    try:
        was_damaged = journal.open()
        interrupted = journal.recover()
        items = tuple(journal.items())
        for item in items:
            str(item.source.path)  # is kept by the path, and then costs the window's thread nothing
        return Opened(items, journal.plan_text(), interrupted, was_damaged)
    except (sqlite3.Error, OSError, ValueError) as error:
        journal.open_in_memory()
        return Opened(failure=failure_of(error))
