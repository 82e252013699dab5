"""One noise field per seed on an unbounded grid, so that every tile and region gets its own cut of the same noise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from mfsr_engine.geometry import Rect

BLOCK_CELLS = 32
"""Side of the blocks that the field is made of; each block has its own generator."""

_MASK = (1 << 64) - 1


def noise_field(seed: int, channels: int, area: Rect) -> Tensor:
    """Cut `area` out of the noise field of a seed.

    The value of a cell depends on seed, channel count and the cell's place alone. Only the blocks under `area` are
    made, always on
    the CPU in fp32, so that all devices start from the same noise.

    Args:
        seed: 0 to 2^64 - 1; larger ones wrap around.
        channels: channels C of the flow's space.
        area: in cells; x and y may be anything, also negative.

    Returns:
        (C, area.height, area.width) float32, independent standard normal values.
    """
    field = torch.empty(channels, area.height, area.width)
    across = range(area.x // BLOCK_CELLS, (area.right - 1) // BLOCK_CELLS + 1)
    for row in range(area.y // BLOCK_CELLS, (area.bottom - 1) // BLOCK_CELLS + 1):
        for column in across:
            rows, to_rows = _common(row, area.y, area.height)
            columns, to_columns = _common(column, area.x, area.width)
            field[:, to_rows, to_columns] = _block(seed, channels, row, column)[:, rows, columns]
    return field


def _common(block: int, begin: int, length: int) -> tuple[slice, slice]:
    """Cells along one side that a block has in common with an area: counted in the block, and in the area."""
    first = block * BLOCK_CELLS
    low, high = max(first, begin), min(first + BLOCK_CELLS, begin + length)
    return slice(low - first, high - first), slice(low - begin, high - begin)


def _block(seed: int, channels: int, row: int, column: int) -> Tensor:
    generator = torch.Generator().manual_seed(_mixed(_mixed(_mixed(seed) + row) + column))
    return torch.randn(channels, BLOCK_CELLS, BLOCK_CELLS, generator=generator)


def _mixed(value: int) -> int:
    """SplitMix64's output function (Steele, Lea and Flood 2014): near inputs give unrelated 64-bit outputs."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)
