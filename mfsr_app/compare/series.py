"""Computes one part of the picture with several settings in turn, while all other computing waits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from mfsr_app.desktop.messages import Subject
from mfsr_engine.api import UpscaleRequest, UpscaleResult, UpscaleSettings

if TYPE_CHECKING:
    from mfsr_app.compare.document import Document
    from mfsr_app.compare.upscaling import UpscalingState
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.engine import EngineWorker
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import Job
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
        self, engine: EngineWorker, upscaling: UpscalingState, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._engine, self._upscaling, self._messages = engine, upscaling, messages
        self._waiting: list[UpscaleSettings] = []
        self._job: Job | None = None
        self._wanted: tuple[Document, Rect | None, Finish] | None = None
        self.now: UpscaleSettings | None = None
        """What is being computed; None if nothing is."""
        self.report: ProgressReport | None = None

    def start(
        self, document: Document, region: Rect | None, settings: Sequence[UpscaleSettings], finish: Finish
    ) -> None:
        """Compute the region (None is everything) with each of the settings, in that order."""
        self.cancel()
        self._wanted, self._waiting = (document, region, finish), list(settings)
        self._upscaling.wait()
        self._next()

    def cancel(self) -> None:
        """Stop within one tile. What was computed has been told already."""
        if self._job is not None:
            self._job.cancel()
            self._end(is_complete=False)

    def _next(self) -> None:
        if not self._waiting or self._wanted is None:
            self._end(is_complete=True)
            return
        document, region, finish = self._wanted
        self.now, self.report = self._waiting.pop(0), None
        picture, settings = document.picture, self.now
        request = UpscaleRequest(document.seen_by_models, settings, picture.alpha, region, document.areas)

        def work(upscaler: Any, progress: Any) -> PartDone:
            result = upscaler.upscale(request, progress)
            return PartDone(settings, result.seconds, finish(settings, result))

        job = self._engine.run(work, lambda done: self._on_done(job, done), self._on_failed)
        job.reported.connect(self._on_reported)
        self._job = job
        self.progressed.emit()

    def _end(self, *, is_complete: bool) -> None:
        self._job = self._wanted = self.now = self.report = None
        self._waiting = []
        self._upscaling.go_on()
        self.ended.emit(is_complete)

    @Slot(object)
    def _on_reported(self, report: ProgressReport) -> None:
        self.report = report
        self.progressed.emit()

    def _on_done(self, job: Job, done: PartDone) -> None:
        self.done.emit(done)
        if not job.is_cancelled:  # by someone who was told
            self._next()

    def _on_failed(self, failure: Failure) -> None:
        self._messages.fail(failure, Subject.COMPUTING)
        self._end(is_complete=False)
        self.failed.emit()
