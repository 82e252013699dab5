"""What was asked for earlier arrives late, after the user has chosen something else: the later choice stays."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject

from mfsr_app.compare.choices import ModelInUse
from mfsr_app.compare.values import Mode
from mfsr_app.compare.workspace import Workspace, stamp_of, write_workspace
from mfsr_app.parts import AppFiles, WindowParts
from mfsr_engine.api import DeviceChoice, DtypeChoice, UpscaleSettings
from mfsr_engine.geometry import TargetSize
from mfsr_engine.settings.settings import SettingsFile
from tests.fakes.scripted_engine import SMALL, TEACHER

OF_LAST_TIME = UpscaleSettings(model=TEACHER.name, steps=12, seed=7, size=TargetSize(factor=2.0))
ANOTHER = replace(SMALL, name="another")


@pytest.fixture
def parts(make_parts, tmp_path) -> WindowParts:
    """A window whose last time ended with settings of a model that the engine has not told of yet."""
    photo = tmp_path / "wide.png"
    photo.write_bytes(b"a photograph")
    folder = tmp_path / "workspace"
    write_workspace(folder, Workspace(photo, stamp_of(photo), OF_LAST_TIME, Mode.LENS, None, None, ()))
    made = make_parts(kept=AppFiles(SettingsFile(tmp_path / "settings.toml"), workspace=folder))
    made.states.upscaling.set_computes_whole(False)
    return made


def restored(parts, qtbot):
    with qtbot.waitSignal(parts.states.document.opened):
        parts.workspace.restore()
    return parts.states.choices


def test_the_settings_of_last_time_come_as_soon_as_their_model_is_known(parts, qtbot):
    choices = restored(parts, qtbot)
    choices.set_compute(DeviceChoice.CPU, DtypeChoice.FP32)
    choices.set_models([SMALL, TEACHER])
    got = choices.settings
    assert (got.model, got.steps, got.seed, choices.size) == (TEACHER.name, 12, 7, OF_LAST_TIME.size)
    assert parts.states.comparison.mode is Mode.LENS


@pytest.mark.parametrize(
    ("choose", "chosen"),
    [
        (lambda choices: choices.set_seed(3), (SMALL.name, 1, 3, TargetSize())),
        (lambda choices: choices.set_steps(2), (SMALL.name, 2, 0, TargetSize())),
        (lambda choices: choices.set_size(TargetSize(width=99)), (SMALL.name, 1, 0, TargetSize(width=99))),
    ],
)
def test_what_is_chosen_before_the_model_is_known_stays(parts, qtbot, choose, chosen):
    choices = restored(parts, qtbot)
    choose(choices)
    choices.set_models([SMALL, TEACHER])
    assert (choices.settings.model, choices.settings.steps, choices.settings.seed, choices.size) == chosen


def test_what_is_chosen_while_the_photograph_is_read_stays(parts, qtbot):
    states = parts.states
    states.choices.set_models([SMALL, TEACHER])
    with qtbot.waitSignal(states.document.opened):
        parts.workspace.restore()
        states.choices.set_seed(3)
        states.comparison.set_mode(Mode.SPLIT)
    assert (states.choices.settings.model, states.choices.settings.seed) == (SMALL.name, 3)
    assert states.comparison.mode is Mode.SPLIT


def test_what_the_engine_says_of_models_is_no_choice_of_the_user(parts, qtbot):
    with qtbot.waitSignal(parts.states.document.opened):
        parts.workspace.restore()
        parts.states.choices.set_models([replace(SMALL, default_steps=4), TEACHER])
    assert parts.states.choices.settings.model == TEACHER.name


@pytest.fixture
def in_use(parts):
    owner = QObject()
    yield ModelInUse(parts.states.choices, parts.engine, parts.messages, owner)
    del owner


def test_a_model_that_is_new_is_used_as_soon_as_it_is_known(in_use, parts, upscaler, qtbot):
    upscaler.installed = (SMALL, TEACHER, ANOTHER)
    in_use.use(ANOTHER.name)
    parts.states.choices.set_seed(3)
    in_use.warm_up()
    qtbot.waitUntil(lambda: parts.states.choices.settings.model == ANOTHER.name)
    assert parts.states.choices.settings.seed == 3


def test_a_model_that_is_chosen_meanwhile_stays_in_use(in_use, parts, upscaler, qtbot):
    choices = parts.states.choices
    choices.set_models([SMALL, TEACHER])
    upscaler.installed = (SMALL, TEACHER, ANOTHER)
    in_use.use(ANOTHER.name)
    choices.set_model(TEACHER.name)
    in_use.warm_up()
    qtbot.waitUntil(lambda: len(choices.models) == 3)
    assert choices.settings.model == TEACHER.name


def test_a_new_model_takes_the_place_of_one_that_is_gone(in_use, parts, upscaler, qtbot):
    choices = parts.states.choices
    choices.set_models([SMALL, TEACHER])
    choices.set_model(TEACHER.name)
    upscaler.installed = (SMALL, ANOTHER)
    in_use.use(ANOTHER.name)
    in_use.warm_up()
    qtbot.waitUntil(lambda: choices.settings.model == ANOTHER.name)
