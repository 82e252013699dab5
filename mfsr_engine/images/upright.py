"""The one rule of orientation: for size, pixels and metadata, when probing and when reading."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mfsr_engine.geometry import Size
from mfsr_engine.images.exif import ExifError, parse_exif
from mfsr_engine.images.xmp import said_orientation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.images.decoded import Header, Records


def orientation_of(records: Records) -> int:
    """How the stored samples must be turned, 1..8: what the container says, else EXIF, else XMP."""
    if records.orientation is not None:
        return records.orientation
    try:
        said = parse_exif(records.exif).said_orientation if records.exif else None
    except ExifError:
        said = None
    return said or said_orientation(records.xmp) or 1


def upright_size(header: Header) -> Size:
    """Size of the picture once it is turned."""
    if orientation_of(header.records) >= 5:
        return Size(header.height, header.width)
    return Size(header.width, header.height)


def upright_samples(samples: NDArray[Any], orientation: int) -> NDArray[Any]:
    """(H, W, C) samples turned as the EXIF orientation 1..8 asks (EXIF 2.32, 4.6.4)."""
    if orientation >= 5:
        samples = samples.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    if orientation in (3, 4, 7, 8):
        samples = samples[::-1]
    return samples
