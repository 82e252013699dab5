"""Describes every invalid field of a recipe at once. Knows no file and no torch."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from distill.config import OBJECTIVES, Recipe, Section

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_LIKENESS = 0.7
"""Least likeness of two names, 0 to 1, at which one is taken for a mistyped other."""


def field_faults(error: ValidationError) -> tuple[str, ...]:
    """One entry for each wrong field: its name, a colon, and what is wrong with it, without a full stop."""
    return tuple(_words(one) for one in error.errors())


def nearest(name: str, known: Collection[str]) -> str:
    """The known name most like this one: as a whole, else by its last part; empty if none is like it."""
    last_parts = {path.rpartition(".")[2]: path for path in reversed(list(known))}
    whole = get_close_matches(name, known, n=1, cutoff=_LIKENESS)
    last = get_close_matches(name.rpartition(".")[2], last_parts, n=1, cutoff=_LIKENESS)
    return next(iter([*whole, *(last_parts[part] for part in last)]), "")


def field_names(section: type[Section] = Recipe) -> Iterator[str]:
    """Dotted names of all fields, those of every objective."""
    for name, info in section.model_fields.items():
        for part in OBJECTIVES.values() if name == "objective" else [info.annotation]:
            if isinstance(part, type) and issubclass(part, Section):
                yield from (f"{name}.{inner}" for inner in field_names(part))
            else:
                yield name


def unknown_field(name: str, known: Collection[str]) -> str:
    """That there is no field of this name, and which one may be meant."""
    like = nearest(name, known)
    return f"There is no such field (did you mean {like}?)" if like else "There is no such field"


def _words(error: ErrorDetails) -> str:
    name = ".".join(str(part) for part in error["loc"] if part not in OBJECTIVES)
    if error["type"] == "extra_forbidden":
        return f"{name}: {unknown_field(name, list(dict.fromkeys(field_names())))}"
    if error["type"] in ("union_tag_not_found", "union_tag_invalid"):
        return f"{name}.kind: Input should be {' or '.join(map(repr, OBJECTIVES))}"
    if error["type"] in ("model_type", "model_attributes_type"):
        return f"{name}: Input should be a table of fields"
    return f"{name}: {error['msg']}" if name else error["msg"]
