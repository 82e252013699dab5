"""Text over the pictures of a pane: what is shown, what an overlay means, the pixel under the pointer. Pure drawing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from mfsr_app.compare.values import Mode
from mfsr_engine.geometry import Rect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfsr_app.compare.values import Shown, View
    from mfsr_engine.geometry import Size

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
    foot = QRectF(12, pane.height() - HEIGHT_PX, pane.width() - 24, HEIGHT_PX)
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


HEIGHT_PX = 44
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
