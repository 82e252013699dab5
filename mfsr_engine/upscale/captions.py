"""Captions: what a photograph shows, in words, from a text file beside it. Knows no model and loads no torch."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 16_384
"""A caption is a few sentences; text encoders read 256 tokens of it. Larger files are something else."""
MAX_RECORDED = 2000
"""Letters of a caption that a result's own record holds: what a JPEG can carry of XMP is little."""
CAPTIONS_AHEAD = 32
"""Captions of later pictures that are encoded together with the one in hand. Far fewer texts than are kept encoded, or the
first would be forgotten before their pictures come.
"""


@dataclass(frozen=True)
class Caption:
    """What a photograph shows, in words."""

    text: str = ""
    """In one line; empty if there is none."""
    note: str = ""
    """Where it comes from, or why a file was left out, for the user."""


NO_CAPTION = Caption()


def caption_file(picture: Path) -> Path:
    """Where the caption of a picture is looked for: the same name, ending in .txt."""
    return picture.with_suffix(".txt")


def read_caption(picture: Path) -> Caption:
    """The caption in the text file beside a picture; none if there is no such file. Never raises: a picture needs none."""
    path = caption_file(picture)
    try:
        if not path.is_file():
            return NO_CAPTION
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
        text = _decoded(data)
    except OSError as error:
        return Caption(note=f"{path.name} was not taken for a caption: it cannot be read ({error.strerror or error}).")
    except UnicodeDecodeError:
        return Caption(note=f"{path.name} was not taken for a caption: it is no text in UTF-8.")
    if len(data) > MAX_BYTES:
        return Caption(note=f"{path.name} was not taken for a caption: it is longer than {MAX_BYTES // 1024} KiB.")
    line = one_line(text)
    return Caption(line, f"The caption was read from {path.name}.") if line else NO_CAPTION


def one_line(text: str) -> str:
    """A text without line breaks, repeated spaces and control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def recorded(caption: str) -> str:
    """A caption as results say it: in one line, and not longer than a record can hold."""
    return one_line(caption)[:MAX_RECORDED]


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data[: len(data) // 2 * 2].decode("utf-16")
    cut = len(data) > MAX_BYTES  # a cut letter at the end is no fault of the file
    return data.decode("utf-8-sig", errors="ignore" if cut else "strict")
