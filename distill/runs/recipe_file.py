"""Reads and writes recipes as TOML: reports every error, writes atomically, resolves paths and teacher. Knows no torch."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import tomli_w
from pydantic import ValidationError

from distill.config import ConditionalLatentObjective, MeanFlowObjective, Recipe
from distill.runs.recipe_faults import field_faults
from distill.runs.text_file import write_whole
from mfsr_engine.errors import RequestError
from mfsr_engine.files.documents import DocumentError, read_toml
from mfsr_engine.hub.store import ModelStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def read_recipe(path: Path, changes: Sequence[str] = ()) -> Recipe:
    """Read a recipe; paths in it become absolute.

    Args:
        path: the file.
        changes: fields to set before it is checked, as in "objective.guidance=4"; nothing behind the sign is the default.

    Raises:
        RequestError: the file is missing or wrong; the message names every wrong field.
    """
    try:
        table = read_toml(path)
        for change in changes:
            _set(table, change)
        recipe = Recipe.model_validate(table)
    except OSError as error:
        raise RequestError(f"Cannot read the recipe {path}: {error.strerror}.") from error
    except DocumentError as error:
        raise RequestError(f"The recipe {path} is not valid TOML: {error}.") from error
    except ValidationError as error:
        faults = field_faults(error)
        if len(faults) == 1:
            raise RequestError(f"The recipe {path} has a wrong field {faults[0]}.") from error
        raise RequestError(f"The recipe {path} has {len(faults)} wrong fields: {'; '.join(faults)}.") from error
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
    elif isinstance(objective, ConditionalLatentObjective) and objective.start is not None:
        objective = objective.model_copy(update={"start": (folder / objective.start).resolve()})
    student, network = recipe.student, recipe.network
    if student.start is not None:
        student = student.model_copy(update={"start": (folder / student.start).resolve()})
    if network.codec is not None:
        network = network.model_copy(update={"codec": (folder / network.codec).resolve()})
    changes = {"data": data, "objective": objective, "student": student, "network": network}
    return recipe.model_copy(update=changes)


def _teacher_folder(teacher: Path, folder: Path) -> Path:
    """What the recipe names: a folder seen from `folder` if it is there, else the installed model of that name."""
    beside = (folder / teacher).resolve()
    installed = () if beside.exists() else ModelStore.default().installed()
    return next((model.folder for model in installed if model.card.name == str(teacher)), beside)


def _set(table: dict[str, Any], change: str) -> None:
    """Put one field into a recipe's table, as TOML says it, or as a bare word."""
    name, sign, text = (part.strip() for part in change.partition("="))
    *path, last = name.split(".")
    if not sign or not last:
        raise RequestError(f'"{change}" sets no field. Write it as in: --set objective.guidance=4')
    for part in path:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise RequestError(f'"{change}" cannot be set: {part} is a field and not a table of fields.')
    if text:
        table[last] = _value(text)
    else:
        table.pop(last, None)


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"x={text}")["x"]
    except tomllib.TOMLDecodeError:
        return text
