"""A picture in memory, and the metadata that must survive from file to file. Plain data; knows no format."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from mfsr_engine.geometry import Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.images.jpeg_coding import JpegCoding

DepthBits = Literal[8, 16]
"""Bits of one colour value in a file."""


@dataclass(frozen=True)
class KeptMetadata:
    """What a file carried beside its pixels. The default is a file that carried nothing."""

    icc_profile: bytes | None = None
    """ICC profile of the pixels; None means sRGB (or grey with sRGB's curve)."""
    exif: bytes | None = None
    """EXIF record from its TIFF header on, upright (orientation 1) and without thumbnail."""
    xmp: bytes | None = None
    """XMP packet as it was found."""
    iptc: bytes | None = None
    """IPTC-IIM record."""
    dpi: tuple[float, float] | None = None
    """Pixels per inch, horizontal and vertical; None if the file does not say."""
    depth_bits: DepthBits = 8
    """Depth of the source: 16 for everything deeper than 8. A result is written with it unless told otherwise."""
    is_gray: bool = False
    """Whether the source had one colour channel; a result is written so again where the format can."""


@dataclass(frozen=True)
class Picture:
    """A decoded picture, upright."""

    pixels: NDArray[Any]
    """(H, W, 3) float32 0..1, RGB order, encoded as in the file (sRGB unless `kept.icc_profile` says otherwise); or uint8 or
    uint16 where it was asked to be read as stored."""
    alpha: NDArray[Any] | None = None
    """(H, W) opacity of the same type, not multiplied into the pixels; None if the file has none."""
    kept: KeptMetadata = field(default_factory=KeptMetadata)
    """What is written back with the result."""
    notes: tuple[str, ...] = ()
    """What reading had to change or leave out, in sentences for the user."""
    frame_count: int = 1
    """Pages or frames of full size in the file, of which this is the first; 0 is more than one, uncounted."""
    jpeg: JpegCoding | None = None
    """How its file was compressed; None if that was no JPEG, or if the pixels no longer lie as its blocks did."""

    @property
    def source_depth_bits(self) -> DepthBits:
        """Depth of the file: 8, or 16 for everything deeper."""
        return self.kept.depth_bits

    @property
    def is_gray(self) -> bool:
        """Whether the file had one colour channel; the three of `pixels` are equal then."""
        return self.kept.is_gray

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.pixels.shape[1], self.pixels.shape[0])
