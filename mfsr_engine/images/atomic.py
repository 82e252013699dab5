"""Writes a picture's file whole or not at all, and says in plain words why it could not. Knows no pixels."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from mfsr_engine.errors import ImageWriteError
from mfsr_engine.files import atomic

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def replacing(path: Path, *, overwrite: bool) -> Iterator[BinaryIO]:
    """Open a temporary file that becomes `path` when the block ends well; missing folders are made.

    Whatever goes wrong in the block, the temporary file is gone afterwards and an older `path` is untouched.

    Raises:
        ImageWriteError: `path` is in the way, or the system refuses to write; the message says why and what to do.
    """
    _check_free(path, overwrite)
    try:
        with atomic.replacing(path, lambda: _check_free(path, overwrite)) as file:
            yield file
    except OSError as error:
        raise _explained(path, error) from error


def _check_free(path: Path, overwrite: bool) -> None:
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except OSError as error:
        raise _explained(path, error) from error
    if is_folder:
        raise ImageWriteError(f"{path.name} is a folder. Choose another name for the picture.")
    if is_there and not overwrite:
        raise ImageWriteError(f"{path.name} exists already. Choose another name, or allow it to be replaced.")


def _explained(path: Path, error: OSError) -> ImageWriteError:
    if error.errno in _NO_SPACE:
        return ImageWriteError(
            f"The disk is full; {path.name} was not written. Free some space or choose another disk."
        )
    if error.errno in _NOT_ALLOWED:
        return ImageWriteError(f"{path.parent} may not be written to. Choose another folder or ask for permission.")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return ImageWriteError(f"{path.parent} is not a folder that can hold {path.name}. Choose another folder.")
    if error.errno == errno.ENAMETOOLONG:
        return ImageWriteError(f"The name {path.name} is too long. Choose a shorter one.")
    reason = error.strerror or str(error)
    return ImageWriteError(f"{path.name} cannot be written ({reason}). Choose another place and try again.")
