"""The queue as the window knows it: adding, running, pausing, failing, moving, and what the next start finds."""

import shutil
import sqlite3
import threading
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mfsr_app.application import Kept, build_parts
from mfsr_app.state.queue import Phase
from mfsr_app.state.queue_order import Move
from mfsr_engine import images
from mfsr_engine.errors import ModelError
from mfsr_engine.geometry import Size, TargetSize
from mfsr_engine.journal import ItemState, Journal
from mfsr_engine.naming import Conflict
from tests.app.conftest import picture


def put(path: Path, width: int = 64, height: int = 48) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    images.write(path, np.full((height, width, 3), 0.5, np.float32), kept=images.KeptMetadata())
    return path


def states(queue) -> list[str]:
    return [item.state.value for item in queue.table.items]


def names(queue) -> list[str]:
    return [item.source.path.stem for item in queue.table.items]


def numbers(queue, *wanted: str) -> list[int]:
    return [item.number for item in queue.table.items if item.source.path.stem in wanted]


@pytest.fixture
def make_queue(tmp_path, upscaler, files, theme, qtbot):
    made = []

    def make(is_loaded: bool = True, journal: Path = tmp_path / "queue.sqlite"):
        parts = build_parts(lambda: upscaler, files, theme, kept=Kept(journal=journal))
        made.append(parts)
        queue = parts.queueing.parts.queue
        queue.parts = parts
        if is_loaded:
            queue.load()
            qtbot.waitUntil(lambda: not queue.adding)
        return queue

    def close(queue):
        queue.parts.stop()
        made.remove(queue.parts)

    make.close = close
    yield make
    for parts in made:
        parts.stop()


@pytest.fixture
def queue(make_queue):
    return make_queue()


@pytest.fixture
def photos(tmp_path) -> Path:
    for name in ("a", "b", "c", "d"):
        put(tmp_path / "photos" / f"{name}.png")
    return tmp_path / "photos"


def add(queue, qtbot, *paths: Path) -> None:
    queue.add(list(paths))
    qtbot.waitUntil(lambda: not queue.adding)


def finish(queue, qtbot) -> None:
    with qtbot.waitSignal(queue.ended):
        if queue.phase is Phase.IDLE:
            queue.start()


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


def test_files_that_are_no_pictures_are_left_out_and_told(queue, photos, qtbot):
    (photos / "words.txt").write_text("hello")
    add(queue, qtbot, photos / "a.png", photos / "words.txt", photos / "missing.png")
    assert names(queue) == ["a"]
    assert "2 files are no pictures" in queue.parts.messages.newest.text
    add(queue, qtbot, photos / "a.png")
    assert names(queue) == ["a"]
    assert "waiting already" in queue.parts.messages.newest.text


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


def test_a_pause_keeps_what_is_computed(queue, photos, upscaler, qtbot):
    upscaler.seconds_per_tile = 0.02
    add(queue, qtbot, put(photos / "large.png", 320, 320), photos / "a.png")
    queue.start()
    qtbot.waitUntil(lambda: queue.table.data(queue.table.index(0, 3)) not in ("Getting ready", "0 %"))
    queue.pause()
    assert queue.phase is Phase.PAUSED
    assert queue.table.data(queue.table.index(0, 3)) == "Paused"
    qtbot.wait(300)
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


def test_the_picture_in_hand_can_be_taken_out_and_the_next_begins(queue, photos, upscaler, qtbot):
    upscaler.gate = threading.Event()
    add(queue, qtbot, put(photos / "large.png", 320, 320), photos / "a.png")
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    queue.remove(numbers(queue, "large"))
    upscaler.gate.set()
    finish(queue, qtbot)
    assert names(queue) == ["a"]
    assert states(queue) == ["done"]
    assert not (photos / "large_4x.png").exists()


def test_pictures_added_while_it_runs_are_done_too(queue, photos, upscaler, qtbot):
    upscaler.gate = threading.Event()
    add(queue, qtbot, put(photos / "large.png", 320, 320))
    queue.start()
    add(queue, qtbot, photos / "a.png")
    upscaler.gate.set()
    finish(queue, qtbot)
    assert states(queue) == ["done", "done"]


