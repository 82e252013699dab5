"""Closes the window properly when something else ends the program: a signal, or the desktop logging the user out."""

from __future__ import annotations

import signal
import socket
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QSocketNotifier, Qt, Slot
from PySide6.QtGui import QGuiApplication

if TYPE_CHECKING:
    from types import FrameType

    from mfsr_app.window import MainWindow

SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP", "SIGBREAK")
"""Asked to end, Ctrl+C, terminal closed (or Windows' Ctrl+Break); each system has some of them."""


class Desktop(Protocol):
    """What asks before it logs out, as Qt has it."""

    def allowsInteraction(self) -> bool:
        """Whether the user may be asked something now."""

    def release(self) -> None:
        """The user was asked."""

    def cancel(self) -> None:
        """Do not log out."""


class Shutdown(QObject):
    """Python runs a signal's handler only between two of its own instructions, and a window that waits for events has none
    to run. A socket that the signal writes to is such an event.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._read_end, self._write_end = socket.socketpair()
        self._write_end.setblocking(False)
        self._notifier = QSocketNotifier(self._read_end.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._on_signal)
        numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
        self._before = {number: signal.signal(number, _note) for number in numbers}
        self._wakeup_before = signal.set_wakeup_fd(self._write_end.fileno(), warn_on_full_buffer=False)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication), "a window has an application"
        app.commitDataRequest.connect(self.on_log_out, Qt.ConnectionType.DirectConnection)

    def stop(self) -> None:
        """Signals end the process again, as they did before."""
        if self._before:
            self._notifier.setEnabled(False)
            signal.set_wakeup_fd(self._wakeup_before)
            for number, handler in self._before.items():
                signal.signal(number, handler)
            self._before = {}
            self._read_end.close()
            self._write_end.close()

    @Slot()
    def _on_signal(self) -> None:
        """A second signal, to a program that takes long to end, is not waited for."""
        self.stop()
        self._window.leave()

    def on_log_out(self, desktop: Desktop) -> None:
        """The desktop asks before it logs out. It may still be called off, so the window stays."""
        if desktop.allowsInteraction():
            is_agreed = self._window.close_guard.may_log_out
            desktop.release()
            if not is_agreed:
                desktop.cancel()
                return
        self._window.keep()


def _note(number: int, frame: FrameType | None) -> None:
    """The socket has told already."""
