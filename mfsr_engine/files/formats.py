"""The table of picture formats and what each can hold. Knows neither decoders nor encoders."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING

from mfsr_engine.errors import ImageWriteError
from mfsr_engine.geometry import MAX_SIDE_PX

if TYPE_CHECKING:
    from pathlib import Path

MAX_READ_MEGAPIXELS = 400
"""Largest picture that is decoded; a file that claims more is refused before memory is taken."""


class ImageFormat(StrEnum):
    """A format that can be written."""

    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    TIFF = "tiff"
    AVIF = "avif"

    @property
    def suffix(self) -> str:
        """Usual ending of a file's name, with its dot."""
        return FORMATS[self].suffixes[0]


@dataclass(frozen=True)
class FormatTraits:
    """What a format can hold."""

    title: str
    """Name for people."""
    suffixes: tuple[str, ...]
    """Lower-case file endings, the usual one first."""
    has_alpha: bool = True
    """Whether it keeps transparency."""
    has_gray: bool = False
    """Whether it has a mode of one channel."""
    has_16_bit: bool = False
    """Whether it keeps 16 bits a channel."""
    has_quality: bool = False
    """Whether it can be made smaller at the cost of quality."""
    has_iptc: bool = False
    """Whether it carries an IPTC record."""
    has_dpi: bool = True
    """Whether it has a place of its own for the resolution; otherwise EXIF says it."""
    max_side_px: int = MAX_SIDE_PX
    """Longest side."""
    max_pixels: int | None = None
    """Most pixels that its encoder surely takes, and common decoders do; None without limit."""
    max_record_bytes: int | None = None
    """Largest EXIF or XMP record, None without limit."""
    least_share: float = 0.01
    """Share of the bytes of its samples that a photograph takes at least; measured, and halved."""
    whole_bytes_per_px: int = 0
    """Memory that its encoder takes for each pixel, because it works on whole pictures; 0 if it does not."""


FORMATS: dict[ImageFormat, FormatTraits] = {
    ImageFormat.PNG: FormatTraits("PNG", (".png",), has_gray=True, has_16_bit=True, least_share=0.2),
    ImageFormat.JPEG: FormatTraits(
        "JPEG",
        (".jpg", ".jpeg", ".jpe", ".jfif"),
        has_alpha=False,
        has_gray=True,
        has_quality=True,
        has_iptc=True,
        max_side_px=65_500,
        max_record_bytes=65_500,
        least_share=0.03,
    ),
    ImageFormat.WEBP: FormatTraits(
        "WebP",
        (".webp",),
        has_quality=True,
        has_dpi=False,
        max_side_px=16_383,
        max_pixels=100_000_000,  # the kinds of all blocks of 16 x 16 pixels stand in 512 KiB at the head (RFC 6386, 9.3)
        whole_bytes_per_px=12,
    ),
    ImageFormat.TIFF: FormatTraits(
        "TIFF", (".tiff", ".tif"), has_gray=True, has_16_bit=True, has_iptc=True, least_share=0.2
    ),
    ImageFormat.AVIF: FormatTraits(
        "AVIF", (".avif",), has_quality=True, has_dpi=False, max_side_px=32_768, max_pixels=16_384**2
    ),
}
"""Every format that can be written, with its traits."""

SUPPORTED_WRITE_SUFFIXES = frozenset(suffix for traits in FORMATS.values() for suffix in traits.suffixes)
"""Lower-case file endings that can be written."""

RAW_SUFFIXES = frozenset((".dng", ".cr2", ".cr3", ".nef", ".arw", ".raf", ".orf", ".rw2", ".pef", ".srw"))
"""Lower-case file endings of the raw photographs of cameras."""


def can_develop_raw() -> bool:
    """Whether LibRaw is installed, which reads the raw photographs of cameras; it comes with the `raw` extra."""
    return find_spec("rawpy") is not None


SUPPORTED_READ_SUFFIXES = SUPPORTED_WRITE_SUFFIXES | (RAW_SUFFIXES if can_develop_raw() else frozenset()) | {
    ".heic", ".heif", ".hif", ".bmp", ".gif", ".apng", ".jxl", ".jp2", ".j2k",
}  # fmt: skip
"""Lower-case file endings that are taken for pictures. Reading itself goes by content, not by ending."""


def is_image_path(path: Path) -> bool:
    """Whether a folder scan should take this file for a picture: by its ending, hidden files left out."""
    return path.suffix.lower() in SUPPORTED_READ_SUFFIXES and not path.name.startswith(".")


def format_of_suffix(path: Path) -> ImageFormat:
    """The format that the ending of `path` asks for.

    Raises:
        ImageWriteError: the ending belongs to no format that can be written.
    """
    for image_format, traits in FORMATS.items():
        if path.suffix.lower() in traits.suffixes:
            return image_format
    ending = f"the ending {path.suffix}" if path.suffix else "no ending"
    known = ", ".join(traits.suffixes[0] for traits in FORMATS.values())
    raise ImageWriteError(f"{path.name} has {ending}, which cannot be written. Choose one of {known}.")
