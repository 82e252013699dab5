"""Settings as a TOML file, read with care and written whole or not at all, and the texts that explain each of them. A damaged file
is kept aside, never lost.
"""

from __future__ import annotations

import ast
import inspect
import shutil
import textwrap
import tomllib
import types
import typing
import uuid
from contextlib import suppress
from dataclasses import MISSING, dataclass, fields, is_dataclass, replace
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeVar

from mfsr_engine.errors import MfsrError, RequestError
from mfsr_engine.files import paths
from mfsr_engine.settings.settings import Settings


@cache
def field_texts(kind: type) -> dict[str, str]:
    """Text of each field of a dataclass, by name, on one line; empty where the source is not at hand.

    Args:
        kind: a dataclass whose fields are followed by strings.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    except (OSError, TypeError, SyntaxError):
        return {}
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    texts = {}
    for first, second in pairwise(body):
        if (
            isinstance(first, ast.AnnAssign)
            and isinstance(first.target, ast.Name)
            and isinstance(second, ast.Expr)
            and isinstance(second.value, ast.Constant)
            and isinstance(second.value.value, str)
        ):
            texts[first.target.id] = " ".join(second.value.value.split())
    return texts


BACKUP_SUFFIX = ".bak"
_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
T = TypeVar("T")


class SettingsError(MfsrError):
    """The settings cannot be written: no permission or no space."""


@dataclass(frozen=True)
class LoadedSettings:
    """What a file gave."""

    settings: Settings
    """Always complete; defaults stand in for what is missing or wrong."""
    notes: tuple[str, ...] = ()
    """What was wrong, in sentences for the user."""


class SettingsFile:
    """One file that holds settings."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def default(cls) -> SettingsFile:
        """The user's own."""
        return cls(paths.config_dir() / "settings.toml")

    def load(self) -> LoadedSettings:
        """Read the file. What is wrong in it becomes the default, is told, and stays in a backup copy beside it."""
        try:
            table = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return LoadedSettings(Settings())
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            note = f"The settings could not be read ({error}). The defaults are used; {self._keep_copy()}."
            return LoadedSettings(Settings(), (note,))
        faults: list[str] = []
        settings = _dataclass_from(Settings, table, "", faults)
        if not faults:
            return LoadedSettings(settings)
        note = f"Some settings were not understood: {'; '.join(faults)}. Defaults stand in; {self._keep_copy()}."
        return LoadedSettings(settings, (note,))

    def save(self, settings: Settings) -> None:
        """Write everything, in place of the older file.

        Raises:
            SettingsError: no permission or no space; the older file is untouched.
        """
        import tomli_w

        temporary = self.path.with_name(f".{self.path.name}-{uuid.uuid4().hex[:8]}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            temporary.write_text(tomli_w.dumps(as_table(settings)), encoding="utf-8")
            temporary.replace(self.path)
        except OSError as error:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            reason = error.strerror or str(error)
            raise SettingsError(f"The settings were not saved: {self.path} cannot be written ({reason}).") from error

    def _keep_copy(self) -> str:
        copy = self.path.with_name(self.path.name + BACKUP_SUFFIX)
        try:
            shutil.copyfile(self.path, copy)
        except OSError:
            return f"no copy of the old file could be kept beside {self.path}"
        return f"the old file is kept as {copy}"


def as_table(value: Any) -> Any:
    """A settings object as TOML can hold it; what is none is left out."""
    if is_dataclass(value) and not isinstance(value, type):
        pairs = ((item.name, getattr(value, item.name)) for item in fields(value))
        return {name: as_table(held) for name, held in pairs if held is not None}
    if isinstance(value, tuple):
        return [as_table(held) for held in value]
    return value.value if isinstance(value, StrEnum) else value


def with_text(settings: Settings, key: str, text: str) -> Settings:
    """Settings with one value changed, given as a person types it.

    Args:
        settings: before.
        key: name of a field, or "output." and the name of one of its fields.
        text: the new value.

    Raises:
        RequestError: no such key, or no such value; the message lists what there is.
    """
    first, _, rest = key.partition(".")
    hints = typing.get_type_hints(Settings)
    if first not in plain_keys() and key not in plain_keys():
        raise RequestError(f'There is no setting "{key}". Settings are {", ".join(plain_keys())}.')
    if not rest:
        return replace(settings, **{first: _from_text(hints[first], text, key)})
    inner = getattr(settings, first)
    hint = typing.get_type_hints(type(inner))[rest]
    return replace(settings, **{first: replace(inner, **{rest: _from_text(hint, text, key)})})


def plain_keys() -> tuple[str, ...]:
    """Names of every setting that is one value, as the command line knows them."""
    table = as_table(Settings())
    inner = [f"output.{name}" for name in table["output"]]
    return (*(name for name, value in table.items() if not isinstance(value, (dict, list))), *inner)


def _from_text(kind: Any, text: str, key: str) -> Any:
    raw: Any = text
    if kind is bool:
        if text.lower() not in (*_YES, *_NO):
            raise RequestError(f'{key} must be yes or no, not "{text}".')
        raw = text.lower() in _YES
    elif kind is int:
        try:
            raw = int(text)
        except ValueError:
            raise RequestError(f'{key} must be a whole number, not "{text}".') from None
    try:
        return _value_from(kind, raw, key, [])
    except ValueError as error:
        raise RequestError(f"{key} {error}.") from None


def _dataclass_from(kind: type[T], table: Any, where: str, faults: list[str]) -> T:
    """A dataclass from a table; each fault is noted and leaves its field at the default.

    Raises:
        ValueError: not a table, or a field without default is missing.
    """
    if not isinstance(table, dict):
        raise ValueError("must be a table")
    hints = typing.get_type_hints(kind)
    faults += [f"{where}{name} is not known" for name in table if name not in hints]
    given: dict[str, Any] = {}
    for item in fields(kind):  # type: ignore[arg-type]
        if item.name not in table:
            if item.default is MISSING and item.default_factory is MISSING:
                raise ValueError(f"needs {item.name}")
            continue
        try:
            given[item.name] = _value_from(hints[item.name], table[item.name], f"{where}{item.name}.", faults)
            kind(**given)
        except (ValueError, RequestError) as error:
            faults.append(f"{where}{item.name} {str(error).rstrip('.')}")
            given.pop(item.name, None)
    return kind(**given)


def _value_from(kind: Any, raw: Any, where: str, faults: list[str]) -> Any:
    """A value of a type from what TOML held.

    Raises:
        ValueError: it is of another kind; the message continues a sentence that begins with the field's name.
    """
    origin = typing.get_origin(kind)
    if origin is tuple:
        return _tuple_from(typing.get_args(kind)[0], raw, where, faults)
    if origin in (types.UnionType, typing.Union):
        kind = next(part for part in typing.get_args(kind) if part is not type(None))
        return _value_from(kind, raw, where, faults)
    if isinstance(kind, type) and is_dataclass(kind):
        return _dataclass_from(kind, raw, where, faults)
    if issubclass(kind, StrEnum):
        known = [member.value for member in kind]
        if raw not in known:
            raise ValueError(f'must be one of {", ".join(known)}, not "{raw}"')
        return kind(raw)
    if kind is float and isinstance(raw, int) and not isinstance(raw, bool):
        return float(raw)
    if not isinstance(raw, kind) or (kind is int and isinstance(raw, bool)):
        words = {str: "text", int: "a whole number", float: "a number", bool: "true or false"}
        raise ValueError(f"must be {words[kind]}, not {raw!r}")
    return raw


def _tuple_from(kind: Any, raw: Any, where: str, faults: list[str]) -> tuple[Any, ...]:
    """A tuple from a list; entries that are wrong are noted and left out."""
    if not isinstance(raw, list):
        raise ValueError("must be a list")
    made = []
    for number, entry in enumerate(raw, 1):
        try:
            made.append(_value_from(kind, entry, f"{where}{number}.", faults))
        except (ValueError, RequestError) as error:
            faults.append(f"{where}{number} {str(error).rstrip('.')}")
    return tuple(made)
