"""Writes a file whole or not at all: into a temporary one beside it, then in its place. Knows no pictures."""

from __future__ import annotations

import errno
import os
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from mfsr_engine.errors import ImageWriteError

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
    temporary = path.with_name(f".mfsr-{os.getpid()}-{uuid.uuid4().hex}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("x+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _check_free(path, overwrite)
        os.replace(temporary, path)  # noqa: PTH105 - by this name it is known to be atomic
    except OSError as error:
        raise _explained(path, error) from error
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def remove_leftovers(folder: Path, process_id: int) -> None:
    """Delete the temporary files of a process that was killed while it wrote into `folder`."""
    with suppress(OSError):
        for path in folder.glob(f".mfsr-{process_id}-*.part"):
            path.unlink(missing_ok=True)


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
