"""Work divided into files and shared by all processes that take part, on one computer or several with a shared folder. Knows nothing of
what the files hold.
"""

from __future__ import annotations

import time
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from mfsr_engine.files.claims import LOCK_SUFFIX, claimed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

LOOK_EVERY_S = 0.5
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


def finish_together(files: Sequence[Path], make: Callable[[int], None], wait: Callable[[int], None]) -> None:
    """Return when all files exist. Each is made by whichever process claims it first; the claim of a process that dies is void.

    Args:
        files: what is wanted, in folders that exist. A file that exists counts as finished.
        make: makes the file of that number; it must appear whole or not at all.
        wait: called with the number of finished files each time others are at work on all that is left. May raise.
    """
    missing = deque(range(len(files)))
    while missing:
        before = len(missing)
        for _ in range(before):
            number = missing.popleft()
            if not (files[number].exists() or _is_made(files[number], number, make)):
                missing.append(number)
        if len(missing) == before:
            wait(len(files) - before)
            time.sleep(LOOK_EVERY_S)


def _is_made(file: Path, number: int, make: Callable[[int], None]) -> bool:
    with claimed(file.with_suffix(LOCK_SUFFIX)) as is_mine:
        if is_mine and not file.exists():
            make(number)
        return is_mine


def in_order(work: Callable[[_Item], _Result], items: Iterable[_Item], workers: int) -> Iterator[_Result]:
    """The results of `work` in the order of the items, made by threads at most a few items ahead of who takes them.

    Args:
        work: called in any thread.
        items: what it is called with.
        workers: threads; 1 does it in this one.
    """
    if workers <= 1:
        yield from map(work, items)
        return
    # Threads, not processes: decoding, filters and noise leave the interpreter's lock, and a process that has run OpenMP or
    # Qt must not be forked (its children wait for locks that nobody holds).
    pool = ThreadPoolExecutor(workers)
    waiting: deque[Future[_Result]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
