"""Puts finished tiles into a growing result: filled in the worker thread, shown by the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfsr_app.imaging.raster import GrowingRaster
    from mfsr_app.jobs.engine import ShownTile
    from mfsr_engine.geometry import Rect


@dataclass(frozen=True)
class Placement:
    """What a job fills. All of it is settled before the job begins, so that its thread asks nothing of the window's."""

    growing: GrowingRaster
    """The result."""
    corner: Rect | None
    """The part that the job computes, in result pixels: tiles count from its corner. None is all of it."""

    def fill(self, tile: ShownTile) -> None:
        """Write a tile. For the thread that made it."""
        self.growing.fill(tile.pixels, self._placed(tile.area), tile.values)

    def cover(self, area: Rect) -> None:
        """Show a tile that was written. For the GUI thread."""
        self.growing.cover(self._placed(area))

    def _placed(self, area: Rect) -> Rect:
        return area if self.corner is None else replace(area, x=area.x + self.corner.x, y=area.y + self.corner.y)
