"""Smooths the blocks of strongly compressed JPEG files before a model sees them: models take blocks for detail and sharpen them.

A JPEG's blocks lie on a grid. The picture is compressed again by the same tables at other places of the grid, and the mean of all of
them is taken: what is real is in each, what belongs to a grid is in one (Nosratinia 2001, J. VLSI Signal Processing 27:69).
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mfsr_engine.images.quantise import to_float

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.images.jpeg_coding import JpegCoding
    from mfsr_engine.images.picture import Picture

MOST_QUALITY = 20
"""Quality up to which blocks are smoothed. Measured; see HONESTY.md."""
_BLOCK_PX = 8
_PLACES = tuple((y, x) for y in range(_BLOCK_PX) for x in range(_BLOCK_PX) if (y + x) % 2 == 0)
"""Half of the places of the grid, evenly spread; the others change nothing that could be seen."""
_BAND_PX = 256
"""Rows that are smoothed at once, so that memory does not grow with the picture."""
_REACH_PX = 16
"""Rows around a band that have a part in it: a block of chroma at half the size."""


def without_blocks(picture: Picture) -> tuple[NDArray[Any], tuple[str, ...]]:
    """What a model shall see of a picture, and a note if that is not the picture itself.

    Returns:
        (H, W, 3) pixels of the picture's type; its own array unless it is a JPEG of at most `MOST_QUALITY`.
    """
    coding = picture.jpeg
    if coding is None or coding.quality > MOST_QUALITY:
        return picture.pixels, ()
    note = f"The JPEG's blocks (quality {coding.quality:.0f}) were smoothed before the model saw them."
    return smoothed(picture.pixels, coding), (note,)


def smoothed(pixels: NDArray[Any], coding: JpegCoding) -> NDArray[Any]:
    """The mean of a picture's compressions at other places of the grid of blocks.

    Args:
        pixels: (H, W, 3): uint8, uint16 or float32 0..1.
        coding: by which it is compressed again.

    Returns:
        (H, W, 3) of the same type. Where channels are equal they stay so.
    """
    result = np.empty_like(pixels)
    height = pixels.shape[0]
    for top in range(0, height, _BAND_PX):
        end = min(top + _BAND_PX, height)
        first, last = max(0, top - _REACH_PX), min(height, end + _REACH_PX)
        mean = _mean_of_places(np.rint(to_float(pixels[first:last]) * np.float32(255)).astype(np.uint8), coding)
        result[top:end] = _like(mean[top - first : end - first], pixels.dtype)
    return result


def _mean_of_places(levels: NDArray[np.uint8], coding: JpegCoding) -> NDArray[np.float32]:
    """Levels 0..255 of the mean. The grid is moved by wider and narrower borders, which repeat the edge."""
    height, width = levels.shape[:2]
    total = np.zeros(levels.shape, np.uint16)
    for down, right in _PLACES:
        bordered = np.pad(levels, ((down, 0), (right, 0), (0, 0)), mode="edge")
        total += _compressed(bordered, coding)[down : down + height, right : right + width]
    return total.astype(np.float32) / np.float32(len(_PLACES))


def _compressed(levels: NDArray[np.uint8], coding: JpegCoding) -> NDArray[np.uint8]:
    file = io.BytesIO()
    tables = [list(table) for table in coding.tables]
    Image.fromarray(levels).save(file, "JPEG", qtables=tables, subsampling=coding.subsampling)
    file.seek(0)
    with Image.open(file) as image:
        return np.asarray(image.convert("RGB"))


def _like(levels: NDArray[np.float32], dtype: np.dtype[Any]) -> NDArray[Any]:
    scaled = levels / 255 if dtype.kind == "f" else np.rint(levels * (np.iinfo(dtype).max / 255))
    made: NDArray[Any] = scaled.astype(dtype)
    return made
