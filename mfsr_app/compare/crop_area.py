"""Where a picture is cropped: a preview with a frame whose corners, edges and middle can be dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

GRAB_PX = 12.0
"""An edge is grabbed from as near as this."""
LEAST_SHARE = 0.005
"""Smallest side of the frame, as a share of the picture's."""
MARGIN_PX = 14
SHADE, FRAME, THIRDS = QColor(0, 0, 0, 150), QColor("#ffffff"), QColor(255, 255, 255, 110)
Edges = tuple[float, float, float, float]
"""Left, top, right and bottom as fractions of the picture."""
ALL: Edges = (0.0, 0.0, 1.0, 1.0)


class CropArea(QWidget):
    """Shows a picture and the frame; knows no file."""

    changed = Signal()
    """The frame was dragged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Frame: what of the picture is taken"))
        self._picture: QImage | None = None
        self._grabbed: tuple[int, int] | None = None
        self._from = QPointF()
        self._before = ALL
        self.edges = ALL
        self.shape: float | None = None
        """Width over height that the frame keeps; None lets it be free."""

    def sizeHint(self) -> QSize:
        """Large enough to aim."""
        return QSize(560, 420)

    def minimumSizeHint(self) -> QSize:
        """Small windows have room for it."""
        return QSize(240, 180)

    def show_picture(self, picture: QImage) -> None:
        """Show this under the frame."""
        self._picture = picture
        self.update()

    def set_edges(self, edges: Edges) -> None:
        """Put the frame there."""
        self.edges = edges
        self.update()

    def set_shape(self, shape: float | None) -> None:
        """Keep the frame's width over its height from now on; it becomes as large as it can around its middle."""
        self.shape = shape
        if shape is not None and self._picture is not None:
            self.set_edges(_shaped(self.edges, self._unit_shape(shape)))
            self.changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, dark outside of the frame, and thirds inside."""
        if self._picture is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        room, frame = self._room(), self._frame()
        painter.drawImage(room, self._picture)
        for shaded in (
            QRectF(room.topLeft(), QPointF(room.right(), frame.top())),
            QRectF(QPointF(room.left(), frame.bottom()), room.bottomRight()),
            QRectF(QPointF(room.left(), frame.top()), frame.bottomLeft()),
            QRectF(frame.topRight(), QPointF(room.right(), frame.bottom())),
        ):
            painter.fillRect(shaded, SHADE)
        painter.setPen(QPen(THIRDS, 1))
        for third in (1 / 3, 2 / 3):
            x, y = frame.left() + third * frame.width(), frame.top() + third * frame.height()
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom()))
            painter.drawLine(QPointF(frame.left(), y), QPointF(frame.right(), y))
        painter.setPen(QPen(FRAME, 2))
        painter.drawRect(frame)
        for x in (frame.left(), frame.center().x(), frame.right()):
            for y in (frame.top(), frame.center().y(), frame.bottom()):
                if QPointF(x, y) != frame.center():
                    painter.fillRect(QRectF(x - 4, y - 4, 8, 8), FRAME)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Grab the frame."""
        self._grabbed = self._handle(event.position())
        self._from, self._before = event.position(), self.edges

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag what was grabbed, or show what would be."""
        if self._grabbed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self.setCursor(_cursor(self._handle(event.position())))
            return
        room, moved = self._room(), event.position() - self._from
        across, down = moved.x() / max(1.0, room.width()), moved.y() / max(1.0, room.height())
        shape = None if self.shape is None else self._unit_shape(self.shape)
        self.set_edges(dragged(self._before, self._grabbed, across, down, shape))
        self.changed.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self._grabbed = None

    def _unit_shape(self, shape: float) -> float:
        """A shape in pixels as one in fractions of the picture."""
        assert self._picture is not None
        return shape * self._picture.height() / self._picture.width()

    def _room(self) -> QRectF:
        """Where the picture is drawn."""
        assert self._picture is not None
        inside = QRectF(self.rect()).adjusted(MARGIN_PX, MARGIN_PX, -MARGIN_PX, -MARGIN_PX)
        size = self._picture.size().scaled(inside.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        room = QRectF(0, 0, size.width(), size.height())
        room.moveCenter(inside.center())
        return room

    def _frame(self) -> QRectF:
        room = self._room()
        left, top, right, bottom = self.edges
        corner = QPointF(room.left() + left * room.width(), room.top() + top * room.height())
        other = QPointF(room.left() + right * room.width(), room.top() + bottom * room.height())
        return QRectF(corner, other)

    def _handle(self, at: QPointF) -> tuple[int, int] | None:
        """What of the frame lies there: -1, 0 or 1 across and down, (0, 0) for its inside; None outside of it."""
        if self._picture is None:
            return None
        frame = self._frame()
        if not frame.adjusted(-GRAB_PX, -GRAB_PX, GRAB_PX, GRAB_PX).contains(at):
            return None
        return _side(at.x(), frame.left(), frame.right()), _side(at.y(), frame.top(), frame.bottom())


def dragged(edges: Edges, handle: tuple[int, int], across: float, down: float, shape: float | None) -> Edges:
    """A frame after one of its handles was dragged.

    Args:
        edges: of the frame before.
        handle: -1 the left or upper edge, 1 the right or lower one, 0 neither; (0, 0) moves the whole frame.
        across: how far it was dragged to the right, as a fraction of the picture's width.
        down: how far downwards, of its height.
        shape: width over height, in such fractions, that the frame keeps; None lets it be free.

    Returns:
        Edges inside of the picture, none beyond its opposite.
    """
    left, top, right, bottom = edges
    if handle == (0, 0):
        across, down = _within(across, -left, 1 - right), _within(down, -top, 1 - bottom)
        return left + across, top + down, right + across, bottom + down
    if handle[0] < 0:
        left = _within(left + across, 0.0, right - LEAST_SHARE)
    elif handle[0] > 0:
        right = _within(right + across, left + LEAST_SHARE, 1.0)
    if handle[1] < 0:
        top = _within(top + down, 0.0, bottom - LEAST_SHARE)
    elif handle[1] > 0:
        bottom = _within(bottom + down, top + LEAST_SHARE, 1.0)
    if shape is None:
        return left, top, right, bottom
    return _kept_shape(edges, (left, top, right, bottom), handle, shape)


def _kept_shape(before: Edges, wanted: Edges, handle: tuple[int, int], shape: float) -> Edges:
    """The frame of that shape nearest to what was dragged; what was not grabbed stays, or grows evenly to both sides."""
    width, height = wanted[2] - wanted[0], wanted[3] - wanted[1]
    width = max(width, height * shape) if all(handle) else width if handle[0] else height * shape
    middle_x, middle_y = (before[0] + before[2]) / 2, (before[1] + before[3]) / 2
    room_x = {-1: before[2], 1: 1 - before[0], 0: 2 * min(middle_x, 1 - middle_x)}[handle[0]]
    room_y = {-1: before[3], 1: 1 - before[1], 0: 2 * min(middle_y, 1 - middle_y)}[handle[1]]
    width = min(width, room_x, room_y * shape)
    height = width / shape
    left = {-1: before[2] - width, 1: before[0], 0: middle_x - width / 2}[handle[0]]
    top = {-1: before[3] - height, 1: before[1], 0: middle_y - height / 2}[handle[1]]
    return max(0.0, left), max(0.0, top), min(1.0, left + width), min(1.0, top + height)


def _shaped(edges: Edges, shape: float) -> Edges:
    """The largest frame of that shape inside of another, around its middle."""
    left, top, right, bottom = edges
    width = min(right - left, (bottom - top) * shape)
    height = width / shape
    x, y = (left + right) / 2, (top + bottom) / 2
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _side(at: float, low: float, high: float) -> int:
    reach = min(GRAB_PX, (high - low) / 4)  # so that the middle of a small frame can be grabbed too
    if at < low + reach:
        return -1
    return 1 if at > high - reach else 0


def _within(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def _cursor(handle: tuple[int, int] | None) -> Qt.CursorShape:
    if handle is None:
        return Qt.CursorShape.ArrowCursor
    across, down = handle
    if across and down:
        return Qt.CursorShape.SizeFDiagCursor if across == down else Qt.CursorShape.SizeBDiagCursor
    if across or down:
        return Qt.CursorShape.SizeHorCursor if across else Qt.CursorShape.SizeVerCursor
    return Qt.CursorShape.SizeAllCursor
