"""Grid lines between pixels at high zoom and, closer still, their values. Pure drawing, only of what is in view."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPainterPath, QPen

from mfsr_engine.geometry import Rect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_app.compare.values import Look
    from mfsr_app.imaging.pixel_values import Cells

GRID_FROM_PX = 8
"""From this size of a pixel on the screen, in device-independent pixels, lines are drawn."""
VALUES_FROM_PX = 48
"""From this size on the values are written into it."""
MAX_VALUES = 1000
"""With more pixels in view no values are written: nobody reads so many, and painting stays fast."""
TEXT_SHARE = 0.24
"""Height of the letters as a share of a pixel's side; three lines go into it."""
LARGEST_TEXT_PX = 15
DASH_PX = 2
FAINTEST_LINE, STRONGEST_LINE = 44, 90
"""Opacity of the lines, of 255: between the smallest pixels that have them, and between those twice as large."""
EVEN_LUMINANCE = 0.179
"""Relative luminance at which black and white have the same contrast, 4.58:1; nothing is below that for the better one."""


def paint_cells(painter: QPainter, cells: Cells, look: Look) -> None:
    """Draw lines and values over a side that was drawn with unsmoothed pixels. The painter works in device pixels."""
    side = look.frame.width() / cells.size.width
    if side < GRID_FROM_PX * look.ratio:
        return
    seen = _seen(painter, cells, look, side)
    if seen is None:
        return
    _paint_lines(painter, seen, look, side)
    if side >= VALUES_FROM_PX * look.ratio and seen.width * seen.height <= MAX_VALUES:
        _paint_values(painter, cells, seen, look, side)


def _seen(painter: QPainter, cells: Cells, look: Look, side: float) -> Rect | None:
    """Pixels that lie on the pane, or on the part of it that is being drawn."""
    pane = QRectF(0, 0, look.port.width, look.port.height)
    if painter.hasClipping():
        pane = pane.intersected(painter.clipBoundingRect())
    frame = look.frame
    left, top = (math.floor(v / side) for v in (pane.left() - frame.left(), pane.top() - frame.top()))
    right, bottom = (math.ceil(v / side) for v in (pane.right() - frame.left(), pane.bottom() - frame.top()))
    whole = Rect(0, 0, cells.size.width, cells.size.height)
    return Rect(left, top, max(0, right - left), max(0, bottom - top)).intersected(whole)


def _paint_lines(painter: QPainter, seen: Rect, look: Look, side: float) -> None:
    """One device pixel each, dark and light in turn, so that they show on every colour.

    All upright lines are a pattern of few rows that fills the area; one call for each line would take 50 us.
    """
    frame, width = look.frame, max(1, round(look.ratio))
    columns = [round(frame.left() + column * side) for column in range(seen.x, seen.right + 1)]
    rows = [round(frame.top() + row * side) for row in range(seen.y, seen.bottom + 1)]
    left, top = columns[0], rows[0]
    area = QRect(left, top, columns[-1] - left + width, rows[-1] - top + width)
    opacity = round(min(STRONGEST_LINE, FAINTEST_LINE * side / (GRID_FROM_PX * look.ratio)))
    black, white = opacity << 24, opacity * 0x01010101
    dashes = np.where(np.arange(2 * DASH_PX) < DASH_PX, black, white).astype(np.uint32)
    pattern = np.zeros((len(dashes), area.width()), np.uint32)
    for offset in range(width):
        pattern[:, np.array(columns) - left + offset] = dashes[:, None]
    painter.save()
    painter.setBrushOrigin(area.topLeft())
    painter.fillRect(area, QBrush(_image_over(pattern)))
    painter.restore()
    line = np.resize(dashes, (width, area.width()))
    image = _image_over(line)
    for row in rows:
        painter.drawImage(left, row, image)


def _image_over(pixels: NDArray[np.uint32]) -> QImage:
    """A QImage that owns a copy of premultiplied pixels."""
    height, width = pixels.shape
    form = QImage.Format.Format_ARGB32_Premultiplied
    return QImage(np.ascontiguousarray(pixels).data, width, height, 4 * width, form).copy()


def _paint_values(painter: QPainter, cells: Cells, seen: Rect, look: Look, side: float) -> None:
    values = cells.read(seen)
    is_dark = dark_text_on(np.minimum(values.astype(np.int32) * cells.strength, 255).astype(np.uint8))
    text_px = max(1, round(min(side * TEXT_SHARE, LARGEST_TEXT_PX * look.ratio)))
    height, frame, draw = _number(0, text_px, True).image.height(), look.frame, painter.drawImage
    middles = [round(frame.left() + (column + 0.5) * side) for column in range(seen.x, seen.right)]
    for row, (cells_of_row, darks) in enumerate(zip(values.tolist(), is_dark.tolist(), strict=True)):
        top = round(frame.top() + (seen.y + row + 0.5) * side - 1.5 * height)
        for middle, color, dark in zip(middles, cells_of_row, darks, strict=True):
            for line, value in enumerate(color):
                number = _number(value, text_px, dark)
                draw(middle - number.half_width, top + line * height, number.image)


def dark_text_on(colors: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """For (..., 3) uint8 sRGB: whether black reads better on it than white (relative luminance of WCAG 2.1)."""
    c = colors / 255.0
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    dark: NDArray[np.bool_] = luminance > EVEN_LUMINANCE
    return dark


@dataclass(frozen=True)
class _Number:
    """A number ready to be drawn."""

    image: QImage
    half_width: int


@lru_cache(maxsize=4096)
def _number(value: int, text_px: int, is_dark: bool) -> _Number:
    """A number with a thin seam of the opposite colour, which keeps it legible under an overlay too."""
    font = QFont()
    font.setPixelSize(text_px)
    metrics = QFontMetricsF(font)
    width, height = math.ceil(metrics.horizontalAdvance(str(value))) + 4, math.ceil(metrics.height())
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    path = QPainterPath()
    path.addText(QPointF(2, metrics.ascent()), font, str(value))
    ink, seam = QColor("#000000"), QColor(255, 255, 255, 110)
    if not is_dark:
        ink, seam = QColor("#ffffff"), QColor(0, 0, 0, 110)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.strokePath(path, QPen(seam, 2))
    painter.fillPath(path, ink)
    painter.end()
    return _Number(image, width // 2)
