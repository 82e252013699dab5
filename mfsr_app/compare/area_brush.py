"""A picture on which areas are painted with a soft brush; knows no file and no engine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    Mask = np.ndarray[tuple[int, int], np.dtype[np.uint8]]

CORE_SHARE = 0.6
"""Share of the brush's radius that is painted in full; beyond, it fades."""
VEIL = QColor(214, 40, 110)
"""Shows what is painted."""
VEIL_SHARE = 0.55
RING = QColor(255, 255, 255, 220)


def stroked(mask: Mask, begin: QPointF, end: QPointF, radius: float, *, erases: bool) -> None:
    """Draw a stroke of a soft round brush into a mask.

    Args:
        mask: (H, W) uint8; changed.
        begin: in pixels of the mask.
        end: in pixels of the mask.
        radius: in pixels of the mask.
        erases: whether it takes away instead.
    """
    height, width = mask.shape
    left, right = (math.floor(min(begin.x(), end.x()) - radius), math.ceil(max(begin.x(), end.x()) + radius))
    top, bottom = (math.floor(min(begin.y(), end.y()) - radius), math.ceil(max(begin.y(), end.y()) + radius))
    left, right, top, bottom = max(0, left), min(width, right), max(0, top), min(height, bottom)
    if left >= right or top >= bottom:
        return
    y, x = np.arange(top, bottom)[:, None] + 0.5, np.arange(left, right) + 0.5
    across, down = end.x() - begin.x(), end.y() - begin.y()
    length = across**2 + down**2
    along = 0.0 if length == 0 else ((x - begin.x()) * across + (y - begin.y()) * down) / length
    along = np.clip(along, 0.0, 1.0)
    distance = np.hypot(x - begin.x() - along * across, y - begin.y() - along * down)
    strength = np.clip((radius - distance) / (radius * (1 - CORE_SHARE)), 0.0, 1.0)
    paint = np.rint(255 * strength).astype(np.uint8)
    part = mask[top:bottom, left:right]
    part[...] = np.minimum(part, 255 - paint) if erases else np.maximum(part, paint)


class AreaBrush(QWidget):
    """Shows a picture and what is painted on it. The right button erases."""

    changed = Signal()
    """Something was painted, erased or cleared."""

    def __init__(self, picture: QImage, mask: Mask, parent: QWidget | None = None) -> None:
        """Nothing is painted yet.

        Args:
            picture: what is shown.
            mask: of the same size; changed by painting.
            parent: the dialog.
        """
        super().__init__(parent)
        self._picture, self.painted = picture, mask
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Picture to paint on"))
        self.share = 0.1
        """Diameter of the brush, as a share of the picture's longer side."""
        self.erases = False
        self._last: QPointF | None = None
        self._pointer: QPointF | None = None
        self._veil = self._made_veil()

    def sizeHint(self) -> QSize:
        """Large enough to aim."""
        return QSize(560, 420)

    def minimumSizeHint(self) -> QSize:
        """Small windows have room for it."""
        return QSize(240, 180)

    def clear(self) -> None:
        """Paint nothing."""
        self.painted[...] = 0
        self._show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The picture, what is painted, and the brush."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = self._room()
        painter.drawImage(room, self._picture)
        painter.drawImage(room, self._veil)
        if self._pointer is not None:
            radius = self._radius() * room.width() / self.painted.shape[1]
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for color, width in ((QColor(0, 0, 0, 160), 3), (RING, 1)):
                painter.setPen(QPen(color, width))
                painter.drawEllipse(self._pointer, radius, radius)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        self._last = self._on_mask(event.position())
        self._stroke(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Paint on, and show the brush."""
        self._pointer = event.position()
        if self._last is not None and event.buttons() != Qt.MouseButton.NoButton:
            self._stroke(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        self._last = None

    def leaveEvent(self, event: QEvent) -> None:
        """The brush goes with the pointer."""
        self._pointer = None
        self.update()

    def _stroke(self, event: QMouseEvent) -> None:
        assert self._last is not None
        here = self._on_mask(event.position())
        erases = self.erases or bool(event.buttons() & Qt.MouseButton.RightButton)
        stroked(self.painted, self._last, here, self._radius(), erases=erases)
        self._last = here
        self._show()

    def _show(self) -> None:
        self._veil = self._made_veil()
        self.update()
        self.changed.emit()

    def _made_veil(self) -> QImage:
        height, width = self.painted.shape
        veil = np.empty((height, width, 4), np.uint8)
        veil[..., :3] = VEIL.blue(), VEIL.green(), VEIL.red()  # Qt's 32-bit order
        veil[..., 3] = self.painted * VEIL_SHARE
        return QImage(veil.data, width, height, 4 * width, QImage.Format.Format_ARGB32).copy()

    def _radius(self) -> float:
        return max(1.0, self.share * max(self.painted.shape[0], self.painted.shape[1]) / 2)

    def _room(self) -> QRectF:
        """Where the picture lies in the widget."""
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF(
            (self.width() - size.width()) / 2, (self.height() - size.height()) / 2, size.width(), size.height()
        )

    def _on_mask(self, at: QPointF) -> QPointF:
        room = self._room()
        height, width = self.painted.shape
        x, y = (at.x() - room.x()) / max(1.0, room.width()), (at.y() - room.y()) / max(1.0, room.height())
        return QPointF(x * width, y * height)
