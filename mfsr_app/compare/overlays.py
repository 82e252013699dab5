"""What is drawn over a picture: the divider and its half, the lens. Pure drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from mfsr_app.compare.painting import paint_shown
from mfsr_app.compare.values import Look

if TYPE_CHECKING:
    from mfsr_app.compare.values import Shown

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
