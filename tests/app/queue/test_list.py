"""What is on the queue's list: adding, moving, taking out, and comparing a result with its source."""

import sqlite3
import threading
from pathlib import Path

import pytest

from mfsr_app.desktop.messages import MessageKind
from mfsr_app.queue import loading
from mfsr_app.queue.queue import Move
from mfsr_engine.batch import planning
from mfsr_engine.batch.journal import ItemState
from mfsr_engine.geometry import Size
from tests.fakes.queue_steps import add, finish, names, numbers, put, states
from tests.fakes.scripted_files import picture


def test_files_that_are_no_pictures_are_left_out_and_told(queue, photos, qtbot):
    (photos / "words.txt").write_text("hello")
    add(queue, qtbot, photos / "a.png", photos / "words.txt", photos / "missing.png")
    assert names(queue) == ["a"]
    assert "2 files are no pictures" in queue.parts.messages.newest.text
    add(queue, qtbot, photos / "a.png")
    assert names(queue) == ["a"]
    assert "waiting already" in queue.parts.messages.newest.text


@pytest.fixture
def in_pairs(monkeypatch):
    """Files are added two at a time."""
    monkeypatch.setattr(loading, "FIRST_AT_ONCE", 2)
    monkeypatch.setattr(loading, "ADDED_AT_ONCE", 2)


@pytest.mark.usefixtures("in_pairs")
def test_a_folder_shows_its_first_pictures_before_the_last_are_there(queue, photos, qtbot):
    seen = []
    queue.table.rowsInserted.connect(lambda *_: seen.append((len(queue.table.items), queue.adding)))
    add(queue, qtbot, photos)
    assert seen == [(2, 1), (4, 1)]
    assert names(queue) == ["a", "b", "c", "d"]


@pytest.mark.usefixtures("in_pairs")
def test_where_the_journal_refuses_a_part_nothing_is_on_the_list(queue, photos, qtbot, monkeypatch):
    real, parts = queue._journal.add, []

    def refuse_the_second(sources):
        parts.append(sources)
        if len(parts) == 2:
            raise sqlite3.OperationalError("no room")
        return real(sources)

    monkeypatch.setattr(queue._journal, "add", refuse_the_second)
    add(queue, qtbot, photos)
    assert names(queue) == []
    assert queue._journal.items() == []
    assert queue.parts.messages.newest.kind is MessageKind.ERROR
    add(queue, qtbot, photos)
    assert names(queue) == ["a", "b", "c", "d"]


@pytest.mark.usefixtures("in_pairs")
def test_what_was_asked_to_be_added_is_there_after_the_window_was_closed_at_once(make_queue, photos):
    queue = make_queue()
    queue.add([photos])
    make_queue.close(queue)
    assert names(make_queue()) == ["a", "b", "c", "d"]


@pytest.mark.usefixtures("in_pairs")
def test_two_folders_that_are_added_at_once_do_not_mix(queue, photos, tmp_path, qtbot):
    for name in "wxyz":
        put(tmp_path / "other" / f"{name}.png")
    queue.add([photos])
    add(queue, qtbot, tmp_path / "other")
    assert "".join(names(queue)) == "abcdwxyz"
    assert [item.number for item in queue._journal.items()] == [item.number for item in queue.table.items]


@pytest.mark.usefixtures("in_pairs")
def test_a_run_that_is_faster_than_the_adding_waits_for_the_rest(queue, photos, qtbot, monkeypatch):
    looked_on, ended = threading.Event(), []
    monkeypatch.setattr(planning, "is_result", lambda path: path.stem == "c" and not looked_on.wait(20))
    queue.ended.connect(lambda *counts: ended.append(counts))
    queue.add([photos])
    qtbot.waitUntil(lambda: len(queue.table.items) == 2)
    queue.start()
    qtbot.waitUntil(lambda: states(queue) == ["done", "done"])
    looked_on.set()
    qtbot.waitUntil(lambda: bool(ended))
    assert ended == [(4, 0)]
    assert states(queue) == ["done"] * 4


@pytest.mark.usefixtures("in_pairs")
@pytest.mark.parametrize("error", [sqlite3.OperationalError("no room"), OSError("no such folder")])
def test_what_is_refused_while_the_window_closes_is_taken_back(make_queue, photos, monkeypatch, error):
    queue, parts = make_queue(), []
    real = queue._journal.add

    def refuse_the_second(sources):
        parts.append(sources)
        if len(parts) == 2:
            raise error
        return real(sources)

    monkeypatch.setattr(queue._journal, "add", refuse_the_second)
    queue.add([photos])
    make_queue.close(queue)
    assert names(make_queue()) == []


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
