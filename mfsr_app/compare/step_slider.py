"""A slider with one stop for each number of steps. Stops that are computed are marked: going there is instant."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSlider, QWidget

MARGIN_PX = 14
"""Room beside the first and the last stop, for the knob and its focus ring."""
TRACK_Y_PX = 16
"""Where the track runs."""
MAX_LABELS = 10
"""With more stops only the first, the last and the current one are labelled."""


class StepSlider(QSlider):
    """Keys and screen readers see an ordinary slider; only the looks and the clicks are its own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._computed: frozenset[int] = frozenset()
        self._colors = {name: QColor("#777777") for name in ("track", "stop", "accent", "knob", "text")}
        self.setRange(1, 8)
        self.setPageStep(1)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(46)

    @property
    def computed(self) -> frozenset[int]:
        """Stops that are marked."""
        return self._computed

    def set_computed(self, stops: frozenset[int]) -> None:
        """Mark these stops."""
        if stops != self._computed:
            self._computed = stops
            self.update()

    def set_colors(self, *, track: str, stop: str, accent: str, knob: str, text: str) -> None:
        """Use the theme's colours."""
        given = {"track": track, "stop": stop, "accent": accent, "knob": knob, "text": text}
        self._colors = {name: QColor(color) for name, color in given.items()}
        self.update()

    def sizeHint(self) -> QSize:
        """Room for track and labels."""
        return QSize(200, 46)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Track, stops, knob, labels."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._colors["track"], 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(self._at(self.minimum()), self._at(self.maximum()))
        for stop in range(self.minimum(), self.maximum() + 1):
            self._paint_stop(painter, stop)
        self._paint_knob(painter)
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the stop under the pointer at once."""
        if event.button() is Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self.setValue(self._stop_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer."""
        if self.isSliderDown():
            self.setValue(self._stop_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)

    def _paint_stop(self, painter: QPainter, stop: int) -> None:
        at = self._at(stop)
        is_computed = stop in self._computed
        if is_computed or self._has_room:
            painter.setPen(QPen(self._colors["accent" if is_computed else "stop"], 1.5))
            painter.setBrush(self._colors["accent"] if is_computed else self._colors["knob"])
            painter.drawEllipse(at, 4.5, 4.5)
        if self._has_room or stop in (self.minimum(), self.maximum(), self.value()):
            painter.setPen(self._colors["accent" if stop == self.value() else "text"])
            painter.drawText(QRectF(at.x() - 20, TRACK_Y_PX + 12, 40, 18), Qt.AlignmentFlag.AlignCenter, str(stop))

    def _paint_knob(self, painter: QPainter) -> None:
        at = self._at(self.value())
        painter.setPen(QPen(self._colors["accent"], 3))
        painter.setBrush(self._colors["accent"] if self.value() in self._computed else self._colors["knob"])
        painter.drawEllipse(at, 7.5, 7.5)
        if self.hasFocus():
            painter.setPen(QPen(self._colors["accent"], 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, 12, 12)

    @property
    def _has_room(self) -> bool:
        return self.maximum() - self.minimum() < MAX_LABELS

    def _at(self, stop: int) -> QPointF:
        span = max(1, self.maximum() - self.minimum())
        return QPointF(MARGIN_PX + (stop - self.minimum()) / span * (self.width() - 2 * MARGIN_PX), TRACK_Y_PX)

    def _stop_at(self, x: float) -> int:
        share = (x - MARGIN_PX) / max(1, self.width() - 2 * MARGIN_PX)
        return round(self.minimum() + share * (self.maximum() - self.minimum()))
