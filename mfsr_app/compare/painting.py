"""Paints a pane: a side of the comparison in the mipmap level for the zoom, only what is visible; divider and lens; and the words over
the pictures. Pure drawing.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from mfsr_app.compare.pixel_grid import paint_cells
from mfsr_app.compare.values import Look, Mode
from mfsr_app.imaging.raster import rectangles
from mfsr_engine.geometry import Rect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfsr_app.compare.values import Shown, View
    from mfsr_app.imaging.raster import Layer
    from mfsr_engine.geometry import Size

SMOOTH_TO = 64
"""Device pixels per pixel up to which a coarse stand-in is smoothed; beyond that it takes Qt long, and nobody takes the
blocks for detail.
"""

DIMMED = QColor(24, 24, 24, 128)
"""Over what stands in for a result that is not computed."""


CHECKER_PX = 8
"""Side of a square under transparency, in device-independent pixels."""
CHECKER_COLORS = (QColor("#ffffff"), QColor("#cccccc"))


def paint_shown(painter: QPainter, shown: Shown, look: Look, *, has_checkers: bool = True) -> None:
    """Draw both layers of a side, unless told otherwise over a checkerboard where one can be looked through. The painter works in
    device pixels.
    """
    layers = (shown.above,) if is_whole(shown.above) else (shown.below, shown.above)
    if has_checkers and any(layer is not None and layer.images[0].hasAlphaChannel() for layer in layers):
        _paint_checkers(painter, look)
    is_smooth = shown.is_smooth and shown.below is not None and look.frame.width() <= SMOOTH_TO * shown.below.size.width
    if shown.below is not None and not is_whole(shown.above):
        _paint_layer(painter, shown.below, look.frame, look.port, is_smooth=is_smooth)
        if shown.is_dimmed:
            painter.fillRect(look.frame, DIMMED)
    if shown.above is not None:
        _paint_layer(painter, shown.above, look.frame, look.port, is_smooth=False)
    if shown.overlay is not None:
        painter.setOpacity(shown.overlay_opacity)
        frame = look.frame if shown.overlay_area is None else look.frame_of(shown.overlay_area)
        _paint_layer(painter, shown.overlay, frame, look.port, is_smooth=True)
        painter.setOpacity(1.0)
    if shown.cells is not None and not (is_smooth and shown.above is None):
        paint_cells(painter, shown.cells, look)


def _paint_checkers(painter: QPainter, look: Look) -> None:
    side = max(1, round(CHECKER_PX * look.ratio))
    tile = QImage(2 * side, 2 * side, QImage.Format.Format_RGB32)
    tile.fill(CHECKER_COLORS[0])
    drawing = QPainter(tile)
    for left, top in ((side, 0), (0, side)):
        drawing.fillRect(left, top, side, side, CHECKER_COLORS[1])
    drawing.end()
    pane = QRectF(0, 0, look.port.width, look.port.height)
    painter.fillRect(look.frame.intersected(pane), QBrush(tile))


def is_whole(layer: Layer | None) -> bool:
    """Whether nothing of a layer is missing, so that what stands in below it is left out, also where it is transparent."""
    return layer is not None and layer.covered is None


def is_opaque(layer: Layer | None) -> bool:
    """Whether a layer is whole and hides all that lies below it."""
    return layer is not None and is_whole(layer) and not layer.images[0].hasAlphaChannel()


def _paint_layer(painter: QPainter, layer: Layer, frame: QRectF, port: Size, *, is_smooth: bool) -> None:
    """Draw what is in view of a layer that fills the frame."""
    scale = frame.width() / layer.size.width
    level = _level(layer, frame.width())
    seen = _seen(frame, layer.size, port)
    if seen.isEmpty():
        return
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, (is_smooth and scale != 1.0) or scale < 1.0)
    parts = [seen] if layer.covered is None else rectangles(layer.covered.intersected(seen))
    image = layer.images[level]
    across, down = image.width() / layer.size.width, image.height() / layer.size.height
    for part in parts:
        painter.drawImage(placed(part, frame, layer.size), image, _scaled(part, across, down))


def _level(layer: Layer, shown_width: float) -> int:
    """The smallest level that is still at least as fine as the screen."""
    return max(number for number, image in enumerate(layer.images) if number == 0 or image.width() >= shown_width)


def _seen(frame: QRectF, size: Size, port: Size) -> QRect:
    """Pixels of the layer that lie on the pane, widened to whole ones."""
    across, down = size.width / frame.width(), size.height / frame.height()
    on_layer = QRectF(-frame.x() * across, -frame.y() * down, port.width * across, port.height * down)
    return on_layer.toAlignedRect().intersected(QRect(0, 0, size.width, size.height))


def placed(part: QRect, frame: QRectF, size: Size) -> QRectF:
    """Where a part of a layer of this size lies, if all of it lies in the frame."""
    return _scaled(part, frame.width() / size.width, frame.height() / size.height).translated(frame.topLeft())


def _scaled(part: QRect, across: float, down: float) -> QRectF:
    return QRectF(part.x() * across, part.y() * down, part.width() * across, part.height() * down)


LENS_RADIUS_PX = 130
"""Radius of the lens, in device-independent pixels."""


def paint_split(
    painter: QPainter, first: Shown, second: Shown, look: Look, share: float, *, is_horizontal: bool
) -> None:
    """Draw the first side left of (or above) the divider, the second beyond it, and the divider; nothing twice."""
    port, ratio = look.port, look.ratio
    at = round(share * (port.height if is_horizontal else port.width))
    width, height = (port.width, at) if is_horizontal else (at, port.height)
    rest = QRectF(0, at, width, port.height - at) if is_horizontal else QRectF(at, 0, port.width - at, height)
    for shown, half in ((first, QRectF(0, 0, width, height)), (second, rest)):
        painter.save()
        painter.setClipRect(half)
        paint_shown(painter, shown, look)
        painter.restore()
    line = (QPointF(0, at), QPointF(port.width, at)) if is_horizontal else (QPointF(at, 0), QPointF(at, port.height))
    painter.setPen(QPen(QColor(0, 0, 0, 120), 4 * ratio))
    painter.drawLine(*line)
    painter.setPen(QPen(QColor("#ffffff"), 2 * ratio))
    painter.drawLine(*line)
    _paint_handle(painter, (line[0] + line[1]) / 2, ratio, is_horizontal=is_horizontal)


def _paint_handle(painter: QPainter, at: QPointF, ratio: float, *, is_horizontal: bool) -> None:
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(at)
    painter.scale(ratio, ratio)
    painter.rotate(90 if is_horizontal else 0)
    painter.setPen(QPen(QColor(0, 0, 0, 90), 1))
    painter.setBrush(QColor("#ffffff"))
    painter.drawEllipse(QPointF(0, 0), 15, 15)
    painter.setPen(QPen(QColor("#1a1d20"), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    for side in (-1, 1):
        painter.drawPolyline([QPointF(side * 4, -4), QPointF(side * 8, 0), QPointF(side * 4, 4)])
    painter.restore()


def paint_lens(painter: QPainter, first: Shown, look: Look, at: QPointF, ratio: float) -> None:
    """Draw the first side inside a circle at the pointer."""
    circle = QPainterPath()
    radius = LENS_RADIUS_PX * ratio
    circle.addEllipse(at, radius, radius)
    painter.save()
    painter.setClipPath(circle)
    painter.fillRect(circle.boundingRect(), painter.background())
    paint_shown(painter, first, look)
    painter.restore()
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor("#ffffff"), 2 * ratio))
    painter.drawPath(circle)
    painter.restore()


CHIP_COLOR = QColor(20, 20, 20, 205)
"""Behind labels on pictures; white on it reads at 4.5:1 over anything."""
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


def paint_titles(
    painter: QPainter, pane: QRectF, first: Shown | None, second: Shown, mode: Mode | None, scale: float
) -> None:
    """Draw what each side is and how large it is shown, and below what an overlay over the second means.

    Args:
        painter: in device-independent pixels.
        pane: all of it.
        first: the side at the left, or under the lens, if there is one.
        second: the other side.
        mode: in which way both are shown.
        scale: device pixels for a pixel of the source.
    """
    inside = pane.adjusted(12, 12, -12, -12)
    if mode in (Mode.SPLIT, Mode.DIFFERENCE) and first is not None:
        paint_chip(painter, _title(first, scale), inside, LEFT)
        paint_chip(painter, _title(second, scale), inside, RIGHT)
    else:
        paint_chip(painter, _title(second, scale), inside, LEFT, share=1.0)
    if second.legend and mode is not Mode.DIFFERENCE:
        below = pane.adjusted(12, 44, -12, -12)
        paint_chip(painter, second.legend, below, RIGHT if mode is Mode.SPLIT else LEFT, share=1.0)


def paint_readouts(painter: QPainter, pane: QRectF, said: Sequence[str]) -> None:
    """Draw the values of one picture, or of two, at the foot of a pane."""
    foot = QRectF(12, pane.height() - READOUT_PX, pane.width() - 24, READOUT_PX)
    for words, side in zip(said, (LEFT, RIGHT), strict=False):
        if words:
            paint_chip(painter, words, foot, side, share=1.0 / len(said))


def _title(shown: Shown, scale: float) -> str:
    words = QCoreApplication.translate("Canvas", "{0}   {1:.0f} %")
    return words.format(shown.title, scale / shown.factor * 100)


def paint_chip(painter: QPainter, text: str, inside: QRectF, side: Qt.AlignmentFlag, *, share: float = 0.5) -> None:
    """Draw a label at the top of a part of a pane, no wider than a share of it."""
    metrics = QFontMetricsF(painter.font())
    text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, max(40.0, inside.width() * share - 20))
    width, height = metrics.horizontalAdvance(text) + 20, metrics.height() + 8
    left = inside.left() if side is Qt.AlignmentFlag.AlignLeft else inside.right() - width
    chip = QRectF(left, inside.top(), width, height)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(CHIP_COLOR)
    painter.drawRoundedRect(chip, height / 2, height / 2)
    painter.setPen(QColor("#ffffff"))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


READOUT_PX = 44
"""The foot of a pane that is painted anew when the pointer moves."""


def spot_under(at: QPointF, middle: QPointF, view: View, ratio: float) -> QPointF:
    """The place on the picture, in source pixels, under a point of a pane given in device-independent pixels."""
    from_middle = (at - middle) * ratio / view.scale
    return QPointF(view.center_x, view.center_y) + from_middle


def readout(shown: Shown, spot: QPointF, source: Size) -> str:
    """Place and value of the pixel at a place of the picture; empty outside of it."""
    cells = shown.cells
    if cells is None or not (0 <= spot.x() < source.width and 0 <= spot.y() < source.height):
        return ""
    x, y = (
        min(math.floor(at * cells_across / source_across), cells_across - 1)
        for at, cells_across, source_across in (
            (spot.x(), cells.size.width, source.width),
            (spot.y(), cells.size.height, source.height),
        )
    )
    red, green, blue = cells.read(Rect(x, y, 1, 1))[0, 0].tolist()
    words = QCoreApplication.translate("Readout", "{0}, {1}   R {2}  G {3}  B {4}")
    return words.format(x, y, red, green, blue)
