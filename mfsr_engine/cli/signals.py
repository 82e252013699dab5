"""Ends a command cleanly on SIGTERM and SIGHUP as on Ctrl+C, so that no partial file is left. Knows no command."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNALS = ("SIGTERM", "SIGHUP", "SIGBREAK")
"""Asked to end, terminal closed, or Windows' Ctrl+Break; each system has some of them."""


class Ended(KeyboardInterrupt):
    """The system or another program wants this one gone."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def exit_code(stop: BaseException) -> int:
    """With which a command that was stopped ends: 128 and the signal's number, that of Ctrl+C if it was another wish."""
    reason = stop if isinstance(stop, Ended) else stop.__cause__
    return 128 + (reason.number if isinstance(reason, Ended) else signal.SIGINT)


@contextmanager
def heeded() -> Iterator[None]:
    """Raise `Ended` in the block when one of the signals comes, and pay no heed to further ones, so that cleaning up is not cut
    short. A signal that is ignored, as for programs that outlive their terminal, stays so. Does nothing off the main thread.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[int, Any] = {}

    def end(number: int, frame: FrameType | None) -> None:
        for each in before:
            signal.signal(each, signal.SIG_IGN)
        raise Ended(number)

    for number in (getattr(signal, name) for name in SIGNALS if hasattr(signal, name)):
        if signal.getsignal(number) is not signal.SIG_IGN:
            before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