def test_a_stopped_picture_that_fails_on_its_way_out_does_not_hold_up_the_queue(
    queue, photos, upscaler, qtbot, monkeypatch
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
        with qtbot.waitSignal(queue.parts.jobs.failed):
            queue.stop()
    assert states(queue) == ["waiting", "waiting"]
    finish(queue, qtbot)
    assert states(queue) == ["done", "done"]


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


def test_what_is_taken_out_while_it_runs_was_done_all_the_same(queue, photos, upscaler, qtbot):
    upscaler.gate = threading.Event()
    add(queue, qtbot, put(photos / "tile.png", 32, 32), photos / "a.png")
    queue.start()
    qtbot.waitUntil(lambda: states(queue) == ["done", "running"])
    queue.remove_finished()
    assert (queue.position, queue.share) == ((2, 2), 0.5)
    with qtbot.waitSignal(queue.ended) as blocker:
        upscaler.gate.set()
    assert blocker.args == [2, 0]


@pytest.mark.parametrize(
    ("chosen", "where", "expected"),
    [
        ("c", Move.TOP, "cabd"),
        ("c", Move.UP, "acbd"),
        ("bd", Move.UP, "bdac"),
        ("a", Move.UP, "abcd"),
        ("ab", Move.DOWN, "cabd"),
        ("d", Move.DOWN, "abcd"),
        ("ac", Move.BOTTOM, "bdac"),
    ],
)
def test_pictures_move_together_and_the_order_is_kept(make_queue, photos, qtbot, chosen, where, expected):
    queue = make_queue()
    add(queue, qtbot, photos)
    queue.move(numbers(queue, *chosen), where)
    assert "".join(names(queue)) == expected
    make_queue.close(queue)
    assert "".join(names(make_queue())) == expected


def test_they_are_worked_through_in_their_order(queue, photos, qtbot):
    add(queue, qtbot, photos)
    queue.move(numbers(queue, "d"), Move.TOP)
    done = []
    queue.table.dataChanged.connect(
        lambda first, last: done.extend(i.source.path.stem for i in queue.table.items if i.state is ItemState.RUNNING)
    )
    finish(queue, qtbot)
    assert list(dict.fromkeys(done)) == ["d", "a", "b", "c"]


def test_what_is_finished_can_be_taken_out(queue, photos, qtbot):
    (photos / "b.png").write_bytes(b"broken")
    add(queue, qtbot, photos)
    finish(queue, qtbot)
    queue.remove_finished()
    assert names(queue) == ["b"]
    assert (photos.parent / "photos_4x" / "a_4x.png").is_file()


def test_the_next_start_finds_everything_with_the_plan_of_what_waits(make_queue, photos, tmp_path, upscaler, qtbot):
    queue = make_queue()
    (photos / "a.png").write_bytes(b"broken")
    (photos / "b.png").unlink()
    put(photos / "b.png", 320, 320)
    add(queue, qtbot, photos)
    queue.output.set_folder(tmp_path / "out")
    queue.output.set_conflict(Conflict.SKIP)
    queue.parts.states.choices.set_steps(2)
    upscaler.gate = threading.Event()
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    make_queue.close(queue)
    upscaler.gate = None
    later = make_queue()
    assert states(later) == ["failed", "waiting", "waiting", "waiting"]
    assert later.resumed.settings.steps == 2
    assert later.output.plan.folder == tmp_path / "out"
    finish(later, qtbot)
    assert sorted(path.name for path in (tmp_path / "out" / "photos").iterdir()) == [
        "b_4x.png",
        "c_4x.png",
        "d_4x.png",
    ]
    assert {request.settings.steps for request in upscaler.requests} == {2}


def test_what_an_interrupted_run_left_can_use_the_settings_of_now(make_queue, photos, upscaler, qtbot):
    queue = make_queue()
    queue.parts.states.choices.set_steps(2)
    add(queue, qtbot, put(photos / "large.png", 320, 320))
    upscaler.gate = threading.Event()
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    make_queue.close(queue)
    upscaler.gate = None
    later = make_queue()
    assert later.has_other_settings
    later.forget_resumed()
    finish(later, qtbot)
    assert upscaler.requests[-1].settings.steps == 1


def test_a_killed_window_leaves_a_list_that_says_so(make_queue, photos, tmp_path, qtbot):
    journal = Journal(tmp_path / "queue.sqlite")
    journal.open()
    queue = make_queue()
    add(queue, qtbot, photos)
    journal.claim(queue.table.item(0).number, photos / "a_4x.png")
    shutil.copy(photos / "a.png", photos / "a_4x.png")
    journal.claim(queue.table.item(1).number, photos / "b_4x.png")
    make_queue.close(queue)
    later = make_queue()
    journal.close()
    assert states(later) == ["done", "waiting", "waiting", "waiting"]
    assert "interrupted" in later.parts.messages.newest.text


def test_a_second_window_keeps_its_own_list(make_queue, photos, qtbot):
    first, second = make_queue(), make_queue()
    assert "Another window" in second.parts.messages.newest.text
    add(second, qtbot, photos / "a.png")
    add(first, qtbot, photos / "b.png")
    assert (names(first), names(second)) == (["b"], ["a"])
    make_queue.close(first)
    make_queue.close(second)
    assert names(make_queue()) == ["b"]


@pytest.mark.parametrize("journal", ["a folder", "in a file/queue.sqlite"])
def test_a_list_that_cannot_be_opened_is_told_and_the_queue_works_in_memory(
    make_queue, photos, tmp_path, qtbot, journal
):
    (tmp_path / "a folder").mkdir()
    (tmp_path / "in a file").touch()
    queue = make_queue(is_loaded=False, journal=tmp_path / journal)
    queue.load()
    queue.add([photos / "a.png"])
    qtbot.waitUntil(lambda: not queue.adding)
    told = [message.text for message in queue.parts.messages.waiting]
    assert any("cannot be used now" in text for text in told)
    finish(queue, qtbot)
    assert states(queue) == ["done"]


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
    output.set_ending(".jpg")
    choices.set_size(TargetSize(width=600))
    choices.set_seed(5)
    assert "holiday.jpg becomes holiday-600x400-1-5.jpg" in output.example
    assert output.is_lossy


def test_the_time_left_follows_what_was_done(queue, photos, upscaler, qtbot):
    upscaler.seconds_per_tile = 0.03
    add(queue, qtbot, photos)
    heard = []
    queue.changed.connect(lambda: heard.append((queue.phase, queue.remaining_s)))
    assert queue.remaining_s is None
    finish(queue, qtbot)
    running = [seconds for phase, seconds in heard if phase is Phase.RUNNING]
    assert running[0] is None
    known = [seconds for seconds in running if seconds is not None]
    assert 0 < max(known) < 10
    assert known[-1] < max(known) / 2


def test_a_preview_comes_first_while_the_queue_runs(queue, photos, upscaler, qtbot):
    upscaler.seconds_per_tile = 0.02
    add(queue, qtbot, put(photos / "large.png", 480, 320))
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    document, upscaling = queue.parts.states.document, queue.parts.states.upscaling
    document.open(Path("small.png"))
    qtbot.waitUntil(lambda: upscaling.shown is not None and upscaling.shown.is_whole)
    assert states(queue) == ["running"]
    finish(queue, qtbot)
    assert states(queue) == ["done"]
    assert len(upscaler.requests) == 2


def test_a_result_is_compared_with_its_source(queue, files, qtbot):
    files.pictures["result.png"] = picture(256, 192, 0.25)
    comparison = queue.parts.states.comparison
    queue.parts.queueing.parts.comparison.compare(Path("small.png"), Path("result.png"))
    qtbot.waitUntil(lambda: comparison.shown_right().title == "result.png")
    shown = comparison.shown_right()
    assert (shown.below.size, shown.above) == (Size(256, 192), None)
    queue.parts.states.document.open(Path("wide.png"))
    qtbot.waitUntil(lambda: comparison.shown_right().title != "result.png")
    assert all(side.path is None for side in comparison.sides)
