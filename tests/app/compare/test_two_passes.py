"""Two passes in the window: chosen with the size, shown as what they are, and the same in the queue, presets and files."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from mfsr_app.compare.choices import Choices
from mfsr_app.compare.comparison import Kind, Side
from mfsr_app.compare.files import EnginePictureFiles, PictureToSave
from mfsr_app.ui.size_field import FACTORS, SizeField
from mfsr_engine.api import ModelInfo
from mfsr_engine.batch import preflight
from mfsr_engine.geometry import Size, TargetSize
from mfsr_engine.images import KeptMetadata
from mfsr_engine.images.reading import provenance_of
from mfsr_engine.settings.settings import Preset
from tests.fakes.scripted_engine import SMALL, TEACHER

LARGE = ModelInfo("large", "Eight times", 8, 1, 4, is_teacher=False, licence="CC0-1.0")


@pytest.fixture
def states(parts, qtbot):
    parts.states.view.set_port(Size(400, 400))
    with qtbot.waitSignal(parts.states.document.opened):
        parts.states.document.open(Path("small.png"))
    return parts.states


def is_whole(states):
    return states.upscaling.shown is not None and states.upscaling.shown.is_whole


def result_size(states):
    return states.upscaling.shown.result.pixels.shape[:2]


def test_a_model_that_allows_one_pass_is_run_once(qapp):
    choices = Choices()
    choices.set_models([SMALL, LARGE])
    choices.set_passes(2)
    assert (choices.settings.passes, choices.factor) == (2, 16)
    choices.set_model(LARGE.name)
    assert (choices.settings.passes, choices.factor) == (1, 8)
    choices.set_passes(2)
    assert choices.settings.passes == 1
    choices.use_preset(Preset("twice", SMALL.name, passes=2))
    assert (choices.settings.passes, choices.factor) == (2, 16)
    choices.use_preset(Preset("once", LARGE.name, passes=2))
    assert choices.settings.passes == 1


def test_the_field_offers_them_and_the_size_follows(qtbot):
    field, passes, sizes = SizeField(), [], []
    qtbot.addWidget(field)
    field.passes_chosen.connect(passes.append)
    field.chosen.connect(sizes.append)
    assert 16.0 in FACTORS
    field.twice.click()
    assert passes == [2]
    field.show_passes(2, most=2, factor=16)
    assert (field.kind.currentText(), sizes) == ("16×", [])
    field.kind.setCurrentIndex(FACTORS.index(4.0))
    assert sizes == [TargetSize(factor=4.0)]
    field.kind.setCurrentIndex(FACTORS.index(16.0))
    assert sizes[-1] == TargetSize()
    field.show_passes(1, most=1, factor=4)
    assert (field.kind.currentText(), field.twice.isChecked(), field.twice.isEnabled()) == ("4×", False, False)


def test_what_is_shown_is_the_result_of_both_and_says_so(states, window, qtbot):
    qtbot.waitUntil(lambda: is_whole(states))
    window.page.controls.size_field.twice.click()
    assert states.comparison.shown_right().title == "Computing · 1 step · 2 passes"
    qtbot.waitUntil(lambda: is_whole(states))
    assert states.comparison.shown_right().title == "Result · 1 step · 2 passes"
    assert result_size(states) == (48 * 16, 64 * 16)
    assert states.view.factor == states.comparison.shown_right().factor == 16
    words = window.page.controls._target_words
    assert words.text().startswith("1024 × 768 pixels, ")
    assert words.text().endswith("\n2 passes make 1024 × 768.")
    states.choices.set_size(TargetSize(factor=8.0))
    assert words.text().endswith("\n2 passes make 1024 × 768; it is reduced to this.")
    states.choices.set_size(TargetSize(factor=20.0))
    assert words.text().endswith("\n2 passes make 1024 × 768; the rest is resizing.")


def test_the_result_of_one_pass_stays_at_hand_beside_it(states, qtbot):
    qtbot.waitUntil(lambda: is_whole(states))
    once = states.choices.settings
    states.choices.set_passes(2)
    qtbot.waitUntil(lambda: is_whole(states))
    states.comparison.set_left(Side(Kind.KEPT, once))
    left = states.comparison.shown_left()
    assert (left.title, left.factor, left.is_dimmed) == ("1 step", 4, False)
    states.choices.set_passes(1)
    assert result_size(states) == (192, 256)
    assert states.view.factor == 4


def test_a_part_in_view_comes_first_with_two_passes_too(states, upscaler, qtbot):
    qtbot.waitUntil(lambda: is_whole(states))
    states.view.zoom_to(32.0)
    states.choices.set_passes(2)
    qtbot.waitUntil(lambda: is_whole(states))
    assert [r.region is None for r in upscaler.requests if r.settings.passes == 2] == [False, True]


def test_the_original_is_enlarged_as_far_as_the_result(states, qtbot):
    document = states.document
    qtbot.waitUntil(lambda: document.enlarged is not None)
    assert document.enlarged.size == Size(256, 192)
    states.choices.set_passes(2)
    qtbot.waitUntil(lambda: document.enlarged.size == Size(1024, 768))


def test_an_original_too_large_to_be_enlarged_so_far_has_none(states, qtbot, monkeypatch):
    document = states.document
    qtbot.waitUntil(lambda: document.enlarged is not None)
    monkeypatch.setattr("mfsr_app.compare.document.MAX_ENLARGED_PIXELS", 100_000)
    states.choices.set_passes(2)
    assert document.enlarged is None


def test_the_file_and_its_name_say_it(states, files, qtbot, tmp_path):
    states.choices.set_passes(2)
    assert states.saving.suggested_path.name == "small_16x.png"
    with qtbot.waitSignal(states.saving.saved):
        states.saving.save(Path("out.png"))
    assert (files.written["out.png"].passes, files.written["out.png"].size) == (2, Size(1024, 768))
    path = tmp_path / "real.png"
    black = np.zeros((4, 4, 3), np.float32)
    EnginePictureFiles().write(path, PictureToSave(black, None, Size(4, 4), KeptMetadata(), "m", 1, 0, passes=2))
    made = provenance_of(path)
    assert made is not None
    assert made.passes == 2


def test_the_queue_uses_them_and_knows_the_sizes(parts, states):
    states.choices.set_passes(2)
    output = parts.queueing.parts.queue.output
    assert output.run_plan.settings.passes == 2
    assert output.run_plan.facts(SMALL).factor == 16
    assert output.target_size(Size(10, 20)) == Size(160, 320)
    twice = output.run_plan.settings
    states.choices.set_passes(1)
    assert output.target_size(Size(10, 20)) == Size(40, 80)
    assert output.target_size(Size(10, 20), twice) == Size(160, 320)


def test_the_queue_offers_them_too(window, states):
    window.queue_page.panel.size_field.twice.click()
    assert states.choices.settings.passes == 2
    assert window.page.controls.size_field.twice.isChecked()


def test_a_result_too_large_to_be_shown_is_refused_before_anything_is_computed(
    parts, states, upscaler, qtbot, at_rest, monkeypatch
):
    qtbot.waitUntil(lambda: is_whole(states))
    monkeypatch.setattr(preflight, "_SMALL_BYTES", 0)
    monkeypatch.setattr(preflight.psutil, "virtual_memory", lambda: SimpleNamespace(available=1_000_000))
    states.choices.set_passes(2)
    at_rest(parts)
    assert "9 MB of memory" in parts.messages.newest.text
    assert all(request.settings.passes == 1 for request in upscaler.requests)
    assert states.comparison.shown_right().title == "Not computed · 1 step · 2 passes"


def test_the_strips_keep_the_passes(states, qtbot):
    states.choices.set_models([SMALL, TEACHER, LARGE])
    states.choices.set_passes(2)
    assert {settings.passes for settings in states.sweep._every(states.choices.settings)} == {2}
    every = states.model_sweep._every(states.choices.settings)
    assert {settings.model: settings.passes for settings in every} == {SMALL.name: 2, TEACHER.name: 2, LARGE.name: 1}
