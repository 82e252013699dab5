"""Captions of photographs, read from text files beside them or from one file for all. Knows no model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from distill.data.sources import member_of
from mfsr_engine.errors import RequestError
from mfsr_engine.upscale.captions import MAX_BYTES, one_line, read_caption

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

CAPTIONS_FILE = "captions.jsonl"
_FILE_KEYS, _TEXT_KEYS = ("file_name", "file"), ("caption", "text")


def captions_of(photos: Sequence[Path], folder: Path) -> list[str]:
    """What each photograph shows, in words and one line; empty where nothing says so.

    Args:
        photos: below `folder`, files and members of shards.
        folder: may hold `captions.jsonl`, each line an object with the photograph's path below the folder ("file_name") and its
            caption ("caption" or "text"). A photograph that it does not name may have a text file next to it, as `harbour.txt` of
            `harbour.jpg`, in a shard too.

    Raises:
        RequestError: a line of the file is no such object, or the file cannot be read.
    """
    listed = _listed(folder / CAPTIONS_FILE)
    return [listed.get(_name(photo, folder)) or _beside(photo) for photo in photos]


def _name(photo: Path, folder: Path) -> str:
    return photo.relative_to(folder).as_posix() if photo.is_relative_to(folder) else photo.name


def _beside(photo: Path) -> str:
    """A text file that cannot be read is passed over, as it is when a picture is upscaled."""
    member = member_of(photo.with_suffix(".txt"), MAX_BYTES)
    return read_caption(photo).text if member is None else one_line(member.decode("utf-8", errors="ignore"))


def _listed(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    found = {}
    try:
        with path.open(encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    name, text = _entry(line, path, number)
                    found[name] = one_line(text)
    except (OSError, UnicodeDecodeError) as error:
        raise RequestError(f"{path} cannot be read ({error}). It must be text in UTF-8.") from error
    return found


def _entry(line: str, path: Path, number: int) -> tuple[str, str]:
    try:
        table = json.loads(line)
        name, text = (next(table[key] for key in keys if key in table) for keys in (_FILE_KEYS, _TEXT_KEYS))
    except (ValueError, TypeError, RuntimeError):
        name = text = None
    if not isinstance(name, str) or not isinstance(text, str):
        raise RequestError(
            f'Line {number} of {path} is no object with "file_name" and "caption", as in '
            '{"file_name": "harbour.jpg", "caption": "boats in a harbor"}.'
        )
    return name, text
