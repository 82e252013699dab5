"""What is drawn over a picture: the divider and its half, the lens, the difference, the label. Pure drawing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from mfsr_app.pixel_values import difference_of
from mfsr_app.widgets.painting import Look, paint_shown
from mfsr_app.widgets.pixel_grid import paint_cells

if TYPE_CHECKING:
    from mfsr_app.state.comparison import Shown

LENS_RADIUS_PX = 130
"""Radius of the lens, in device-independent pixels."""
DOUBLINGS = 2
"""The difference is shown 2 to the power of this as strong."""
BAND_BYTES = 1 << 17
"""So much is compared at once."""
CHIP_COLOR = QColor(20, 20, 20, 205)
"""Behind labels on pictures; white on it reads at 4.5:1 over anything."""


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


def paint_difference(painter: QPainter, first: Shown, second: Shown, look: Look) -> None:
    """Draw how far the two sides are apart, several times as strong as it is."""
    one, other = _flat(first, look), _flat(second, look)
    _make_difference(one, other)
    painter.drawImage(0, 0, one)
    if first.cells and second.cells:
        cells = difference_of(first.cells, second.cells, 2**DOUBLINGS)
        if cells is not None:
            paint_cells(painter, cells, look)


def _make_difference(one: QImage, other: QImage) -> None:
    """Replace both by how far they are apart, made stronger. In parts that fit into the processor's cache."""
    first, second = (np.frombuffer(image.bits(), np.uint8) for image in (one, other))
    most = np.full(BAND_BYTES, 255 >> DOUBLINGS, np.uint8)  # numpy is ten times as slow with a bare number
    for at in range(0, first.size, BAND_BYTES):
        left, right = first[at : at + BAND_BYTES], second[at : at + BAND_BYTES]
        larger = np.maximum(left, right)
        np.minimum(left, right, out=right)
        np.subtract(larger, right, out=left)
        np.minimum(left, most[: left.size], out=left)
        for _ in range(DOUBLINGS):
            np.add(left, left, out=left)


def _flat(shown: Shown, look: Look) -> QImage:
    """A side as it looks in the pane, on black."""
    image = QImage(look.port.width, look.port.height, QImage.Format.Format_RGB32)
    image.fill(QColor("#000000"))
    painter = QPainter(image)
    paint_shown(painter, replace(shown, overlay=None, cells=None), look)
    painter.end()
    return image


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
