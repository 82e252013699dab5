"""Pixel values as stored in the file (not as shown), read in small parts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mfsr_engine.geometry import Rect, Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

REACH_PX = 3
"""Source pixels around a part that its enlarged pixels depend on."""

Read = Callable[[Rect], "NDArray[np.uint8]"]
"""A part, in pixels of the picture, to its (height, width, 3) uint8 RGB. Must be cheap: it is called while painting."""


@dataclass(frozen=True)
class Cells:
    """What the pixels of one side are: how many, and of which value."""

    size: Size
    """Pixels across and down."""
    read: Read
    """Their values."""
    strength: int = 1
    """How many times as strong as its value a pixel is drawn."""


def cells_of(pixels: NDArray[np.float32], size: Size) -> Cells:
    """Of (H, W, 3) float32 0..1, which may lie on disk."""
    return Cells(size, lambda area: plain_values(pixels[area.slices()]))


def plain_values(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(H, W, 3) float32 0..1 as (H, W, 3) uint8."""
    part = np.clip(np.asarray(pixels, np.float32), 0.0, 1.0)
    values: NDArray[np.uint8] = np.rint(part * np.float32(255.0)).astype(np.uint8)
    return values


def enlarged_cells(pixels: NDArray[np.float32], size: Size, factor: int) -> Cells:
    """Of (H, W, 3) float32 0..1 enlarged `factor` times by bicubic interpolation, as `raster.enlarged_raster` does it."""
    small = cells_of(pixels, size)

    def read(area: Rect) -> NDArray[np.uint8]:
        import cv2

        around = _covering(area, factor).grown(REACH_PX, size)
        part = small.read(around)
        large = cv2.resize(part, (around.width * factor, around.height * factor), interpolation=cv2.INTER_CUBIC)
        return np.asarray(large[area.slices(around.scaled(factor))], np.uint8)

    return Cells(size.scaled(factor), read)


def difference_of(first: Cells, second: Cells, strength: int) -> Cells | None:
    """How far two sides are apart, or None if their pixels do not lie on each other."""
    if first.size != second.size:
        return None

    def read(area: Rect) -> NDArray[np.uint8]:
        one, other = (cells.read(area).astype(np.int16) for cells in (first, second))
        apart: NDArray[np.uint8] = np.abs(one - other).astype(np.uint8)
        return apart

    return Cells(first.size, read, strength)


def _covering(area: Rect, factor: int) -> Rect:
    """Source pixels that a part of the enlarged picture lies on."""
    left, top = area.x // factor, area.y // factor
    return Rect(left, top, -(-area.right // factor) - left, -(-area.bottom // factor) - top)
