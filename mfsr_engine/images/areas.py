"""Areas of a picture in a file of their own: a picture of the same size, white where something else is to happen. Knows no model."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from mfsr_engine.api import AreasFile, MaskedAreas
from mfsr_engine.errors import ImageExistsError, RequestError
from mfsr_engine.geometry import Rect, Size
from mfsr_engine.images.picture import KeptMetadata
from mfsr_engine.images.quantise import to_float, to_uint8
from mfsr_engine.images.reading import header_size, read
from mfsr_engine.images.writing import write_pieces
from mfsr_engine.strips import STRIP_ROWS, Piece

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

MASK_SUFFIX = ".png"
"""Ending of masks that are written: without loss, and small where little is painted."""


def check_areas(areas: AreasFile, name: str, size: Size) -> None:
    """Refuse a mask that does not fit its picture, from its header alone.

    Args:
        areas: where the mask lies.
        name: of the picture, for the message.
        size: of the picture.

    Raises:
        ImageReadError: it is missing, or no picture.
        RequestError: it has another size.
    """
    _check_size(areas.path, header_size(areas.path), name, size)


def read_areas(areas: AreasFile, name: str, size: Size) -> MaskedAreas:
    """The areas of a picture.

    Args:
        areas: where the mask lies, and what happens there.
        name: of the picture, for the message.
        size: of the picture.

    Raises:
        ImageReadError: the mask is missing, damaged, or no picture.
        RequestError: it has another size.
    """
    mask = read_mask(areas.path)
    _check_size(areas.path, Size(mask.shape[1], mask.shape[0]), name, size)
    return MaskedAreas(mask, areas.fidelity)


def _check_size(path: Path, found: Size, name: str, size: Size) -> None:
    if found != size:
        raise RequestError(
            f"The areas in {path.name} have {found.width} x {found.height} pixels, but {name} has "
            f"{size.width} x {size.height}. Paint them on a copy of the same size."
        )


def read_mask(path: Path) -> NDArray[np.uint8]:
    """(H, W) uint8 of a mask: the brightness of its pixels, and 0 where they are transparent.

    Raises:
        ImageReadError: it is missing, damaged, or no picture.
    """
    picture = read(path, as_stored=True)
    size = picture.size
    mask = np.empty((size.height, size.width), np.uint8)
    for rows in _strips(size.height):
        bright = to_float(picture.pixels[rows]).mean(axis=2)
        if picture.alpha is not None:
            bright *= to_float(picture.alpha[rows])
        mask[rows] = to_uint8(bright)
    return mask


def kept_areas(folder: Path, areas: MaskedAreas) -> AreasFile:
    """Write the mask of areas into a folder, under a name that follows from its pixels; one that is there already is not written again.

    Raises:
        ImageWriteError: no room, or no permission.
    """
    mask = areas.mask if areas.mask.dtype == np.uint8 else to_uint8(areas.mask)
    found = hashlib.sha256(repr(mask.shape).encode())
    found.update(np.ascontiguousarray(mask).data)
    path = folder / f"{found.hexdigest()[:32]}{MASK_SUFFIX}"
    if not path.exists():
        size, kept = Size(mask.shape[1], mask.shape[0]), KeptMetadata(is_gray=True)
        with suppress(ImageExistsError):  # another window was quicker
            write_pieces(path, size, _pieces(mask), has_alpha=False, kept=kept)
    return AreasFile(path, areas.fidelity)


def remove_other_masks(folder: Path, kept: Collection[Path]) -> None:
    """Delete what `kept_areas` wrote into a folder, but for some. What cannot be deleted stays."""
    with suppress(OSError):
        for path in folder.glob(f"*{MASK_SUFFIX}"):
            if path not in kept:
                with suppress(OSError):
                    path.unlink()


def _pieces(mask: NDArray[np.uint8]) -> Iterator[Piece]:
    for rows in _strips(mask.shape[0]):
        pixels = np.repeat(to_float(mask[rows])[..., None], 3, axis=2)
        yield Piece(Rect(0, rows.start, mask.shape[1], pixels.shape[0]), pixels)


def _strips(height: int) -> Iterator[slice]:
    return (slice(top, top + STRIP_ROWS) for top in range(0, height, STRIP_ROWS))
