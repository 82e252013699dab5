"""Draws the queue's cells: thumbnail and two lines of text, a progress bar for the current picture, colours for outcomes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from mfsr_app.queue.columns import CELL_ROLE, Column
from mfsr_app.ui.theme import LIGHT, Colors, Space
from mfsr_engine.batch.journal import ItemState

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from mfsr_app.queue.columns import Cell, Index

ROW_PX = 60
THUMBNAIL = QSize(56, 44)
RADIUS_PX = 4
DOT_PX = 8
BAR_PX = 6
CROSS_PX = 6
_SELECTED, _HOVERED, _ACTIVE = (
    flag.value
    for flag in (QStyle.StateFlag.State_Selected, QStyle.StateFlag.State_MouseOver, QStyle.StateFlag.State_Active)
)
"""As numbers: a test of flags takes longer in Python than the drawing it decides on."""
SMALL = 0.9
"""Size of words that explain, for each point of the others; as in the style sheet."""


class QueueDelegate(QStyledItemDelegate):
    """Knows colours; everything else comes from the model."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.colors: Colors = LIGHT

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Rows are all of one height."""
        return QSize(100, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_ground(painter, option)
        cell: Cell = index.data(CELL_ROLE)
        area = option.rect.adjusted(Space.M, 0, -Space.S, -1)
        column = index.column()
        if column == Column.PICTURE:
            self._paint_picture(painter, option, cell, area)
        elif column == Column.STATE:
            self._paint_state(painter, option, cell, area)
        elif column == Column.RESULT and cell.state is ItemState.FAILED:
            self._paint_reason(painter, option, cell, area)
        else:
            color = self.colors.text if column == Column.RESULT else self.colors.muted
            self._paint_words(painter, option.font, color, cell.words, area)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        colors, rect, state = self.colors, option.rect, option.state.value
        is_selected = state & _SELECTED
        ground = colors.accent_soft if is_selected else colors.raised if state & _HOVERED else colors.surface
        painter.fillRect(rect, _color(ground))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, _color(colors.line))
        if is_selected and state & _ACTIVE and rect.left() <= 0 and option.widget.hasFocus():
            painter.fillRect(rect.left(), rect.top(), 3, ROW_PX, _color(colors.accent))

    def _paint_picture(self, painter: QPainter, option: QStyleOptionViewItem, cell: Cell, area: QRect) -> None:
        frame = QRect(area.left(), area.center().y() - THUMBNAIL.height() // 2, THUMBNAIL.width(), THUMBNAIL.height())
        self._paint_thumbnail(painter, frame, cell.thumbnail)
        left = frame.right() + Space.M
        middle = area.center().y()
        name = QRect(left, middle - 20, area.right() - left, 20)
        place = QRect(left, middle + 1, area.right() - left, 18)
        text, muted = self.colors.text, self.colors.muted
        elide = Qt.TextElideMode.ElideMiddle
        self._paint_words(painter, option.font, text, cell.words, name, elide)
        self._paint_words(painter, _smaller(option.font), muted, cell.place, place, elide)

    def _paint_thumbnail(self, painter: QPainter, frame: QRect, image: QImage | None) -> None:
        if image is None or image.isNull():
            path = QPainterPath()
            path.addRoundedRect(QRectF(frame), RADIUS_PX, RADIUS_PX)
            painter.fillPath(path, _color(self.colors.raised))
            if image is not None:
                self._paint_cross(painter, QPointF(frame.center()))
            return
        fitted = image.size().scaled(frame.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(0, 0, fitted.width(), fitted.height())
        place.moveCenter(QPointF(frame.center()))
        painter.save()
        path = QPainterPath()
        path.addRoundedRect(place, RADIUS_PX, RADIUS_PX)
        painter.setClipPath(path)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, image)
        painter.restore()

    def _paint_cross(self, painter: QPainter, middle: QPointF) -> None:
        """In place of a picture that cannot be read."""
        painter.setPen(QPen(_color(self.colors.outline), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        arm = QPointF(CROSS_PX, CROSS_PX)
        other = QPointF(CROSS_PX, -CROSS_PX)
        painter.drawLine(middle - arm, middle + arm)
        painter.drawLine(middle - other, middle + other)

    def _paint_state(self, painter: QPainter, option: QStyleOptionViewItem, cell: Cell, area: QRect) -> None:
        if cell.state is ItemState.RUNNING:
            above = QRect(area.left(), area.center().y() - 20, area.width(), 20)
            self._paint_words(painter, option.font, self.colors.accent, cell.words, above)
            bar = QRectF(area.left(), area.center().y() + 5, area.width() - Space.S, BAR_PX)
            self._paint_bar(painter, bar, cell.fraction or 0.0)
            return
        color = self._color_of(cell.state)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_color(color))
        if cell.state is ItemState.WAITING:
            painter.setPen(QPen(_color(color), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(QRectF(area.left() + 1, area.center().y() - DOT_PX / 2, DOT_PX, DOT_PX))
        beside = area.adjusted(DOT_PX + Space.S, 0, 0, 0)
        self._paint_words(painter, option.font, color, cell.words, beside)

    def _paint_bar(self, painter: QPainter, area: QRectF, fraction: float) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_color(self.colors.line))
        painter.drawRoundedRect(area, BAR_PX / 2, BAR_PX / 2)
        if fraction > 0:
            painter.setBrush(_color(self.colors.accent))
            width = max(BAR_PX, area.width() * fraction)
            painter.drawRoundedRect(QRectF(area.left(), area.top(), width, BAR_PX), BAR_PX / 2, BAR_PX / 2)

    def _paint_reason(self, painter: QPainter, option: QStyleOptionViewItem, cell: Cell, area: QRect) -> None:
        """Two lines of words at most; the rest is in the tool tip."""
        font = _smaller(option.font)
        metrics = QFontMetrics(font)
        first, rest = _first_line(cell.words, metrics, area.width())
        lines = [first, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, area.width())] if rest else [first]
        top = area.center().y() - metrics.lineSpacing() * len(lines) // 2
        painter.setFont(font)
        painter.setPen(_color(self.colors.danger))
        for number, line in enumerate(lines):
            place = QRect(area.left(), top + number * metrics.lineSpacing(), area.width(), metrics.lineSpacing())
            painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, line)

    def _paint_words(
        self,
        painter: QPainter,
        font: QFont,
        color: str,
        words: str,
        area: QRect,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        painter.setFont(font)
        painter.setPen(_color(color))
        elided = QFontMetrics(font).elidedText(words, elide, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, elided)

    def _color_of(self, state: ItemState) -> str:
        return {ItemState.DONE: self.colors.good, ItemState.FAILED: self.colors.danger}.get(state, self.colors.muted)


@cache
def _color(name: str) -> QColor:
    """The colour of a name such as #204060, read once."""
    return QColor(name)


def _smaller(font: QFont) -> QFont:
    small = QFont(font)
    small.setPointSizeF(font.pointSizeF() * SMALL)
    return small


def _first_line(words: str, metrics: QFontMetrics, width: int) -> tuple[str, str]:
    """As many words as fit, and the rest."""
    line = ""
    parts = words.split(" ")
    for number, part in enumerate(parts):
        longer = f"{line} {part}".strip()
        if line and metrics.horizontalAdvance(longer) > width:
            return line, " ".join(parts[number:])
        line = longer
    return line, ""
