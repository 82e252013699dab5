"""Parses small JSON and TOML files from untrusted sources, with limits, so that none can hang or crash the program."""

from __future__ import annotations

import json
import math
import tomllib
import unicodedata
from typing import TYPE_CHECKING, Any, NoReturn

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 256 * 1024
"""Largest file that is read unless the caller allows more."""
MAX_INDEX_BYTES = 4 * 2**20
"""Largest list of a model's files or weights."""
MAX_DEPTH = 32
"""Most tables and lists inside each other."""
MAX_KEY_LENGTH = 256
"""Longest name of a field."""
MAX_DOTS = 500
"""Most dots in a line of TOML: `a.b.c` makes a table for each, at a cost that grows with their square."""
_KEPT = {"\n", "\t"}
_DIRECTIONS = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"}


class DocumentError(ValueError):
    """The file is larger, deeper or stranger than a document of this program can be, or not of its format."""


def read_json(path: Path, max_bytes: int = MAX_BYTES) -> Any:
    """The value in a JSON file, strings without control characters.

    Raises:
        OSError: the file cannot be opened.
        DocumentError: it is no plain file, too large, too deep, no JSON, or holds a number that is not finite.
    """
    return parse_json(_text(path, max_bytes))


def read_toml(path: Path, max_bytes: int = MAX_BYTES) -> dict[str, Any]:
    """The table in a TOML file, as `read_json`."""
    text = _text(path, max_bytes)
    if any(line.count(".") > MAX_DOTS for line in text.splitlines()):
        raise DocumentError(f"a line has more than {MAX_DOTS} dots")
    try:
        table = tomllib.loads(text)
    except RecursionError:
        raise DocumentError(f"it is nested more than {MAX_DEPTH} deep") from None
    except ValueError as error:
        raise DocumentError(str(error)) from error
    return _sound(table)  # type: ignore[no-any-return]


def parse_json(text: str | bytes) -> Any:
    """The value that JSON text holds.

    Raises:
        DocumentError: as `read_json`.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_number)
    except RecursionError:
        raise DocumentError(f"it is nested more than {MAX_DEPTH} deep") from None
    except DocumentError:
        raise
    except ValueError as error:
        raise DocumentError(str(error)) from error
    return _sound(value)


def plain_text(text: str) -> str:
    """A text without control characters and marks of writing direction, which could make a terminal or a window show
    something else than what it says. Line breaks and tabs stay.
    """
    return "".join(c for c in text if c in _KEPT or (unicodedata.category(c) != "Cc" and c not in _DIRECTIONS))


def check_sizes(value: Any, most: int = 65_536, longest: int = 64) -> None:
    """Refuse a configuration of a network that asks for sizes or counts which none has.

    Raises:
        DocumentError: a number is above `most`, or a list longer than `longest`.
    """
    match value:
        case int() | float():
            if abs(value) > most:
                raise DocumentError(f"{value} is above {most}")
        case list():
            if len(value) > longest:
                raise DocumentError(f"a list has {len(value)} entries")
            for item in value:
                check_sizes(item, most, longest)
        case dict():
            for item in value.values():
                check_sizes(item, most, longest)


def _text(path: Path, max_bytes: int) -> str:
    if not path.is_file():
        if path.exists():
            raise DocumentError("it is no plain file")
        raise FileNotFoundError(2, "No such file or directory", str(path))
    with path.open("rb") as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise DocumentError(f"it is larger than {max_bytes // 1024} KiB")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError("it is not UTF-8 text") from error


def _refuse_number(text: str) -> NoReturn:
    raise DocumentError(f"{text} is not a finite number")


def _sound(value: Any, depth: int = 0) -> Any:
    if depth > MAX_DEPTH:
        raise DocumentError(f"it is nested more than {MAX_DEPTH} deep")
    match value:
        case str():
            return plain_text(value)
        case float():
            if not math.isfinite(value):
                _refuse_number(str(value))
        case list():
            return [_sound(item, depth + 1) for item in value]
        case dict():
            if any(len(key) > MAX_KEY_LENGTH for key in value):
                raise DocumentError(f"the name of a field is longer than {MAX_KEY_LENGTH} characters")
            return {plain_text(key): _sound(item, depth + 1) for key, item in value.items()}
    return value
