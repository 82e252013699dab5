"""The engine's thread; the engine is created there, so that the window never imports torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from mfsr_app.imaging.pixel_values import plain_values
from mfsr_app.imaging.raster import display_pixels, display_tile
from mfsr_app.jobs.imports import import_shared
from mfsr_app.jobs.worker import Job, Worker
from mfsr_engine.api import Upscaler, UpscaleRequest, UpscaleResult
from mfsr_engine.progress import FinishedTile, Progress

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtCore import QObject

    from mfsr_app.imaging.display_color import ToScreen
    from mfsr_app.jobs.failure import Failure
    from mfsr_engine.geometry import Rect

T = TypeVar("T")
OnTile = Callable[["ShownTile"], None]
"""What is done with a tile in the engine's thread, before it is told in the GUI thread."""


@dataclass(frozen=True)
class ShownTile:
    """A finished part of a result, ready to be drawn."""

    area: Rect
    """Where it lies, in result pixels."""
    pixels: NDArray[np.uint8]
    """(height, width, 4) uint8 in Qt's order and the screen's colours."""
    values: NDArray[np.uint8] | None
    """(height, width, 3) uint8 RGB as in a file; None if `pixels` say the same."""


def shown_part(pixels: NDArray[np.float32], area: Rect, convert: ToScreen | None) -> ShownTile:
    """A part of a result, (height, width, 3) float32 0..1, made ready to be drawn. Not for the GUI thread if large."""
    return ShownTile(area, display_pixels(pixels, None, convert), None if convert is None else plain_values(pixels))


class EngineWorker(Worker):
    """The only thread that has an engine. The first job builds it; where that fails the next one tries again."""

    def __init__(self, factory: Callable[[], Upscaler], parent: QObject | None = None) -> None:
        super().__init__("engine", import_shared, parent)
        self._factory = factory
        self._upscaler: Upscaler | None = None

    def run(
        self,
        work: Callable[[Upscaler, Progress], T],
        on_done: Callable[[T], object] | None = None,
        on_failed: Callable[[Failure], object] | None = None,
        *,
        makes_way: bool = False,
        on_tile: Callable[[FinishedTile], object] | None = None,
    ) -> Job:
        """Queue work that needs the engine; see `submit`."""
        return self.submit(
            lambda progress: work(self._built(), progress), on_done, on_failed, makes_way=makes_way, on_tile=on_tile
        )

    def upscale(
        self,
        request: UpscaleRequest,
        on_done: Callable[[UpscaleResult], object] | None = None,
        on_failed: Callable[[Failure], object] | None = None,
        *,
        convert: ToScreen | None = None,
        on_tile: OnTile | None = None,
    ) -> Job:
        """Upscale a picture.

        Args:
            request: what, and how.
            on_done: see `submit`.
            on_failed: see `submit`.
            convert: from the picture's colours to the screen's, for tiles.
            on_tile: gets each tile in the engine's thread, for work that is too long for the GUI thread.
        """

        def show(tile: FinishedTile) -> ShownTile:
            values = None if convert is None else tile.pixels
            shown = ShownTile(tile.area, display_tile(tile.pixels, convert), values)
            if on_tile is not None:
                on_tile(shown)
            return shown

        return self.run(
            lambda upscaler, progress: upscaler.upscale(request, progress), on_done, on_failed, on_tile=show
        )

    def _built(self) -> Upscaler:
        if self._upscaler is None:
            self._upscaler = self._factory()
        return self._upscaler
