"""Every installed model on the part in view, as a strip; one click takes it."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from mfsr_engine.geometry import Size
from tests.fakes.scripted_engine import SMALL, TEACHER

TWICE = replace(SMALL, name="twice", title="Twice", scale=2)


@pytest.fixture
def states(window, parts, upscaler, qtbot):
    """A window on the wide picture at 100 %, only its part in view computed, with three models."""
    upscaler.installed = (SMALL, TEACHER, TWICE)
    window.model_in_use.list_models()
    made = parts.states
    qtbot.waitUntil(lambda: len(made.choices.models) == 3)
    made.upscaling.set_computes_whole(False)
    with qtbot.waitSignal(made.document.opened):
        window.open_path(Path("wide.png"))
    made.view.zoom_to(1.0)
    qtbot.waitUntil(lambda: made.upscaling.shown is not None and made.upscaling.is_in_view(made.upscaling.shown))
    qtbot.waitUntil(lambda: made.upscaling.activity is None)
    return made


def test_every_model_is_computed_as_it_was_made_for_and_a_click_takes_it(
    states, window, upscaler, at_rest, parts, qtbot
):
    asked = len(upscaler.requests)
    window.actions_table["model_sweep"].trigger()
    qtbot.waitUntil(lambda: states.model_sweep.is_open and not states.model_sweep.is_running)
    sweep, strip = states.model_sweep, window.page.model_sweep.strip
    made_with = [request.settings for request in upscaler.requests[asked:]]
    assert [(s.model, s.steps) for s in made_with] == [
        ("twice", TWICE.default_steps),
        (TEACHER.name, TEACHER.default_steps),
    ]
    assert {s.seed for s in made_with} == {states.choices.settings.seed}
    assert all(stop.picture is not None for stop in sweep.stops), "the one in use was there already"
    assert [strip.button(number).isChecked() for number in range(3)] == [True, False, False]
    assert strip.button(1).text().startswith(TEACHER.title)
    at_rest(parts)
    asked = len(upscaler.requests)
    qtbot.mouseClick(strip.button(1), Qt.MouseButton.LeftButton)
    assert states.choices.settings.model == TEACHER.name
    assert strip.button(1).isChecked()
    at_rest(parts)
    assert len(upscaler.requests) == asked, "nothing is computed again"
    qtbot.mouseClick(strip.button(0), Qt.MouseButton.LeftButton)
    assert states.choices.settings.model == SMALL.name


def test_other_settings_make_the_strip_outdated_and_one_strip_closes_the_other(states, window, qtbot):
    actions = window.actions_table
    actions["model_sweep"].trigger()
    qtbot.waitUntil(lambda: not states.model_sweep.is_running)
    states.choices.set_fidelity(0.5)
    assert states.model_sweep.is_outdated
    actions["sweep"].trigger()
    assert not states.model_sweep.is_open
    actions["model_sweep"].trigger()
    assert not states.sweep.is_open
    actions["close_model_sweep"].trigger()
    assert not states.model_sweep.is_open
    qtbot.waitUntil(lambda: states.upscaling.activity is None)


def test_it_can_be_stopped_and_another_picture_closes_it(states, window, upscaler, qtbot):
    upscaler.gate = threading.Event()
    window.actions_table["model_sweep"].trigger()
    assert window.actions_table["cancel"].isEnabled()
    window.commands.cancel()
    assert not states.model_sweep.is_running
    assert states.model_sweep.is_open
    upscaler.gate.set()
    with qtbot.waitSignal(states.document.opened):
        window.open_path(Path("small.png"))
    assert not states.model_sweep.is_open


def test_with_one_model_there_is_nothing_to_compare(window, parts, upscaler, qtbot):
    upscaler.installed = (SMALL,)
    window.model_in_use.list_models()
    with qtbot.waitSignal(parts.states.document.opened):
        window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: len(parts.states.choices.models) == 1)
    assert not window.actions_table["model_sweep"].isEnabled()
    assert parts.states.view.source == Size(64, 48)


def test_the_film_strip_makes_way_for_a_strip_of_results_in_a_low_window(states, window, qtbot):
    window.resize(880, 560)
    states.folder.photos = (Path("wide.png"), Path("small.png"))
    states.folder.changed.emit()
    qtbot.waitUntil(window.page.film.isVisible)
    window.actions_table["model_sweep"].trigger()
    assert not window.page.film.isVisible()
    qtbot.waitUntil(lambda: not states.model_sweep.is_running)
    window.actions_table["close_model_sweep"].trigger()
    assert window.page.film.isVisible()


def test_with_variants_steps_and_fidelities_are_compared_too_and_a_click_takes_all_of_one(
    states, window, upscaler, at_rest, parts, qtbot
):
    window.actions_table["model_sweep"].trigger()
    sweep, section = states.model_sweep, window.page.model_sweep
    qtbot.waitUntil(lambda: not sweep.is_running)
    section.variants.click()
    qtbot.waitUntil(lambda: not sweep.is_running and all(stop.picture is not None for stop in sweep.stops))
    found = [(s.settings.model, s.settings.steps, s.settings.fidelity) for s in sweep.stops]
    assert len(set(found)) == len(found)
    assert {(steps, fidelity) for model, steps, fidelity in found if model == SMALL.name} == {
        (1, 0.0), (2, 0.0), (4, 0.0), (1, 0.5), (1, 1.0),
    }  # fmt: skip
    assert {(steps, fidelity) for model, steps, fidelity in found if model == TEACHER.name} == {
        (40, 0.0), (40, 0.5), (40, 1.0),
    }  # fmt: skip
    number = found.index((SMALL.name, 1, 0.5))
    assert "50 %" in section.strip.button(number).text()
    at_rest(parts)
    asked = len(upscaler.requests)
    qtbot.mouseClick(section.strip.button(number), Qt.MouseButton.LeftButton)
    assert states.choices.settings.fidelity == 0.5
    assert sweep.chosen == number
    assert not sweep.is_outdated
    at_rest(parts)
    assert len(upscaler.requests) == asked, "nothing is computed again"
    section.variants.click()
    qtbot.waitUntil(lambda: len(sweep.stops) == 3 and not sweep.is_running)


@pytest.mark.parametrize(("fast", "steps"), [(None, [40]), (20, [40, 20])])
def test_a_teacher_is_compared_with_fewer_steps_only(states, upscaler, qtbot, fast, steps):
    teacher = replace(TEACHER, fast_steps=fast)
    states.choices.set_models([SMALL, teacher])
    states.model_sweep.set_has_variants(True)
    states.model_sweep.start()
    found = dict.fromkeys(s.settings.steps for s in states.model_sweep.stops if s.settings.model == teacher.name)
    assert list(found) == steps
    qtbot.waitUntil(lambda: not states.model_sweep.is_running)
