"""Where tiles are blended into the result, once, in place; on disk when it is large. Knows no models."""

from __future__ import annotations

import errno
import os
import shutil
import tempfile
from typing import TYPE_CHECKING

import numpy as np

from mfsr_engine.errors import ImageWriteError
from mfsr_engine.files import paths
from mfsr_engine.geometry import Rect

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

DISK_LIMIT_BYTES = 512 * 2**20
"""Results above this lie in a temporary file that the system keeps in memory as far as there is room."""

_CANNOT_RESERVE = (errno.EINVAL, errno.ENOSYS, errno.EOPNOTSUPP)


class Canvas:
    """A part of the enlarged picture that tiles are added to."""

    def __init__(self, area: Rect) -> None:
        """`area` is what the canvas shows, in pixels of the whole enlarged picture.

        Raises:
            ImageWriteError: the canvas is too large for memory, and the disk is full.
        """
        self.area = area
        self.pixels = _zeros((area.height, area.width, 3))

    def add(
        self, place: Rect, pixels: NDArray[np.float32], down: NDArray[np.float32], across: NDArray[np.float32]
    ) -> None:
        """Add a tile times its share of the blend.

        Args:
            place: where the tile lies, in pixels of the whole enlarged picture.
            pixels: (place.height, place.width, 3) float32 0..1.
            down: (place.height,) share along the height.
            across: (place.width,) share along the width.
        """
        common = place.intersected(self.area)
        if common is None:
            return
        rows, columns = common.relative_to(place).slices()
        share = down[rows, None] * across[None, columns]
        self.pixels[common.relative_to(self.area).slices()] += pixels[rows, columns] * share[..., None]

    def finish(self, place: Rect) -> Rect | None:
        """Say that no further tile will touch a part. Returns where it lies on the canvas, None if outside."""
        common = place.intersected(self.area)
        if common is None:
            return None
        local = common.relative_to(self.area)
        part = self.pixels[local.slices()]
        np.clip(part, 0, 1, out=part)  # shares add up to 1 only up to rounding
        return local


def _zeros(shape: tuple[int, int, int]) -> NDArray[np.float32]:
    needed_bytes = 4 * shape[0] * shape[1] * shape[2]
    if needed_bytes <= DISK_LIMIT_BYTES:
        return np.zeros(shape, np.float32)
    folder = paths.cache_dir()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:  # gone with the last reference to the array
            _reserve(file.fileno(), folder, needed_bytes)
            return np.memmap(file, np.float32, "w+", shape=shape)
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
