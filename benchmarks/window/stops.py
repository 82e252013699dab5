"""Time from choosing a number of steps that was computed before to its pixels on the screen, from memory and from disk.

python -m benchmarks.window.stops [WIDTH HEIGHT]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.window.beats import Heartbeat
from benchmarks.window.figures import Figure, Timer, to_text
from benchmarks.window.live import Live, live_window, photograph
from mfsr_app.compare.result_store import ResultStore

BOUND_MS = 50.0
STEPS = (1, 2, 3, 4)
LOOKS = (("zoom_fit", 1), ("zoom_fit", 3), ("zoom_100", 2), ("zoom_100", 4))
SHOWN_AT_ONCE = 2
"""Results that stay in memory whatever the bound."""
STORES = {"from memory": 1 << 40, "from disk": 1}
"""Bytes that results may take, by where the others then are."""


def measure(width: int, height: int) -> list[Figure]:
    """A figure for each place that results are kept in."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        path = photograph(Path(folder), width, height)
        for name, bound_bytes in STORES.items():
            store = ResultStore(bound_bytes=bound_bytes)
            with live_window(store=store) as live:
                figures.append(
                    _figure(live, path, f"a computed stop shown {name}", store if bound_bytes == 1 else None)
                )
    return figures


def _figure(live: Live, path: Path, name: str, store: ResultStore | None) -> Figure:
    """Of some switches; with a store once all but the last results went from it to disk."""
    heart = Heartbeat()  # keeps the loop awake
    states, window = live.parts.states, live.window
    window.open_path(path)
    for steps in STEPS:
        states.choices.set_steps(steps)
        live.run_until(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    if store is not None:
        on_disk = len(STEPS) - SHOWN_AT_ONCE
        live.run_until(lambda: sum(kept.memory_bytes == 0 for kept in store.all()) == on_disk)
    times, own = [], []
    for zoom, steps in LOOKS:
        window.actions_table[zoom].trigger()
        window.page.viewer.right.repaint()
        timer = Timer()
        window.page.controls.steps.setValue(steps)
        window.page.viewer.right.repaint()
        times.append(timer.wall_s * 1000)
        own.append(timer.own_s * 1000)
    heart.deleteLater()
    return Figure(name, max(times), "ms", BOUND_MS, f"{len(times)} switches; own work at most {max(own):.1f}")


if __name__ == "__main__":
    size = [int(word) for word in sys.argv[1:3]] or [800, 500]
    print(to_text(measure(*size)))
