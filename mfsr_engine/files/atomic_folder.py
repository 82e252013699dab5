"""Folders that appear whole or not at all: filled under a hidden name beside their place, then moved in. Knows nothing of their content."""

from __future__ import annotations

import shutil
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

UNFINISHED, DOOMED = ".installing-", ".removing-"
"""What the hidden names begin with; a program that is killed leaves them behind."""


@contextmanager
def appearing(folder: Path, check: Callable[[], None] = lambda: None) -> Iterator[Path]:
    """A new folder that becomes `folder` when the block ends well, in place of an older one, and vanishes when it does not.

    No system moves a folder over one that holds something: the older one is moved away first, and back if the new one cannot
    be moved in. Between these two moves there is none.

    Args:
        folder: to make or replace.
        check: called at the last moment before the folder takes its place; what it raises leaves an older one untouched.

    Raises:
        OSError: no space, no permission, or no such place.
    """
    folder = folder.resolve()
    staging = hidden(folder, UNFINISHED)
    try:
        staging.mkdir(parents=True)
        yield staging
        check()
        _move_in(staging, folder)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def hidden(folder: Path, kind: str) -> Path:
    """A free name beside a folder, which lists of folders pass over."""
    return folder.with_name(f"{kind}{folder.name}-{uuid.uuid4().hex[:8]}")


def _move_in(staging: Path, folder: Path) -> None:
    if not folder.exists():
        staging.rename(folder)
        return
    old = hidden(folder, DOOMED)
    folder.rename(old)
    try:
        staging.rename(folder)
    except OSError:
        with suppress(OSError):
            old.rename(folder)
        raise
    shutil.rmtree(old, ignore_errors=True)
