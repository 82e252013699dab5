"""Files written whole or not at all: into a temporary one beside it, then in its place. Knows nothing of their content."""

from __future__ import annotations

import os
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@contextmanager
def replacing(path: Path, check: Callable[[], None] = lambda: None) -> Iterator[BinaryIO]:
    """Open a temporary file that becomes `path` when the block ends well; missing folders are made.

    Whatever goes wrong in the block, the temporary file is gone afterwards and an older `path` is untouched.

    Args:
        path: file to make or replace.
        check: called at the last moment before the file takes its place; what it raises leaves an older one untouched.

    Raises:
        OSError: no space, no permission, or no such place.
    """
    temporary = path.with_name(f".mfsr-{os.getpid()}-{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        check()
        os.replace(temporary, path)  # noqa: PTH105 - by this name it is known to be atomic
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a text file in UTF-8, whole or not at all.

    Raises:
        OSError: as `replacing`.
    """
    with replacing(path) as file:
        file.write(text.encode())


def remove_leftovers(folder: Path, process_id: int) -> None:
    """Delete the temporary files of a process that was killed while it wrote into `folder`."""
    with suppress(OSError):
        for path in folder.glob(f".mfsr-{process_id}-*.part"):
            path.unlink(missing_ok=True)
