"""From pixels to a file with everything its source carried: decides what fits the format, and says what does not."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mfsr_engine.errors import ImageWriteError, RequestError
from mfsr_engine.files.formats import FORMATS, FormatTraits, ImageFormat, format_of_suffix
from mfsr_engine.geometry import Size
from mfsr_engine.images import icc, iptc
from mfsr_engine.images.atomic import replacing
from mfsr_engine.images.encoding import EncodeJob, encode
from mfsr_engine.images.exif import ExifError, ExifRecord, parse_exif
from mfsr_engine.images.quantise import to_uint8, to_uint16
from mfsr_engine.images.xmp import XmpError, updated_xmp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.images.picture import DepthBits, KeptMetadata
    from mfsr_engine.images.provenance import Provenance

_LUMA = (0.2126, 0.7152, 0.0722)
"""Weights of red, green and blue in grey (ITU-R BT.709)."""


@dataclass(frozen=True)
class WriteOptions:
    """How a result is written."""

    format: ImageFormat | None = None
    """Format of the file; None goes by the ending of its name."""
    quality: int = 95
    """1 (small) to 100 (best) for JPEG, WebP and AVIF; PNG and TIFF lose nothing whatever it says."""
    depth: DepthBits | None = None
    """Bits of a colour value, 8 or 16; None is the source's. Only PNG and TIFF hold 16."""
    keep_location: bool = True
    """Whether the place where the picture was taken (GPS) is kept."""
    overwrite: bool = False
    """Whether a file of the same name is replaced."""
    provenance: Provenance | None = None
    """What made the picture, written into XMP; None writes nothing of it."""

    def __post_init__(self) -> None:
        if not 1 <= self.quality <= 100:
            raise RequestError(f"Quality must be 1 to 100, not {self.quality}.")
        if self.depth not in (None, 8, 16):
            raise RequestError(f"Depth must be 8 or 16 bits, not {self.depth}.")


@dataclass(frozen=True)
class WrittenFile:
    """A file that was written."""

    path: Path
    """Where it is."""
    notes: tuple[str, ...] = ()
    """What the format could not hold, in sentences for the user."""


