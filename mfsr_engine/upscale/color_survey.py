"""AdaIN's statistics over a whole picture: those of the input are counted, those of the result are learned from tiles that are painted
first. Memory does not grow with the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import ref

import torch

from mfsr_engine.geometry import Rect
from mfsr_engine.models.resample import enlarge
from mfsr_engine.models.tile_model import CONTEXT_PX
from mfsr_engine.upscale.color import ChannelMap, Moments, MomentSum, adain_map, extrapolated
from mfsr_engine.upscale.tile_runner import context_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mfsr_engine.upscale.tile_runner import PaddedSource
    from mfsr_engine.upscale.tiling import Tile, TilePlan

SIDE_TILES = 4
"""Most tiles along a side that are painted first. With no more in the picture, the statistics are those of all of it."""
_BLOCK_PX = 256


def sample_tiles(plan: TilePlan) -> list[Tile]:
    """The tiles that are painted first, spread over the picture whatever part of it is asked for."""
    rows, columns = (_spread(len(axis.starts)) for axis in (plan.down, plan.across))
    return [tile for tile in plan.tiles() if tile.row in rows and tile.column in columns]


class SurveyMemory:
    """The newest survey, so that parts of one picture that are asked for one after the other are not surveyed anew."""

    def __init__(self) -> None:
        self._picture: tuple[ref[NDArray[Any]], ref[NDArray[Any]] | None] | None = None
        self._key: object = None
        self._colors: ChannelMap | None = None

    def find(self, pixels: NDArray[Any], alpha: NDArray[Any] | None, key: object) -> ChannelMap | None:
        """What AdaIN does to a picture, the very same arrays, under a key that holds all else it depends on; None if it is not known."""
        known = self._picture
        if known is None or known[0]() is not pixels or self._key != key:
            return None
        is_same = known[1] is None if alpha is None else known[1] is not None and known[1]() is alpha
        return self._colors if is_same else None

    def keep(self, pixels: NDArray[Any], alpha: NDArray[Any] | None, key: object, colors: ChannelMap) -> None:
        """Remember it, and forget the one before. The arrays are not kept alive."""
        self._picture = (ref(pixels), None if alpha is None else ref(alpha))
        self._key, self._colors = key, colors


class ColorSurvey:
    """Learns what AdaIN does to a picture."""

    def __init__(self, plan: TilePlan, scale: int, source: PaddedSource, area: Rect) -> None:
        """Nothing is known yet.

        Args:
            plan: of the picture.
            scale: the model's factor.
            source: the picture.
            area: what of the plan counts, in input pixels: the picture without what it was padded by.
        """
        self._plan, self._scale, self._source, self._area = plan, scale, source, area
        self._content, self._style = MomentSum(), MomentSum()

    def add(self, tile: Tile, painted: NDArray[np.float32]) -> None:
        """Take in a tile, (height scale, width scale, 3) float32, as the model painted it."""
        down, across = self._plan.weights(tile, self._scale)
        shares = torch.from_numpy(down)[:, None] * torch.from_numpy(across)[None]
        shares *= _inside(tile.area, self._area, self._scale)
        self._content.add(torch.from_numpy(painted).permute(2, 0, 1), shares)
        self._style.add(self._enlarged(tile.area), shares)

    def color_map(self) -> ChannelMap:
        """What AdaIN does, from the tiles so far."""
        style = self._whole_style()
        return adain_map(extrapolated(self._content.moments(), self._style.moments(), style), style)

    def _whole_style(self) -> Moments:
        found, area = MomentSum(), self._area
        for y in range(area.y, area.bottom, _BLOCK_PX):
            for x in range(area.x, area.right, _BLOCK_PX):
                block = Rect(x, y, min(_BLOCK_PX, area.right - x), min(_BLOCK_PX, area.bottom - y))
                part = self._enlarged(block)
                found.add(part, part.new_ones(part.shape[1:]))
        return found.moments()

    def _enlarged(self, area: Rect) -> torch.Tensor:
        """(3, height scale, width scale) of the input, enlarged as models are given it."""
        border = CONTEXT_PX * self._scale
        window = self._source.window(context_of(area))[None]
        return enlarge(window, self._scale)[0, :, border:-border, border:-border]


def _spread(count: int) -> set[int]:
    if count <= SIDE_TILES:
        return set(range(count))
    return {round(i * (count - 1) / (SIDE_TILES - 1)) for i in range(SIDE_TILES)}


def _inside(tile: Rect, area: Rect, scale: int) -> torch.Tensor:
    """(height scale, width scale): 1 where a tile lies in an area, else 0."""
    inside = torch.zeros(tile.height * scale, tile.width * scale)
    common = tile.intersected(area)
    if common is not None:
        inside[common.relative_to(tile).scaled(scale).slices()] = 1
    return inside
