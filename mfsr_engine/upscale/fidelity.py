"""Agreement of a result with its input: back-projection where it departs, and maps of where it does. Pure functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F

from mfsr_engine.models.resample import ENLARGE_REACH_PX, REDUCE_REACH_PX, enlarge, reduce

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from mfsr_engine.progress import Progress

ROUNDS = 2
"""Rounds of back-projection. Enlarging does not quite undo reducing, so that one round leaves a rest."""
OVERSHOOT = 0.02
"""What a value may lie beyond those around it where overshoot is cut: a sharpened edge needs a little."""
REACH_PX = ROUNDS * (ENLARGE_REACH_PX + REDUCE_REACH_PX)
"""Input pixels on each side that a corrected pixel depends on."""


def back_projected(result: Tensor, source: Tensor, fidelity: float, factor: int) -> Tensor:
    """Pull a result towards agreement with its input (iterative back-projection, Irani and Peleg 1991).

    Each round adds `fidelity` times the enlarged difference between the input and the reduced result. What the input
    cannot
    tell, detail beyond its resolution, stays.

    Args:
        result: (B, 3, H factor, W factor) float32.
        source: (B, 3, H, W) float32 of the same range.
        fidelity: 0 leaves the result as it is, 1 makes it agree.
        factor: how much larger the result is.

    Returns:
        Shape of `result`; may leave the range slightly.
    """
    if fidelity == 0:
        return result
    for _ in range(ROUNDS):
        result = result + fidelity * enlarge(source - reduce(result, factor), factor)
    return result


def without_overshoot(result: Tensor, source: Tensor, factor: int) -> Tensor:
    """Cut what is brighter or darker, channel by channel, than all the input around it: rings around edges.

    Args:
        result: (B, 3, H factor, W factor) float32.
        source: (B, 3, H + 2, W + 2) float32 of the same range, with one pixel more on every side.
        factor: how much larger the result is.

    Returns:
        Shape of `result`; every value lies between the least and the largest of the 3 x 3 input pixels around it, give or take
        `OVERSHOOT`.
    """
    highest = F.interpolate(F.max_pool2d(source, 3, stride=1), scale_factor=factor)
    lowest = F.interpolate(-F.max_pool2d(-source, 3, stride=1), scale_factor=factor)
    return torch.clamp(result, lowest - OVERSHOOT, highest + OVERSHOOT)


def departure(result: Tensor, source: Tensor, factor: int) -> Tensor:
    """How far a result, reduced again, departs from its input: where it is large, the result is not supported by the
    input.

    Args:
        result: (B, 3, H factor, W factor) float32 0..1.
        source: (B, 3, H, W) float32 0..1.
        factor: how much larger the result is.

    Returns:
        (B, H, W) float32 0..1, largest difference of the three channels.
    """
    return (source - reduce(result, factor)).abs().amax(dim=1)


BAND_ROWS = 128
"""Input rows looked at together."""


def residual_map(
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
