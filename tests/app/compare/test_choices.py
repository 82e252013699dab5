"""The settings in use stay within what the chosen model can do."""

import pytest

from mfsr_app.compare.choices import Choices
from mfsr_engine.api import UpscaleSettings
from mfsr_engine.errors import ModelError
from mfsr_engine.geometry import TargetSize
from mfsr_engine.settings.settings import Preset
from tests.fakes.scripted_engine import SMALL, TEACHER


@pytest.fixture
def choices(qapp):
    made = Choices()
    made.set_models([SMALL, TEACHER])
    return made


def test_equal_settings_are_one_key_whether_steps_were_given_or_not():
    assert Choices().settings == Choices(UpscaleSettings(steps=1)).settings


def test_another_model_starts_at_the_steps_it_was_made_for(choices):
    choices.set_steps(3)
    choices.set_model(TEACHER.name)
    assert choices.settings.steps == 40
    choices.set_model(SMALL.name)
    assert choices.settings.steps == 1


@pytest.mark.parametrize(("asked", "got"), [(0, 1), (5, 5), (99, 8)])
def test_steps_end_where_the_model_ends(choices, asked, got):
    choices.set_steps(asked)
    assert choices.settings.steps == got


def test_a_model_that_is_gone_falls_back_to_the_first(choices):
    choices.set_model(TEACHER.name)
    choices.set_models([SMALL])
    assert choices.settings.model == SMALL.name


def test_nothing_is_told_when_the_choice_is_the_old_one(choices, qtbot):
    with qtbot.assertNotEmitted(choices.changed):
        choices.set_seed(0)
        choices.set_steps(1)
        choices.set_fidelity(0.0)


def test_the_size_of_the_file_changes_no_pixels(choices, qtbot):
    with qtbot.assertNotEmitted(choices.changed), qtbot.waitSignal(choices.size_changed):
        choices.set_size(TargetSize(width=100))
    assert choices.settings.size == TargetSize()


def test_rolling_gives_another_seed(choices, qtbot):
    with qtbot.waitSignal(choices.changed):
        choices.roll_seed()
    assert choices.settings.seed > 0


def test_a_preset_of_the_very_number_in_use_ends_auto_too(choices):
    choices.set_suited_fidelity(0.5)
    choices.set_fidelity_auto(True)
    choices.use_preset(Preset("mine", choices.settings.model, 1, fidelity=0.5))
    assert (choices.settings.fidelity, choices.is_fidelity_auto) == (0.5, False)


def test_fidelity_follows_the_picture_until_another_number_is_chosen(choices, qtbot):
    choices.set_suited_fidelity(0.5)
    assert choices.settings.fidelity == 0, "a number is not changed unasked"
    with qtbot.waitSignals([choices.fidelity_auto_changed, choices.changed]):
        choices.set_fidelity_auto(True)
    assert choices.settings.fidelity == 0.5
    choices.set_suited_fidelity(0.25)
    assert choices.settings.fidelity == 0.25
    choices.set_fidelity(0.25)
    assert choices.is_fidelity_auto, "it is that number already"
    with qtbot.waitSignal(choices.fidelity_auto_changed):
        choices.set_fidelity(0.7)
    assert not choices.is_fidelity_auto
    choices.set_suited_fidelity(0.5)
    assert choices.settings.fidelity == 0.7


def test_switched_off_it_stays_where_it_is(choices):
    choices.set_suited_fidelity(0.5)
    choices.set_fidelity_auto(True)
    choices.set_fidelity_auto(False)
    choices.set_suited_fidelity(0.0)
    assert choices.settings.fidelity == 0.5


def test_a_model_that_was_installed_is_offered(window, parts, upscaler, qtbot):
    choices = parts.states.choices
    upscaler.installed = upscaler.installed[:1]
    parts.around.models.installed_changed.emit()
    qtbot.waitUntil(lambda: len(choices.models) == 1)


def test_models_that_cannot_be_listed_after_an_installation_are_told_of(window, parts, upscaler, monkeypatch, qtbot):
    def refuse():
        raise ModelError("The folder of models cannot be read. Check its permissions.")

    monkeypatch.setattr(upscaler, "models", refuse)
    parts.around.models.installed_changed.emit()
    qtbot.waitUntil(lambda: "cannot be read" in window.message_bar.text)
