"""What every decoder returns: first the header's information, then samples as stored. Knows no format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mfsr_engine.files.formats import MAX_READ_MEGAPIXELS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.images.coded_color import CodedColor
    from mfsr_engine.images.jpeg_coding import JpegCoding
    from mfsr_engine.images.picture import DepthBits


class UnsupportedPicture(ValueError):  # noqa: N818 - a reason inside this package, not an error for the user
    """Why a file cannot be taken, as the second half of a sentence that begins with the file's name."""


@dataclass(frozen=True)
class Records:
    """Records as found in the file, unchecked."""

    icc_profile: bytes | None = None
    """ICC profile."""
    exif: bytes | None = None
    """EXIF record; its orientation still applies to the samples."""
    xmp: bytes | None = None
    """XMP packet."""
    iptc: bytes | None = None
    """IPTC-IIM record."""
    dpi: tuple[float, float] | None = None
    """Pixels per inch as the container says."""
    color: CodedColor | None = None
    """Colours named by numbers; they count only without an ICC profile."""
    orientation: int | None = None
    """How the samples are still to be turned, 1..8, where the container alone says it; None leaves it to EXIF and XMP."""


@dataclass(frozen=True)
class Header:
    """What a file says before its pixels are decoded."""

    width: int
    """Of the samples as stored."""
    height: int
    """Of the samples as stored."""
    records: Records = field(default_factory=Records)
    """What is beside the samples."""
    frame_count: int = 1
    """Pages or frames of full size; 0 is more than one, uncounted."""
    frame: int = 0
    """Which of the file's pages or frames is taken, as its decoder counts them."""
    notes: tuple[str, ...] = ()
    """What else the file holds that a result will not, in sentences for the user."""


@dataclass(frozen=True)
class Decoded:
    """One decoded file."""

    samples: NDArray[Any]
    """(H, W, C) unsigned whole numbers or float 0..1; C is 1 grey, 2 grey and opacity, 3 RGB, 4 RGB and opacity."""
    records: Records
    """What was beside the samples."""
    depth_bits: DepthBits = 8
    """8, or 16 for everything deeper."""
    notes: tuple[str, ...] = ()
    """What decoding had to change, in sentences for the user."""
    jpeg: JpegCoding | None = None
    """How the samples were compressed; None if the file is no JPEG."""


def check_size(width: int, height: int) -> None:
    """Refuse empty pictures and those that would fill the memory.

    Raises:
        UnsupportedPicture: a side is zero, or there are more pixels than `MAX_READ_MEGAPIXELS`.
    """
    if width < 1 or height < 1:
        raise UnsupportedPicture(f"has no pixels ({width} x {height}). Choose another picture.")
    if width * height > MAX_READ_MEGAPIXELS * 1_000_000:
        raise UnsupportedPicture(
            f"is too large ({width} x {height} pixels); at most {MAX_READ_MEGAPIXELS} megapixels can be read. "
            "Cut it into parts first."
        )
