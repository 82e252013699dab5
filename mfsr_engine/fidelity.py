"""How far a result agrees with its input: pulling it back where it does not, and showing where it departs. Pure
functions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from mfsr_engine.errors import RequestError
from mfsr_engine.resample import ENLARGE_REACH_PX, REDUCE_REACH_PX, enlarge, reduce

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

ROUNDS = 2
"""Rounds of back-projection. Enlarging does not quite undo reducing, so that one round leaves a rest."""
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


def departure_map(result: NDArray[np.float32], source: NDArray[np.float32], band_px: int = 256) -> NDArray[np.float32]:
    """`departure` of a whole picture, in bands of rows so that memory stays bounded.

    Args:
        result: (H factor, W factor, 3) float32 0..1, of any whole factor.
        source: (H, W, 3) float32 0..1.
        band_px: rows of the source that are compared at once.

    Returns:
        (H, W) float32 0..1.

    Raises:
        RequestError: the result is not a whole number of times larger.
    """
    height, width = source.shape[:2]
    factor = max(1, result.shape[0] // height)
    if result.shape[:2] != (height * factor, width * factor):
        raise RequestError("Departure can only be shown for results that are a whole number of times larger.")
    departures = np.empty((height, width), np.float32)
    for begin in range(0, height, band_px):
        end = min(height, begin + band_px)
        top, bottom = max(0, begin - REDUCE_REACH_PX), min(height, end + REDUCE_REACH_PX)
        band = departure(_batch(result[top * factor : bottom * factor]), _batch(source[top:bottom]), factor)[0]
        departures[begin:end] = band[begin - top : end - top].numpy()
    return departures


def _batch(pixels: NDArray[np.float32]) -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(pixels.transpose(2, 0, 1)))[None]
