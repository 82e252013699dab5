"""Writes a picture file atomically, and explains why it could not be written. Knows no pixels."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

from mfsr_engine.errors import ImageExistsError, ImageWriteError
from mfsr_engine.files import atomic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def replacing(
    path: Path,
    *,
    overwrite: bool,
    like: Path | None = None,
    is_original: Callable[[Path], bool] = lambda _: False,
    on_kept: Callable[[Path], None] = lambda _: None,
    elsewhere: Callable[[], Path] | None = None,
) -> Iterator[BinaryIO]:
    """Open a temporary file that becomes `path` when the block ends well; missing folders are made.

    Whatever goes wrong in the block, the temporary file is gone afterwards and an older `path` is untouched.

    Args:
        path: file to make or replace.
        overwrite: whether an older file is replaced.
        like: file whose date and permissions the new one gets.
        is_original: whether an older file is to be kept under another name.
        on_kept: told that name.
        elsewhere: gives another name if `path` is taken by then and not to be replaced; None raises.

    Raises:
        ImageExistsError: `path` is in the way.
        ImageWriteError: a folder is, or the system refuses to write; the message says why and what to do.
    """
    _check_free(path, overwrite or elsewhere is not None)
    kept: Path | None = None
    before: os.stat_result | None = None

    def settle() -> None:
        nonlocal kept, before
        _check_free(path, overwrite or elsewhere is not None)
        if not overwrite:
            return
        if path.is_file() and not path.is_symlink() and is_original(path):  # of a link only the link is replaced
            before = path.stat()
            kept = atomic.keep_beside(path)

    try:
        with atomic.replacing(path, settle, overwrite=overwrite, like=like, elsewhere=elsewhere) as file:
            yield file
    except BaseException as error:
        if kept is not None and before is not None and _is_still(path, before):  # and needs no second name
            kept.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _explained(path, error) from error
        raise
    if kept is not None:
        on_kept(kept)


def _is_still(path: Path, before: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), before)
    except OSError:
        return False


def _check_free(path: Path, overwrite: bool) -> None:
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except OSError as error:
        raise _explained(path, error) from error
    if is_folder:
        raise ImageWriteError(f"{path.name} is a folder. Choose another name for the picture.")
    if is_there and not overwrite:
        raise _already_there(path)


def _already_there(path: Path) -> ImageExistsError:
    return ImageExistsError(f"{path.name} exists already. Choose another name, or allow it to be replaced.")


def _explained(path: Path, error: OSError) -> ImageWriteError:
    if error.errno in _NO_SPACE:
        return ImageWriteError(
            f"The disk is full; {path.name} was not written. Free some space or choose another disk."
        )
    if error.errno in _NOT_ALLOWED:
        return ImageWriteError(f"{path.parent} may not be written to. Choose another folder or ask for permission.")
    if error.errno == errno.EEXIST and path.parent.is_dir():
        return _already_there(path)
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return ImageWriteError(f"{path.parent} is not a folder that can hold {path.name}. Choose another folder.")
    if error.errno == errno.ENAMETOOLONG:
        return ImageWriteError(f"The name {path.name} is too long. Choose a shorter one.")
    reason = error.strerror or str(error)
    return ImageWriteError(f"{path.name} cannot be written ({reason}). Choose another place and try again.")
