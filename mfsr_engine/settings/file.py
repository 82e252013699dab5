"""Settings as a TOML file, read leniently and written atomically, and their descriptions. A damaged file is kept aside, never lost."""

from __future__ import annotations

import ast
import inspect
import shutil
import textwrap
import tomllib
import typing
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from mfsr_engine.errors import MfsrError, RequestError
from mfsr_engine.files import atomic, paths
from mfsr_engine.files.tables import as_table, dataclass_from, value_from
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
        settings = dataclass_from(Settings, table, faults)
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

        try:
            atomic.write_text(self.path, tomli_w.dumps(as_table(settings)))
        except OSError as error:
            reason = error.strerror or str(error)
            raise SettingsError(f"The settings were not saved: {self.path} cannot be written ({reason}).") from error

    def _keep_copy(self) -> str:
        copy = self.path.with_name(self.path.name + BACKUP_SUFFIX)
        try:
            shutil.copyfile(self.path, copy)
        except OSError:
            return f"no copy of the old file could be kept beside {self.path}"
        return f"the old file is kept as {copy}"


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
        return value_from(kind, raw)
    except ValueError as error:
        raise RequestError(f"{key} {error}.") from None
