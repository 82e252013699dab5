"""The input-consistency overlay: where the result is not supported by the input, measured on demand for the visible part until the whole
result is there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mfsr_app.compare.comparison import Overlay
from mfsr_app.desktop.messages import Subject
from mfsr_app.imaging.raster import Raster, overlay_raster
from mfsr_engine.progress import Progress

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.comparison import Comparison
    from mfsr_app.compare.document import DocumentState
    from mfsr_app.compare.result_store import StoredResult
    from mfsr_app.compare.upscaling import UpscalingState
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.engine import EngineWorker
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import Job, Worker
    from mfsr_engine.api import UpscaleSettings
    from mfsr_engine.geometry import Rect

Measure = Callable[["NDArray[np.float32]", "NDArray[np.float32]", int, Progress], "NDArray[np.float32]"]
"""Result, source, factor, progress to a (H, W) map of 0..1, as `mfsr_engine.upscale.fidelity.residual_map`."""

SETTLE_MS = 250
"""Wait after the view moved, so that nothing is measured while it is being dragged."""


def measure_residual(
    result: NDArray[np.float32], source: NDArray[np.float32], factor: int, progress: Progress
) -> NDArray[np.float32]:
    """The engine's own measure, loaded where it is used."""
    from mfsr_engine.upscale.fidelity import residual_map

    return residual_map(result, source, factor, progress)


class ConsistencyState(QObject):
    """Keeps one overlay, that of the result in use. Of the whole it is measured in the engine's thread; of the part in
    view in the background, because the engine goes on with the whole meanwhile.
    """

    changed = Signal()
    """It was switched, or an overlay is there."""

    def __init__(
        self,
        document: DocumentState,
        choices: Choices,
        view: ViewModel,
        upscaling: UpscalingState,
        comparison: Comparison,
        engine: EngineWorker,
        background: Worker,
        messages: Messages,
        measure: Measure = measure_residual,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._upscaling = document, choices, upscaling
        self._comparison, self._engine, self._messages, self._measure = comparison, engine, messages, measure
        self._view, self._background = view, background
        self.is_wanted = False
        self._running: tuple[Job, UpscaleSettings] | None = None
        self._part: tuple[UpscaleSettings, Rect] | None = None
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._update)

    def toggle(self) -> None:
        """Show the overlay, or hide it."""
        self._set_wanted(is_wanted=not self.is_wanted)
        if self.is_wanted:
            self._update()
        else:
            self._forget()
        self.changed.emit()

    def hide(self) -> None:
        """Hide the overlay."""
        if self.is_wanted:
            self.toggle()

    def begin(self) -> None:
        """Another picture is open: measure anew, if the overlay is wanted."""
        if self.is_wanted:
            self._forget()

    def _set_wanted(self, *, is_wanted: bool) -> None:
        """Follow view and results while the overlay is wanted, and only then."""
        self.is_wanted = is_wanted
        self._settle.stop()
        for signal, follow in ((self._view.changed, self._on_looked), (self._upscaling.changed, self._update)):
            (signal.connect if is_wanted else signal.disconnect)(follow)

    @Slot()
    def _on_looked(self) -> None:
        """Measure another part once the view rests."""
        self._settle.start()

    @Slot()
    def _update(self) -> None:
        """Measure what is shown, if that was not done yet."""
        kept, document = self._upscaling.shown, self._document.current
        if kept is None or document is None:
            return
        if not kept.is_whole:
            self._update_part(kept, document.picture.pixels)
            return
        is_running = self._running is not None and self._running[1] == kept.settings
        overlay = self._comparison.overlays.get(kept.settings)
        if is_running or (overlay is not None and overlay.area is None):
            return
        self._cancel()
        settings = kept.settings
        job = self._engine.submit(
            self._work(kept, document.picture.pixels), lambda raster: self._on_whole(settings, raster), self._give_up
        )
        self._running = (job, settings)

    def _work(self, kept: StoredResult, source: Any) -> Callable[[Progress], Raster]:
        result, factor, measure = kept.result, self._choices.factor, self._measure
        assert result is not None, "only whole results are measured"
        pixels = result.pixels
        return lambda progress: overlay_raster(measure(pixels, source, factor, progress))

    def _update_part(self, kept: StoredResult, source: Any) -> None:
        """Measure the part in view, as soon as all of it is there."""
        seen, growing = self._view.visible, kept.growing
        if seen is None or growing is None or not self._upscaling.is_in_view(kept):
            return
        if self._part is not None and self._part[0] == kept.settings and self._part[1].intersected(seen) == seen:
            return
        self._part = part = (kept.settings, seen)
        factor, measure = self._choices.factor, self._measure
        area = seen.scaled(factor)

        def work(_: Progress) -> Raster:
            pixels = growing.copied(area).astype(np.float32) / np.float32(255.0)
            return overlay_raster(measure(pixels, source[seen.slices()], factor, Progress()))

        self._background.submit(
            work, lambda raster: self._on_part(part, raster), lambda failure: self._on_part_failed(part, failure)
        )

    def _on_part(self, part: tuple[UpscaleSettings, Rect], raster: Raster) -> None:
        if self.is_wanted and part == self._part:
            self._show(part[0], raster, part[1])

    def _on_part_failed(self, part: tuple[UpscaleSettings, Rect], failure: Failure) -> None:
        if self.is_wanted and part == self._part:
            self._give_up(failure)

    def _give_up(self, failure: Failure) -> None:
        """Take the overlay away rather than try again and again; who wants it anew is heard."""
        self._running = None
        if self.is_wanted:
            self._set_wanted(is_wanted=False)
        self._forget()
        self._messages.fail(failure, Subject.COMPUTING)
        self.changed.emit()

    def _show(self, settings: UpscaleSettings, raster: Raster, area: Rect | None) -> None:
        legend = self.tr("Magenta: the input does not support this")
        self._comparison.set_overlays({settings: Overlay(raster, legend, area)})
        self.changed.emit()

    def _on_whole(self, settings: UpscaleSettings, raster: Raster) -> None:
        self._running = self._part = None
        self._show(settings, raster, None)

    def _forget(self) -> None:
        self._cancel()
        self._part = None
        self._comparison.set_overlays({})

    def _cancel(self) -> None:
        if self._running is not None:
            self._running[0].cancel()
            self._running = None
