"""One run shared by several processes: each picture is upscaled by the first process that claims it, and by another only if that one died.
Knows nothing of how a picture is made.

What was claimed and finished stands in a folder of small files in the folder of results, which is there only while somebody works. So it
does not matter who started the processes, and on which computers they run.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import filelock
import psutil  # type: ignore[import-untyped, unused-ignore]

from mfsr_engine.files.atomic import remove_leftovers
from mfsr_engine.files.claims import LOCK_SUFFIX, UseMark, claimed, is_marked, marking_processes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

    from mfsr_engine.batch.planning import BatchItem

_Outcome = TypeVar("_Outcome")
WORK_FOLDER = ".mfsr-work"
LOOK_EVERY_S = 0.5
_FINISHED, _DOOR = ".finished", f"door{LOCK_SUFFIX}"


def run_shared(
    items: Iterable[BatchItem], work: Callable[[BatchItem], _Outcome], check: Callable[[], None]
) -> Iterator[_Outcome]:
    """Work on pictures that other processes may be working on too, and end when all are finished.

    Args:
        items: the same in all processes, in any order.
        work: upscales one.
        check: called while others are at work on all that is left; may raise to stop.

    Yields:
        What became of the pictures that were worked on here.
    """
    with _Records() as records:
        left: deque[BatchItem] = deque()
        for item in items:
            yield from _tried(item, work, records, left)
        while left:
            before = len(left)
            for _ in range(before):
                yield from _tried(left.popleft(), work, records, left)
            if len(left) == before:
                check()
                time.sleep(LOOK_EVERY_S)


def _tried(
    item: BatchItem, work: Callable[[BatchItem], _Outcome], records: _Records, left: deque[BatchItem]
) -> Iterator[_Outcome]:
    record = records.of(item)
    if record is None:
        yield work(item)
        return
    finished = record.with_suffix(_FINISHED)
    if finished.exists():
        return
    with claimed(record.with_suffix(LOCK_SUFFIX)) as is_mine:
        if not is_mine:
            left.append(item)
            return
        if finished.exists():
            return
        outcome = work(item)
        with suppress(OSError):
            finished.touch()
    yield outcome


class _Records:
    """The folders of records that a run uses, marked as in use."""

    def __init__(self) -> None:
        self._marks: dict[Path, UseMark | None] = {}
        self._made: set[Path] = set()

    def of(self, item: BatchItem) -> Path | None:
        """Name, without its ending, of what stands for a picture; None where nothing can be recorded."""
        root = item.root or item.target.parent
        folder = root / WORK_FOLDER
        if folder not in self._marks:
            self._marks[folder] = self._entered(root, folder)
        if self._marks[folder] is None:
            return None
        place = item.target.relative_to(root) if item.target.is_relative_to(root) else item.target
        words = f"{place.as_posix()}\0{_identity(item.source)}"
        return folder / hashlib.sha256(words.encode(errors="surrogateescape")).hexdigest()[:24]

    def _entered(self, root: Path, folder: Path) -> UseMark | None:
        """Mark a folder as in use. Who finds no mark begins a new run, for which nothing is finished yet."""
        try:
            if not root.exists():
                self._made.add(root)
            for _ in range(10):  # others may remove it at any moment
                folder.mkdir(parents=True, exist_ok=True)
                with suppress(FileNotFoundError), _door(folder):
                    _clear_unless_used(root)
                    return UseMark(folder)
        except (OSError, NotImplementedError):
            pass
        return None

    def __enter__(self) -> _Records:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for folder, mark in self._marks.items():
            with suppress(OSError):
                if mark is not None:
                    with _door(folder):
                        mark.take_away()
                        if _clear_unless_used(folder.parent):
                            (folder / _DOOR).unlink(missing_ok=True)
                folder.rmdir()
        for root in self._made:
            with suppress(OSError):
                root.rmdir()  # if there is no result in it


def _identity(source: Path) -> str:
    """What a picture is known by on every computer, wherever its folder is mounted there: of two that would get results of one name
    neither counts as the other.
    """
    try:
        state = source.stat()
    except OSError:
        return source.name
    return f"{source.name}\0{state.st_size}\0{state.st_mtime_ns}"


def _door(folder: Path) -> filelock.BaseFileLock:
    """Passed by one process at a time."""
    return filelock.FileLock(folder / _DOOR)


def _clear_unless_used(root: Path) -> bool:
    """Forget what is finished, and delete what processes that were killed had half written, unless somebody is at work. Returns
    whether nobody is.
    """
    folder = root / WORK_FOLDER
    processes = marking_processes(folder)  # before the marks of the dead are taken away
    if is_marked(folder):
        return False
    for path in folder.glob(f"*{_FINISHED}"):
        path.unlink(missing_ok=True)
    places = [root, *(path for path in root.rglob("*") if path.is_dir())] if processes - {os.getpid()} else []
    for process in processes:
        if not psutil.pid_exists(process):  # the number may be another program's by now
            for place in places:
                remove_leftovers(place, process)
    return True
