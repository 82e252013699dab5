"""Opens the list of the queue: for one window at a time, and in memory where its file cannot be used."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile

from mfsr_app.jobs.failure import Failure, failure_of

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.batch.journal import Journal, QueueItem


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
