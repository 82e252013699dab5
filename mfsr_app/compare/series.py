"""Computes one part of the picture with several settings, one after the other, while all other computing waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from mfsr_engine.api import UpscaleRequest, UpscaleResult, UpscaleSettings

if TYPE_CHECKING:
    from mfsr_app.compare.document import Document
    from mfsr_app.compare.upscaling import UpscalingState
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import EngineJobs
    from mfsr_app.ui.messages import Messages
    from mfsr_engine.geometry import Rect
    from mfsr_engine.progress import ProgressReport

Finish = Callable[[UpscaleSettings, UpscaleResult], Any]
"""What is made of a result in the engine's thread: large arrays need not come to the GUI thread to become small ones."""


@dataclass(frozen=True)
class PartDone:
    """One of the results."""

    settings: UpscaleSettings
    """What it was made with."""
    seconds: float
    """How long it took, without loading the model."""
    answer: Any
    """What `Finish` made of it."""


class PartSeries(QObject):
    """One series at a time. Every request is that of a run with those settings: the same noise, the same pixels."""

    done = Signal(object)
    """PartDone"""
    progressed = Signal()
    """The next one began, or moved on."""
    ended = Signal(bool)
    """Nothing more will come; whether all were computed."""
    failed = Signal()
    """It ended because one could not be computed; the user was told why."""

    def __init__(
        self, jobs: EngineJobs, upscaling: UpscalingState, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._jobs, self._upscaling, self._messages = jobs, upscaling, messages
        self._waiting: list[UpscaleSettings] = []
        self._number: int | None = None
        self._job: tuple[Document, Rect | None, Finish] | None = None
        self.now: UpscaleSettings | None = None
        self.report: ProgressReport | None = None
        jobs.reported.connect(self._on_reported)
        jobs.finished.connect(self._on_finished)
        jobs.failed.connect(self._on_failed)

    @property
    def is_running(self) -> bool:
        """Whether results are still to come."""
        return self.now is not None

    def start(
        self, document: Document, region: Rect | None, settings: Sequence[UpscaleSettings], finish: Finish
    ) -> None:
        """Compute the region (None is everything) with each of the settings, in that order."""
        self.cancel()
        self._job, self._waiting = (document, region, finish), list(settings)
        self._upscaling.wait()
        self._next()

    def cancel(self) -> None:
        """Stop within one tile. What was computed has been told already."""
        if self._number is not None:
            self._jobs.cancel(self._number)
            self._end(is_complete=False)

    def _next(self) -> None:
        if not self._waiting or self._job is None:
            self._end(is_complete=True)
            return
        document, region, finish = self._job
        self.now, self.report = self._waiting.pop(0), None
        picture, settings = document.picture, self.now
        request = UpscaleRequest(picture.pixels, settings, picture.alpha, region)

        def work(upscaler: Any, progress: Any) -> PartDone:
            result = upscaler.upscale(request, progress)
            return PartDone(settings, result.seconds, finish(settings, result))

        self._number = self._jobs.submit(work)
        self.progressed.emit()

    def _end(self, *, is_complete: bool) -> None:
        self._number = self._job = self.now = self.report = None
        self._waiting = []
        self._upscaling.go_on()
        self.ended.emit(is_complete)

    @Slot(int, object)
    def _on_reported(self, number: int, report: ProgressReport) -> None:
        if number == self._number:
            self.report = report
            self.progressed.emit()

    @Slot(int, object)
    def _on_finished(self, number: int, answer: object) -> None:
        if number == self._number and isinstance(answer, PartDone):
            self.done.emit(answer)
            if number == self._number:  # nobody who was told has cancelled
                self._next()

    @Slot(int, object)
    def _on_failed(self, number: int, failure: Failure) -> None:
        if number == self._number:
            self._messages.fail(failure)
            self._end(is_complete=False)
            self.failed.emit()
