"""Estimates the quality a JPEG file was compressed with from its quantisation tables. Decodes no pixel."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from distill.data.sources import head_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_HEAD_BYTES = 1 << 20
"""Records with a preview may stand before the tables."""
_LUMA = np.array(
    [
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100,
        103, 99,
    ]
)  # fmt: skip
"""The luma table of ITU-T T.81, annex K.1, row by row: what the Independent JPEG Group's encoder uses at quality 50."""


def jpeg_quality(path: Path) -> int | None:
    """The quality, 1 to 100, at which the Independent JPEG Group's encoder would quantise luma as finely as this file; None if it is
    no JPEG file.

    Raises:
        OSError: the file is not there.
    """
    head = head_of(path, _HEAD_BYTES)
    if not head.startswith(b"\xff\xd8\xff"):
        return None
    try:
        with Image.open(io.BytesIO(head)) as image:
            table = getattr(image, "quantization", {}).get(0)
    except (OSError, SyntaxError, ValueError):
        return None
    return None if table is None else quality_of(np.array(table, np.float64))


def quality_of(steps: NDArray[np.float64]) -> int:
    """The quality whose table is nearest to this one, by the mean of the steps; 64 steps in any order.

    The encoder's table at quality q is the standard one times s / 100, with s = 5000 / q below 50 and 200 - 2 q from there on, rounded,
    and each step between 1 and 255.
    """
    qualities = np.arange(1, 101)
    scale = np.where(qualities < 50, 5000 // qualities, 200 - 2 * qualities)
    tables = np.clip((_LUMA[None] * scale[:, None] + 50) // 100, 1, 255)
    return int(qualities[np.abs(np.sort(tables, axis=1) - np.sort(steps)).mean(axis=1).argmin()])
