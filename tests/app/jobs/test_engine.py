"""The engine lives in one thread, which builds it; a job that nobody looks at makes way there and can be held, and loses nothing."""

import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from mfsr_app.jobs.engine import EngineWorker
from mfsr_engine.api import UpscaleRequest, UpscaleSettings
from mfsr_engine.errors import ModelError
from tests.fakes.scripted_engine import ScriptedUpscaler

ROOT = Path(__file__).resolve().parents[3]
LONG = UpscaleRequest(np.zeros((320, 320, 3), np.float32), UpscaleSettings(steps=1))
SHORT = UpscaleRequest(np.zeros((32, 32, 3), np.float32), UpscaleSettings(steps=2))


@pytest.fixture
def upscaler():
    """Holds a long job at its second tile, until the test has done what it does meanwhile."""
    return ScriptedUpscaler(gate=threading.Event())


@pytest.fixture
def engine(qapp, upscaler):
    made = EngineWorker(lambda: upscaler)
    yield made
    made.stop()


@pytest.fixture
def ends():
    return []


@pytest.fixture
def heard(ends):
    """Notes how a job ends, under the name it is given."""

    def listen(name, job):
        job.ended.connect(lambda: ends.append((name, "cancelled" if job.is_cancelled else "done")))
        return job

    return listen


def start_long(engine, qtbot):
    job = engine.run(lambda upscaler, progress: upscaler.upscale(LONG, progress), makes_way=True)
    with qtbot.waitSignal(job.reported):
        pass
    return job


def test_the_engine_is_built_once_in_its_own_thread(upscaler, qapp, qtbot):
    built = []
    engine = EngineWorker(lambda: built.append(threading.current_thread().name) or upscaler)
    for _ in range(2):
        with qtbot.waitSignal(engine.run(lambda upscaler, _: upscaler.models()).ended):
            pass
    engine.stop()
    assert built == ["engine"]
    assert upscaler.threads == {"engine"}


def test_an_engine_that_could_not_be_built_is_built_by_the_next_job(upscaler, qapp, qtbot):
    failures, told, answers = [ModelError("There is no room.")], [], []

    def build():
        if failures:
            raise failures.pop()
        return upscaler

    engine = EngineWorker(build)
    engine.run(lambda upscaler, _: upscaler.models(), on_failed=told.append)
    with qtbot.waitSignal(engine.run(lambda upscaler, _: upscaler.models(), answers.append).ended):
        pass
    engine.stop()
    assert [failure.text for failure in told] == ["There is no room."]
    assert answers == [list(upscaler.installed)]


def test_jobs_without_the_engine_do_not_build_it(qapp, qtbot):
    engine = EngineWorker(lambda: pytest.fail("built"))
    with qtbot.waitSignal(engine.submit(lambda _: None).ended):
        pass
    engine.stop()


def test_tiles_come_before_the_result_and_are_filled_in_the_engines_thread(engine, upscaler, qtbot):
    upscaler.gate, filled, events = None, [], []
    request = UpscaleRequest(np.zeros((64, 64, 3), np.float32), UpscaleSettings(steps=1))
    job = engine.upscale(
        request,
        lambda result: events.append(type(result).__name__),
        on_tile=lambda tile: filled.append((tile, threading.current_thread().name)),
    )
    job.tile.connect(events.append)
    with qtbot.waitSignal(job.ended):
        pass
    assert filled == [(tile, "engine") for tile in events[:-1]]
    assert len(filled) == 4
    assert events[-1] == "UpscaleResult"


def test_a_running_job_stops_within_one_tile(engine, upscaler, qtbot):
    job = engine.upscale(LONG)
    with qtbot.waitSignal(job.tile):
        pass
    job.cancel()
    with qtbot.waitSignal(job.ended):
        pass
    assert upscaler.cancelled_after_tiles == [1]


def test_stopping_ends_the_thread_even_while_a_job_runs(engine, upscaler, qtbot):
    with qtbot.waitSignal(engine.upscale(LONG).tile):
        pass
    engine.stop()
    assert upscaler.cancelled_after_tiles == [1]


def test_a_preview_is_done_between_two_tiles_of_the_queue(engine, upscaler, heard, ends, qtbot):
    heard("long", start_long(engine, qtbot))
    heard("preview", engine.upscale(SHORT))
    upscaler.gate.set()
    qtbot.waitUntil(lambda: len(ends) == 2)
    assert ends == [("preview", "done"), ("long", "done")]
    assert len(upscaler.requests) == 2
    assert upscaler.cancelled_after_tiles == []


def test_a_job_of_the_window_does_not_make_way(engine, upscaler, heard, ends, qtbot):
    first = heard("first", engine.upscale(LONG))
    with qtbot.waitSignal(first.reported):
        pass
    heard("second", engine.upscale(SHORT))
    upscaler.gate.set()
    qtbot.waitUntil(lambda: len(ends) == 2)
    assert ends == [("first", "done"), ("second", "done")]


def test_a_preview_can_be_cancelled_while_the_queue_goes_on(engine, upscaler, heard, ends, qtbot):
    heard("long", start_long(engine, qtbot))
    heard("preview", engine.upscale(LONG)).cancel()
    upscaler.gate.set()
    qtbot.waitUntil(lambda: len(ends) == 2)
    assert ends == [("preview", "cancelled"), ("long", "done")]


def test_a_held_job_waits_but_previews_do_not(engine, upscaler, heard, ends, qtbot):
    long, told = heard("long", start_long(engine, qtbot)), []
    long.reported.connect(told.append)
    long.hold()
    upscaler.gate.set()
    counts = []
    for number in range(3):
        heard(number, engine.upscale(SHORT))
        qtbot.waitUntil(lambda number=number: len(ends) == number + 1)
        counts.append(len(told))
    assert ends == [(number, "done") for number in range(3)]
    assert len(set(counts)) == 1, "nothing more comes of the held job, though others come and go"
    long.release()
    qtbot.waitUntil(lambda: len(ends) == 4)
    assert len(upscaler.requests) == 4


def hold(engine, upscaler, qtbot):
    """A job that is held by now."""
    job = start_long(engine, qtbot)
    job.hold()
    upscaler.gate.set()
    with qtbot.waitSignal(engine.upscale(SHORT).ended):
        pass
    return job


def test_a_held_job_can_be_cancelled(engine, upscaler, heard, ends, qtbot):
    heard("long", hold(engine, upscaler, qtbot)).cancel()
    qtbot.waitUntil(lambda: ends == [("long", "cancelled")])


@pytest.mark.parametrize("end", ["stop", "finish"])
def test_the_thread_ends_even_while_a_job_is_held(engine, upscaler, qtbot, end):
    hold(engine, upscaler, qtbot)
    getattr(engine, end)()
    assert not any(thread.name == "engine" for thread in threading.enumerate())


def test_a_thread_has_what_is_shared_before_its_engine_is_made():
    program = """
import sys
from PySide6.QtCore import QCoreApplication
from mfsr_app.jobs.engine import EngineWorker
app = QCoreApplication([])
def factory():
    print("mfsr_app.jobs.shared_imports" in sys.modules)
    return object()
assert "pydantic" not in sys.modules
engine = EngineWorker(factory)
engine.run(lambda *_: None).ended.connect(app.quit)
app.exec()
engine.stop()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout.strip(), done.stderr) == ("True", "")
