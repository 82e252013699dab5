"""The numbers of a recipe as lines of text, to be read and changed in a terminal. Loads no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from distill.config import Section
from distill.runs.recipe_faults import field_faults, nearest
from mfsr_engine.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from distill.config import Recipe

_CHOSEN_BEFORE = {
    ("data", "photos"),
    ("data", "degradation"),
    ("data", "scan"),
    ("objective", "teacher"),
    ("objective", "kind"),
}
_ROOMS = ("data", "student", "objective", "optimizer", "run")


def described(recipe: Recipe) -> list[str]:
    """A line for each number that can be changed: its name, its value, and the recipe's own text."""
    return [f"{'.'.join(path)} = {_written(value)}: {text}" for path, value, text in _fields(recipe)]


def changed(recipe: Recipe, words: str) -> Recipe:
    """The recipe with one number changed.

    Args:
        recipe: to change.
        words: as in "run.minutes = 10"; lists by commas, nothing for none.

    Raises:
        RequestError: there is no such number, or it cannot have this value.
    """
    name, _, text = (part.strip() for part in words.partition("="))
    known = {".".join(path): (path, value) for path, value, _ in _fields(recipe)}
    if name not in known:
        like = nearest(name, known)
        hint = f"Did you mean {like}?" if like else "Write it as in: run.minutes = 10"
        raise RequestError(f'There is no number "{name}" in the recipe. {hint}')
    path, before = known[name]
    table = recipe.model_dump()
    inner: dict[str, Any] = table
    for part in path[:-1]:
        inner = inner[part]
    is_list = isinstance(before, tuple)
    inner[path[-1]] = [part.strip() for part in text.split(",") if part.strip()] if is_list else (text or None)
    try:
        return type(recipe).model_validate(table)
    except ValidationError as error:
        raise RequestError(f"{'; '.join(field_faults(error))}.") from error


def _fields(recipe: Recipe) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    for room in _ROOMS:
        yield from _inside((room,), getattr(recipe, room))


def _inside(path: tuple[str, ...], section: Section) -> Iterator[tuple[tuple[str, ...], Any, str]]:
    for name, info in type(section).model_fields.items():
        value = getattr(section, name)
        if isinstance(value, Section):
            yield from _inside((*path, name), value)
        elif (*path, name) not in _CHOSEN_BEFORE:
            yield (*path, name), value, info.description or ""


def _written(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(_written(part) for part in value)
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
