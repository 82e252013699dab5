"""A small line chart over training steps. Read with the eye, the mouse, the arrow keys or a screen reader."""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from mfsr_app.ui.theme import Space

MOST_TICKS = 5
LEAST_GAPS = 2


def ticks(low: float, high: float) -> tuple[float, ...]:
    """Between three and five round numbers, evenly apart, that hold `low` and `high` between the first and the last.

    Args:
        low: smallest value.
        high: largest value; may equal `low`.
    """
    if high <= low:
        margin = abs(low) / 2 or 1.0
        low, high = low - margin, high + margin
    gap = 10.0 ** math.floor(math.log10((high - low) / LEAST_GAPS))
    for factor in (1, 2, 5, 10, 20, 50):
        first, last = math.floor(low / (gap * factor) + 1e-9), math.ceil(high / (gap * factor) - 1e-9)
        if LEAST_GAPS <= last - first < MOST_TICKS:
            return tuple(number * gap * factor for number in range(first, last + 1))
    return (low, (low + high) / 2, high)


def tick_words(values: tuple[float, ...]) -> tuple[str, ...]:
    """All with as many decimals as tell neighbours apart."""
    gap = values[1] - values[0]
    decimals = max(0, math.ceil(-math.log10(gap) - 1e-9))
    return tuple(f"{value:.{decimals}f}" for value in values)


SMOOTHING = 0.85
"""Weight of what came before in the bold line; the points themselves are drawn faintly."""
LEAST_TO_SMOOTH = 20
HEIGHT_PX = 130


@dataclass(frozen=True)
class Line:
    """What a chart shows."""

    name: str
    """For people."""
    points: tuple[tuple[float, float], ...] = ()
    """Step and value, in the order of steps."""


