"""A quick look at a picture file: its size and a small copy, without decoding more than needed. Keeps no records."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageOps

from mfsr_engine.errors import ImageReadError
from mfsr_engine.files.formats import MAX_READ_MEGAPIXELS
from mfsr_engine.geometry import Size
from mfsr_engine.images.quantise import to_uint8
from mfsr_engine.images.reading import DECODER_ERRORS, read
from mfsr_engine.images.resize import fit_to
from mfsr_engine.images.xmp import declared_provenance

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from mfsr_engine.images.provenance import Provenance

ORIENTATION_TAG = 0x0112
"""EXIF tag that says how the picture is turned; from 5 on width and height change places."""


@dataclass(frozen=True)
class Glance:
    """What can be seen of a picture at once."""

    size: Size
    """Its true size, upright."""
    small: NDArray[np.uint8]
    """(h, w, 3) uint8 RGB, upright, no side above what was asked; opacity is left out."""


def header_size(path: Path) -> Size:
    """Size of a picture, upright, from its header wherever that says it.

    Raises:
        ImageReadError: the file is missing, damaged or no picture.
    """
    try:
        with _opened(path) as image:
            return _upright_size(image)
    except (*DECODER_ERRORS, Image.DecompressionBombError):
        return read(path).size


def glance(path: Path, side_px: int) -> Glance:
    """Look at a picture.

    Args:
        path: the file.
        side_px: longest side of the small copy.

    Raises:
        ImageReadError: the file is missing, damaged or no picture.
    """
    try:
        with _opened(path) as image:
            size = _upright_size(image)
            image.draft("RGB", (side_px * 2, side_px * 2))
            image.thumbnail((side_px, side_px))
            upright = ImageOps.exif_transpose(image)
            return Glance(size, np.asarray(upright.convert("RGB"), np.uint8))
    except (*DECODER_ERRORS, Image.DecompressionBombError):
        return _read_whole(path, side_px)


def _read_whole(path: Path, side_px: int) -> Glance:
    """For what Pillow does not read, such as HEIF and TIFF of 16 bits."""
    picture = read(path)
    size = picture.size
    small = size.scaled(min(1.0, side_px / max(size.width, size.height)))
    return Glance(size, to_uint8(fit_to(picture.pixels, small)))


@contextmanager
def _opened(path: Path) -> Iterator[Image.Image]:
    if not path.is_file():
        raise ImageReadError(f"There is no file {path}. Check its name and place.")
    Image.MAX_IMAGE_PIXELS = MAX_READ_MEGAPIXELS * 1_000_000  # one limit for the whole process, as in `read`
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged EXIF and large sizes are judged by `read`
        with Image.open(path) as image:
            yield image


def _upright_size(image: Image.Image) -> Size:
    width, height = image.size
    return Size(height, width) if image.getexif().get(ORIENTATION_TAG, 1) >= 5 else Size(width, height)


def provenance_of(path: Path) -> Provenance | None:
    """What a result's own record says of its making; None if it says nothing.

    Raises:
        ImageReadError: the file is missing, damaged or no picture.
    """
    try:
        with _opened(path) as image:
            packet = image.info.get("xmp")
    except (*DECODER_ERRORS, Image.DecompressionBombError):
        packet = read(path).kept.xmp
    return declared_provenance(packet) if isinstance(packet, bytes) else None
