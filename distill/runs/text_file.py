"""Text files of a run, written whole or not at all, since other programs read them at any moment."""

from __future__ import annotations

import uuid
from contextlib import suppress
from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write under a temporary name beside it, then put it in place of an older file.

    Raises:
        OSError: no space or no permission; the older file is untouched, and nothing else is left.
    """
    temporary = path.with_name(f".{path.name}-{uuid.uuid4().hex[:8]}")
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)
    except OSError:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise
