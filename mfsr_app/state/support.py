"""The overlay that says where the result is not supported by the input: it is measured when asked for, in the engine's thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from mfsr_app.raster import Raster, overlay_raster

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mfsr_app.jobs.engine_jobs import EngineJobs
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.state.choices import Choices
    from mfsr_app.state.comparison import Comparison
    from mfsr_app.state.document import DocumentState
    from mfsr_app.state.messages import Messages
    from mfsr_app.state.results import Kept
    from mfsr_app.state.upscaling import UpscalingState
    from mfsr_engine.api import UpscaleSettings
    from mfsr_engine.progress import Progress

Measure = Callable[["NDArray[np.float32]", "NDArray[np.float32]", int, "Progress"], "NDArray[np.float32]"]
"""Result, source, factor, progress to a (H, W) map of 0..1, as `mfsr_engine.departures.departure_map`."""


def measure_departure(
    result: NDArray[np.float32], source: NDArray[np.float32], factor: int, progress: Progress
) -> NDArray[np.float32]:
    """The engine's own measure, loaded where it is used."""
    from mfsr_engine.departures import departure_map

    return departure_map(result, source, factor, progress)


class SupportState(QObject):
    """Keeps one overlay, that of the whole result in use."""

    changed = Signal()
    """It was switched, or an overlay is there."""

    def __init__(
        self,
        document: DocumentState,
        choices: Choices,
        upscaling: UpscalingState,
        comparison: Comparison,
        jobs: EngineJobs,
        messages: Messages,
        measure: Measure = measure_departure,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._upscaling = document, choices, upscaling
        self._comparison, self._jobs, self._messages, self._measure = comparison, jobs, messages, measure
        self.is_wanted = False
        self._running: tuple[int, UpscaleSettings] | None = None
        document.opened.connect(self._forget)
        upscaling.shown_changed.connect(self._update)
        jobs.finished.connect(self._on_finished)
        jobs.failed.connect(self._on_failed)

    def toggle(self) -> None:
        """Show the overlay, or hide it."""
        self.is_wanted = not self.is_wanted
        if self.is_wanted:
            if not self._is_whole:
                words = self.tr("The overlay is shown as soon as the whole picture is computed.")
                self._messages.tell(words)
            self._update()
        else:
            self._forget()
        self.changed.emit()

    @property
    def _is_whole(self) -> bool:
        return self._upscaling.shown is not None and self._upscaling.shown.is_whole

    @Slot()
    def _update(self) -> None:
        """Measure what is shown, if it is whole and not measured yet."""
        kept, document = self._upscaling.shown, self._document.current
        if not self.is_wanted or kept is None or document is None or not kept.is_whole:
            return
        is_running = self._running is not None and self._running[1] == kept.settings
        if is_running or kept.settings in self._comparison.overlays:
            return
        self._cancel()
        self._running = (self._jobs.submit(self._work(kept, document.picture.pixels)), kept.settings)

    def _work(self, kept: Kept, source: Any) -> Callable[[Any, Progress], Raster]:
        result, factor, measure = kept.result, self._choices.model.scale, self._measure
        assert result is not None, "only whole results are measured"
        pixels = result.pixels
        return lambda _, progress: overlay_raster(measure(pixels, source, factor, progress))

    @Slot(int, object)
    def _on_finished(self, number: int, answer: object) -> None:
        if self._running is not None and number == self._running[0] and isinstance(answer, Raster):
            settings = self._running[1]
            self._running = None
            self._comparison.set_overlays({settings: answer})
            self.changed.emit()

    @Slot(int, object)
    def _on_failed(self, number: int, failure: Failure) -> None:
        if self._running is not None and number == self._running[0]:
            self._running, self.is_wanted = None, False
            self._messages.fail(failure)
            self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        self._cancel()
        self._comparison.set_overlays({})

    def _cancel(self) -> None:
        if self._running is not None:
            self._jobs.cancel(self._running[0])
            self._running = None
