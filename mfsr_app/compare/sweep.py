"""Computes every number of steps for the visible part, one after the other; results are cached and shown as a strip."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal, Slot

from mfsr_app.compare.series import Finish, PartDone, PartSeries
from mfsr_app.compare.view import part_in_view
from mfsr_app.imaging.raster import raster_of
from mfsr_app.jobs.engine import shown_part
from mfsr_engine.api import UpscaleSettings
from mfsr_engine.geometry import Rect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.document import Document, DocumentState
    from mfsr_app.compare.results import Placement
    from mfsr_app.compare.upscaling import UpscalingState
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.engine import EngineWorker
    from mfsr_engine.api import UpscaleResult

THUMB_PX = (150, 96)
"""Size of a small picture in device-independent pixels; twice as many are made for dense screens."""
DENSITY = 2
FIRST_STOPS = (1, 2, 4, 8, 16, 32)
"""Where a model has many stops these come first, because they say most; all others follow."""


@dataclass(frozen=True)
class Stop:
    """One number of steps."""

    steps: int
    """How many."""
    picture: QImage | None = None
    """The middle of the part, at 100 % or as near as it was looked at; None until it is computed."""
    seconds: float | None = None
    """How long it took; None until it is computed, and where it was not computed for this strip."""
    settings: UpscaleSettings = field(default_factory=UpscaleSettings)
    """What it is computed with."""


@dataclass(frozen=True)
class _Part:
    """What comes of one stop."""

    whole: UpscaleResult | None
    """The result, if it is all of the picture."""
    part: Placement | None
    """Where it was filled in, if it is a part."""
    picture: QImage


class SweepState(QObject):
    """Closed, or open with a stop for each number of steps of the model in use."""

    changed = Signal()
    """Opened, closed, a stop was computed, or it moved on."""

    def __init__(
        self,
        document: DocumentState,
        choices: Choices,
        view: ViewModel,
        upscaling: UpscalingState,
        engine: EngineWorker,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._view, self._upscaling = document, choices, view, upscaling
        self._series = PartSeries(engine, upscaling, messages, self)
        self._base: UpscaleSettings | None = None
        self._region: Rect | None = None
        self.stops: tuple[Stop, ...] = ()
        self._series.done.connect(self._on_done)
        self._series.progressed.connect(self.changed)
        self._series.ended.connect(self.changed)
        document.recolored.connect(self.close)
        choices.changed.connect(self._on_chosen)

    @property
    def is_open(self) -> bool:
        """Whether the strip is shown."""
        return bool(self.stops)

    @property
    def is_running(self) -> bool:
        """Whether stops are still being computed."""
        return self._series.now is not None

    @property
    def is_outdated(self) -> bool:
        """Whether the model, seed, fidelity or anything else but the steps is another one by now."""
        return self._base is not None and not self._is_alike(self._base, self._choices.settings)

    @property
    def running(self) -> UpscaleSettings | None:
        """Settings of the stop that is being computed."""
        return self._series.now

    @property
    def running_steps(self) -> int | None:
        """Steps of the stop that is being computed."""
        return self._series.now.steps if self._series.now else None

    @property
    def done(self) -> int:
        """How many stops were computed."""
        return sum(stop.picture is not None for stop in self.stops)

    @property
    def fraction(self) -> float:
        """How much of the work is done, counted in steps."""
        total = sum(stop.steps for stop in self.stops)
        ready = float(sum(stop.steps for stop in self.stops if stop.picture is not None))
        report, now = self._series.report, self.running_steps
        if report is not None and report.fraction is not None and now is not None:
            ready += now * report.fraction
        return ready / max(1, total)

    @Slot()
    def start(self) -> None:
        """Compute every stop for the part in view that is not at hand, with the settings in use."""
        document = self._document.current
        if document is None:
            return
        self._series.cancel()
        base, region = self._choices.settings, part_in_view(self._view)
        is_same = not self.is_outdated and region == self._region
        times = {stop.settings: stop.seconds for stop in self.stops} if is_same else {}
        self._base, self._region = base, region
        every = self._every(base)
        self.stops = tuple(Stop(s.steps or 1, self._at_hand(document, s), times.get(s), s) for s in every)
        missing = {stop.settings for stop in self.stops if stop.picture is None}
        order = [settings for settings in self._in_order(every) if settings in missing]
        if order:
            self._series.start(document, region, order, self._finisher(document, order))
        else:
            self.changed.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop; what is computed stays in the strip."""
        self._series.cancel()

    @Slot()
    def close(self) -> None:
        """Stop, and take the strip away."""
        if self.is_open:
            self._series.cancel()
            self.stops, self._base = (), None
            self.changed.emit()

    def choose(self, steps: int) -> None:
        """Show the result of so many steps."""
        self._choices.set_steps(steps)

    def _every(self, base: UpscaleSettings) -> list[UpscaleSettings]:
        """The settings of all stops, in the order of the strip."""
        return [replace(base, steps=steps) for steps in range(1, self._choices.model.max_steps + 1)]

    def _in_order(self, every: Sequence[UpscaleSettings]) -> list[UpscaleSettings]:
        """The same in the order in which they are computed."""
        return [every[steps - 1] for steps in in_order(len(every))]

    def _is_alike(self, base: UpscaleSettings, now: UpscaleSettings) -> bool:
        """Whether the strip of `base` says something of the settings of now."""
        return replace(now, steps=base.steps) == base

    def _scale_of(self, settings: UpscaleSettings) -> int:
        """What the passes of the model of these settings come to."""
        return self._choices.factor_with(settings)

    def _at_hand(self, document: Document, settings: UpscaleSettings) -> QImage | None:
        """The small picture of a result whose part in view is there already; None if it is to be computed."""
        kept, factor = self._upscaling.results.peek(settings), self._scale_of(settings)
        region = self._part(document).scaled(factor)
        if kept is None:
            return None
        inside = _around(self._center(document, factor), max(1.0, self._view.zoom), region.width, region.height)
        area = replace(inside, x=inside.x + region.x, y=inside.y + region.y)
        if kept.result is not None:
            return _small(raster_of(kept.result.pixels[area.slices()], None, document.convert).images[0])
        if self._region is None or kept.growing is None or not kept.growing.covers(region):
            return None
        return _small(kept.growing.images[0].copy(area.x, area.y, area.width, area.height))

    def _part(self, document: Document) -> Rect:
        return self._region or Rect(0, 0, document.size.width, document.size.height)

    def _center(self, document: Document, factor: int) -> tuple[float, float]:
        """The middle of the view in pixels of the part's result."""
        part, view = self._part(document), self._view.view
        return (view.center_x - part.x) * factor, (view.center_y - part.y) * factor

    def _finisher(self, document: Document, order: Sequence[UpscaleSettings]) -> Finish:
        """Makes the small picture and fills in the part, in the engine's thread."""
        zoom, scales = max(1.0, self._view.zoom), {settings: self._scale_of(settings) for settings in order}
        is_all = self._region is None  # asked here: `finish` runs in the engine's thread
        shown_scale = self._choices.factor
        # results of another factor have no place among those that are shown
        kept = [] if is_all else [settings for settings in order if scales[settings] == shown_scale]
        places = {settings: self._upscaling.results.placement(settings) for settings in kept}
        region = self._part(document)
        centers = {settings: self._center(document, scales[settings]) for settings in order}

        def finish(settings: UpscaleSettings, result: UpscaleResult) -> _Part:
            height, width = result.pixels.shape[:2]
            area = _around(centers[settings], zoom, width, height)
            picture = _small(raster_of(result.pixels[area.slices()], None, document.convert).images[0])
            if is_all:
                return _Part(result if scales[settings] == shown_scale else None, None, picture)
            place = places.get(settings)
            if place is not None:
                place.fill(shown_part(result.pixels, region.scaled(scales[settings]), document.convert))
            return _Part(None, place, picture)

        return finish

    @Slot(object)
    def _on_done(self, done: PartDone) -> None:
        if self._base is None or not isinstance(done.answer, _Part):
            return
        answer = done.answer
        if answer.whole is not None:
            self._upscaling.results.keep_whole(done.settings, answer.whole)
        elif answer.part is not None and self._region is not None:
            self._upscaling.results.keep_part(done.settings, self._region, answer.part)
        self.stops = tuple(
            replace(stop, picture=answer.picture, seconds=done.seconds) if stop.settings == done.settings else stop
            for stop in self.stops
        )
        self.changed.emit()

    @Slot()
    def _on_chosen(self) -> None:
        if self.is_outdated:
            self._series.cancel()
        if self.is_open:
            self.changed.emit()


def in_order(count: int) -> list[int]:
    """1 to `count`: all in a row while they are few, else those first that say most."""
    every = list(range(1, count + 1))
    if count <= 10:
        return every
    first = [steps for steps in (*FIRST_STOPS, count) if steps <= count]
    return sorted(set(first)) + [steps for steps in every if steps not in first]


def _small(image: QImage) -> QImage:
    size = QSize(*THUMB_PX) * DENSITY
    ways = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.FastTransformation
    return image.scaled(size, *ways)


def _around(center: tuple[float, float], zoom: float, width: int, height: int) -> Rect:
    """The part of a result around a point that a small picture shows, moved inside where it reaches over the border."""
    across, down = (min(max(1, round(side / zoom)), most) for side, most in zip(THUMB_PX, (width, height), strict=True))
    left = min(max(0, round(center[0] - across / 2)), width - across)
    top = min(max(0, round(center[1] - down / 2)), height - down)
    return Rect(left, top, across, down)
