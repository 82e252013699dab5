"""Recipes as TOML files: read with every fault named, written whole, their paths and their teacher found. Knows no torch."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import tomli_w
from pydantic import ValidationError

from distill.config import MeanFlowObjective, Recipe
from distill.runs.text_file import write_whole
from mfsr_engine.errors import RequestError
from mfsr_engine.hub.store import ModelStore

if TYPE_CHECKING:
    from pathlib import Path


def read_recipe(path: Path) -> Recipe:
    """Read a recipe; paths in it become absolute.

    Raises:
        RequestError: the file is missing or wrong; the message names the field.
    """
    try:
        recipe = Recipe.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise RequestError(f"Cannot read the recipe {path}: {error.strerror}.") from error
    except tomllib.TOMLDecodeError as error:
        raise RequestError(f"The recipe {path} is not valid TOML: {error}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise RequestError(f"The recipe {path} has a wrong field {field}: {first['msg']}.") from error
    return resolved(recipe, path.parent)


def write_recipe(recipe: Recipe, path: Path) -> None:
    """Write a recipe as TOML, whole, with every default spelled out.

    Raises:
        RequestError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, tomli_w.dumps(recipe.model_dump(mode="json", exclude_none=True)))
    except OSError as error:
        raise RequestError(f"Cannot write the recipe {path}: {error.strerror}.") from error


def resolved(recipe: Recipe, folder: Path) -> Recipe:
    """The recipe with its relative paths taken from `folder`, and its teacher found."""
    data = recipe.data.model_copy(update={"photos": (folder / recipe.data.photos).resolve()})
    objective = recipe.objective
    if isinstance(objective, MeanFlowObjective):
        objective = objective.model_copy(update={"teacher": _teacher_folder(objective.teacher, folder)})
    student = recipe.student
    if student.start is not None:
        student = student.model_copy(update={"start": (folder / student.start).resolve()})
    return recipe.model_copy(update={"data": data, "objective": objective, "student": student})


def _teacher_folder(teacher: Path, folder: Path) -> Path:
    """What the recipe names: a folder seen from `folder` if it is there, else the installed model of that name."""
    beside = (folder / teacher).resolve()
    installed = () if beside.exists() else ModelStore.default().installed()
    return next((model.folder for model in installed if model.card.name == str(teacher)), beside)
