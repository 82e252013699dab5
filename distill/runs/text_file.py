"""Text files of a run, written atomically, since other programs may read them at any moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine.files import atomic

if TYPE_CHECKING:
    from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Write a file that is soon written anew: whole or not at all, but without waiting for the disk.

    Raises:
        OSError: no space, no permission, or no such folder; the older file is untouched, and nothing else is left.
    """
    path.parent.stat()  # the folder of a run that was deleted is not to come back
    atomic.write_text(path, text, is_durable=False)
