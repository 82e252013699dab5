"""What the next start finds of the queue: after a closed, interrupted or killed window, and beside a second one."""

import shutil
import sqlite3
import threading

import pytest

from mfsr_engine.batch.journal import Journal
from mfsr_engine.batch.naming import Conflict
from tests.fakes.queue_steps import add, finish, names, put, states


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
    assert later.output.plan.folder_path == tmp_path / "out"
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


@pytest.mark.parametrize("end", ["emptied", "finished"])
def test_a_list_without_anything_to_do_forgets_the_run_before(make_queue, photos, upscaler, qtbot, end):
    queue = make_queue()
    queue.parts.states.choices.set_steps(2)
    add(queue, qtbot, put(photos / "large.png", 320, 320))
    upscaler.gate = threading.Event()
    queue.start()
    qtbot.waitUntil(lambda: len(upscaler.requests) == 1)
    make_queue.close(queue)
    upscaler.gate = None
    later = make_queue()
    assert later.resumed is not None
    if end == "emptied":
        later.remove([item.number for item in later.table.items])
    else:
        finish(later, qtbot)
    assert later.resumed is None
    add(later, qtbot, photos / "a.png")
    make_queue.close(later)
    last = make_queue()
    assert (last.resumed, last.waiting) == (None, 1), "what was added since belongs to no run"


def test_a_list_of_an_older_version_has_no_settings_of_single_pictures(make_queue, photos, tmp_path, qtbot):
    queue = make_queue()
    add(queue, qtbot, photos / "a.png")
    make_queue.close(queue)
    with sqlite3.connect(tmp_path / "queue.sqlite") as db:
        db.execute("DROP TABLE own_plans")
    db.close()
    later = make_queue()
    assert [item.own_plan for item in later.table.items] == [""]
