"""Divides a picture into overlapping tiles of one size, with their blending weights. Pure arithmetic; knows no models."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from mfsr_engine.geometry import Rect, Size

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Axis:
    """Tiles along one side of the picture: all of one length, evenly spread, the first at 0, the last ending at the
    end.
    """

    length: int
    """Length of the side."""
    starts: tuple[int, ...]
    """First pixel of each tile, rising."""
    tile: int
    """Length of a tile."""
    halo: int
    """Pixels at a tile's inner ends that are computed for context alone and do not show."""

    @cached_property
    def supports(self) -> tuple[tuple[int, int], ...]:
        """First and last-but-one pixel of each tile that shows."""
        last = len(self.starts) - 1
        return tuple(
            (start + (self.halo if i else 0), start + self.tile - (self.halo if i < last else 0))
            for i, start in enumerate(self.starts)
        )

    @cached_property
    def cells(self) -> tuple[tuple[int, int], ...]:
        """The pixels that are final once this tile and all before it are done. They cover the side without overlap."""
        borders = [begin for begin, _ in self.supports] + [self.length]
        return tuple(pairwise(borders))

    def weights(self, index: int, scale: int) -> NDArray[np.float32]:
        """Share of one tile in the blend, on a picture `scale` times larger.

        Raised cosine over what it shares with its neighbours, 0 in the halo, 1 elsewhere; over all tiles the shares
        add up to 1.

        Returns:
            (tile * scale,) float32 0..1.
        """
        own = self._raw(index, scale)
        total = own.copy()
        origin, length = self.starts[index] * scale, self.tile * scale
        for other in range(len(self.starts)):
            shift = self.starts[other] * scale - origin
            if other != index and abs(shift) < length:
                raw = self._raw(other, scale)
                low, high = max(0, shift), min(length, shift + length)
                total[low:high] += raw[low - shift : high - shift]
        shares: NDArray[np.float32] = np.divide(own, total, out=np.zeros_like(own), where=own > 0).astype(np.float32)
        return shares

    def _raw(self, index: int, scale: int) -> NDArray[np.floating[Any]]:
        begin, end = (v * scale for v in self.supports[index])
        place = np.arange(self.starts[index] * scale, (self.starts[index] + self.tile) * scale) + 0.5
        weights = ((place > begin) & (place < end)).astype(np.float64)
        if index > 0:
            weights *= _ramp(place - begin, scale * (self.supports[index - 1][1] - self.supports[index][0]))
        if index < len(self.starts) - 1:
            weights *= _ramp(end - place, scale * (self.supports[index][1] - self.supports[index + 1][0]))
        return weights


@dataclass(frozen=True)
class Tile:
    """One tile of a plan."""

    area: Rect
    """What the model sees, in input pixels."""
    column: int
    """Place along the width."""
    row: int
    """Place along the height."""


@dataclass(frozen=True)
class TilePlan:
    """The grid of tiles of one picture. It hangs on the whole picture, so that a region is made of the very same
    tiles.
    """

    across: Axis
    """Tiles along the width."""
    down: Axis
    """Tiles along the height."""

    @property
    def size(self) -> Size:
        """Size of the picture."""
        return Size(self.across.length, self.down.length)

    @property
    def tile_size(self) -> Size:
        """Size of every tile."""
        return Size(self.across.tile, self.down.tile)

    @property
    def count(self) -> int:
        """Number of tiles of the whole picture."""
        return len(self.across.starts) * len(self.down.starts)

    def tiles(self, region: Rect | None = None) -> list[Tile]:
        """The tiles that show in a region (None: in all of the picture), row by row."""
        columns = _showing(self.across, None if region is None else (region.x, region.right))
        rows = _showing(self.down, None if region is None else (region.y, region.bottom))
        size = self.tile_size
        return [
            Tile(Rect(self.across.starts[column], self.down.starts[row], size.width, size.height), column, row)
            for row in rows
            for column in columns
        ]

    def support(self, tile: Tile) -> Rect:
        """The part of a tile that shows, in input pixels of the picture."""
        return _rect(self.across.supports[tile.column], self.down.supports[tile.row])

    def final_area(self, tile: Tile) -> Rect:
        """What is final once this tile and those before it are done, in input pixels."""
        return _rect(self.across.cells[tile.column], self.down.cells[tile.row])

    def weights(self, tile: Tile, scale: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Shares of a tile along height and width; their outer product is its share in the blend, see
        `Axis.weights`.
        """
        return self.down.weights(tile.row, scale), self.across.weights(tile.column, scale)


def plan(
    size: Size,
    tile_px: int,
    overlap_px: int,
    multiple: int = 1,
    halo_px: int | None = None,
    *,
    is_fixed: bool = False,
) -> TilePlan:
    """Lay tiles over a picture.

    Each side is cut evenly: as many tiles as `tile_px` needs, then no longer than they must be, so that little is
    computed twice.

    Args:
        size: of the picture, both sides multiples of `multiple`.
        tile_px: longest side of a tile, in input pixels.
        overlap_px: least that neighbours share.
        multiple: sides and places of tiles are multiples of this.
        halo_px: pixels at inner edges that only serve as context; None is three eighths of the overlap, so that a
        quarter is blended.
        is_fixed: whether tiles stay as long as `tile_px` and overlap more instead.
    """
    halo = overlap_px * 3 // 8 if halo_px is None else min(halo_px, max(0, overlap_px - 1) // 2)
    axes = [_axis(length, tile_px, overlap_px, multiple, halo, is_fixed) for length in (size.width, size.height)]
    return TilePlan(*axes)


def _axis(length: int, tile_px: int, overlap_px: int, multiple: int, halo: int, is_fixed: bool) -> Axis:
    longest = max(multiple, tile_px // multiple * multiple)
    if length <= longest:
        return Axis(length, (0,), length, 0)
    overlap = min(math.ceil(overlap_px / multiple) * multiple, longest - multiple)
    count = math.ceil((length - overlap) / (longest - overlap))
    even = math.ceil((length + (count - 1) * overlap) / count / multiple) * multiple
    tile = longest if is_fixed else min(longest, even)
    free = (length - tile) // multiple
    starts = tuple(multiple * (i * free // (count - 1)) for i in range(count))
    return Axis(length, starts, tile, min(halo, max(0, overlap - 1) // 2))


def _showing(axis: Axis, span: tuple[int, int] | None) -> list[int]:
    if span is None:
        return list(range(len(axis.starts)))
    return [i for i, (begin, end) in enumerate(axis.supports) if begin < span[1] and end > span[0]]


def _rect(across: tuple[int, int], down: tuple[int, int]) -> Rect:
    return Rect(across[0], down[0], across[1] - across[0], down[1] - down[0])


def _ramp(distance: NDArray[np.floating[Any]], length: int) -> NDArray[np.floating[Any]]:
    """Raised cosine from 0 at distance 0 to 1 at `length`; without a length, 1."""
    ramp: NDArray[np.floating[Any]] = 0.5 - 0.5 * np.cos(np.pi * np.clip(distance / max(length, 1e-9), 0, 1))
    return ramp
