"""The seed-variance overlay: computes the visible part with a few seeds and shows where they disagree, since detail was invented there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mfsr_app.compare.comparison import Overlay
from mfsr_app.compare.series import PartDone, PartSeries
from mfsr_app.compare.view import part_in_view
from mfsr_app.imaging.raster import VARIANCE_OVERLAY, Raster, overlay_raster
from mfsr_engine.geometry import Rect
from mfsr_engine.upscale.seed_variance import SeedVariance

if TYPE_CHECKING:
    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.comparison import Comparison
    from mfsr_app.compare.document import DocumentState
    from mfsr_app.compare.upscaling import UpscalingState
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.engine import EngineWorker
    from mfsr_engine.api import UpscaleResult, UpscaleSettings

SEEDS = 4
"""So many results are compared, the one in use among them."""
MAX_PIXELS = 16_000_000
"""Of the result; a larger part would take too much memory (16 bytes each) and time."""
SETTLE_MS = 500
"""Wait after the view moved, so that nothing is begun while it is being dragged."""


@dataclass(frozen=True)
class _Done:
    settings: UpscaleSettings
    region: Rect


class SeedVarianceState(QObject):
    """Off, or following the settings and the view: computed anew when either is another one."""

    changed = Signal()
    """Switched on or off, or it moved on."""

    def __init__(
        self,
        document: DocumentState,
        choices: Choices,
        view: ViewModel,
        upscaling: UpscalingState,
        comparison: Comparison,
        engine: EngineWorker,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._upscaling = document, choices, upscaling
        self._comparison, self._messages, self._view = comparison, messages, view
        self._series = PartSeries(engine, upscaling, messages, self)
        self._computing: _Done | None = None
        self._shown: _Done | None = None
        self.is_wanted = False
        self.done = 0
        self._settle = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settle.timeout.connect(self._update)
        self._series.done.connect(self._on_done)
        self._series.progressed.connect(self.changed)
        self._series.ended.connect(self._on_ended)
        self._series.failed.connect(self.hide)  # or it would be tried again and again

    @property
    def is_running(self) -> bool:
        """Whether seeds are being computed."""
        return self._series.now is not None

    def toggle(self) -> None:
        """Show the overlay, or take it away."""
        if self.is_wanted:
            self.hide()
            return
        self._set_wanted(is_wanted=True)
        self.changed.emit()
        self._update()

    def cancel(self) -> None:
        """Stop, which means to do without."""
        self.hide()

    @Slot()
    def hide(self) -> None:
        """Take the overlay away and stop what is being computed for it."""
        if self.is_wanted:
            self._set_wanted(is_wanted=False)
            self._series.cancel()
            self._computing = self._shown = None
            self._comparison.set_overlays({})
            self.changed.emit()

    def _set_wanted(self, *, is_wanted: bool) -> None:
        """Follow settings, view and results while the overlay is wanted, and only then."""
        self.is_wanted = is_wanted
        self._settle.stop()
        for signal, follow in (
            (self._choices.changed, self._on_moved),
            (self._view.changed, self._on_moved),
            (self._upscaling.changed, self._on_results),
        ):
            (signal.connect if is_wanted else signal.disconnect)(follow)

    @Slot()
    def _on_moved(self) -> None:
        if self._computing is not None and self._computing.settings != self._choices.settings:
            self._series.cancel()
        self._settle.start()

    @Slot()
    def _on_results(self) -> None:
        """The part in view comes first; seeds follow when it is there."""
        if not self.is_running and not self._settle.isActive():
            self._settle.start()

    @Slot()
    def _update(self) -> None:
        """Compute what is shown, unless that is there or being computed."""
        document, settings = self._document.current, self._choices.settings
        if document is None or self._upscaling.awaits_view:
            return
        whole = Rect(0, 0, document.size.width, document.size.height)
        region = part_in_view(self._view) or whole
        if any(_holds(done, settings, self._view.visible or region) for done in (self._computing, self._shown)):
            return
        factor = self._choices.factor
        if region.width * region.height * factor**2 > MAX_PIXELS:
            self._messages.tell(self.tr("Zoom in to compare seeds: the part in view is too large for it."))
            self.hide()
            return
        self._series.cancel()
        self._computing, self.done = _Done(settings, region), 0
        spread = SeedVariance()

        def finish(_: UpscaleSettings, result: UpscaleResult) -> Raster | None:
            spread.add(result.pixels)
            return overlay_raster(spread.smoothed(factor), VARIANCE_OVERLAY) if spread.count == SEEDS else None

        every = [replace(settings, seed=seed) for seed in seeds_from(settings.seed)]
        self._series.start(document, None if region == whole else region, every, finish)

    @Slot(object)
    def _on_done(self, done: PartDone) -> None:
        self.done += 1
        if self._computing is None or not isinstance(done.answer, Raster):
            self.changed.emit()
            return
        legend = self.tr("Cyan: {0} seeds disagree here, so this is invented").format(SEEDS)
        overlay = Overlay(done.answer, legend, self._computing.region)
        self._comparison.set_overlays({self._computing.settings: overlay})
        self._shown = self._computing
        self.changed.emit()

    @Slot(bool)
    def _on_ended(self, is_complete: bool) -> None:
        self._computing = None
        self.changed.emit()


def seeds_from(seed: int) -> tuple[int, ...]:
    """The seed in use and those after it."""
    return tuple(range(seed, seed + SEEDS))


def _holds(done: _Done | None, settings: UpscaleSettings, region: Rect) -> bool:
    """Whether that is for these settings and all of this part."""
    return done is not None and done.settings == settings and done.region.intersected(region) == region
