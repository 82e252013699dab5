"""What is compared with what, and in which way. Turns a choice of two into layers that a canvas can draw."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.raster import Layer, Raster
    from mfsr_app.state.choices import Choices
    from mfsr_app.state.document import DocumentState
    from mfsr_app.state.upscaling import UpscalingState
    from mfsr_engine.api import UpscaleSettings


class Mode(StrEnum):
    """How two pictures are laid against each other."""

    SIDE_BY_SIDE = "side-by-side"
    SPLIT = "split"
    LENS = "lens"
    DIFFERENCE = "difference"


class Kind(StrEnum):
    """What a side shows."""

    ENLARGED = "enlarged"
    PIXELS = "pixels"
    RESULT = "result"
    KEPT = "kept"
    FILE = "file"


@dataclass(frozen=True)
class Side:
    """One side of the comparison."""

    kind: Kind
    """The original enlarged, its bare pixels, the result in use, a kept one, or a picture from a file."""
    settings: UpscaleSettings | None = None
    """Which kept result."""
    path: Path | None = None
    """Which file."""


@dataclass(frozen=True)
class Shown:
    """A side, ready to be drawn: the upper layer where it is there, the lower one elsewhere."""

    title: str
    """What it is, for people."""
    below: Layer | None
    """Drawn first."""
    above: Layer | None
    """Drawn over it; may still be growing."""
    is_smooth: bool
    """Whether to smooth where pixels are larger than the screen's."""
    factor: int
    """Pixels of the finest layer for each source pixel, for the percentage shown."""
    overlay: Layer | None = None
    """A veil over it, if one is asked for."""
    legend: str = ""
    """What the veil means."""


class Comparison(QObject):
    """Two sides, a mode, and a key that shows the other side for as long as it is held."""

    changed = Signal()
    """Other pixels or titles on a side."""
    sides_changed = Signal()
    """Another choice of sides is possible or made."""
    mode_changed = Signal()
    """Another way of comparing."""

    def __init__(
        self,
        document: DocumentState,
        choices: Choices,
        upscaling: UpscalingState,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._upscaling = document, choices, upscaling
        self.mode = Mode.SIDE_BY_SIDE
        self.left = Side(Kind.ENLARGED)
        self.right = Side(Kind.RESULT)
        self.is_blinking = False
        self.overlays: dict[UpscaleSettings, Layer] = {}
        self._files: dict[Path, Raster] = {}
        document.opened.connect(self._on_opened)
        document.enlarged_changed.connect(self.changed)
        upscaling.shown_changed.connect(self.changed)
        upscaling.kept_changed.connect(self._on_kept)
        choices.changed.connect(self.changed)
        choices.models_changed.connect(self.sides_changed)

    @property
    def sides(self) -> tuple[Side, ...]:
        """Everything a side can show."""
        fixed = (Side(Kind.ENLARGED), Side(Kind.PIXELS), Side(Kind.RESULT))
        kept = sorted((k.settings for k in self._upscaling.kept if k.is_whole), key=_order)
        files = (Side(Kind.FILE, path=path) for path in self._files)
        return (*fixed, *(Side(Kind.KEPT, settings) for settings in kept), *files)

    def set_mode(self, mode: Mode) -> None:
        """Compare in another way. Told even if it is the old one, because a button may have come up."""
        self.mode = mode
        self.mode_changed.emit()

    def set_left(self, side: Side) -> None:
        """Choose the left side."""
        self.left = side
        self._changed_sides()

    def set_right(self, side: Side) -> None:
        """Choose the right side."""
        self.right = side
        self._changed_sides()

    def show_file(self, path: Path, raster: Raster) -> None:
        """Show a picture from a file on the right; one at a time, until another photograph is opened."""
        self._files = {path: raster}
        self.set_right(Side(Kind.FILE, path=path))

    def swap(self) -> None:
        """Exchange the sides."""
        self.left, self.right = self.right, self.left
        self._changed_sides()

    def set_blinking(self, is_blinking: bool) -> None:
        """Show the left side in place of the right one, while true."""
        if is_blinking != self.is_blinking:
            self.is_blinking = is_blinking
            self.changed.emit()

    def set_overlays(self, overlays: dict[UpscaleSettings, Layer]) -> None:
        """Draw veils over the results of these settings."""
        if overlays or self.overlays:
            self.overlays = overlays
            self.changed.emit()

    def shown_left(self) -> Shown:
        """The left side, ready to be drawn."""
        return self._shown(self.left)

    def shown_right(self) -> Shown:
        """The right side, ready to be drawn."""
        return self._shown(self.left if self.is_blinking else self.right)

    def title(self, side: Side) -> str:
        """A side in words."""
        if side.kind is Kind.ENLARGED:
            return self.tr("Original, enlarged")
        if side.kind is Kind.PIXELS:
            return self.tr("Original, pixels")
        if side.kind is Kind.RESULT:
            return self.tr("Result · {0}").format(self._words(self._choices.settings))
        if side.kind is Kind.FILE and side.path is not None:
            return side.path.name
        assert side.settings is not None, "a kept side has settings"
        return self._words(side.settings)

    def _shown(self, side: Side) -> Shown:
        document = self._document.current
        original = document.raster if document else None
        factor = self._choices.model.scale
        smooth_original: Layer | None = self._document.enlarged or original
        if side.kind is Kind.PIXELS:
            return Shown(self.title(side), original, None, is_smooth=False, factor=1)
        if side.kind is Kind.ENLARGED:
            return Shown(self.title(side), smooth_original, None, is_smooth=True, factor=factor)
        if side.kind is Kind.FILE and side.path is not None:
            return Shown(self.title(side), self._files.get(side.path), None, is_smooth=True, factor=factor)
        settings = side.settings or self._choices.settings
        kept = self._upscaling.get(settings)
        layer = kept.layer if kept else None
        overlay = self.overlays.get(settings)
        legend = "" if overlay is None else self.tr("Magenta: the input does not support this")
        return Shown(
            self.title(side), smooth_original, layer, is_smooth=True, factor=factor, overlay=overlay, legend=legend
        )

    def _words(self, settings: UpscaleSettings) -> str:
        steps = settings.steps or 1
        words = [self.tr("1 step") if steps == 1 else self.tr("{0} steps").format(steps)]
        if settings.seed:
            words.append(self.tr("seed {0}").format(settings.seed))
        if settings.fidelity:
            words.append(self.tr("fidelity {0} %").format(round(settings.fidelity * 100)))
        if len(self._choices.models) > 1 and settings.model != self._choices.models[0].name:
            words.insert(0, next((m.title for m in self._choices.models if m.name == settings.model), settings.model))
        return " · ".join(words)

    @Slot()
    def _on_opened(self) -> None:
        self._files = {}
        self.left, self.right = Side(Kind.ENLARGED), Side(Kind.RESULT)
        self._document.enlarge(self._choices.model.scale)
        self._changed_sides()

    @Slot()
    def _on_kept(self) -> None:
        self.sides_changed.emit()

    def _changed_sides(self) -> None:
        self.sides_changed.emit()
        self.changed.emit()


def _order(settings: UpscaleSettings) -> tuple[str, int, int, float]:
    return settings.model, settings.steps or 1, settings.seed, settings.fidelity
