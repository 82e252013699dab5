"""Everything an encoder is given but the pixels. Plain data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfsr_engine.geometry import Size
    from mfsr_engine.images.picture import DepthBits


@dataclass(frozen=True)
class EncodeJob:
    """One picture ready to be encoded, but for its pixels; everything in it fits the format."""

    size: Size
    """Of the picture."""
    channels: int
    """1 grey, 2 grey and opacity, 3 RGB, 4 RGB and opacity."""
    depth_bits: DepthBits
    """8 for samples of uint8, 16 for uint16."""
    quality: int
    """1..100, for formats that lose something."""
    icc_profile: bytes | None
    """Profile of the samples."""
    exif: bytes | None
    """EXIF record from its TIFF header on."""
    xmp: bytes | None
    """XMP packet."""
    iptc: bytes | None
    """IPTC-IIM record."""
    dpi: tuple[float, float] | None
    """Pixels per inch."""

    @property
    def sample_bytes(self) -> int:
        """Of all samples, before they are packed."""
        return self.size.width * self.size.height * self.channels * self.depth_bits // 8
