"""Runs short plain calls (reading, writing, converting) in a thread of its own, and answers in the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QThread, Signal, Slot

from mfsr_app.jobs.failure import Failure, failure_of
from mfsr_app.jobs.imports import read_ahead

OnDone = Callable[[Any], None]
OnFailed = Callable[[Failure], None]


class _CallWorker(QObject):
    finished = Signal(int, object)
    failed = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self._is_prepared = False

    @Slot(int, object)
    def run(self, number: int, call: Any) -> None:
        """Do one call; whatever it raises becomes a signal."""
        if not self._is_prepared:
            self._is_prepared = True
            read_ahead("cv2", "opencv_python_headless.libs")  # which nearly all calls import
        try:
            answer = call()
        except Exception as error:
            self.failed.emit(number, failure_of(error))
        else:
            self.finished.emit(number, answer)

    @Slot()
    def end(self) -> None:
        """End the thread. As a call like the others this comes after all of them; from outside, the event loop could be told to
        end before it has begun, and would then do none of them.
        """
        QThread.currentThread().quit()


class Background(QObject):
    """A queue of calls. Answers go to the functions given with a call, in the GUI thread and in order."""

    _submitted = Signal(int, object)
    _stopped = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._waiting: dict[int, tuple[OnDone, OnFailed]] = {}
        self._count = 0
        self._thread = QThread()
        self._thread.setObjectName("background")
        self._worker = _CallWorker()
        self._worker.moveToThread(self._thread)
        self._submitted.connect(self._worker.run)
        self._stopped.connect(self._worker.end)
        self._worker.finished.connect(self._on_finished)
        self._worker.failed.connect(self._on_failed)
        self._thread.start()

    def submit(self, call: Callable[[], object], on_done: OnDone, on_failed: OnFailed) -> None:
        """Queue a call."""
        self._count += 1
        self._waiting[self._count] = (on_done, on_failed)
        self._submitted.emit(self._count, call)

    def stop(self) -> None:
        """Let all that was submitted end (no file to be written is lost), answer nothing any more, end the thread."""
        self._waiting.clear()
        self._stopped.emit()
        self._thread.wait()

    @Slot(int, object)
    def _on_finished(self, number: int, answer: object) -> None:
        if number in self._waiting:
            self._waiting.pop(number)[0](answer)

    @Slot(int, object)
    def _on_failed(self, number: int, failure: object) -> None:
        if number in self._waiting and isinstance(failure, Failure):
            self._waiting.pop(number)[1](failure)
