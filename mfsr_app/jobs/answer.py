"""The answer of a call in another thread, for the one who cannot go on without it: another program that waits for a file."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_engine.progress import Progress

T = TypeVar("T")


class Answer(Generic[T]):
    """A call to be submitted to a worker, which may be waited for."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._is_there = threading.Event()
        self._answer: T | None = None

    def __call__(self, progress: Progress) -> T:
        """Make the call, in the thread that it was submitted to."""
        try:
            progress.check()
            self._answer = self._call()
            return self._answer
        finally:
            self._is_there.set()

    def wait(self, at_most_s: float) -> T | None:
        """What the call gave back; None if it failed or is not there in time."""
        self._is_there.wait(at_most_s)
        return self._answer
