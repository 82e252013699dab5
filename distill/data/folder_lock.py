"""A lock on a folder that several processes share, such as prepared crops. Knows nothing of what it holds."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import filelock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mfsr_engine.progress import Progress

LOOK_EVERY_S = 0.5


@contextmanager
def turn_at(folder: Path, progress: Progress) -> Iterator[None]:
    """Wait until no other process is at a folder, and keep others waiting until the block ends. One that is killed lets go.

    Args:
        folder: it need not exist; a lock file lies beside it.
        progress: told that it waits.

    Raises:
        Cancelled: stopped while it waited.
    """
    file = folder.with_name(f"{folder.name}.lock")
    lock = filelock.FileLock(file)
    with suppress(OSError, NotImplementedError):  # a place that knows no locks, or where nobody can change anything
        file.parent.mkdir(parents=True, exist_ok=True)
        while not _is_taken(lock):
            progress.report("Waiting for another run that prepares the same crops")
    try:
        yield
    finally:
        lock.release()


def _is_taken(lock: filelock.BaseFileLock) -> bool:
    try:
        lock.acquire(timeout=LOOK_EVERY_S)
    except filelock.Timeout:
        return False
    return True
