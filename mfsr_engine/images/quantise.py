"""Converts between float pictures and integer samples. Rounds half up, clips, and takes NaN for a bug of ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def to_uint8(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Float 0..1 of any shape to uint8 0..255; values outside are clipped."""
    return _scaled(pixels, 255).astype(np.uint8)


def to_uint16(pixels: NDArray[np.float32]) -> NDArray[np.uint16]:
    """Float 0..1 of any shape to uint16 0..65535; values outside are clipped."""
    return _scaled(pixels, 65535).astype(np.uint16)


def to_float(samples: NDArray[Any]) -> NDArray[np.float32]:
    """Unsigned whole numbers to float32 0..1, their largest to 1; floats of a file are clipped to 0..1, NaN to 0."""
    if samples.dtype.kind == "f":
        return np.asarray(np.clip(np.nan_to_num(samples, nan=0.0), 0.0, 1.0), np.float32)
    assert samples.dtype.kind == "u", f"unsigned samples expected, not {samples.dtype}"
    largest = np.iinfo(samples.dtype).max
    return samples.astype(np.float32) / np.float32(largest)


def _scaled(pixels: NDArray[np.float32], largest: int) -> NDArray[np.float32]:
    assert pixels.size == 0 or not np.isnan(pixels.min()), "a picture holds NaN"
    scaled = np.clip(pixels, 0.0, 1.0)
    scaled *= largest
    scaled += 0.5
    return scaled  # casting to unsigned integers cuts, which after adding a half rounds half up
