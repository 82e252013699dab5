"""A pane that shows one or two sides of the comparison. Pointer and keys become signals; it decides nothing itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QWidget

from mfsr_app.compare.difference import DifferencePainter
from mfsr_app.compare.painting import (
    READOUT_PX,
    paint_lens,
    paint_readouts,
    paint_shown,
    paint_split,
    paint_titles,
    readout,
    spot_under,
)
from mfsr_app.compare.values import Look, Mode, Strength, View
from mfsr_engine.geometry import Size

if TYPE_CHECKING:
    from mfsr_app.compare.values import Shown

PAN_STEP_PX = 64
"""One press of an arrow key."""
DIVIDER_REACH_PX = 8
"""How near the pointer must be to take the divider."""
EDGE_PX = 18
"""How near the divider comes to an edge."""
CLICK_PX = 3
"""A press that moves no farther is a click."""
WHEEL_NOTCH = 120
"""Wheel units in one notch."""
NOTCH_FACTOR = 1.25
"""Zoom of one notch."""
KEY_REASONS = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


class Canvas(QWidget):
    """Shows `second` alone, or together with `first` as split, lens or difference."""

    zoomed = Signal(float, float, float)
    """Factor, and the point that stays, in device pixels from the middle."""
    panned = Signal(float, float)
    """Device pixels."""
    toggled = Signal(float, float)
    """Double click: between 100 % and all of the picture, about this point."""
    port_changed = Signal(object)
    """The size in device pixels changed; carries the new Size."""
    pointed = Signal(object)
    """The place under the pointer in source pixels, a QPointF, or None when the pointer has left."""
    painted = Signal()
    """A paint ended; for measuring."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.mode: Mode | None = None
        self.is_horizontal = False
        self.divider = 0.5
        self._first: Shown | None = None
        self._second: Shown | None = None
        self._view, self._source = View(), Size(1, 1)
        self._canvas_color, self._focus_color = QColor("#777777"), QColor("#0b6e69")
        self._grabbed: QPointF | None = None
        self._pressed = QPointF(-1, -1)
        self._pointer = QPointF(-1, -1)
        self._spot: QPointF | None = None
        self._is_dividing = False
        self._difference = DifferencePainter()
        self._is_led_by_keys = False
        """Whether the focus is of use to the user, and is shown."""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setMinimumSize(96, 96)

    @property
    def port(self) -> Size:
        """Size in device pixels."""
        ratio = self.devicePixelRatioF()
        return Size(max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio)))

    def set_look(self, view: View, source: Size) -> None:
        """Look elsewhere."""
        self._view, self._source = view, source
        self.update()

    def set_shown(self, first: Shown | None, second: Shown | None, doublings: int = Strength.doublings) -> None:
        """Show other pictures, and their difference 2 to the power of this as strong."""
        self._first, self._second = first, second
        self._difference.doublings = doublings
        self.update()

    def set_colors(self, canvas: str, focus: str) -> None:
        """Use the theme's colours."""
        self._canvas_color, self._focus_color = QColor(canvas), QColor(focus)
        self.update()

    def set_spot(self, spot: QPointF | None) -> None:
        """Say at the foot what lies at this place of the picture."""
        if spot != self._spot:
            self._spot = spot
            self.update(0, self.height() - READOUT_PX, self.width(), READOUT_PX)

    def readouts(self) -> tuple[str, ...]:
        """What is said at the foot: place and value for each picture in the pane, the first one first."""
        if self._spot is None or self._second is None:
            return ()
        both = (self._first, self._second) if self.mode is not None and self._first else (self._second,)
        return tuple(readout(shown, self._spot, self._source) for shown in both)

    def set_mode(self, mode: Mode | None) -> None:
        """Show the second side alone (None), or both in this way."""
        self.mode = mode
        self._difference.release()
        self.update()

    def set_horizontal(self, is_horizontal: bool) -> None:
        """Divide above and below instead of left and right."""
        self.is_horizontal = is_horizontal
        self.update()

    def move_divider(self, by: float) -> None:
        """Move the divider by a share of the pane, never so far that its handle is lost at an edge."""
        length = self.height() if self.is_horizontal else self.width()
        margin = min(0.5, EDGE_PX / max(1, length))
        self.divider = min(max(self.divider + by, margin), 1.0 - margin)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is in view."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        port = self.port
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.setBackground(self._canvas_color)
        self._paint_picture(painter, Look(self._view, self._source, port, ratio), event.rect())
        painter.restore()
        pane = QRectF(self.rect())
        if self._second is not None:
            paint_titles(painter, pane, self._first, self._second, self.mode, self._view.scale)
        said = self.readouts()
        if said:
            paint_readouts(painter, pane, said)
        if self.hasFocus() and self._is_led_by_keys:
            painter.setPen(QPen(self._focus_color, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()
        self.painted.emit()

    def _paint_picture(self, painter: QPainter, look: Look, exposed: QRect) -> None:
        port, ratio = QRect(0, 0, look.port.width, look.port.height), look.ratio
        if self._first is not None and self._second is not None and self.mode is Mode.DIFFERENCE:
            corner, far = QPointF(exposed.topLeft()) * ratio, QPointF(exposed.bottomRight() + QPoint(1, 1)) * ratio
            part = QRectF(corner, far).toAlignedRect().intersected(port)
            self._difference.paint(painter, self._first, self._second, look, part)
            return
        painter.fillRect(port, self._canvas_color)
        if self._second is None:
            return
        if self._first is not None and self.mode is Mode.SPLIT:
            paint_split(painter, self._first, self._second, look, self.divider, is_horizontal=self.is_horizontal)
            return
        paint_shown(painter, self._second, look)
        if self._first is not None and self.mode is Mode.LENS and self.rect().contains(self._pointer.toPoint()):
            paint_lens(painter, self._first, look, self._pointer * ratio, ratio)

    def event(self, event: QEvent) -> bool:
        """Pinches, from touch pads and touch screens."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self._zoom(1 + event.value(), event.position())
            return True
        if isinstance(event, QGestureEvent):
            pinch = event.gesture(Qt.GestureType.PinchGesture)
            if isinstance(pinch, QPinchGesture):
                self._zoom(pinch.scaleFactor(), QPointF(self.mapFromGlobal(pinch.centerPoint().toPoint())))
            return True
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self.port_changed.emit(self.port)
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        notches = (event.angleDelta().y() or event.angleDelta().x()) / WHEEL_NOTCH
        if notches:
            self._zoom(NOTCH_FACTOR**notches, event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the divider or the picture."""
        if event.button() not in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            return
        self._is_dividing = self._is_on_divider(event.position())
        self._grabbed = self._pressed = event.position()
        if not self._is_dividing:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the divider or the picture; move the lens."""
        self._pointer = event.position()
        if self._grabbed is None:
            self._show_cursor()
        elif self._is_dividing:
            self._divide_at(self._pointer)
        else:
            moved = (self._pointer - self._grabbed) * self.devicePixelRatioF()
            self._grabbed = self._pointer
            self.panned.emit(moved.x(), moved.y())
        if self.mode is Mode.LENS:
            self.update()
        middle = QPointF(self.width() / 2, self.height() / 2)
        self.pointed.emit(spot_under(self._pointer, middle, self._view, self.devicePixelRatioF()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go. A click in a split pane puts the divider there."""
        is_click = self._grabbed is not None and (event.position() - self._pressed).manhattanLength() <= CLICK_PX
        if is_click and event.button() is Qt.MouseButton.LeftButton and self.mode is Mode.SPLIT:
            self._divide_at(event.position())
        self._grabbed, self._is_dividing = None, False
        self._show_cursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Between 100 % and all of the picture."""
        offset = self._offset(event.position())
        self.toggled.emit(offset.x(), offset.y())

    def leaveEvent(self, event: QEvent) -> None:
        """The lens goes with the pointer."""
        self._pointer = QPointF(-1, -1)
        self.pointed.emit(None)
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who came here by keys is shown where they are."""
        super().focusInEvent(event)
        self._is_led_by_keys = event.reason() in KEY_REASONS
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the picture; with Shift they move the divider."""
        steps = {
            Qt.Key.Key_Left: (1, 0),
            Qt.Key.Key_Right: (-1, 0),
            Qt.Key.Key_Up: (0, 1),
            Qt.Key.Key_Down: (0, -1),
        }
        step = steps.get(Qt.Key(event.key()))
        self._is_led_by_keys = self._is_led_by_keys or step is not None
        if step is None:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.move_divider(-0.02 * (step[0] + step[1]))
        else:
            self.panned.emit(float(step[0] * PAN_STEP_PX), float(step[1] * PAN_STEP_PX))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the view model, and keep the divider in sight."""
        self.move_divider(0.0)
        self.port_changed.emit(self.port)

    def _divide_at(self, at: QPointF) -> None:
        share = at.y() / self.height() if self.is_horizontal else at.x() / self.width()
        self.move_divider(share - self.divider)

    def _zoom(self, factor: float, at: QPointF) -> None:
        offset = self._offset(at)
        self.zoomed.emit(factor, offset.x(), offset.y())

    def _offset(self, at: QPointF) -> QPointF:
        return (at - QPointF(self.width() / 2, self.height() / 2)) * self.devicePixelRatioF()

    def _is_on_divider(self, at: QPointF) -> bool:
        if self.mode is not Mode.SPLIT:
            return False
        where = at.y() - self.divider * self.height() if self.is_horizontal else at.x() - self.divider * self.width()
        return abs(where) <= DIVIDER_REACH_PX

    def _show_cursor(self) -> None:
        if self._is_on_divider(self._pointer):
            self.setCursor(Qt.CursorShape.SplitVCursor if self.is_horizontal else Qt.CursorShape.SplitHCursor)
        else:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
