"""Recipes: what they refuse, in which words, and how they are kept."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from distill.config import EndPointLosses, MeanFlowObjective, read_recipe
from mfsr_engine.errors import RequestError
from mfsr_engine.hub.store import ModelStore

STUDENT = 'name = "s"\n[data]\nphotos = "photos"\n[objective]\nkind = "meanflow"\nteacher = "teacher"\n'


def objective(weight, **end_point):
    return MeanFlowObjective(teacher=Path("teacher"), weight=weight, end_point=EndPointLosses(**end_point))


def test_an_objective_without_any_loss_is_refused():
    with pytest.raises(ValidationError, match="nothing to learn from unless an end_point loss"):
        objective(0)


def test_steps_without_any_loss_are_refused():
    with pytest.raises(ValidationError, match=r"end_point\.every must be 1"):
        objective(0, pixel=1.0, every=2)


def test_a_rare_meanflow_loss_needs_the_others_at_every_step():
    assert MeanFlowObjective(teacher=Path("t"), every=3, end_point=EndPointLosses(pixel=1.0)).every == 3
    for others in (EndPointLosses(), EndPointLosses(pixel=1.0, every=2)):
        with pytest.raises(ValidationError, match="must be used at every step"):
            MeanFlowObjective(teacher=Path("t"), every=3, end_point=others)


@pytest.mark.parametrize("name", ["pixel", "lpips", "features", "adversarial"])
def test_any_one_end_point_loss_at_every_step_is_enough(name):
    assert objective(0, **{name: 0.5}).end_point.is_used


def test_beside_the_meanflow_loss_end_point_losses_may_be_rare_or_absent():
    assert not objective(0.1).end_point.is_used
    assert objective(0.1, pixel=1.0, every=4).end_point.every == 4


def test_a_recipe_that_has_nothing_to_learn_from_is_refused_in_words(tmp_path):
    file = tmp_path / "recipe.toml"
    file.write_text(f"{STUDENT}weight = 0\n")
    with pytest.raises(RequestError, match=r"wrong field objective\S*: With weight = 0 there is nothing to learn from"):
        read_recipe(file)


def test_a_teacher_is_a_folder_seen_from_the_recipe_or_the_name_of_an_installed_model(tmp_path):
    file, name = tmp_path / "recipe.toml", "mfsr-small-teacher"
    file.write_text(STUDENT.replace('"teacher"', f'"{name}"'), encoding="utf-8")
    assert read_recipe(file).objective.teacher == ModelStore.default().find(name).folder
    (tmp_path / name).mkdir()
    assert read_recipe(file).objective.teacher == tmp_path / name


def test_a_teacher_that_is_nowhere_is_sought_beside_the_recipe(tmp_path):
    file = tmp_path / "recipe.toml"
    file.write_text(STUDENT, encoding="utf-8")
    assert read_recipe(file).objective.teacher == tmp_path / "teacher"
