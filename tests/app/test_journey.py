"""A person's way through the window with the scripted engine: open, see it grow sharp, compare, save."""

from pathlib import Path

import pytest

from mfsr_app.compare.values import Mode
from tests.fakes.scripted_files import KEPT


@pytest.fixture
def opened(window, parts, qtbot):
    window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: parts.states.upscaling.shown is not None and parts.states.upscaling.shown.is_whole)
    return window


def test_an_invitation_is_shown_until_a_picture_is_open(window):
    assert window.page.hint.isVisible()
    assert not window.page.viewer.isVisible()
    assert not window.actions_table["save"].isEnabled()


def test_a_photograph_is_opened_upscaled_compared_and_saved(opened, parts, files, qtbot):
    states = parts.states
    assert not opened.page.hint.isVisible()
    assert opened.page.viewer.left.isVisible()
    assert opened.windowTitle() == "small.png — MFSR"
    opened.actions_table["split"].trigger()
    assert states.comparison.mode is Mode.SPLIT
    assert not opened.page.viewer.left.isVisible()
    opened.actions_table["more_steps"].trigger()
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    assert states.upscaling.shown.result.steps == 2
    assert opened.page.controls.steps.computed == {1, 2}
    assert states.saving.suggested_path.name == "small_4x.png"
    with qtbot.waitSignal(states.saving.saved):
        states.saving.save(Path("small_4x.png"))
    saved = files.written["small_4x.png"]
    assert saved.pixels.shape == (192, 256, 3)
    assert (saved.kept, saved.steps) == (KEPT, 2)
    assert "Saved" in opened.message_bar.text


def test_a_stop_that_was_computed_is_shown_again_without_computing(opened, parts, upscaler, at_rest, qtbot):
    states = parts.states
    states.choices.set_steps(3)
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    asked = len(upscaler.requests)
    states.choices.set_steps(1)
    assert states.upscaling.shown.is_whole
    at_rest(parts)
    assert len(upscaler.requests) == asked


def test_a_picture_that_cannot_be_read_is_named_in_the_bar_and_the_old_one_stays(opened, parts, qtbot):
    opened.open_path(Path("broken.png"))
    qtbot.waitUntil(lambda: "broken.png" in opened.message_bar.text)
    assert opened.message_bar.isVisible()
    assert parts.states.document.current.name == "small.png"


def test_the_engine_is_asked_only_after_the_window_is_there(window, upscaler, qtbot):
    assert not upscaler.threads
    window.model_in_use.warm_up()
    qtbot.waitUntil(lambda: bool(upscaler.warmed))
    assert upscaler.threads.isdisjoint({"MainThread"})


def test_the_blink_key_shows_the_other_side_while_held(opened, parts, qtbot):
    from PySide6.QtCore import Qt

    viewer = opened.page.viewer
    viewer.right.setFocus()
    qtbot.keyPress(viewer.right, Qt.Key.Key_B)
    assert parts.states.comparison.shown_right().title == parts.states.comparison.shown_left().title
    qtbot.keyRelease(viewer.right, Qt.Key.Key_B)
    assert parts.states.comparison.shown_right().title != parts.states.comparison.shown_left().title
