"""Single steps of the wizard: what they show follows the draft, also when it begins anew."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible

from distill.preset import Preset
from distill.wizard.draft import ChosenTeacher, Computer, Draft
from distill.wizard.presets import preset_recipe
from mfsr_app.desktop.messages import Messages
from mfsr_app.distill.check_step import CheckStep
from mfsr_app.distill.parts import build_distilling
from mfsr_app.distill.recipe_fields import RecipeFields
from mfsr_app.distill.recipe_step import RecipeStep
from mfsr_app.distill.result_step import ResultStep
from mfsr_engine.models.card import FamilyName
from tests.fakes import scripted_distilling
from tests.fakes.scripted_distilling import ScriptedDistilling


@pytest.fixture
def state(qapp):
    made = build_distilling(ScriptedDistilling(), Messages())
    yield made.state
    made.stop()


@pytest.fixture
def show(state, qtbot):
    def do(make):
        step = make(state)
        qtbot.addWidget(step)
        state.changed.connect(step.refresh)
        step.refresh()
        step.show()
        return step

    return do


def change(state, **what):
    state._set(replace(state.draft, **what))


def test_no_amount_of_training_stays_marked_when_none_is_chosen(show, state):
    step = show(RecipeStep)
    for preset in (Preset.TRY, Preset.PAPER, Preset.GOOD):
        step.radios[preset].click()
        assert [p for p, radio in step.radios.items() if radio.isChecked()] == [preset]
    state._set(Draft())
    assert not any(radio.isChecked() for radio in step.radios.values())


def test_every_student_is_offered_under_the_name_of_its_own_run(show, state):
    step = show(ResultStep)
    change(state, run_folder=Path("runs") / "first")
    assert step.title.text() == "first"
    step.title.setText("My first")
    state.changed.emit()
    assert step.title.text() == "My first"
    change(state, run_folder=None)
    change(state, run_folder=Path("runs") / "second")
    assert step.title.text() == "second"


def test_the_name_for_people_can_be_taken_away_and_typed_anew(show, state, qtbot):
    step = show(ResultStep)
    change(state, run_folder=Path("runs") / "first")
    step.title.selectAll()
    qtbot.keyClicks(step.title, "\b")
    assert step.title.text() == ""
    assert not step.install.isEnabled()
    qtbot.keyClicks(step.title, "Prints")
    assert step.title.text() == "Prints"


def test_what_training_takes_is_said_aloud_too(show, state):
    step = show(CheckStep)
    change(state, estimate=scripted_distilling.ESTIMATE)
    spoken = {QAccessible.queryAccessibleInterface(v).text(QAccessible.Text.Name) for v in step._values.values()}
    assert {"Time: 5 min", "Training: 900 steps"} <= spoken


def test_another_teacher_brings_the_numbers_that_its_students_have(qtbot, monkeypatch):
    from mfsr_engine.models import card

    compact = scripted_distilling.teacher_card()
    cards = {"small": compact, "large": compact.model_copy(update={"family": FamilyName.DIT4SR})}
    monkeypatch.setattr(card, "read_card", lambda folder: cards[folder.name])
    fields = RecipeFields()
    qtbot.addWidget(fields)
    for name, has_student in (("small", False), ("large", True), ("small", False)):
        teacher = ChosenTeacher(Path("models") / name, cards[name])
        fields.set_recipe(preset_recipe(Preset.TRY, "my-own", teacher, Path("photos"), "mixed", Computer()))
        assert any(path[0] == "student" for path in fields._fields) == has_student
        assert fields.widget("run", "minutes").text() != ""
