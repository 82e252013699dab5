"""The event loop while a real upscale runs: a heartbeat in the window, with the bundled model, in a process of its own."""

import json
import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QTimer

from benchmarks.window.beats import Heartbeat

STALL_MS = 150.0
"""Three times what `benchmarks.window` demands: a machine for tests may be slow and busy."""
IMPORT_MS = 1500.0


@pytest.fixture
def heart(qapp):
    made = Heartbeat()
    yield made
    made.deleteLater()


def test_a_blocked_loop_is_seen_in_its_phase_and_own_work_told_from_waiting(heart, qtbot):
    import time

    def compute() -> None:
        until = time.thread_time() + 0.08
        while time.thread_time() < until:
            pass

    calm = heart.begin("calm")
    qtbot.wait(40)
    asleep = heart.begin("asleep")
    QTimer.singleShot(0, lambda: time.sleep(0.12))
    qtbot.wait(200)
    busy = heart.begin("busy")
    QTimer.singleShot(0, compute)
    qtbot.wait(200)
    heart.begin("after")
    assert calm.stalls
    assert asleep.longest.wall_ms > 100
    assert asleep.longest.own_ms < 60
    assert busy.longest.own_ms > 70
    assert busy.longest_undisturbed_ms > 70


def test_a_real_upscale_does_not_stall_the_window(tmp_path):
    pytest.importorskip("torch")
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "MFSR_HOME": str(tmp_path), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", MEASURE]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    own_ms = json.loads(done.stdout.strip().splitlines()[-1])
    assert own_ms["import"] < IMPORT_MS
    for phase in ("warm", "work", "pan"):
        assert own_ms[phase] < STALL_MS, own_ms


MEASURE = """
import json
from benchmarks.window import heartbeat
phases = heartbeat.watch(480, 360)
print(json.dumps({name: phase.longest_undisturbed_ms for name, phase in phases.items()}))
"""
