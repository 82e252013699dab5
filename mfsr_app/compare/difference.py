"""Draws the difference of two sides, amplified, where both have pixels."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter

from mfsr_app.compare.painting import is_opaque, is_whole, paint_shown, placed
from mfsr_app.compare.pixel_grid import paint_cells
from mfsr_app.compare.values import Look
from mfsr_app.imaging.pixel_values import difference_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_app.compare.values import Shown


class DifferencePainter:
    """Keeps the two pictures of the pane that it compares: the system would clear new memory at every paint."""

    def __init__(self) -> None:
        self._flats: tuple[QImage, ...] = ()
        self.doublings = 2

    def paint(self, painter: QPainter, first: Shown, second: Shown, look: Look, exposed: QRect) -> None:
        """Draw the difference on black. The painter works in device pixels.

        Args:
            painter: of the pane.
            first: one side.
            second: the other.
            look: what the pane shows.
            exposed: the part of the pane that is to be drawn, in device pixels.
        """
        area = exposed.intersected(_differing(first, second, look))
        if area != exposed:
            painter.fillRect(exposed, Qt.GlobalColor.black)
        if not area.isEmpty():
            one, other = self._flats_for(look)
            _flatten(one, first, look, area)
            _flatten(other, second, look, area)
            _make_difference(_rows(one, area), _rows(other, area), self.doublings)
            painter.drawImage(area.topLeft(), one, area)
        cells = difference_of(first.cells, second.cells, 2**self.doublings) if first.cells and second.cells else None
        if cells is not None:
            paint_cells(painter, cells, look)

    def release(self) -> None:
        """Let go of the memory."""
        self._flats = ()

    def _flats_for(self, look: Look) -> tuple[QImage, ...]:
        size = QSize(look.port.width, look.port.height)
        if not self._flats or self._flats[0].size() != size:
            self._flats = tuple(QImage(size, QImage.Format.Format_RGB32) for _ in range(2))
        return self._flats


def _differing(first: Shown, second: Shown, look: Look) -> QRect:
    """Where the sides can differ, in device pixels: over a picture both have below, only where one has tiles above it."""
    everything = look.frame.toAlignedRect()
    if first.below is not second.below or first.is_smooth != second.is_smooth:
        return everything
    found = QRectF()
    for layer in (first.above, second.above):
        if layer is not None and layer.covered is None:
            return everything
        if layer is not None and layer.covered is not None:
            found = found.united(placed(layer.covered.boundingRect(), look.frame, layer.size))
    return found.toAlignedRect().adjusted(-1, -1, 1, 1) if not found.isEmpty() else QRect()


def _flatten(image: QImage, shown: Shown, look: Look, area: QRect) -> None:
    """Draw a part of a side as it looks in the pane, on black, without what is written over it."""
    painter = QPainter(image)
    painter.setClipRect(area)
    is_hidden = is_opaque(shown.above) if is_whole(shown.above) else is_opaque(shown.below)
    if not look.frame.contains(QRectF(area)) or not is_hidden:
        painter.fillRect(area, Qt.GlobalColor.black)
    paint_shown(painter, replace(shown, overlay=None, cells=None, is_dimmed=False), look, has_checkers=False)
    painter.end()


def _rows(image: QImage, area: QRect) -> NDArray[np.uint8]:
    """The bytes of the rows that an area lies in: (rows, 4 * width)."""
    return np.frombuffer(image.bits(), np.uint8).reshape(image.height(), -1)[area.top() : area.bottom() + 1]


def _make_difference(one: NDArray[np.uint8], other: NDArray[np.uint8], doublings: int) -> None:
    """Replace the first by how far they are apart, made stronger."""
    import cv2  # loaded when the sides were made; numpy, which has no sums that stop at 255, needs twice as many passes

    cv2.absdiff(one, other, one)
    for _ in range(doublings):
        cv2.add(one, one, one)
