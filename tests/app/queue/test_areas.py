"""The open photograph goes into the queue with its areas, which outlive the window and other settings."""

import numpy as np
import pytest
from PySide6.QtGui import QImage

from mfsr_engine.api import MaskedAreas
from mfsr_engine.batch.journal import ItemState
from mfsr_engine.framing import Framing
from tests.fakes.queue_steps import add, finish, names, numbers


@pytest.fixture
def areas():
    mask = np.zeros((48, 64), np.uint8)
    mask[:24] = 255
    return MaskedAreas(mask, 0.5)


def add_open(queue, qtbot, path, areas):
    queue.add_open(path, areas)
    qtbot.waitUntil(lambda: not queue.adding)


def tip(queue, row=0):
    return queue.table.plan_words(queue.table.item(row).own_plan)


def test_areas_go_along_and_are_computed(queue, photos, areas, upscaler, qtbot):
    queue.parts.states.choices.set_steps(3)
    add_open(queue, qtbot, photos / "a.png", areas)
    assert "a.png waits in the queue, with its areas" in queue.parts.messages.newest.text
    assert tip(queue).endswith("with areas")
    queue.parts.states.choices.set_steps(1)
    add(queue, qtbot, photos / "b.png")
    finish(queue, qtbot)
    first, second = upscaler.requests
    assert np.array_equal(first.areas.mask, areas.mask)
    assert (first.areas.fidelity, first.settings.steps) == (0.5, 3)
    assert (second.areas, second.settings.steps) == (None, 1)


def test_one_that_waits_already_gets_the_areas_and_loses_them(queue, photos, areas, qtbot):
    add(queue, qtbot, photos / "a.png", photos / "b.png")
    add_open(queue, qtbot, photos / "a.png", areas)
    assert names(queue) == ["a", "b"]
    assert tip(queue).endswith("with areas")
    add_open(queue, qtbot, photos / "a.png", None)
    assert names(queue) == ["a", "b"]
    assert not tip(queue).endswith("with areas")
    assert "a.png waits in the queue." in queue.parts.messages.newest.text


def test_without_areas_it_is_a_picture_like_any_other(queue, photos, qtbot):
    add_open(queue, qtbot, photos / "a.png", None)
    assert [item.own_plan for item in queue.table.items] == [""]
    add_open(queue, qtbot, photos / "gone.png", None)
    assert "gone.png was not added" in queue.parts.messages.newest.text


def test_other_settings_leave_the_areas(queue, photos, areas, upscaler, qtbot):
    add_open(queue, qtbot, photos / "a.png", areas)
    add(queue, qtbot, photos / "b.png")
    queue.parts.states.choices.set_seed(5)
    queue.use_settings(numbers(queue, "a", "b"), own=True)
    assert tip(queue).endswith("with areas")
    finish(queue, qtbot)
    assert [(r.settings.seed, r.areas is None) for r in upscaler.requests] == [(5, False), (5, True)]


def test_the_next_start_has_them_and_removes_what_no_picture_needs(
    make_queue, photos, areas, tmp_path, upscaler, qtbot
):
    queue = make_queue(tmp_path / "queue.sqlite")
    add_open(queue, qtbot, photos / "a.png", areas)
    add_open(queue, qtbot, photos / "b.png", MaskedAreas(255 - areas.mask))
    masks = tmp_path / "queue-areas"
    assert len(list(masks.iterdir())) == 2
    queue.remove(numbers(queue, "b"))
    queue.close()
    later = make_queue(tmp_path / "queue.sqlite")
    assert len(list(masks.iterdir())) == 1
    finish(later, qtbot)
    assert np.array_equal(upscaler.requests[0].areas.mask, areas.mask)


def test_a_mask_that_is_gone_fails_its_picture_alone(queue, photos, areas, qtbot):
    add_open(queue, qtbot, photos / "a.png", areas)
    add(queue, qtbot, photos / "b.png")
    for path in queue._masks_folder().iterdir():
        path.unlink()
    finish(queue, qtbot)
    assert [item.state for item in queue.table.items] == [ItemState.FAILED, ItemState.DONE]


@pytest.fixture
def opened(window, parts, photos, files, qtbot):
    from mfsr_engine import images

    files.pictures["a.png"] = images.read(photos / "a.png")
    window.queue_page.load()
    with qtbot.waitSignal(parts.states.document.opened):
        window.open_path(photos / "a.png")
    return parts


def test_the_compare_page_sends_what_is_open(window, opened, areas, qtbot):
    queue = opened.queueing.parts.queue
    opened.states.document.mark(areas)
    window.actions_table["to_queue"].trigger()
    qtbot.waitUntil(lambda: bool(queue.table.items))
    assert tip(queue).endswith("with areas")


def test_what_the_queue_cannot_take_is_said(window, opened, files, qtbot):
    with qtbot.waitSignal(opened.states.document.opened):
        opened.states.document.frame(Framing(quarter_turns=1))
    window.actions_table["to_queue"].trigger()
    assert "whole files" in opened.messages.newest.text
    files.pictures["pasted.png"] = files.pictures["small.png"]
    with qtbot.waitSignal(opened.states.document.opened):
        opened.states.document.open_pasted(QImage(8, 8, QImage.Format.Format_RGB32))
    window.actions_table["to_queue"].trigger()
    assert "Save this picture" in opened.messages.newest.text
    assert not opened.queueing.parts.queue.adding
