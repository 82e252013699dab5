"""Small windows onto the picture over a pane: where in all of it one looks, and how bright the part in view is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from mfsr_app.compare.painting import paint_shown
from mfsr_app.compare.values import Look, View, fitting_scale
from mfsr_engine.geometry import Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_app.compare.values import Shown

MOST_PX = Size(168, 126)
"""Room for the navigator."""
HISTOGRAM_PX = QSize(168, 84)
SAMPLES_PX = 256
"""Longest side of the copy of the part in view that is counted."""
BINS = 64
GROUND, LINE = QColor(20, 20, 20, 205), QColor("#ffffff")
CHANNELS = (QColor(255, 70, 70, 150), QColor(70, 220, 70, 150), QColor(90, 130, 255, 150))
"""Red, green and blue of the histogram."""


class Navigator(QWidget):
    """All of the picture, with a frame around the part in view. A press or a drag brings another part into view."""

    asked = Signal(float, float)
    """Column and row of the source that shall be in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Shown | None = None
        self._look = Look(View(), Size(1, 1), Size(1, 1))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Navigator: all of the picture"))

    def show_part(self, shown: Shown | None, look: Look) -> None:
        """Show where this is."""
        self._shown, self._look = shown, look
        self.setFixedSize(QSize(*_fitted(look.source)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture and the frame."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), GROUND)
        ratio, source = self.devicePixelRatioF(), self._look.source
        port = Size(round(self.width() * ratio), round(self.height() * ratio))
        whole = Look(View(source.width / 2, source.height / 2, fitting_scale(source, port)), source, port, ratio)
        if self._shown is not None:
            painter.save()
            painter.scale(1 / ratio, 1 / ratio)
            paint_shown(painter, replace(self._shown, cells=None, overlay=None), whole)
            painter.restore()
        seen = self._look.view.visible(source, self._look.port)
        if seen is not None:
            frame = whole.frame_of(seen)
            box = QRectF(frame.topLeft() / ratio, frame.bottomRight() / ratio).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.setPen(QPen(QColor(0, 0, 0, 160), 3))
            painter.drawRect(box)
            painter.setPen(QPen(LINE, 1))
            painter.drawRect(box)
        painter.setPen(QPen(LINE, 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._ask(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the frame."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._ask(event.position())

    def _ask(self, at: QPointF) -> None:
        source = self._look.source
        self.asked.emit(at.x() / self.width() * source.width, at.y() / self.height() * source.height)


class Histogram(QWidget):
    """How many pixels of the part in view are how bright, for each color."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Shown | None = None
        self._look = Look(View(), Size(1, 1), Size(1, 1))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(self.tr("Histogram of the part in view"))
        self.setFixedSize(HISTOGRAM_PX)

    def show_part(self, shown: Shown | None, look: Look) -> None:
        """Count this part."""
        self._shown, self._look = shown, look
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a hill for each color."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), GROUND)
        if self._shown is None:
            return
        counts = histogram_of(self._shown, self._look)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        painter.setPen(Qt.PenStyle.NoPen)
        highest = max(1.0, float(np.sqrt(counts).max()))
        width, height = self.width(), self.height() - 6
        for channel, color in zip(np.sqrt(counts) / highest, CHANNELS, strict=True):
            tops = [
                QPointF((place + 0.5) * width / BINS, self.height() - share * height)
                for place, share in enumerate(channel.tolist())
            ]
            foot = [QPointF(width, self.height()), QPointF(0, self.height())]
            painter.setBrush(color)
            painter.drawPolygon(QPolygonF([*tops, *foot]))


def histogram_of(shown: Shown, look: Look) -> NDArray[np.int64]:
    """(3, BINS) counts of red, green and blue, from a small copy of the part in view, as it is shown."""
    seen = look.view.visible(look.source, look.port)
    if seen is None:
        return np.zeros((3, BINS), np.int64)
    scale = min(look.view.scale, SAMPLES_PX / max(seen.width, seen.height))
    port = seen.size.scaled(scale)
    image = QImage(port.width, port.height, QImage.Format.Format_RGB32)
    image.fill(0)
    painter = QPainter(image)
    part = View(seen.x + seen.width / 2, seen.y + seen.height / 2, scale)
    paint_shown(painter, replace(shown, cells=None, overlay=None, is_dimmed=False), Look(part, look.source, port))
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(port.height, port.width, 4)
    return np.stack([np.bincount(pixels[..., place].ravel() // (256 // BINS), minlength=BINS) for place in (2, 1, 0)])


def _fitted(source: Size) -> tuple[int, int]:
    scale = fitting_scale(source, MOST_PX)
    size = source.scaled(scale)
    return max(size.width, 12), max(size.height, 12)
