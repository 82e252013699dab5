"""Time of a paint of the compare panes for a 100-megapixel result, in every mode, at many zooms and places; and of turning a
megapixel into the colors of a screen.

python -m benchmarks.window.paint [RESULT_SIDE_PX]
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColorSpace
from PySide6.QtTest import QTest

from benchmarks.window.beats import Heartbeat
from benchmarks.window.figures import Figure, Timer, share, to_text
from benchmarks.window.live import Live, live_window
from mfsr_app.compare.values import Mode, Shown
from mfsr_app.imaging.display_color import to_screen
from mfsr_app.imaging.pixel_values import enlarged_cells
from mfsr_app.imaging.raster import GrowingRaster, Raster, enlarged_raster, raster_of
from mfsr_engine.geometry import Rect, Size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mfsr_app.compare.canvas import Canvas

SIDE_PX, FACTOR, TILE_PX = 10_000, 4, 512
BOUND_MS = 8.0
SCREEN_MS = 250.0
ZOOMS = (None, 0.15, 0.25, 0.3, 0.5, 0.6, 0.75, 0.99, 1.0, 1.5, 2.0, 4.0, 8.0, 16.0, 48.0, 64.0, 128.0)
"""Device pixels per pixel of the result; None is all of it. From 8 on with a grid, from 48 on with values."""
PLACES = 9
ATTEMPTS = 5
"""Each view is painted so often; what a busy machine adds by chance is not in the best of them."""


def measure(side_px: int = SIDE_PX) -> list[Figure]:
    """A figure for a screen's colors, one for the levels, and one for each mode."""
    small = _source(side_px // FACTOR)
    figures = [_convert()]
    with live_window() as live:
        heart = Heartbeat()
        making = heart.begin("levels")
        made: list[Raster] = []
        live.parts.background.submit(lambda _: enlarged_raster(small, FACTOR), made.append, _raise)
        live.run_until(lambda: bool(made))
        figures += [Figure("longest stall: levels made in the background", making.longest.wall_ms, "ms", 50.0)]
        source = raster_of(small)
        cells = enlarged_cells(small, source.size, FACTOR)
        first = Shown("Original", source, None, is_smooth=True, factor=FACTOR, cells=cells)
        whole = replace(first, title="Result", above=made[0])
        growing = replace(first, title="Result", above=_half_grown(made[0]))
        for mode in Mode:
            figures += _paint(live, mode, first, whole, mode.value)
        figures += _paint(live, Mode.SPLIT, first, growing, "split, half computed")
    return figures


def _convert() -> Figure:
    """A megapixel for a made-up screen whose first channel glows green and whose second glows red."""
    white, red, green, blue = (QPointF(*place) for place in ((0.3127, 0.329), (0.64, 0.33), (0.3, 0.6), (0.15, 0.06)))
    profile = bytes(QColorSpace(white, green, red, blue, QColorSpace.TransferFunction.SRgb).iccProfile().data())
    convert = to_screen(None, profile)
    assert convert is not None, "such a screen shows other colors"
    pixels = np.random.default_rng(0).integers(0, 256, (1000, 1000, 3), np.uint8)
    attempts = []
    for _ in range(ATTEMPTS):
        timer = Timer()
        convert(pixels)
        attempts.append(timer.wall_s * 1000)
    return Figure("a megapixel in the colors of a screen", min(attempts), "ms", SCREEN_MS)


def _source(side_px: int) -> NDArray[np.float32]:
    rows, columns = np.mgrid[0:side_px, 0:side_px].astype(np.float32)
    ripple = 0.5 + 0.4 * np.sin(rows / 9) * np.cos(columns / 13)
    return np.stack([ripple, ripple[::-1], ripple[:, ::-1]], axis=2).astype(np.float32)


def _half_grown(full: Raster) -> GrowingRaster:
    """A result of which every second tile is there, like a draughtboard: the most parts that can be."""
    growing = GrowingRaster(full.size)
    for top in range(0, full.size.height, TILE_PX):
        for left in range(top % (2 * TILE_PX), full.size.width, 2 * TILE_PX):
            area = Rect(left, top, min(TILE_PX, full.size.width - left), min(TILE_PX, full.size.height - top))
            growing.paste(full.levels[0][area.slices()], area)
    return growing


def _paint(live: Live, mode: Mode, first: Shown, second: Shown, name: str) -> list[Figure]:
    viewer, states = live.window.page.viewer, live.parts.states
    live.window.page._stack.setCurrentIndex(1)
    states.comparison.set_mode(mode)
    live.app.processEvents()
    panes = [viewer.left, viewer.right] if mode is Mode.SIDE_BY_SIDE else [viewer.right]
    viewer.left.set_shown(None, first)
    viewer.right.set_shown(first, second)
    side = second.below.size.width if second.below else 1
    states.view.set_source(Size(side, side), FACTOR)
    states.view.set_port(viewer.right.port)
    if mode is Mode.LENS:
        QTest.mouseMove(viewer.right, viewer.right.rect().center())
    times = [time for view in _views(live) for time in _times(live, panes, view)]
    best = [min(attempts) for attempts, _ in times]
    own = [min(attempts) for _, attempts in times]
    every = [one for attempts, _ in times for one in attempts]
    note = (
        f"{len(best)} paints, each {ATTEMPTS} times; 99 of 100 {share(best, 0.99):.1f}; own work at most {max(own):.1f}"
    )
    return [
        Figure(f"paint: {name}", max(best), "ms", BOUND_MS, f"{note}; disturbed at most {max(every):.1f}"),
    ]


def _views(live: Live) -> Iterator[tuple[float | None, int]]:
    """Look at many places through many zooms, one after the other."""
    view = live.parts.states.view
    source = view.source
    for zoom in ZOOMS:
        for place in range(PLACES):
            view.fit()
            if zoom is not None:
                view.zoom_to(zoom)
                across, down = divmod(place, 3)
                scale = view.view.scale
                view.pan(
                    (1 - across) * source.width * scale * 0.4 + 0.3, (1 - down) * source.height * scale * 0.4 + 0.6
                )
            yield zoom, place


def _times(
    live: Live, panes: list[Canvas], view: tuple[float | None, int]
) -> Iterator[tuple[list[float], list[float]]]:
    """For each pane: wall and own milliseconds of the attempts."""
    for pane in panes:
        wall, own = [], []
        for _ in range(ATTEMPTS):
            timer = Timer()
            pane.repaint()
            wall.append(timer.wall_s * 1000)
            own.append(timer.own_s * 1000)
        yield wall, own


def _raise(failure: object) -> None:
    raise RuntimeError(failure)


if __name__ == "__main__":
    print(to_text(measure(int(sys.argv[1]) if sys.argv[1:] else SIDE_PX)))
