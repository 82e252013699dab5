"""The engine runs in one thread of its own, one job at a time."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from mfsr_app.jobs.worker import EngineJobs
from mfsr_engine.api import UpscaleRequest, UpscaleSettings
from mfsr_engine.errors import ModelError
from tests.fakes.scripted_engine import ScriptedUpscaler

ROOT = Path(__file__).resolve().parents[3]
REQUEST = UpscaleRequest(np.zeros((64, 64, 3), np.float32), UpscaleSettings(steps=1))


class Heard:
    """Notes every signal and the thread in which it came."""

    def __init__(self, jobs: EngineJobs) -> None:
        self.events: list[tuple[str, int]] = []
        self.threads: set[str] = set()
        jobs.tile_finished.connect(lambda number, _: self._note("tile", number))
        jobs.finished.connect(lambda number, _: self._note("finished", number))
        jobs.failed.connect(lambda number, failure: self._note(failure.text, number))
        jobs.cancelled.connect(lambda number: self._note("cancelled", number))

    def _note(self, what: str, number: int) -> None:
        self.events.append((what, number))
        self.threads.add(threading.current_thread().name)

    def count(self, what: str) -> int:
        return sum(event[0] == what for event in self.events)


@pytest.fixture
def jobs(qapp, upscaler: ScriptedUpscaler):
    made = EngineJobs(lambda: upscaler)
    yield made
    made.stop()


def test_the_engine_is_built_in_its_own_thread_and_answers_in_this_one(jobs, upscaler, qtbot):
    heard = Heard(jobs)
    with qtbot.waitSignal(jobs.finished):
        jobs.list_models()
    assert upscaler.threads.isdisjoint({"MainThread"})
    assert heard.threads == {"MainThread"}


def test_tiles_come_before_the_result(jobs, qtbot):
    heard = Heard(jobs)
    with qtbot.waitSignal(jobs.finished):
        jobs.upscale(REQUEST)
    assert [what for what, _ in heard.events] == ["tile"] * 4 + ["finished"]


def test_a_running_job_stops_within_one_tile(jobs, upscaler, qtbot):
    upscaler.gate = threading.Event()
    heard = Heard(jobs)
    number = jobs.upscale(REQUEST)
    qtbot.waitUntil(lambda: heard.count("tile") == 1)
    with qtbot.waitSignal(jobs.cancelled):
        jobs.cancel(number)
    assert upscaler.cancelled_after_tiles == [1]
    assert heard.events == [("tile", number), ("cancelled", number)]


def test_a_job_cancelled_before_its_turn_never_reaches_the_engine(jobs, upscaler, qtbot):
    upscaler.gate = threading.Event()
    heard = Heard(jobs)
    first, second = jobs.upscale(REQUEST), jobs.upscale(REQUEST)
    qtbot.waitUntil(lambda: heard.count("tile") == 1)
    jobs.cancel(second)
    jobs.cancel(first)
    qtbot.waitUntil(lambda: heard.count("cancelled") == 2)
    assert len(upscaler.requests) == 1


def test_an_error_for_the_user_keeps_its_words_and_the_next_job_runs(jobs, upscaler, qtbot):
    upscaler.failures = [ModelError("The model is damaged. Install it again.")]
    heard = Heard(jobs)
    jobs.upscale(REQUEST)
    jobs.upscale(REQUEST)
    qtbot.waitUntil(lambda: heard.count("finished") == 1)
    assert heard.count("The model is damaged. Install it again.") == 1


def test_any_other_error_says_that_it_is_ours(jobs, upscaler, qtbot):
    upscaler.failures = [ZeroDivisionError("division by zero")]
    with qtbot.waitSignal(jobs.failed) as blocker:
        jobs.upscale(REQUEST)
    failure = blocker.args[1]
    assert "inside the program" in failure.text
    assert "Traceback" in failure.details


def test_stopping_ends_the_thread_even_while_a_job_runs(qapp, qtbot):
    upscaler = ScriptedUpscaler(gate=threading.Event())
    jobs = EngineJobs(lambda: upscaler)
    with qtbot.waitSignal(jobs.tile_finished):
        jobs.upscale(REQUEST)
    jobs.stop()
    assert upscaler.cancelled_after_tiles == [1]


def test_threads_that_begin_at_once_import_what_they_share_in_turn():
    """Where each imports pydantic by itself, one of them now and then meets a half-made module."""
    program = """
import sys, threading
sys.setswitchinterval(1e-6)
names = ["mfsr_engine.models.card", "mfsr_engine.hub.catalogue", "distill.config"]
gate, found = threading.Barrier(len(names)), []
def begin(name):
    gate.wait()
    import mfsr_app.jobs.shared_imports as shared
    found.append((shared.WHOLE, "pydantic._internal._validators" in sys.modules))
    __import__(name)
threads = [threading.Thread(target=begin, args=[name]) for name in names]
[thread.start() for thread in threads], [thread.join() for thread in threads]
print(found == [("ModelCard", True)] * len(names))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout.strip(), done.stderr) == ("True", "")


def test_a_thread_has_what_is_shared_before_its_engine_is_made():
    program = """
import sys
from PySide6.QtCore import QCoreApplication
from mfsr_app.jobs.worker import EngineJobs
app = QCoreApplication([])
def factory():
    print("mfsr_app.jobs.shared_imports" in sys.modules)
    return object()
assert "pydantic" not in sys.modules
jobs = EngineJobs(factory)
jobs.finished.connect(app.quit)
jobs.submit(lambda *_: None)
app.exec()
jobs.stop()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout.strip(), done.stderr) == ("True", "")
