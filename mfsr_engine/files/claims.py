"""Lock files by which processes, on one computer or several with a shared folder, agree who does what. The system takes a lock from a
process that dies, however it dies.
"""

from __future__ import annotations

import os
import re
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import filelock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_SUFFIX = ".lock"
_MARK = re.compile(r"use-(\d+)-[0-9a-f]+\.lock")


@contextmanager
def claimed(path: Path) -> Iterator[bool]:
    """Try to claim a piece of work by its lock file, and give it back when the block ends.

    Who gets it must look again whether the work is done, since the files of claims given back are removed.

    Args:
        path: the lock file, in a folder that exists.

    Yields:
        Whether the work may be done here. Also True in places that know no locks, where work may be done twice.
    """
    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=0)
    except filelock.Timeout:
        yield False
        return
    except (OSError, NotImplementedError):
        yield True
        return
    try:
        yield True
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)
        lock.release()


class UseMark:
    """Says to other processes that a folder is in use, until it is taken away or this process ends."""

    def __init__(self, folder: Path) -> None:
        """Raises:
        OSError, NotImplementedError: the folder is missing, may not be written to, or knows no locks.
        """
        self._path = folder / f"use-{os.getpid()}-{uuid.uuid4().hex[:8]}{LOCK_SUFFIX}"
        self._lock = filelock.FileLock(self._path)
        self._lock.acquire(timeout=0)

    def take_away(self) -> None:
        """The folder is no longer in use by this."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
        self._lock.release()


def is_used(folder: Path) -> bool:
    """Whether a folder has a mark of a process that lives, or work in it is claimed by one."""
    return _is_any_held(folder, f"*{LOCK_SUFFIX}")


def is_marked(folder: Path) -> bool:
    """Whether a folder has a mark of a process that lives; claims in it do not count."""
    return _is_any_held(folder, f"use-*{LOCK_SUFFIX}")


def marking_processes(folder: Path) -> set[int]:
    """Numbers of the processes whose marks are in a folder, whether they live or not."""
    found = (_MARK.fullmatch(path.name) for path in folder.glob(f"use-*{LOCK_SUFFIX}"))
    return {int(match[1]) for match in found if match}


def _is_any_held(folder: Path, pattern: str) -> bool:
    for path in folder.glob(pattern):
        with claimed(path) as is_mine:
            if not is_mine:
                return True
    return False
