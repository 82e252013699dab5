"""What is drawn over a picture: the divider and its half, the lens, the label. Pure drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen

from mfsr_app.widgets.painting import Look, paint_shown

if TYPE_CHECKING:
    from mfsr_app.state.comparison import Shown

LENS_RADIUS_PX = 130
"""Radius of the lens, in device-independent pixels."""
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
