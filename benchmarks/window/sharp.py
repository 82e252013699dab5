"""Time from opening a photograph to its first sharpened pixels on the screen, with the engine warm.

python -m benchmarks.window.sharp
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from benchmarks.window.beats import Heartbeat
from benchmarks.window.figures import Figure, Timer, to_text
from benchmarks.window.live import SAMPLE, Live, live_window, photograph

BOUND_S = 1.5
REPEAT = 5
SIZES = ((1024, 768), (4000, 3000))


def measure() -> list[Figure]:
    """A figure for the sample, and one for each size."""
    with tempfile.TemporaryDirectory() as folder, live_window() as live:
        heart = Heartbeat()  # keeps the loop awake
        live.window.page.painted.connect(lambda: None)
        live.run_to_end(live.warm_up())
        paths = {f"{width}x{height}": photograph(Path(folder), width, height) for width, height in SIZES}
        figures = [_figure(live, name, path) for name, path in ({"the sample, 320x213": SAMPLE} | paths).items()]
        heart.deleteLater()
    return figures


def _figure(live: Live, name: str, path: Path) -> Figure:
    seconds, works = zip(*(_open(live, path) for _ in range(REPEAT)), strict=True)
    note = f"median of {REPEAT}; {min(seconds):.2f} to {max(seconds):.2f}; own work of all threads {median(works):.2f}"
    return Figure(f"photograph opened to first sharpened pixels: {name}", median(seconds), "s", BOUND_S, note)


def _open(live: Live, path: Path) -> tuple[float, float]:
    """Open it and wait until a paint shows part of its result: the seconds that took, and the work of all threads in them."""
    before = live.parts.states.document.current
    painted: list[bool] = []

    def note() -> None:
        if live.parts.states.document.current is not before and live.window.has_sharp_pixels:
            painted.append(True)

    live.window.page.painted.connect(note)
    timer = Timer()
    live.window.open_path(path)
    live.run_until(lambda: bool(painted))
    seconds, work = timer.wall_s, timer.process_s
    live.window.page.painted.disconnect(note)
    live.parts.states.upscaling.cancel()
    live.run_until(lambda: live.parts.states.upscaling.activity is None)
    return seconds, work


if __name__ == "__main__":
    print(to_text(measure()))
