"""Serialises frozen dataclasses to tables for TOML and JSON, and back, with validation. Settings are read before the window is shown, so
this does without libraries that take long to load.
"""

from __future__ import annotations

import json
import types
import typing
from dataclasses import MISSING, fields, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from mfsr_engine.errors import RequestError

T = TypeVar("T")


def as_table(value: Any) -> Any:
    """A dataclass as a table, with all that it holds; what is none is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((item.name, getattr(value, item.name)) for item in fields(value))
        return {name: as_table(held) for name, held in pairs if held is not None}
    if isinstance(value, tuple):
        return [as_table(held) for held in value]
    if isinstance(value, Path):
        return str(value)
    return value.value if isinstance(value, StrEnum) else value


def as_json(value: Any) -> str:
    """A dataclass as text in JSON."""
    return json.dumps(as_table(value), indent=1)


def from_json(kind: type[T], text: str) -> T:
    """The dataclass that `as_json` wrote. Fields that were not known then have their defaults.

    Raises:
        ValueError: it is none, or from another version.
    """
    faults: list[str] = []
    made = dataclass_from(kind, json.loads(text), faults)
    if faults:
        raise ValueError("; ".join(faults))
    return made


def dataclass_from(kind: type[T], table: Any, faults: list[str], where: str = "") -> T:
    """A dataclass from a table; each fault is noted and leaves its field at the default.

    Args:
        kind: the dataclass.
        table: as `as_table` gives it, or someone has typed it.
        faults: gets what is wrong, each as a sentence without its end that begins with the field's name.
        where: what comes before the names of fields there.

    Raises:
        ValueError: not a table, or a field without default is missing or wrong.
    """
    if not isinstance(table, dict):
        raise ValueError("must be a table")
    hints = typing.get_type_hints(kind)
    faults += [f"{where}{name} is not known" for name in table if name not in hints]
    every = fields(kind)  # type: ignore[arg-type]
    needed = {item.name for item in every if item.default is MISSING and item.default_factory is MISSING}
    given: dict[str, Any] = {name: None for name in needed if _is_optional(hints[name])}
    for name in (item.name for item in every if item.name in table):
        try:
            given[name] = value_from(hints[name], table[name], faults, f"{where}{name}.")
            if needed <= given.keys():
                kind(**given)  # which may refuse the value
        except (ValueError, RequestError) as error:
            fault = f"{name} {str(error).rstrip('.')}"
            if name in needed:
                raise ValueError(fault) from error
            faults.append(where + fault)
            given.pop(name, None)
    if missing := sorted(needed - given.keys()):
        raise ValueError(f"needs {', '.join(missing)}")
    return kind(**given)


def value_from(kind: Any, raw: Any, faults: list[str] | None = None, where: str = "") -> Any:
    """A value of a type from what a table held; see `dataclass_from`.

    Raises:
        ValueError: it is of another kind; the message continues a sentence that begins with the field's name.
    """
    faults = [] if faults is None else faults
    origin = typing.get_origin(kind)
    if origin is tuple:
        return _tuple_from(typing.get_args(kind), raw, faults, where)
    if origin in (types.UnionType, typing.Union):
        if raw is None and _is_optional(kind):
            return None
        kind = next(part for part in typing.get_args(kind) if part is not type(None))
        return value_from(kind, raw, faults, where)
    if isinstance(kind, type) and is_dataclass(kind):
        return dataclass_from(kind, raw, faults, where)
    if issubclass(kind, StrEnum):
        known = [member.value for member in kind]
        if raw not in known:
            raise ValueError(f'must be one of {", ".join(known)}, not "{raw}"')
        return kind(raw)
    if kind is Path and isinstance(raw, str):
        return Path(raw)
    if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    if not isinstance(raw, kind) or (kind is int and isinstance(raw, bool)):
        words = {str: "text", Path: "text", int: "a whole number", float: "a number", bool: "true or false"}
        raise ValueError(f"must be {words[kind]}, not {raw!r}")
    return raw


def _is_optional(kind: Any) -> bool:
    return type(None) in typing.get_args(kind)


def _tuple_from(kinds: tuple[Any, ...], raw: Any, faults: list[str], where: str) -> tuple[Any, ...]:
    """A tuple from a list. Of one that may be of any length, entries that are wrong are noted and left out."""
    if not isinstance(raw, list):
        raise ValueError("must be a list")
    if kinds[-1] is not Ellipsis:
        if len(raw) != len(kinds):
            raise ValueError(f"must be a list of {len(kinds)}")
        return tuple(value_from(kind, entry, faults, where) for kind, entry in zip(kinds, raw, strict=True))
    made = []
    for number, entry in enumerate(raw, 1):
        try:
            made.append(value_from(kinds[0], entry, faults, f"{where}{number}."))
        except (ValueError, RequestError) as error:
            faults.append(f"{where}{number} {str(error).rstrip('.')}")
    return tuple(made)
