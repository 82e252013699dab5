"""Plain values that panes show: position and zoom, mode, and what is drawn of a side. Knows neither states nor widgets."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF

from mfsr_engine.geometry import Rect, Size

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from mfsr_app.imaging.pixel_values import Cells
    from mfsr_app.imaging.raster import Layer


@dataclass(frozen=True)
class View:
    """A look at a picture: every pane shows `center` in its middle."""

    center_x: float = 0.0
    """Column of the source in the middle of a pane."""
    center_y: float = 0.0
    """Row of the source in the middle of a pane."""
    scale: float = 1.0
    """Device pixels per source pixel."""

    def zoomed(self, factor: float, dx: float, dy: float) -> View:
        """Zoom so that the point `dx`, `dy` device pixels from the middle of the pane stays where it is."""
        scale = self.scale * factor
        return View(
            self.center_x + dx / self.scale - dx / scale,
            self.center_y + dy / self.scale - dy / scale,
            scale,
        )

    def panned(self, dx: float, dy: float) -> View:
        """Move the picture by device pixels, as if dragged."""
        return replace(self, center_x=self.center_x - dx / self.scale, center_y=self.center_y - dy / self.scale)

    def clamped(self, source: Size, port: Size) -> View:
        """Keep the picture in the pane: no empty margin while it is larger, centred while it is smaller."""
        return replace(
            self,
            center_x=_clamped(self.center_x, source.width, port.width / self.scale),
            center_y=_clamped(self.center_y, source.height, port.height / self.scale),
        )

    def visible(self, source: Size, port: Size) -> Rect | None:
        """Source pixels that a pane of this size shows at least partly, or None."""
        half_width, half_height = port.width / self.scale / 2, port.height / self.scale / 2
        left = max(0, math.floor(self.center_x - half_width))
        top = max(0, math.floor(self.center_y - half_height))
        right = min(source.width, math.ceil(self.center_x + half_width))
        bottom = min(source.height, math.ceil(self.center_y + half_height))
        return Rect(left, top, right - left, bottom - top) if right > left and bottom > top else None


def fitting_scale(source: Size, port: Size) -> float:
    """Scale at which all of the source is just inside the pane."""
    return min(port.width / source.width, port.height / source.height)


def filling_scale(source: Size, port: Size) -> float:
    """Scale at which the source just fills the pane."""
    return max(port.width / source.width, port.height / source.height)


def _clamped(center: float, length: int, visible: float) -> float:
    if visible >= length:
        return length / 2
    return min(max(center, visible / 2), length - visible / 2)


class Mode(StrEnum):
    """How two pictures are laid against each other."""

    SIDE_BY_SIDE = "side-by-side"
    SPLIT = "split"
    LENS = "lens"
    DIFFERENCE = "difference"


class Standing(StrEnum):
    """How much of a result is there, as far as it is in view."""

    THERE = "there"
    COMPUTING = "computing"
    LOADING = "loading"
    PARTLY = "partly"
    MISSING = "missing"


@dataclass(frozen=True)
class Strength:
    """How strongly that is drawn which the eye would not see."""

    doublings: int = 2
    """The difference is shown 2 to the power of this as strong."""
    overlay: float = 1.0
    """Opacity of overlays, 0 to 1."""


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
    """Whether to smooth the lower layer where its pixels are larger than the screen's."""
    factor: int
    """Pixels of the finest layer for each source pixel, for the percentage shown."""
    overlay: Layer | None = None
    """An overlay over it, if one is asked for."""
    overlay_area: Rect | None = None
    """The part that the overlay lies on, in source pixels; None is all of it."""
    legend: str = ""
    """What the overlay means."""
    cells: Cells | None = None
    """What its pixels are, for the grid and the values from close by."""
    overlay_opacity: float = 1.0
    """How strong the overlay is, 0 to 1."""
    is_dimmed: bool = False
    """Whether the lower layer only stands in for what is not computed, and is drawn so that nobody takes it for that."""


@dataclass(frozen=True)
class WholeLook:
    """All of a picture as its file holds it, as far as one must see it to choose a part."""

    size: Size
    """In pixels."""
    preview: QImage
    """A small copy in the screen's colors."""
    needed_share: float
    """The share of its sides that its detail needs, 0..1."""


@dataclass(frozen=True)
class Look:
    """A view onto a picture through a pane, all in device pixels."""

    view: View
    """Centre and scale."""
    source: Size
    """Size of the picture in source pixels."""
    port: Size
    """Size of the pane."""
    ratio: float = 1.0
    """Device pixels per device-independent one."""

    @cached_property
    def is_part(self) -> bool:
        """Whether only a part of the picture is in view."""
        seen = self.view.visible(self.source, self.port)
        return seen is not None and (seen.width, seen.height) != (self.source.width, self.source.height)

    @cached_property
    def frame(self) -> QRectF:
        """Where the whole picture lies on the pane; its corner is a whole device pixel, so that 100 % is exact."""
        left = round(self.port.width / 2 - self.view.center_x * self.view.scale)
        top = round(self.port.height / 2 - self.view.center_y * self.view.scale)
        return QRectF(left, top, self.source.width * self.view.scale, self.source.height * self.view.scale)

    def frame_of(self, area: Rect) -> QRectF:
        """Where a part of the picture lies, in source pixels."""
        scale = self.view.scale
        corner = self.frame.topLeft() + QPointF(area.x * scale, area.y * scale)
        return QRectF(corner, QSizeF(area.width * scale, area.height * scale))


FRAME_MS = 1200
"""How long each picture of an animation is seen."""


class ExportKind(StrEnum):
    """What is exported."""

    VIEW = "view"
    PAIR = "pair"
    TURNS = "turns"


@dataclass(frozen=True)
class Export:
    """What can be exported, and as which format."""

    kind: ExportKind
    """What of the comparison."""
    suffix: str
    """Ending of the file."""


EXPORTS = (
    Export(ExportKind.VIEW, ".png"),
    Export(ExportKind.PAIR, ".png"),
    Export(ExportKind.TURNS, ".webp"),
    Export(ExportKind.TURNS, ".apng"),
    Export(ExportKind.TURNS, ".gif"),
)
"""All of them, as they are offered: animations that keep every color before the one that does not."""
ANIMATED = {".webp": "WEBP", ".apng": "PNG", ".gif": "GIF"}
"""Endings of animations, with Pillow's names of their formats."""
