"""The queue at work: what it does with each picture, how it pauses, stops and fails, and what it says meanwhile."""

import sqlite3
import threading
import time
from dataclasses import replace
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, Qt

from mfsr_app.queue import queue as state_of_queue
from mfsr_app.queue.columns import CELL_ROLE, Column
from mfsr_app.queue.queue import Move, Phase
from mfsr_engine.api import UpscaleResult
from mfsr_engine.batch.journal import QueueItem
from mfsr_engine.errors import ModelError
from mfsr_engine.files.formats import ImageFormat
from mfsr_engine.geometry import Size, TargetSize
from tests.fakes.queue_steps import add, finish, names, put, states


def test_a_folder_is_worked_through_and_its_tree_is_kept(queue, photos, qtbot):
    put(photos / "deep" / "e.png")
    add(queue, qtbot, photos)
    assert names(queue) == ["a", "b", "c", "d", "e"]
    with qtbot.waitSignal(queue.ended) as blocker:
        queue.start()
    assert blocker.args == [5, 0]
    assert (photos.parent / "photos_4x" / "deep" / "e_4x.png").is_file()
    assert states(queue) == ["done"] * 5
    assert queue.phase is Phase.IDLE


def test_settings_are_those_of_the_compare_page_and_stay_until_the_end(queue, photos, upscaler, qtbot):
    upscaler.gate = threading.Event()
    add(queue, qtbot, photos / "a.png", photos / "b.png")
    choices = queue.parts.states.choices
    choices.set_steps(3)
    choices.set_size(TargetSize(factor=2))
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    choices.set_steps(1)
    upscaler.gate.set()
    finish(queue, qtbot)
    wanted = replace(choices.settings, steps=3, size=TargetSize(factor=2))
    assert [request.settings for request in upscaler.requests] == [wanted, wanted]


def test_a_broken_file_is_marked_and_the_rest_goes_on(queue, photos, qtbot):
    (photos / "b.png").write_bytes(b"broken")
    add(queue, qtbot, photos)
    with qtbot.waitSignal(queue.ended) as blocker:
        queue.start()
    assert blocker.args == [3, 1]
    assert states(queue) == ["done", "failed", "done", "done"]
    assert "b.png" in queue.table.item(1).words


@pytest.mark.parametrize(
    ("refused", "act"),
    [
        ("set_plan_text", lambda queue: queue.start()),
        ("remove", lambda queue: queue.remove([queue.table.item(0).number])),
        ("reorder", lambda queue: queue.move([queue.table.item(1).number], Move.TOP)),
    ],
)
def test_what_the_journal_cannot_note_is_told_and_not_done(queue, photos, qtbot, monkeypatch, refused, act):
    def full(*_):
        raise sqlite3.OperationalError("database or disk is full")

    add(queue, qtbot, photos / "a.png", photos / "b.png")
    monkeypatch.setattr(queue._journal, refused, full)
    act(queue)
    assert "disk is full" in queue.parts.messages.newest.text
    assert names(queue) == ["a", "b"]
    assert states(queue) == ["waiting"] * 2
    assert queue.phase is Phase.IDLE


def test_errors_of_the_engine_and_of_ours_are_marked_too_and_can_be_retried(queue, photos, upscaler, qtbot):
    upscaler.failures = [ModelError("The model is damaged. Install it again."), ZeroDivisionError("by zero")]
    add(queue, qtbot, photos / "a.png", photos / "b.png")
    finish(queue, qtbot)
    assert states(queue) == ["failed", "failed"]
    assert queue.table.item(0).words.startswith("The model is damaged")
    assert "Traceback" in queue.table.item(1).details
    with qtbot.waitSignal(queue.ended) as blocker:
        queue.retry_failed()
    assert blocker.args == [2, 0]
    assert states(queue) == ["done", "done"]


def test_a_pause_keeps_what_is_computed(queue, photos, upscaler, caught_up, qtbot):
    upscaler.gate = threading.Event()
    add(queue, qtbot, put(photos / "large.png", 320, 320), photos / "a.png")
    queue.start()
    qtbot.waitUntil(lambda: queue.table.data(queue.table.index(0, 3)) == "0 %")
    queue.pause()
    upscaler.gate.set()
    assert queue.phase is Phase.PAUSED
    assert queue.table.data(queue.table.index(0, 3)) == "Paused"
    caught_up(queue.parts.engine)  # in between two tiles of the picture that is held
    assert len(upscaler.requests) == 1
    assert states(queue) == ["running", "waiting"]
    finish_paused(queue, qtbot)
    assert len(upscaler.requests) == 2
    assert states(queue) == ["done", "done"]


