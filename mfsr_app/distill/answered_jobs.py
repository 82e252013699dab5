"""Jobs whose answers go to the function given with them, in the GUI thread. A job that was cancelled answers nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import EngineJobs
    from mfsr_app.ui.messages import Messages
    from mfsr_engine.progress import Progress


class AnsweredJobs(QObject):
    """Tells the user of failures."""

    reported = Signal(int, object)
    """number, ProgressReport"""
    ended = Signal(int, object)
    """number, the Failure or None; sent before the answer is."""

    def __init__(self, jobs: EngineJobs, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs, self._messages = jobs, messages
        self._on_done: dict[int, Callable[[Any], None]] = {}
        jobs.reported.connect(self._on_reported)
        jobs.finished.connect(self._on_finished)
        jobs.failed.connect(self._on_failed)
        jobs.cancelled.connect(self._on_cancelled)

    def submit(self, call: Callable[[Progress], Any], on_done: Callable[[Any], None]) -> int:
        """Queue a call and give back its number."""
        number = self._jobs.submit(lambda _engine, progress: call(progress))
        self._on_done[number] = on_done
        return number

    def cancel(self, number: int) -> None:
        """Stop a job; it is forgotten at once."""
        self._on_done.pop(number, None)
        self._jobs.cancel(number)

    @Slot(int, object)
    def _on_reported(self, number: int, report: object) -> None:
        if number in self._on_done:
            self.reported.emit(number, report)

    @Slot(int, object)
    def _on_finished(self, number: int, answer: object) -> None:
        on_done = self._on_done.pop(number, None)
        if on_done is not None:
            self.ended.emit(number, None)
            on_done(answer)

    @Slot(int, object)
    def _on_failed(self, number: int, failure: Failure) -> None:
        if self._on_done.pop(number, None) is not None:
            self.ended.emit(number, failure)
            self._messages.fail(failure)

    @Slot(int)
    def _on_cancelled(self, number: int) -> None:
        if self._on_done.pop(number, None) is not None:
            self.ended.emit(number, None)
