"""The longest stall of the event loop: while torch is imported, while a photograph is opened and upscaled, while it is panned.

python -m benchmarks.window.heartbeat [WIDTH HEIGHT]
"""

from __future__ import annotations

import math
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from benchmarks.window.beats import Heartbeat, Phase
from benchmarks.window.figures import Figure, to_text
from benchmarks.window.live import Live, live_window, photograph
from mfsr_app.parts import real_engine

if TYPE_CHECKING:
    from mfsr_engine.api import Upscaler

STALL_MS, IMPORT_MS = 50.0, 500.0
PAN_MS, PAN_PX = 16, 24.0
IDLE_S, PANNED_S = 2.0, 6.0


class WatchedStart:
    """Makes the engine and remembers when: that is the one import of torch."""

    def __init__(self) -> None:
        self.span_s: tuple[float, float] | None = None

    def __call__(self) -> Upscaler:
        """Make it, in the engine's thread."""
        began_s = time.perf_counter()
        engine = real_engine()
        self.span_s = (began_s, time.perf_counter())
        return engine


def measure(width: int, height: int) -> list[Figure]:
    """A figure for each phase."""
    phases = watch(width, height)
    work = f"opening and upscaling {width * height / 1e6:.1f} megapixels"
    return [
        _figure("idle window", phases["idle"], None),
        _figure("import of torch, once", phases["import"], IMPORT_MS),
        _figure("loading the model", phases["warm"], STALL_MS),
        _figure(work, phases["work"], STALL_MS),
        _figure("the same while panned 60 times a second", phases["pan"], STALL_MS),
    ]


def watch(width: int, height: int) -> dict[str, Phase]:
    """Import, warm up, open, upscale whole, pan while upscaling: what the heartbeat saw in each phase."""
    start = WatchedStart()
    with tempfile.TemporaryDirectory() as folder, live_window(start) as live:
        heart = Heartbeat()
        path = photograph(Path(folder), width, height)
        heart.begin("idle")
        live.run_for(IDLE_S)
        heart.begin("import")
        live.window.model_in_use.warm_up()
        live.run_until(lambda: start.span_s is not None)
        heart.begin("warm")
        live.run_to_end(live.warm_up())
        heart.begin("work")
        live.window.open_path(path)
        live.run_until(lambda: _is_whole(live))
        heart.begin("pan")
        _upscale_panning(live)
        heart.begin("end")
        return heart.phases


def _is_whole(live: Live) -> bool:
    shown = live.parts.states.upscaling.shown
    return shown is not None and shown.is_whole


def _upscale_panning(live: Live) -> None:
    """Another seed, at 50 %, the picture always on the move, so that another part of it is wanted all the time."""
    states = live.parts.states
    began_s = time.perf_counter()

    def pan() -> None:
        angle = (time.perf_counter() - began_s) * 2
        states.view.pan(PAN_PX * math.cos(angle), PAN_PX * math.sin(angle))

    states.view.zoom_to(0.5)
    states.choices.roll_seed()
    timer = QTimer()
    timer.timeout.connect(pan)
    timer.start(PAN_MS)
    states.upscaling.compute_whole()
    live.run_for(PANNED_S)
    timer.stop()


def _figure(name: str, phase: Phase, bound: float | None) -> Figure:
    words = [
        f"of this process's own doing at most {phase.longest_undisturbed_ms:.0f} ms",
        f"of the window's own thread {phase.most_own_ms:.0f} ms",
        f"{phase.above(STALL_MS)} of {len(phase.stalls)} beats later than {STALL_MS:.0f} ms",
    ]
    return Figure(f"longest stall: {name}", phase.longest.wall_ms, "ms", bound, ", ".join(words))


if __name__ == "__main__":
    size = [int(word) for word in sys.argv[1:3]] or [2048, 1536]
    print(to_text(measure(*size)))