@dataclass
class _Preparation:
    """Brings a picture into the limits of one format and collects what that cost."""

    traits: FormatTraits
    kept: KeptMetadata
    options: WriteOptions
    notes: list[str] = field(default_factory=list)

    def job(self, pixels: NDArray[np.float32], alpha: NDArray[np.float32] | None) -> EncodeJob:
        size = Size(pixels.shape[1], pixels.shape[0])
        pixels, alpha = self._without_alpha(pixels, alpha)
        colors, profile = self._colors(pixels)
        whole = colors if alpha is None else np.concatenate([colors, alpha[..., None]], axis=2)
        return EncodeJob(
            samples=self._quantised(whole),
            quality=self.options.quality,
            icc_profile=profile,
            exif=self._exif(size),
            xmp=self._xmp(size),
            iptc=self._iptc(),
            dpi=self.kept.dpi if self.traits.has_dpi else None,
        )

    def _without_alpha(
        self, pixels: NDArray[np.float32], alpha: NDArray[np.float32] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        if alpha is None or self.traits.has_alpha:
            return pixels, alpha
        if float(alpha.min()) < 1.0:
            self.notes.append(f"{self.traits.title} holds no transparency; the picture was put on white.")
        opacity = np.clip(alpha, 0.0, 1.0)[..., None]
        return pixels * opacity + (1.0 - opacity), None

    def _colors(self, pixels: NDArray[np.float32]) -> tuple[NDArray[np.float32], bytes | None]:
        """(H, W, 1 or 3) and the profile that fits it."""
        profile = self.kept.icc_profile
        space = icc.color_space(profile)
        if not self.kept.is_gray or space == icc.RGB_SPACE:
            return pixels, profile if space == icc.RGB_SPACE else None
        gray = np.asarray(pixels @ np.array(_LUMA, np.float32), np.float32)
        if self.traits.has_gray:
            return gray[..., None], profile if space == icc.GRAY_SPACE else None
        if profile is not None and space == icc.GRAY_SPACE:
            gray = icc.gray_to_srgb(gray, profile)
            self.notes.append(f"{self.traits.title} holds no grey profile; the tones were converted to sRGB.")
        return np.repeat(gray[..., None], 3, axis=2), None

    def _quantised(self, pixels: NDArray[np.float32]) -> NDArray[Any]:
        depth = self.options.depth or self.kept.depth_bits
        if depth == 16 and not self.traits.has_16_bit:
            self.notes.append(f"{self.traits.title} is written with 8 bits a channel; choose PNG or TIFF to keep 16.")
            depth = 8
        return to_uint16(pixels) if depth == 16 else to_uint8(pixels)

    def _exif(self, size: Size) -> bytes | None:
        lonely_dpi = None if self.traits.has_dpi else self.kept.dpi
        if self.kept.exif is None:
            return ExifRecord("<").with_resolution(lonely_dpi).pack() if lonely_dpi else None
        try:
            record = parse_exif(self.kept.exif).upright().sized(size)
        except ExifError:
            self._left_out("EXIF record is damaged")
            return None
        if lonely_dpi and record.dpi is None:
            record = record.with_resolution(lonely_dpi)
        packed = (record if self.options.keep_location else record.without_location()).pack()
        if not self._fits(packed):
            self._left_out(f"EXIF record is too large for {self.traits.title}")
            return None
        return packed

    def _xmp(self, size: Size) -> bytes | None:
        provenance, keep_location = self.options.provenance, self.options.keep_location
        only_ours = updated_xmp(None, size, provenance=provenance)
        try:
            packet = updated_xmp(self.kept.xmp, size, keep_location=keep_location, provenance=provenance)
        except XmpError:
            self._left_out("XMP record is damaged")
            return only_ours
        if packet is not None and not self._fits(packet):
            self._left_out(f"XMP record is too large for {self.traits.title}")
            return only_ours
        return packet

    def _iptc(self) -> bytes | None:
        record = self.kept.iptc
        if record is None:
            return None
        if not self.traits.has_iptc:
            self._left_out(f"IPTC record has no place in {self.traits.title}")
            return None
        if self.traits.max_record_bytes is not None and iptc.jpeg_segment(record) is None:
            self._left_out(f"IPTC record is too large for {self.traits.title}")
            return None
        return record

    def _fits(self, record: bytes) -> bool:
        return self.traits.max_record_bytes is None or len(record) <= self.traits.max_record_bytes

    def _left_out(self, reason: str) -> None:
        self.notes.append(f"The {reason} and was left out.")


def write(
    path: Path,
    pixels: NDArray[np.float32],
    alpha: NDArray[np.float32] | None = None,
    *,
    kept: KeptMetadata,
    options: WriteOptions | None = None,
) -> WrittenFile:
    """Write a picture whole or not at all, with what its source carried; missing folders are made.

    Args:
        path: where to.
        pixels: (H, W, 3) float32 0..1 RGB in the space of `kept.icc_profile`; values outside are clipped.
        alpha: (H, W) float32 0..1 opacity, or None.
        kept: what the source carried; `KeptMetadata()` for a picture without source.
        options: how; the defaults if None.

    Returns:
        The path and what the format could not hold.

    Raises:
        ImageWriteError: unknown ending, file in the way, too large for the format, no permission, no space; an older
            file is untouched and no temporary file is left.
    """
    path, options = Path(path), options or WriteOptions()
    assert pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.size, f"pixels of shape {pixels.shape}"  # noqa: PT018
    assert alpha is None or alpha.shape == pixels.shape[:2], "opacity does not fit the pixels"
    image_format = options.format or format_of_suffix(path)
    traits = FORMATS[image_format]
    height, width = pixels.shape[:2]
    if max(width, height) > traits.max_side_px:
        raise ImageWriteError(
            f"{path.name} would be {width} x {height} pixels, but {traits.title} ends at {traits.max_side_px} a side. "
            "Choose PNG or TIFF, or a smaller size."
        )
    preparation = _Preparation(traits, kept, options)
    with replacing(path, overwrite=options.overwrite) as file:
        encode(file, image_format, preparation.job(pixels, alpha))
    return WrittenFile(path, tuple(preparation.notes))
