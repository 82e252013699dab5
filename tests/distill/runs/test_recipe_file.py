"""Recipes as files: in which words they are refused, and where their teacher is found."""

import pytest

from distill.runs.recipe_file import read_recipe
from mfsr_engine.errors import RequestError
from mfsr_engine.hub.store import ModelStore

STUDENT = 'name = "s"\n[data]\nphotos = "photos"\n[objective]\nkind = "meanflow"\nteacher = "teacher"\n'


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
