"""Blends the tiles of a picture and hands out rows that are final. Holds one tile, and the rows that two rows of tiles share. Knows no
models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mfsr_engine.geometry import Rect

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.upscale.tiling import Tile, TilePlan


class Canvas:
    """A part of the enlarged picture, blended from tiles that come row by row."""

    def __init__(self, plan: TilePlan, scale: int, region: Rect | None = None) -> None:
        """Nothing is blended yet.

        Args:
            plan: of the whole picture.
            scale: how much larger the tiles are than the plan's pixels.
            region: what of the picture is wanted, in the plan's pixels; None is all of it.
        """
        self._plan, self._scale = plan, scale
        self.area = (region or Rect(0, 0, plan.size.width, plan.size.height)).scaled(scale)
        """What the canvas shows, in pixels of the whole enlarged picture."""
        self._row: int | None = None
        self._above = self._below = self._left = np.zeros((0, self.area.width, 3), np.float32)

    def add(self, tile: Tile, pixels: NDArray[np.float32]) -> tuple[Rect, NDArray[np.float32]] | None:
        """Blend the next tile in.

        Args:
            tile: of `plan.tiles(region)`, in that order.
            pixels: (tile.area.height scale, tile.area.width scale, 3) float32 0..1.

        Returns:
            Where what is final now lies on the canvas, and its (height, width, 3) float32 0..1 pixels; None if nothing of it
            shows. Over all tiles of the region these parts cover the canvas once.
        """
        shows = self._plan.support(tile).scaled(self._scale).intersected(self.area)
        if shows is None:
            return None
        if tile.row != self._row:
            self._begin_row(tile.row, shows)
        final = _common_corner(self._plan.final_area(tile).scaled(self._scale), shows)
        blended = self._shared(shows)
        rows, columns = shows.slices(tile.area.scaled(self._scale))
        down, across = self._plan.weights(tile, self._scale)
        blended += pixels[rows, columns] * (down[rows, None] * across[None, columns])[..., None]
        self._keep(blended, final, shows)
        if not (final.width and final.height):
            return None
        part = blended[: final.height, : final.width]
        return final.relative_to(self.area), np.clip(part, 0, 1)  # shares add up to 1 only up to rounding

    def _begin_row(self, row: int, shows: Rect) -> None:
        self._row = row
        self._above, self._left = self._below, np.zeros((shows.height, 0, 3), np.float32)
        end_of_final = min(self._plan.down.cells[row][1] * self._scale, shows.bottom)
        shared_rows = shows.bottom - max(end_of_final, shows.y)
        self._below = np.zeros((shared_rows, self.area.width, 3), np.float32)

    def _shared(self, shows: Rect) -> NDArray[np.float32]:
        """What tiles before this one left in its place."""
        left = shows.x - self.area.x
        shared = np.zeros((shows.height, shows.width, 3), np.float32)
        shared[: len(self._above)] = self._above[:, left : left + shows.width]
        shared[:, : self._left.shape[1]] = self._left
        return shared

    def _keep(self, blended: NDArray[np.float32], final: Rect, shows: Rect) -> None:
        """Set aside what further tiles will be added to: to the right of what is final, and below it."""
        self._left = blended[:, final.width :].copy()
        left = shows.x - self.area.x
        self._below[:, left : left + final.width] = blended[final.height :, : final.width]


def _common_corner(final: Rect, shows: Rect) -> Rect:
    """The upper left part of `shows` that is final; perhaps without width or height."""
    right, bottom = (min(max(a, low), high) for a, low, high in (
        (final.right, shows.x, shows.right), (final.bottom, shows.y, shows.bottom),
    ))  # fmt: skip
    return Rect(shows.x, shows.y, right - shows.x, bottom - shows.y)
