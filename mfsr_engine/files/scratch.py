"""Arrays for a whole picture: in memory while small, else in a temporary file that is mapped into memory. Knows no pictures."""

from __future__ import annotations

import errno
import math
import os
import shutil
import tempfile
from typing import TYPE_CHECKING, Any

import numpy as np

from mfsr_engine.errors import ImageWriteError
from mfsr_engine.files import paths

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import DTypeLike, NDArray

DISK_LIMIT_BYTES = 512 * 2**20
"""Arrays above this lie in a file."""

_CANNOT_RESERVE = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)


def scratch_array(shape: tuple[int, ...], dtype: DTypeLike, limit_bytes: int | None = None) -> NDArray[Any]:
    """An array of zeros.

    Args:
        shape: of the array.
        dtype: of its values.
        limit_bytes: largest size in memory; None is `DISK_LIMIT_BYTES`.

    Raises:
        ImageWriteError: the array is too large for memory, and the disk is full.
    """
    needed_bytes = math.prod(shape) * np.dtype(dtype).itemsize
    if needed_bytes <= (DISK_LIMIT_BYTES if limit_bytes is None else limit_bytes):
        return np.zeros(shape, dtype)
    folder = paths.cache_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:  # gone with the last reference to the array
            _reserve(file.fileno(), folder, needed_bytes)
            return np.memmap(file, dtype, "w+", shape=shape)
    except OSError as error:
        raise _explained(error, folder, needed_bytes) from error


def _reserve(descriptor: int, folder: Path, needed_bytes: int) -> None:
    """Take the space now: a disk that is full when a mapped page is first written ends the process."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(descriptor, 0, needed_bytes)
            return
        except OSError as error:
            if error.errno not in _CANNOT_RESERVE:
                raise
    if shutil.disk_usage(folder).free < needed_bytes:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _explained(error: OSError, folder: Path, needed_bytes: int) -> ImageWriteError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        problem = f"The disk of {folder} is full: a result of this size needs {needed_bytes / 1e9:.1f} GB there"
    else:
        problem = f"{folder} cannot hold a result of this size while it is made ({error.strerror or error})"
    return ImageWriteError(f"{problem}. Free some space, or set MFSR_HOME to a folder on another disk, and try again.")
