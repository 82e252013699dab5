"""Decodes everything of 8 bits through Pillow, and brings its many modes down to grey or RGB, opaque or not."""

from __future__ import annotations

import warnings
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from mfsr_engine.files.formats import MAX_READ_MEGAPIXELS
from mfsr_engine.images.decoded import Decoded, Records, UnsupportedPicture, check_size
from mfsr_engine.images.icc import to_srgb
from mfsr_engine.images.iptc import iptc_of_resources

_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "AVIF", "BMP", "GIF")
_PLAIN_MODES = ("L", "LA", "RGB", "RGBA")
_EQUIVALENT_MODES = {"1": "L", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
_NOTES = {
    "profile": "The CMYK colours were converted to sRGB through the file's own profile.",
    "no profile": "The CMYK colours were converted to RGB without a profile, which is only approximate.",
    "lab": "The LAB colours were converted to sRGB.",
}


def decode_pillow(data: bytes) -> Decoded:
    """Decode the first frame of a file in one of the formats that Pillow reads here.

    Raises:
        UnsupportedPicture: too large, empty, or in a mode without a picture's colours.
        OSError: damaged, truncated or no picture; other errors of Pillow's parsers are possible.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of damaged EXIF and of sizes; both are judged here
        with _opened(data) as image:
            check_size(*image.size)
            image.load()
            records = _records(image)
            plain, note = _plain(image, records.icc_profile)
    if note:
        records = replace(records, icc_profile=None)
    is_deep = plain.mode.startswith("I;16")
    return Decoded(_samples(plain), records, 16 if is_deep else 8, (note,) if note else ())


def plain_cmyk(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, str]:
    """A CMYK image as sRGB and a note how that was done."""
    converted = to_srgb(image, profile)
    return (image.convert("RGB"), _NOTES["no profile"]) if converted is None else (converted, _NOTES["profile"])


def _opened(data: bytes) -> Image.Image:
    # Pillow has one limit for the whole process; ours stands in its place, and `check_size` says it in words.
    Image.MAX_IMAGE_PIXELS = MAX_READ_MEGAPIXELS * 1_000_000
    try:
        return Image.open(BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError:
        raise UnsupportedPicture(
            f"is too large; at most {MAX_READ_MEGAPIXELS} megapixels can be read. Cut it into parts first."
        ) from None


def _plain(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, str]:
    if image.mode == "CMYK":
        return plain_cmyk(image, profile)
    if image.mode == "LAB":
        converted = to_srgb(image, None)
        if converted is None:
            raise UnsupportedPicture("holds LAB colours that cannot be converted. Save it as RGB first.")
        return converted, _NOTES["lab"]
    if image.mode in ("P", "PA"):
        return image.convert("RGBA" if image.has_transparency_data else "RGB"), ""
    if image.mode in ("1", "L", "RGB") and "transparency" in image.info:
        return image.convert("RGBA" if image.mode == "RGB" else "LA"), ""
    if image.mode in _PLAIN_MODES or image.mode.startswith("I;16"):
        return image, ""
    if image.mode not in _EQUIVALENT_MODES:
        raise UnsupportedPicture(f"has colours of an unusual kind ({image.mode}). Save it as RGB first.")
    return image.convert(_EQUIVALENT_MODES[image.mode]), ""


def _samples(image: Image.Image) -> np.ndarray[Any, Any]:
    samples = np.asarray(image)
    samples = samples.astype(np.uint16) if image.mode.startswith("I;16") else samples
    return samples[..., None] if samples.ndim == 2 else samples


def _records(image: Image.Image) -> Records:
    info = image.info
    return Records(
        icc_profile=info.get("icc_profile"),
        exif=info.get("exif") or _raw_profile(info.get("Raw profile type exif")),
        xmp=info.get("xmp"),
        iptc=iptc_of_resources(info.get("photoshop")),
        dpi=info.get("dpi"),
    )


def _raw_profile(text: str | None) -> bytes | None:
    """The bytes of a "Raw profile" text chunk: blank line, name, length, then hexadecimal lines."""
    try:
        return bytes.fromhex("".join(text.split("\n")[3:])) if text else None
    except ValueError:
        return None
