"""The event loop while a real upscale runs, with the bundled model, in a process of its own; and the benchmark's heartbeat."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from benchmarks.window import beats
from benchmarks.window.beats import BEAT_MS, Heartbeat


class Clocks:
    """Clocks that stand still until they are told how long something took."""

    def __init__(self) -> None:
        self.wall_s = self.own_s = self.process_s = 0.0

    def let_pass(self, wall_ms: float, own_ms: float, process_ms: float) -> None:
        self.wall_s += wall_ms / 1000
        self.own_s += own_ms / 1000
        self.process_s += process_ms / 1000


@pytest.fixture
def clocks(monkeypatch):
    made = Clocks()
    told = SimpleNamespace(
        perf_counter=lambda: made.wall_s, thread_time=lambda: made.own_s, process_time=lambda: made.process_s
    )
    monkeypatch.setattr(beats, "time", told)
    return made


def test_a_blocked_loop_is_seen_in_its_phase_and_own_work_told_from_waiting(qapp, clocks):
    heart = Heartbeat()
    phases = {}
    for name, took in (
        ("calm", (BEAT_MS, 1, 1)),
        ("asleep", (120, 2, 3)),
        ("busy", (90, 80, 85)),
        ("after", (0, 0, 0)),
    ):
        phases[name] = heart.begin(name)
        clocks.let_pass(*took)
        heart.beat()
    assert phases["calm"].longest.wall_ms == pytest.approx(0)
    assert phases["asleep"].longest.wall_ms == pytest.approx(120 - BEAT_MS)
    assert phases["asleep"].longest.own_ms == pytest.approx(2)
    assert phases["asleep"].longest_undisturbed_ms == pytest.approx(3)
    assert phases["busy"].most_own_ms == pytest.approx(80)
    assert phases["busy"].longest_undisturbed_ms == pytest.approx(85)
    assert phases["asleep"].above(100) == 1
    assert phases["busy"].above(100) == 0
    heart.deleteLater()


def test_the_window_goes_on_between_any_two_reports_of_a_real_engine_and_while_it_is_made(tmp_path):
    """The engine waits for the loop each time, so that a loop that waits for the engine is found out."""
    pytest.importorskip("torch")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "MFSR_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", UPSCALE, str(tmp_path)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.strip().splitlines()[-1])
    assert found["reports"] >= 4
    assert found["stuck"] == []
    assert found["in the window's thread"] == []


UPSCALE = """
import json, sys, threading
from pathlib import Path
from PySide6.QtCore import QTimer
from benchmarks.window.live import live_window, photograph
from mfsr_app.application import real_engine

PATIENCE_S = 200
turn, stuck, reports, wrong = threading.Event(), [], [], []

def wait_for_the_loop(what):
    if threading.current_thread() is threading.main_thread():
        wrong.append(what)
        return
    turn.clear()
    if not stuck and not turn.wait(PATIENCE_S):
        stuck.append(what)

def engine():
    wait_for_the_loop("making")
    made = real_engine()
    wait_for_the_loop("made")
    upscale = made.upscale

    def watched(request, progress):
        report = progress.report
        def slow(stage, done=0, total=0):
            reports.append(stage)
            wait_for_the_loop(stage)
            report(stage, done, total)
        progress.report = slow
        return upscale(request, progress)

    made.upscale = watched
    return made

with live_window(engine) as live:
    beat = QTimer()
    beat.timeout.connect(turn.set)
    beat.start(1)
    live.window.open_path(photograph(Path(sys.argv[1]), 240, 180))
    upscaling = live.parts.states.upscaling
    live.run_until(lambda: upscaling.shown is not None and upscaling.shown.is_whole)
print(json.dumps({"reports": len(reports), "stuck": stuck, "in the window's thread": wrong}))
"""
