"""Windows of a flow's state that are sampled together: their velocities are blended at every step, as DiT4SR's public code does (Jiménez
2023, arXiv 2302.02412).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torch import Tensor

_VARIANCE = 0.01
"""Of the Gaussian weights, the side of a window being 1."""


@dataclass(frozen=True)
class Windows:
    """How an area is divided into windows."""

    side: int
    """Side of a window, in cells of the flow's space."""
    overlap: int
    """What neighbours share, in cells; the last ones of a row or column share more."""
    batch: int = 1
    """Windows that are computed at once."""

    def places(self, height: int, width: int) -> list[tuple[slice, slice]]:
        """Rows and columns of each window of an area in cells, row by row; all of one size, none larger than the area."""
        rows, columns = (_spans(length, self.side, self.overlap) for length in (height, width))
        return [(down, across) for down in rows for across in columns]

    def rounds(self, height: int, width: int) -> int:
        """How often the network is called for each step."""
        return -(-len(self.places(height, width)) // self.batch)


def blended(
    parts: Iterator[Tensor], places: list[tuple[slice, slice]], like: Tensor, channels: int, factor: int = 1
) -> Tensor:
    """Windows put together by Gaussian weights, exp(-((i - middle) / n)^2 / 0.02) along each side.

    Args:
        parts: (B, channels, h factor, w factor) for each place.
        places: of the windows, in cells.
        like: (B, C, H, W) state of the whole area.
        channels: of the parts.
        factor: values of a part for each cell, along one side.

    Returns:
        (B, channels, H factor, W factor) float32.
    """
    batch, _, height, width = like.shape
    total = like.new_zeros((batch, channels, height * factor, width * factor), dtype=torch.float32)
    shares = total.new_zeros(total.shape[2:])
    for (down, across), part in zip(places, parts, strict=True):
        area = (slice(down.start * factor, down.stop * factor), slice(across.start * factor, across.stop * factor))
        weights = _gaussian(part.shape[2])[:, None] * _gaussian(part.shape[3])[None]
        weights = weights.to(total.device, torch.float32)
        total[:, :, area[0], area[1]] += part * weights
        shares[area] += weights
    return total / shares


def in_rounds(
    windows: Windows, values: list[Tensor], call: Callable[[int, Tensor], Tensor], between: Callable[[], None]
) -> Iterator[Tensor]:
    """Results of a call for windows, several at once.

    Args:
        windows: says how many.
        values: (B, ...) of each window, of one shape.
        call: given the number of the first window of a round and all its values, one after the other along the batch.
        between: called before every round but the first.
    """
    for first in range(0, len(values), windows.batch):
        if first:
            between()
        several = values[first : first + windows.batch]
        yield from call(first, torch.cat(several)).chunk(len(several))


def _spans(length: int, side: int, overlap: int) -> list[slice]:
    if length <= side:
        return [slice(0, length)]
    starts = [*range(0, length - side, side - overlap), length - side]
    return [slice(start, start + side) for start in starts]


def _gaussian(count: int) -> Tensor:
    place = (torch.arange(count, dtype=torch.float64) - (count - 1) / 2) / count
    return torch.exp(-place.square() / (2 * _VARIANCE))
