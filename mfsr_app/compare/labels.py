"""Words over the pictures of a pane: what is shown, what a veil means, what lies under the pointer. Pure drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter

from mfsr_app.compare.readout import HEIGHT_PX as READOUT_PX
from mfsr_app.compare.values import Mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfsr_app.compare.values import Shown

CHIP_COLOR = QColor(20, 20, 20, 205)
"""Behind labels on pictures; white on it reads at 4.5:1 over anything."""
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


def paint_titles(
    painter: QPainter, pane: QRectF, first: Shown | None, second: Shown, mode: Mode | None, scale: float
) -> None:
    """Draw what each side is and how large it is shown, and below what a veil over the second means.

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
        paint_chip(painter, _title(second, scale), inside, LEFT)
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
