"""A job that nobody looks at makes way for others and can be held, and loses nothing."""

import threading

import numpy as np
import pytest

from mfsr_app.jobs.worker import EngineJobs
from mfsr_engine.api import UpscaleRequest, UpscaleSettings
from tests.fakes.scripted_engine import ScriptedUpscaler

LONG = UpscaleRequest(np.zeros((320, 320, 3), np.float32), UpscaleSettings(steps=1))
SHORT = UpscaleRequest(np.zeros((32, 32, 3), np.float32), UpscaleSettings(steps=2))


@pytest.fixture
def upscaler():
    """Holds a long job at its second tile, until the test has done what it does meanwhile."""
    return ScriptedUpscaler(gate=threading.Event())


@pytest.fixture
def jobs(qapp, upscaler):
    made = EngineJobs(lambda: upscaler)
    yield made
    made.stop()


@pytest.fixture
def ends(jobs):
    heard = []
    jobs.finished.connect(lambda number, _: heard.append(("finished", number)))
    jobs.cancelled.connect(lambda number: heard.append(("cancelled", number)))
    return heard


def start_long(jobs, qtbot) -> int:
    with qtbot.waitSignal(jobs.reported):
        return jobs.submit(lambda upscaler, progress: upscaler.upscale(LONG, progress), makes_way=True)


def test_a_preview_is_done_between_two_tiles_of_the_queue(jobs, upscaler, ends, qtbot):
    long = start_long(jobs, qtbot)
    preview = jobs.upscale(SHORT)
    upscaler.gate.set()
    qtbot.waitUntil(lambda: len(ends) == 2)
    assert ends == [("finished", preview), ("finished", long)]
    assert len(upscaler.requests) == 2
    assert upscaler.cancelled_after_tiles == []


def test_a_job_of_the_window_does_not_make_way(jobs, upscaler, ends, qtbot):
    with qtbot.waitSignal(jobs.reported):
        first = jobs.upscale(LONG)
    second = jobs.upscale(SHORT)
    upscaler.gate.set()
    qtbot.waitUntil(lambda: len(ends) == 2)
    assert ends == [("finished", first), ("finished", second)]


def test_a_preview_can_be_cancelled_while_the_queue_goes_on(jobs, upscaler, ends, qtbot):
    long = start_long(jobs, qtbot)
    preview = jobs.upscale(LONG)
    jobs.cancel(preview)
    upscaler.gate.set()
    qtbot.waitUntil(lambda: len(ends) == 2)
    assert ends == [("cancelled", preview), ("finished", long)]


def test_a_held_job_waits_but_previews_do_not(jobs, upscaler, ends, qtbot):
    long, told = start_long(jobs, qtbot), []
    jobs.reported.connect(lambda number, _: number == long and told.append(number))
    jobs.hold(long)
    upscaler.gate.set()
    heard, previews = [], []
    for _ in range(3):
        previews.append(("finished", jobs.upscale(SHORT)))
        qtbot.waitUntil(lambda: ends == previews)
        heard.append(len(told))
    assert len(set(heard)) == 1, "nothing more comes of the held job, though others come and go"
    jobs.let_go(long)
    qtbot.waitUntil(lambda: len(ends) == 4)
    assert len(upscaler.requests) == 4


def test_a_held_job_can_be_cancelled(jobs, upscaler, ends, qtbot):
    long = start_long(jobs, qtbot)
    jobs.hold(long)
    upscaler.gate.set()
    with qtbot.waitSignal(jobs.finished):
        jobs.upscale(SHORT)  # by then the other one is held
    jobs.cancel(long)
    qtbot.waitUntil(lambda: ends[1:] == [("cancelled", long)])


def test_stopping_ends_the_thread_even_while_a_job_is_held(qapp, qtbot):
    gate = threading.Event()
    jobs = EngineJobs(lambda: ScriptedUpscaler(gate=gate))
    jobs.hold(start_long(jobs, qtbot))
    gate.set()
    with qtbot.waitSignal(jobs.finished):
        jobs.upscale(SHORT)  # by then the other one is held
    jobs.stop()
    assert not any(thread.name == "engine" for thread in threading.enumerate())


def test_tiles_of_such_a_job_are_not_converted_for_the_screen(jobs, qtbot):
    asked = []
    with qtbot.waitSignal(jobs.finished):
        jobs.submit(lambda upscaler, progress: asked.append(progress.wants_tiles), makes_way=True)
    assert asked == [False]