class CurveChart(QWidget):
    """Shows one line; its colours are those of the palette."""

    def __init__(self, empty_words: str, parent: QWidget | None = None) -> None:
        """`empty_words` are shown while there are no points."""
        super().__init__(parent)
        self._empty_words = empty_words
        self._line = Line("")
        self._ticks: tuple[float, ...] = ()
        self._marked: int | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(HEIGHT_PX)
        self.set_line(self._line)

    def set_line(self, line: Line) -> None:
        """Show this one."""
        self._line = line
        values = [value for _, value in line.points] or [0.0]
        self._ticks = ticks(min(values), max(values))
        if self._marked is not None and self._marked >= len(line.points):
            self._marked = None
        self.setAccessibleName(line.name or self._empty_words)
        self.setAccessibleDescription(self.words)
        self.update()

    @property
    def words(self) -> str:
        """The line in a sentence."""
        points = self._line.points
        if not points:
            return self._empty_words
        (first_step, first), (last_step, last) = points[0], points[-1]
        sentence = self.tr("{0}: from {1} at step {2} to {3} at step {4}.")
        return sentence.format(self._line.name, _number(first), int(first_step), _number(last), int(last_step))

    @property
    def marked_words(self) -> str:
        """The point under the mouse or chosen by keys; empty if none is."""
        if self._marked is None:
            return ""
        step, value = self._line.points[self._marked]
        return self.tr("Step {0}: {1}").format(int(step), _number(value))

    def sizeHint(self) -> QSize:
        """As wide as it is given."""
        return QSize(320, HEIGHT_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left and right walk along the line."""
        count = len(self._line.points)
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not count:
            super().keyPressEvent(event)
            return
        self._mark(count - 1 if self._marked is None else min(max(self._marked + step, 0), count - 1))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Mark the point nearest to the mouse."""
        if len(self._line.points) < 2:
            return
        area = self._area()
        steps = [step for step, _ in self._line.points]
        share = (event.position().x() - area.left()) / max(area.width(), 1)
        wanted = steps[0] + share * (steps[-1] - steps[0])
        after = min(bisect_left(steps, wanted), len(steps) - 1)
        before = max(after - 1, 0)
        self._mark(before if wanted - steps[before] < steps[after] - wanted else after)

    def leaveEvent(self, event: object) -> None:
        """The mouse went away."""
        self._mark(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """So did the keys."""
        self._mark(None)
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw grid, line and mark."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.hasFocus():
            painter.setPen(QPen(self._color(QPalette.ColorRole.Highlight), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 6, 6)
        painter.setPen(self._color(QPalette.ColorRole.PlaceholderText))
        if len(self._line.points) < 2:
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._empty_words)
            return
        self._paint_grid(painter)
        values = [value for _, value in self._line.points]
        accent = self._color(QPalette.ColorRole.Highlight)
        if len(values) >= LEAST_TO_SMOOTH:
            faint = QColor(accent)
            faint.setAlphaF(0.35)
            self._paint_line(painter, values, QPen(faint, 1))
            values = _smooth(values)
        self._paint_line(painter, values, QPen(accent, 2))
        self._paint_mark(painter)

    def _paint_grid(self, painter: QPainter) -> None:
        area, metrics = self._area(), painter.fontMetrics()
        for value, words in zip(self._ticks, tick_words(self._ticks), strict=True):
            y = self._place(area, self._line.points[0][0], value).y()
            painter.setPen(QPen(self._color(QPalette.ColorRole.Mid), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(self._color(QPalette.ColorRole.PlaceholderText))
            box = QRectF(0, y - metrics.height() / 2, area.left() - Space.S, metrics.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
        below = QRectF(area.left(), area.bottom() + Space.XS, area.width(), metrics.height())
        first, last = (int(self._line.points[place][0]) for place in (0, -1))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft, self.tr("step {0}").format(first))
        painter.drawText(below, Qt.AlignmentFlag.AlignRight, str(last))

    def _paint_line(self, painter: QPainter, values: list[float], pen: QPen) -> None:
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        area, steps = self._area(), [step for step, _ in self._line.points]
        painter.drawPolyline(QPolygonF([self._place(area, s, v) for s, v in zip(steps, values, strict=True)]))

    def _paint_mark(self, painter: QPainter) -> None:
        if self._marked is None:
            return
        area = self._area()
        painter.setBrush(self._color(QPalette.ColorRole.Highlight))
        painter.drawEllipse(self._place(area, *self._line.points[self._marked]), 3.5, 3.5)
        painter.setPen(self._color(QPalette.ColorRole.Text))
        painter.drawText(area, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight, self.marked_words)

    def _area(self) -> QRectF:
        metrics = self.fontMetrics()
        left = max(metrics.horizontalAdvance(words) for words in tick_words(self._ticks)) + Space.M
        return QRectF(self.rect()).adjusted(left, Space.M, -Space.M, -metrics.height() - Space.M)

    def _place(self, area: QRectF, step: float, value: float) -> QPointF:
        """Where a point lies in the area, which is worked out once for all of them."""
        low, high = self._ticks[0], self._ticks[-1]
        first, last = self._line.points[0][0], self._line.points[-1][0]
        across = (step - first) / ((last - first) or 1)
        return QPointF(
            area.left() + across * area.width(), area.bottom() - (value - low) / (high - low) * area.height()
        )

    def _color(self, role: QPalette.ColorRole) -> QColor:
        return self.palette().color(role)

    def _mark(self, place: int | None) -> None:
        if place != self._marked:
            self._marked = place
            self.setAccessibleDescription(self.marked_words or self.words)
            self.update()


def _smooth(values: list[float]) -> list[float]:
    """A running mean that gives what came before less weight, and is no slower at the beginning."""
    smooth, kept = [], 0.0
    for number, value in enumerate(values, 1):
        kept = SMOOTHING * kept + (1 - SMOOTHING) * value
        smooth.append(kept / (1 - SMOOTHING**number))
    return smooth


def _number(value: float) -> str:
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
