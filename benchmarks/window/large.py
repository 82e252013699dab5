"""A photograph of 108 megapixels in the window: opened, shown, sharpened where it is looked at, panned.

python -m benchmarks.window.large [WIDTH HEIGHT]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.window.beats import Heartbeat
from benchmarks.window.figures import Figure, Timer, share, to_text
from benchmarks.window.live import Live, live_window, photograph

WIDTH_PX, HEIGHT_PX = 12_000, 9_000
STALL_MS, PAINT_MS = 50.0, 8.0
ZOOMS = (None, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.0, 8.0)
"""Device pixels per pixel of the result; None is all of it."""
STEPS, STEP_PX, ATTEMPTS = 8, 160.0, 3
"""Moves at each zoom, their length in pixels of the screen, and paints after each, of which the fastest counts."""


def measure(width: int = WIDTH_PX, height: int = HEIGHT_PX) -> list[Figure]:
    """Figures of opening, of the first sharpened pixels, and of panning."""
    name = f"{width}x{height}"
    with tempfile.TemporaryDirectory() as folder, live_window() as live:
        path = photograph(Path(folder), width, height)
        heart = Heartbeat()
        live.run_to_end(live.warm_up())
        heart.begin("open")
        opened_s, sharp_s = _open(live, path)
        heart.begin("pan")
        paints = _pan(live)
        phases = heart.phases
    return [
        Figure(f"{name}: opened to its own pixels on the screen", opened_s, "s"),
        Figure(f"{name}: opened to its first sharpened pixels, at 100 %", sharp_s, "s"),
        Figure(f"{name}: longest stall while it is opened and sharpened", phases["open"].longest.wall_ms, "ms", STALL_MS,
               f"of this process's own doing at most {phases['open'].longest_undisturbed_ms:.0f} ms"),
        Figure(f"{name}: paint of a pane while it is panned", max(paints), "ms", PAINT_MS,
               f"{len(paints)} views; 99 of 100 {share(paints, 0.99):.1f}"),
    ]  # fmt: skip


def _open(live: Live, path: Path) -> tuple[float, float]:
    """Seconds to its own pixels, and then, seen at full size, to the first sharpened ones."""
    painted: list[bool] = []
    live.window.page.painted.connect(lambda: painted.append(live.window.has_sharp_pixels))
    timer = Timer()
    live.window.open_path(path)
    live.run_until(lambda: live.parts.states.document.current is not None and bool(painted))
    opened_s = timer.wall_s
    live.parts.states.view.zoom_to(1.0)
    live.run_until(lambda: any(painted))
    sharp_s = timer.wall_s
    live.parts.states.upscaling.cancel()
    live.run_until(lambda: live.parts.states.upscaling.activity is None)
    return opened_s, sharp_s


def _pan(live: Live) -> list[float]:
    """Milliseconds of the fastest paint of each view, half original and half result, through many zooms."""
    view, pane = live.parts.states.view, live.window.page.viewer.right
    times = []
    for zoom in ZOOMS:
        view.fit()
        if zoom is not None:
            view.zoom_to(zoom)
        for _ in range(STEPS):
            view.pan(-STEP_PX + 0.3, -STEP_PX + 0.6)
            attempts = []
            for _ in range(ATTEMPTS):
                timer = Timer()
                pane.repaint()
                attempts.append(timer.wall_s * 1000)
            times.append(min(attempts))
    return times


if __name__ == "__main__":
    size = [int(word) for word in sys.argv[1:3]] or [WIDTH_PX, HEIGHT_PX]
    print(to_text(measure(*size)))