def finish_paused(queue, qtbot):
    with qtbot.waitSignal(queue.ended):
        queue.start()


def test_a_stop_lets_the_picture_wait_and_a_start_does_it_again(queue, photos, upscaler, qtbot):
    upscaler.gate = threading.Event()
    add(queue, qtbot, put(photos / "large.png", 320, 320), photos / "a.png")
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    queue.stop()
    assert queue.phase is Phase.IDLE
    assert states(queue) == ["waiting", "waiting"]
    queue.start()
    upscaler.gate.set()
    finish(queue, qtbot)
    assert states(queue) == ["done", "done"]
    assert not list(photos.glob("*_4x 2.png"))


def test_a_stopped_picture_that_fails_on_its_way_out_does_not_hold_up_the_queue(
    queue, photos, upscaler, qtbot, monkeypatch, caught_up
):
    def failing(request, progress):
        upscaler.requests.append(request)
        while not progress.is_cancelled:
            time.sleep(0.002)
        raise ZeroDivisionError("by zero")

    add(queue, qtbot, photos / "a.png", photos / "b.png")
    with monkeypatch.context() as patch:
        patch.setattr(upscaler, "upscale", failing)
        queue.start()
        qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
        queue.stop()
        caught_up(queue.parts.engine)
    assert states(queue) == ["waiting", "waiting"]
    finish(queue, qtbot)
    assert states(queue) == ["done", "done"]


def test_a_window_may_close_while_a_stopped_picture_is_on_its_way_out(make_queue, photos, upscaler, qtbot):
    """Its job tells nobody any more that it has ended: the journal is closed by then."""
    queue, upscaler.gate = make_queue(), threading.Event()
    add(queue, qtbot, photos / "a.png")
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    queue.stop()
    make_queue.close(queue)
    QCoreApplication.processEvents()
    assert states(queue) == ["waiting"]


def test_an_outcome_that_cannot_be_noted_is_told_and_the_rest_goes_on(queue, photos, qtbot, monkeypatch):
    real, full = queue._journal.finish, ["in the job", "in the window"]

    def note(item):
        if full:
            raise sqlite3.OperationalError(f"database or disk is full, {full.pop(0)}")
        real(item)

    monkeypatch.setattr(queue._journal, "finish", note)
    add(queue, qtbot, photos / "a.png", photos / "b.png")
    with qtbot.waitSignal(queue.ended) as blocker:
        queue.start()
    assert blocker.args == [1, 1]
    assert states(queue) == ["failed", "done"]
    assert "disk is full, in the window" in queue.parts.messages.newest.text


def test_what_is_retried_while_it_runs_counts_as_more_to_do(queue, photos, upscaler, qtbot):
    (photos / "b.png").write_bytes(b"broken")
    add(queue, qtbot, photos / "b.png")
    finish(queue, qtbot)
    upscaler.gate = threading.Event()
    add(queue, qtbot, photos / "a.png")
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    assert (queue.position, queue.share) == ((1, 1), 0.0)
    queue.retry_failed()
    assert (queue.position, queue.share) == ((1, 2), 0.0)
    with qtbot.waitSignal(queue.ended) as blocker:
        upscaler.gate.set()
    assert blocker.args == [1, 1]


def test_a_name_that_cannot_be_used_is_told_and_nothing_starts(queue, photos, qtbot):
    add(queue, qtbot, photos / "a.png")
    queue.output.set_template("{other}")
    assert "unknown" in queue.output.example
    queue.start()
    assert queue.phase is Phase.IDLE
    assert "unknown" in queue.parts.messages.newest.text


def test_the_example_follows_name_size_and_format(queue):
    output, choices = queue.output, queue.parts.states.choices
    output.set_template("{stem}-{width}x{height}-{steps}-{seed}")
    output.set_format(ImageFormat.JPEG)
    choices.set_size(TargetSize(width=600))
    choices.set_seed(5)
    assert "holiday.jpg becomes holiday-600x400-1-5.jpg" in output.example
    assert output.is_lossy


