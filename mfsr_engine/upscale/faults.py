"""Detects faulty tiles: the result of each, reduced to the input's size, is compared with the input. Bounds were set on good results and
on broken ones, see `benchmarks.tile_faults`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence

BLANK_RANGE = 1e-4
"""Range of values below which a result is blank."""
SEEN_RANGE = 0.02
"""Range of values from which an input is not."""
DRIFT_LIMIT = 0.12
"""Largest difference of mean color between a tile and its input, on a scale of 0..1, that passes as the model's own taste."""
STEP_LIMIT = 0.05
"""Largest difference of that difference between a tile and the picture's other tiles: more shows as a step of brightness."""
MISMATCH_LIMIT = 0.4
"""Largest error of a tile's coarse structure, in deviations of the input's: 1.4 is another picture of the same kind."""
ROUGHNESS_LIMIT = 0.6
"""Largest deviation inside of blocks of 2x2 pixels, in deviations among the blocks: 1.7 is white noise."""
_COARSE_PX = 4
_LEAST_BLOCKS = 4
_FLAT = 0.05
"""Deviation that is added to that of the input's coarse structure, so that flat tiles may lose their noise."""
_SMOOTH = 0.03
"""Deviation that is added to that among blocks of 2x2 pixels."""


class Fault(StrEnum):
    """What can be wrong with a tile, for people."""

    NOT_FINITE = "not a number"
    BLANK = "blank"
    MISMATCHED = "a picture of something else than the input"
    NOISE = "noise"
    STEP = "brighter or darker than the tiles beside it"
    DRIFTED = "far from the input's colours"


def find_faults(result: Tensor, source: Tensor, scale: int) -> list[Fault | None]:
    """What is wrong with each tile by itself, None where nothing is.

    Args:
        result: (B, 3, H scale, W scale) float32 0..1.
        source: (B, 3, H, W) float32 0..1, what it was made from.
        scale: the model's factor.
    """
    reduced = F.avg_pool2d(result, scale)
    finds = torch.stack(
        [
            ~result.sum(dim=(1, 2, 3)).isfinite(),  # without a copy of the result, as in all that follows
            (_range(result) < BLANK_RANGE) & (_range(source) > SEEN_RANGE),
            mismatch(reduced, source) > MISMATCH_LIMIT,
            roughness(result) > ROUGHNESS_LIMIT,
            shift(result, source).abs().amax(dim=1) > DRIFT_LIMIT,
        ],
        dim=1,
    ).tolist()
    kinds = (Fault.NOT_FINITE, Fault.BLANK, Fault.MISMATCHED, Fault.NOISE, Fault.DRIFTED)
    return [next((kind for kind, is_found in zip(kinds, row, strict=True) if is_found), None) for row in finds]


def shift(result: Tensor, source: Tensor) -> Tensor:
    """(B, 3) how much brighter each channel of a result (B, 3, ...) is than that of its source, in the mean."""
    return result.mean(dim=(2, 3)) - source.mean(dim=(2, 3))


def is_step(one: Sequence[float], other: Sequence[float]) -> bool:
    """Whether the shifts of two tiles of a picture, one for each channel, are so far apart that a border would show between them."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) > STEP_LIMIT


def mismatch(reduced: Tensor, source: Tensor) -> Tensor:
    """(B,) error of the coarse structure of the worst channel in deviations of the source's, both (B, 3, H, W) 0..1, without the
    difference of their means. 0 for tiles with a side below 16 pixels, which have no structure to compare.
    """
    if min(source.shape[2:]) < _COARSE_PX * _LEAST_BLOCKS:
        return reduced.new_zeros(len(reduced))
    coarse, wanted = F.avg_pool2d(reduced, _COARSE_PX), F.avg_pool2d(source, _COARSE_PX)
    error = (coarse - wanted).var(dim=(2, 3), unbiased=False)
    spread = wanted.var(dim=(2, 3), unbiased=False)
    return (error / (spread + _FLAT**2)).sqrt().amax(dim=1)


def roughness(result: Tensor) -> Tensor:
    """(B,) deviation inside of blocks of 2x2 pixels of the worst channel of (B, 3, H, W) 0..1, in deviations among the blocks."""
    height, width = (length // 2 * 2 for length in result.shape[2:])
    left, right = result[:, :, :, 0:width:2], result[:, :, :, 1:width:2]
    a, b, c, d = left[:, :, 0:height:2], right[:, :, 0:height:2], left[:, :, 1:height:2], right[:, :, 1:height:2]
    among = ((a + b + c + d) / 4).var(dim=(2, 3), unbiased=False)
    inside = torch.zeros_like(among)
    for detail in (
        a - b + c - d,
        a + b - c - d,
        a - b - c + d,
    ):  # of Haar: across, down, diagonal; a quarter of the size each
        inside += (detail / 4).square_().mean(dim=(2, 3))
    return (inside / (among + _SMOOTH**2)).sqrt().amax(dim=1)


def _range(picture: Tensor) -> Tensor:
    flat = picture.flatten(1)
    return flat.amax(dim=1) - flat.amin(dim=1)
