"""Captions in the window: each photograph brings its own, and only models that take text see it."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from mfsr_app.compare.choices import Choices
from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.queue.output import QueueOutput
from mfsr_app.ui.caption_field import CaptionField
from mfsr_engine.upscale.captions import Caption
from tests.fakes.scripted_engine import SMALL
from tests.fakes.scripted_files import picture

FULL = replace(SMALL, name="full", title="Full size", takes_text=True)
NOT_READY = replace(FULL, name="not-ready", caption_problem="the text encoders are not installed")


@pytest.fixture
def choices(qapp):
    made = Choices()
    made.set_models([SMALL, FULL, NOT_READY])
    return made


@pytest.fixture
def opened(window, files, upscaler, qtbot):
    """The window with two photographs to open and three models to choose from."""
    upscaler.installed = (SMALL, FULL, NOT_READY)
    files.pictures["harbour.png"] = files.pictures["odd.png"] = picture(64, 48)
    files.captions["harbour.png"] = Caption("a harbour", "read from harbour.txt")
    files.captions["odd.png"] = Caption(note="odd.txt was not taken for a caption.")
    window.model_in_use.warm_up()
    qtbot.waitUntil(lambda: window.page.controls.model.count() == 3)
    return window


def open_picture(parts, qtbot, name):
    with qtbot.waitSignal(parts.states.document.opened):
        parts.states.document.open(Path(name))


def test_only_a_model_that_can_use_it_has_the_caption_in_its_settings(choices, qtbot):
    choices.set_caption("a harbour")
    assert choices.settings.prompt == ""
    with qtbot.waitSignal(choices.changed):
        choices.set_model("full")
    assert choices.settings.prompt == "a harbour"
    choices.set_model("not-ready")
    assert (choices.settings.prompt, choices.caption) == ("", "a harbour")


def test_encoders_that_were_installed_meanwhile_bring_the_caption_back(choices):
    choices.set_caption("a harbour")
    choices.set_model("not-ready")
    choices.set_models([SMALL, replace(NOT_READY, caption_problem="")])
    assert choices.settings.prompt == "a harbour"


def test_the_queue_never_takes_the_open_photographs_caption(choices):
    choices.set_caption("a harbour")
    choices.set_model("full")
    assert QueueOutput(choices).run_plan.settings.prompt == ""


def test_the_field_is_there_for_models_that_take_text_alone(opened, parts):
    controls, choices = opened.page.controls, parts.states.choices
    for name, is_visible, is_enabled in (
        ("mfsr-small", False, True),
        ("full", True, True),
        ("not-ready", True, False),
    ):
        choices.set_model(name)
        assert controls.caption.isVisibleTo(controls) == is_visible
        assert controls.caption.isEnabled() == is_enabled
    assert "text encoders are not installed" in controls._caption_words.text()


def test_each_photograph_brings_its_own_caption(opened, parts, qtbot):
    controls, choices = opened.page.controls, parts.states.choices
    choices.set_model("full")
    open_picture(parts, qtbot, "harbour.png")
    assert controls.caption.toPlainText() == "a harbour"
    assert choices.settings.prompt == "a harbour"
    open_picture(parts, qtbot, "small.png")
    assert controls.caption.toPlainText() == ""
    assert choices.settings.prompt == ""


def test_a_text_file_that_is_no_caption_is_told_where_it_matters(opened, parts, qtbot):
    states, messages = parts.states, parts.messages
    open_picture(parts, qtbot, "odd.png")
    assert not any("odd.txt" in message.text for message in messages.waiting)
    states.choices.set_model("full")
    open_picture(parts, qtbot, "odd.png")
    assert any("odd.txt" in message.text for message in messages.waiting)


def test_what_was_typed_reaches_the_engine(opened, parts, qtbot, upscaler):
    parts.states.choices.set_model("full")
    open_picture(parts, qtbot, "small.png")
    qtbot.keyClicks(opened.page.controls.caption, "boats")
    qtbot.keyClick(opened.page.controls.caption, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(r.settings.prompt == "boats" for r in upscaler.requests))


def test_the_field_tells_once_typing_has_ended(qtbot):
    field, told = CaptionField(), []
    qtbot.addWidget(field)
    field.chosen.connect(told.append)
    qtbot.keyClicks(field, "a  boat ")
    assert told == []
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Enter)
    assert told == ["a boat"]
    field.show_text("a ship")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert told == ["a boat"]


def test_the_file_beside_a_photograph_is_read_with_it(tmp_path):
    from PIL import Image

    Image.new("RGB", (8, 6)).save(tmp_path / "a.png")
    (tmp_path / "a.txt").write_text("a harbour\n")
    assert EnginePictureFiles().caption(tmp_path / "a.png").text == "a harbour"


def test_the_fast_setting_of_a_teacher_is_named(opened, parts):
    from tests.fakes.scripted_engine import TEACHER

    choices = parts.states.choices
    choices.set_models([SMALL, replace(TEACHER, fast_steps=20)])
    choices.set_model(TEACHER.name)
    choices.set_steps(20)
    assert opened.page.controls._steps_words.text() == "This model's fast setting"


def test_results_that_differ_in_their_caption_alone_can_be_told_apart(opened, parts, qtbot):
    states = parts.states
    states.choices.set_model("full")
    open_picture(parts, qtbot, "harbour.png")
    qtbot.waitUntil(lambda: any(kept.is_whole for kept in states.upscaling.results.all()))
    states.choices.set_caption("a lighthouse on a cliff")
    qtbot.waitUntil(lambda: sum(kept.is_whole for kept in states.upscaling.results.all()) == 2)
    titles = [states.comparison.title(side) for side in states.comparison.sides if side.settings is not None]
    assert len(titles) == len(set(titles)) == 2
    assert any("caption: a lighthouse on …" in title for title in titles)
