"""PNG files of 16 bits with chunks of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO

from mfsr_engine.geometry import Size
from mfsr_engine.images import png

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def write_deep_png(file: BinaryIO, samples: NDArray[np.uint16], chunks: list[png.Chunk]) -> None:
    """Write (H, W, C) samples, with `chunks` before them."""
    height, width, channels = samples.shape
    png.write_png(file, Size(width, height), channels, 16, chunks, [samples])
