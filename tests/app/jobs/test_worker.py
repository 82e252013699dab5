"""A worker does what is submitted to it in a thread of its own, and each job says in this one what became of it."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication

from mfsr_app.jobs.worker import Job, Worker
from mfsr_engine.errors import ModelError
from mfsr_engine.geometry import Rect
from mfsr_engine.progress import FinishedTile

ROOT = Path(__file__).resolve().parents[3]
TILE = FinishedTile(Rect(0, 0, 1, 1), None)


class Heard:
    """Notes what jobs say, under the names they are given here, and the threads in which that comes."""

    def __init__(self) -> None:
        self.events: list[tuple[str, object]] = []
        self.threads: set[str] = set()

    def listen(self, name: str, job: Job) -> Job:
        job.reported.connect(lambda report: self._note(name, report.stage))
        job.tile.connect(lambda tile: self._note(name, tile))
        job.done.connect(lambda answer: self._note(name, answer))
        job.failed.connect(lambda failure: self._note(name, failure.text))
        job.ended.connect(lambda: self._note(name, "ended"))
        return job

    def _note(self, name: str, what: object) -> None:
        self.events.append((name, what))
        self.threads.add(threading.current_thread().name)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def worker(qapp):
    made = Worker("a worker")
    yield made
    made.stop()


def test_calls_are_made_in_the_workers_thread_and_answered_in_this_one(worker, heard, qtbot):
    job = heard.listen("job", worker.submit(lambda _: threading.current_thread().name))
    with qtbot.waitSignal(job.ended):
        pass
    assert heard.events == [("job", "a worker"), ("job", "ended")]
    assert heard.threads == {"MainThread"}


def test_whoever_submits_gets_the_answer_before_others_are_told(worker, heard, qtbot):
    answers = []
    job = worker.submit(lambda _: 3, answers.append)
    job.done.connect(lambda answer: answers.append(("told", answer)))
    with qtbot.waitSignal(job.ended):
        pass
    assert answers == [3, ("told", 3)]


def test_a_job_says_how_far_it_is_and_gives_out_tiles_as_they_were_made_ready(worker, heard, qtbot):
    def work(progress):
        progress.report("Upscaling", 1, 2)
        progress.tile(TILE)
        return "all"

    job = heard.listen("job", worker.submit(work, on_tile=lambda tile: (tile, threading.current_thread().name)))
    with qtbot.waitSignal(job.ended):
        pass
    assert [what for _, what in heard.events] == ["Upscaling", (TILE, "a worker"), "all", "ended"]


def test_tiles_that_nobody_wants_are_not_asked_for(worker, qtbot):
    asked = []
    with qtbot.waitSignal(worker.submit(lambda progress: progress.wants_tiles, asked.append).ended):
        pass
    assert asked == [False]


def test_a_cancelled_job_says_only_that_it_ended_whatever_it_still_does(worker, heard, qtbot):
    gate = threading.Event()

    def work(progress):
        progress.report("before")
        gate.wait()
        return "too late"

    job = heard.listen("job", worker.submit(work, lambda _: pytest.fail("answered")))
    qtbot.waitUntil(lambda: heard.events == [("job", "before")])
    job.cancel()
    gate.set()
    with qtbot.waitSignal(job.ended):
        pass
    assert heard.events == [("job", "before"), ("job", "ended")]


def test_a_running_job_learns_that_it_was_cancelled_and_one_that_waits_is_never_begun(worker, heard, qtbot):
    begun = []

    def work(progress):
        begun.append(1)
        while True:
            progress.report("on and on")

    first, second = (worker.submit(work) for _ in range(2))
    qtbot.waitUntil(lambda: begun == [1])
    second.cancel()
    first.cancel()
    with qtbot.waitSignal(second.ended):
        pass
    assert begun == [1]


def test_a_job_that_fails_on_its_way_out_says_only_that_it_ended(worker, heard, qtbot, caplog):
    gate = threading.Event()

    def work(_):
        gate.wait()
        raise ModelError("The model is damaged.")

    job = heard.listen("job", worker.submit(work, on_failed=lambda _: pytest.fail("told")))
    job.cancel()
    gate.set()
    with qtbot.waitSignal(job.ended):
        pass
    assert heard.events == [("job", "ended")]


def test_an_error_for_the_user_keeps_its_words_and_the_next_job_runs(worker, heard, qtbot):
    def refuse(_):
        raise ModelError("The model is damaged. Install it again.")

    failures = []
    heard.listen("first", worker.submit(refuse, on_failed=failures.append))
    with qtbot.waitSignal(heard.listen("second", worker.submit(lambda _: "well")).ended):
        pass
    words = "The model is damaged. Install it again."
    assert [failure.text for failure in failures] == [words]
    assert heard.events == [("first", words), ("first", "ended"), ("second", "well"), ("second", "ended")]


def test_any_other_error_says_that_it_is_ours(worker, qtbot):
    failures = []
    with qtbot.waitSignal(worker.submit(lambda _: 1 / 0, on_failed=failures.append).ended):
        pass
    assert "inside the program" in failures[0].text
    assert "Traceback" in failures[0].details


def test_what_jobs_need_is_made_ready_once_in_the_thread_before_the_first(qapp, qtbot):
    made = []
    worker = Worker("a worker", lambda: made.append(threading.current_thread().name))
    assert made == []
    for _ in range(2):
        with qtbot.waitSignal(worker.submit(lambda _: None).ended):
            pass
    worker.stop()
    assert made == ["a worker"]


def test_finishing_does_every_call_that_was_submitted_and_answers_none(qapp):
    """A file that the user asked for is written even if the window is closed by a signal a moment later."""
    worker, gate, done = Worker("a worker"), threading.Event(), []
    worker.submit(lambda _: gate.wait(), lambda _: pytest.fail("answered"), lambda failure: pytest.fail(failure.text))
    last = worker.submit(lambda _: done.append("file"), lambda _: pytest.fail("answered"))
    last.ended.connect(lambda: pytest.fail("told"))
    threading.Timer(0.05, gate.set).start()  # sooner or later: the end waits for it
    worker.finish()
    QCoreApplication.processEvents()
    assert done == ["file"]


def test_finishing_at_once_does_what_was_submitted_even_if_the_thread_has_not_begun(qapp):
    for _ in range(20):
        worker, done = Worker("a worker"), []
        worker.submit(lambda _, done=done: done.append("file"))
        worker.finish()
        assert done == ["file"]


def test_stopping_cancels_what_runs_and_waits_and_tells_nobody(qapp, heard, qtbot):
    worker, begun = Worker("a worker"), []

    def work(progress):
        begun.append(1)
        while True:
            progress.check()

    for name in ("runs", "waits"):
        heard.listen(name, worker.submit(work))
    qtbot.waitUntil(lambda: begun == [1])
    worker.stop()
    QCoreApplication.processEvents()
    assert (heard.events, begun) == ([], [1])
    assert not any(thread.name == "a worker" for thread in threading.enumerate())


def test_what_is_submitted_after_the_end_is_not_done(qapp):
    worker = Worker("a worker")
    worker.stop()
    worker.submit(lambda _: pytest.fail("done")).cancel()
    QCoreApplication.processEvents()


def test_a_job_lets_go_of_what_it_was_called_with(worker, qtbot):
    """Pictures are large: they must not stay until the collector of garbage comes by."""
    import weakref

    class Picture:
        pass

    picture = Picture()
    seen = weakref.ref(picture)
    job = worker.submit(lambda progress, picture=picture: progress.report("x"), on_tile=lambda tile: tile)
    del picture
    with qtbot.waitSignal(job.ended):
        pass
    assert seen() is None


def test_threads_that_begin_at_once_import_what_they_share_in_turn():
    """Where each imports pydantic by itself, one of them now and then meets a half-made module."""
    program = """
import sys, threading
from mfsr_app.jobs.imports import import_shared
sys.setswitchinterval(1e-6)
names = ["mfsr_engine.models.card", "mfsr_engine.hub.catalogue", "distill.config"]
gate, found = threading.Barrier(len(names)), []
def begin(name):
    gate.wait()
    import_shared()
    found.append((sys.modules["mfsr_app.jobs.shared_imports"].WHOLE, "pydantic._internal._validators" in sys.modules))
    __import__(name)
threads = [threading.Thread(target=begin, args=[name]) for name in names]
[thread.start() for thread in threads], [thread.join() for thread in threads]
print(found == [("ModelCard", True)] * len(names))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.stdout.strip(), done.stderr) == ("True", "")