def test_the_time_left_follows_what_was_done(queue, photos, qtbot, monkeypatch):
    looks = count()
    monkeypatch.setattr(state_of_queue, "time", SimpleNamespace(monotonic=lambda: float(next(looks))))  # 1 s each time
    add(queue, qtbot, photos)
    heard = []
    queue.changed.connect(lambda: heard.append((queue.phase, queue.remaining_s)))
    assert queue.remaining_s is None
    finish(queue, qtbot)
    running = [seconds for phase, seconds in heard if phase is Phase.RUNNING]
    assert running[0] is None
    known = [seconds for seconds in running if seconds is not None]
    assert 0 < max(known) < next(looks) * 4, "four pictures"
    assert known[-1] < max(known) / 2


def test_a_preview_comes_first_while_the_queue_runs(queue, photos, upscaler, qtbot, monkeypatch):
    engine, ended = queue.parts.engine, []
    submit = engine.submit

    def watched(*words, **options):
        job = submit(*words, **options)
        job.done.connect(lambda answer: ended.append(type(answer)))
        return job

    monkeypatch.setattr(engine, "submit", watched)
    upscaler.gate = threading.Event()
    add(queue, qtbot, put(photos / "large.png", 320, 320))
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    document, upscaling = queue.parts.states.document, queue.parts.states.upscaling
    document.open(Path("small.png"))
    qtbot.waitUntil(lambda: upscaling.activity is not None)
    assert states(queue) == ["running"]
    upscaler.gate.set()
    finish(queue, qtbot)
    qtbot.waitUntil(lambda: upscaling.shown is not None and upscaling.shown.is_whole)
    assert ended == [UpscaleResult, QueueItem]
    assert states(queue) == ["done"]
    assert len(upscaler.requests) == 2


def test_chosen_pictures_have_settings_of_their_own_which_outlive_the_window(make_queue, photos, upscaler, qtbot):
    queue = make_queue()
    add(queue, qtbot, photos)
    choices = queue.parts.states.choices
    numbers = [item.number for item in queue.table.items]
    choices.set_steps(3)
    choices.set_size(TargetSize(factor=2))
    queue.output.set_format(ImageFormat.JPEG)
    queue.use_settings(numbers[1:3], own=True)
    queue.use_settings(numbers[2:3], own=False)
    choices.set_steps(1)
    choices.set_size(TargetSize())
    queue.output.set_format(ImageFormat.PNG)
    becomes, result = (queue.table.index(1, column) for column in (Column.RESULT_SIZE, Column.RESULT))
    queue.table._sizes[numbers[1]] = Size(10, 20)
    assert queue.table.data(becomes) == "20 × 40"
    assert queue.table.data(result) == "With settings of its own"
    assert "steps 3" in queue.table.data(result, Qt.ItemDataRole.ToolTipRole)
    make_queue.close(queue)
    later = make_queue()
    finish(later, qtbot)
    assert [request.settings.steps for request in upscaler.requests] == [1, 3, 1, 1]
    assert [item.target.name for item in later.table.items] == ["a_4x.png", "b_2x.jpg", "c_4x.png", "d_4x.png"]


def test_a_run_follows_what_is_changed_when_that_is_asked_for(queue, photos, upscaler, qtbot):
    upscaler.gate = threading.Event()
    add(queue, qtbot, photos / "a.png", photos / "b.png")
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    assert not queue.has_newer_settings
    queue.output.set_quality(60)
    queue.parts.states.choices.set_steps(3)
    assert queue.has_newer_settings
    queue.follow()
    assert not queue.has_newer_settings
    upscaler.gate.set()
    finish(queue, qtbot)
    assert [request.settings.steps for request in upscaler.requests] == [1, 3]


def test_a_file_that_a_look_finds_broken_is_failed_before_any_run(queue, photos, qtbot):
    (photos / "b.png").write_bytes(b"broken")
    add(queue, qtbot, photos)
    assert states(queue) == ["waiting"] * 4
    for row in range(4):  # as when they come into view
        queue.table.data(queue.table.index(row, Column.PICTURE), CELL_ROLE)
    qtbot.waitUntil(lambda: states(queue) == ["waiting", "failed", "waiting", "waiting"])
    assert "b.png" in queue.table.item(1).words
    with qtbot.waitSignal(queue.ended) as blocker:
        queue.start()
    assert blocker.args == [3, 1]
    assert [item.state.value for item in queue._journal.items()] == ["done", "failed", "done", "done"]
