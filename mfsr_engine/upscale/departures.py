"""Where a result is not supported by its input, as a map of the whole picture. Works in bands, so that memory stays small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from mfsr_engine.upscale.fidelity import departure
from mfsr_engine.upscale.resample import REDUCE_REACH_PX

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.progress import Progress

BAND_ROWS = 128
"""Input rows looked at together."""


def departure_map(
    result: NDArray[np.float32], source: NDArray[np.float32], factor: int, progress: Progress
) -> NDArray[np.float32]:
    """How far a result, reduced again, departs from its input, at every pixel of the input; see `fidelity.departure`.

    Args:
        result: (H factor, W factor, 3) float32 0..1.
        source: (H, W, 3) float32 0..1.
        factor: how much larger the result is.
        progress: told of rows.

    Returns:
        (H, W) float32 0..1.

    Raises:
        Cancelled: asked to stop.
    """
    height = source.shape[0]
    out = np.empty(source.shape[:2], np.float32)
    for top in range(0, height, BAND_ROWS):
        progress.report("Comparing with the input", top, height)
        bottom = min(height, top + BAND_ROWS)
        first, last = max(0, top - REDUCE_REACH_PX), min(height, bottom + REDUCE_REACH_PX)
        found = departure(_tensor(result[first * factor : last * factor]), _tensor(source[first:last]), factor)
        out[top:bottom] = found[0, top - first : bottom - first].numpy()
    return out


def _tensor(pixels: NDArray[np.float32]) -> torch.Tensor:
    """(1, 3, H, W) from (H, W, 3)."""
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))[None]
