"""File names that every file system accepts. Opens nothing."""

from __future__ import annotations

import hashlib
import os

MAX_NAME_BYTES = 255
"""Of a file's name on nearly every disk, its ending included; Windows counts letters, which are never more."""

_MARK_LETTERS = 8


def fitting(stem: str, rest: str) -> str:
    """A name without its ending, in short if it would be too long together with what follows it; see `shortened`."""
    excess_bytes = len(os.fsencode(stem + rest)) - MAX_NAME_BYTES
    return stem if excess_bytes <= 0 else shortened(stem, excess_bytes)


def shortened(name: str, less_bytes: int) -> str:
    """A name that takes fewer bytes: its beginning and a mark of the whole, by which it differs from others that begin so.

    Args:
        name: without its ending.
        less_bytes: at least how many bytes fewer.
    """
    whole = os.fsencode(name)
    mark = f"~{hashlib.sha256(whole).hexdigest()[:_MARK_LETTERS]}"
    room_bytes = max(0, len(whole) - less_bytes - len(mark))
    while room_bytes and whole[room_bytes] & 0xC0 == 0x80:  # not in the middle of a letter
        room_bytes -= 1
    return os.fsdecode(whole[:room_bytes]) + mark
