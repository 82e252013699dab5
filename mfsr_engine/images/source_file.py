"""Opens untrusted files: regular files only, never a device, pipe or folder, with a clear error otherwise."""

from __future__ import annotations

import os
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mfsr_engine.errors import ImageReadError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
"""Without waiting: a pipe that took the file's place meanwhile would hold the program until someone writes into it."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading.

    Raises:
        ImageReadError: missing, a folder, a device or pipe, not allowed, empty, or the disk fails while it is open; the
            message names the file and says what to do.
    """
    try:
        _check_plain(path, path.stat().st_mode)
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            state = os.fstat(file.fileno())
            _check_plain(path, state.st_mode)
            if not state.st_size:
                raise ImageReadError(f"{path.name} is empty (0 bytes). Get a complete copy of the file.")
            yield file
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise ImageReadError(f"{path.name} is a link to a file that is not there. Check where it leads.") from None
        raise ImageReadError(f"There is no file {path}. Check its name and place.") from None
    except PermissionError:
        raise ImageReadError(
            f"{path.name} may not be read. Ask its owner for permission, or copy it elsewhere."
        ) from None
    except OSError as error:
        raise ImageReadError(
            f"{path.name} cannot be read ({error.strerror or error}). Check the disk or connection it lies on."
        ) from error


def _check_plain(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise ImageReadError(f"{path.name} is a folder, not a picture. Choose a file in it.")
    if not stat.S_ISREG(mode):
        raise ImageReadError(f"{path.name} is a device or a pipe, not a file. Choose a picture file.")
