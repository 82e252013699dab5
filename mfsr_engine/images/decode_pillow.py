"""Decodes JPEG, WebP, BMP and GIF through Pillow, and converts its modes to grey or RGB with or without alpha."""

from __future__ import annotations

import struct
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mfsr_engine.images.decoded import Decoded, Header, Records, UnsupportedPicture, check_size
from mfsr_engine.images.icc import to_srgb
from mfsr_engine.images.iptc import iptc_of_resources
from mfsr_engine.images.jpeg_coding import jpeg_coding
from mfsr_engine.images.nested_size import jpeg_frame

if TYPE_CHECKING:
    from typing import BinaryIO

_FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "AVIF", "BMP", "GIF")
_STARTS = (b"\xff\xd8\xff", b"GIF8", b"BM")
_PLAIN_MODES = ("L", "LA", "RGB", "RGBA")
_EQUIVALENT_MODES = {"1": "L", "La": "LA", "RGBa": "RGBA", "RGBX": "RGB", "YCbCr": "RGB", "HSV": "RGB"}
_STRIP_ROWS = 256
_NOTES = {
    "profile": "The CMYK colours were converted to sRGB through the file's own profile.",
    "no profile": "The CMYK colours were converted to RGB without a profile, which is only approximate.",
    "lab": "The LAB colours were converted to sRGB.",
}
_MAX_WEBP_SIDE = 16_384
_MOST_JPEG_PIXELS = 1024
"""Pixels that one byte of a JPEG can stand for at most: a block of 64 takes a bit or more."""
_FRAME_HEAD_BYTES, _NESTED_HEAD_BYTES = 16, 24
_MOST_OF_A_FRAME, _SMALL_FRAME_PX = 16, 1 << 16
"""A WebP animation whose canvas is more times larger than its first frame is made to fill the memory."""
_LOSSLESS_MARKERS = (0xC3, 0xC7, 0xCB, 0xCF)
_JPEG_HEAD_BYTES = 1 << 20
_MAX_COUNTED = 10_000
"""Frames are not counted further than this."""


def is_for_pillow(head: bytes) -> bool:
    """Whether a file that begins so is a JPEG, WebP, GIF or BMP."""
    return head.startswith(_STARTS) or (head.startswith(b"RIFF") and head[8:12] == b"WEBP")


def look_with_pillow(file: BinaryIO) -> Header:
    """Read everything but the pixels.

    Raises:
        UnsupportedPicture: a canvas that WebP cannot have.
        OSError: damaged, truncated or no picture; other errors of Pillow's parsers are possible.
    """
    file.seek(0)
    if file.read(4) == b"RIFF":
        return _look_at_webp(file)
    _check_jpeg(file)
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of damaged EXIF and of sizes; both are judged here
        image = opened_image(file)
        width, height = image.size
        if image.format == "JPEG" and width * height > _MOST_JPEG_PIXELS * file.seek(0, 2):
            check_size(width, height)
            raise ValueError("the pixels are not all there")
        frames = _gif_frames(file) if image.format == "GIF" else 1
        return Header(width, height, _records(image), frames)


def frame_header(file: BinaryIO, header: Header, number: int) -> Header:
    """What a file of frames of one size says of another frame than the first."""
    del file
    return replace(header, frame=number)


def decode_pillow(file: BinaryIO, header: Header) -> Decoded:
    """Decode a frame of a file in one of the formats that Pillow reads here.

    Raises:
        UnsupportedPicture: too large, empty, or in a mode without a picture's colours.
        OSError: damaged, truncated or no picture; other errors of Pillow's parsers are possible.
    """
    check_size(header.width, header.height)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file.seek(0)
        image = opened_image(file)
        if header.frame:
            image.seek(header.frame)
        check_size(*image.size)
        coding = jpeg_coding(image)
        image.load()
        records = _records(image)
        plain, note = _plain(image, records.icc_profile)
    if note:
        records = Records(None, records.exif, records.xmp, records.iptc, records.dpi)
    is_deep = plain.mode.startswith("I;16")
    return Decoded(_samples(plain), records, 16 if is_deep else 8, (note,) if note else (), coding)


def plain_cmyk(image: Image.Image, profile: bytes | None) -> tuple[Image.Image, str]:
    """A CMYK image as sRGB and a note how that was done."""
    converted = to_srgb(image, profile)
    return (image.convert("RGB"), _NOTES["no profile"]) if converted is None else (converted, _NOTES["profile"])


def opened_image(file: BinaryIO) -> Image.Image:
    """Pillow's view of an open file, of which nothing but the header was read.

    Raises:
        OSError: no picture that Pillow reads here.
    """
    Image.MAX_IMAGE_PIXELS = (
        None  # Pillow's limit is one for the whole process; `check_size` judges before pixels are read
    )
    return Image.open(file, formats=_FORMATS)


def _check_jpeg(file: BinaryIO) -> None:
    """Name the JPEGs of hospitals and scanners that Pillow takes for damaged.

    Raises:
        UnsupportedPicture: lossless, or with more than 8 bits.
    """
    file.seek(0)
    head = file.read(_JPEG_HEAD_BYTES)
    found = jpeg_frame(head) if head.startswith(_STARTS[0]) else None
    if found is not None and (found[0] in _LOSSLESS_MARKERS or head[found[1] + 4] != 8):
        raise UnsupportedPicture("is a JPEG of a rare kind that is not supported. Save it as PNG or TIFF first.")


def _look_at_webp(file: BinaryIO) -> Header:
    """Size, records and number of frames of a WebP (RFC 9649), whose decoder prepares its whole canvas when it is opened."""
    found: dict[bytes, bytes] = {}
    frames, at, end = 0, 12, file.seek(0, 2)
    while at + 8 <= end:
        file.seek(at)
        kind, length = struct.unpack("<4sI", file.read(8))
        if at + 8 + length > end:
            raise ValueError("a chunk ends beyond the file")
        frames += kind == b"ANMF"
        if kind in (b"ICCP", b"EXIF", b"XMP "):
            found.setdefault(kind, file.read(length))
        elif kind in (b"VP8X", b"VP8 ", b"VP8L", b"ANMF"):
            found.setdefault(kind, file.read(min(length, _FRAME_HEAD_BYTES + _NESTED_HEAD_BYTES)))
        at += 8 + length + length % 2
    width, height = _webp_size(found)
    if max(width, height) > _MAX_WEBP_SIDE:
        raise UnsupportedPicture(
            f"is too large ({width} x {height} pixels); a WebP ends at {_MAX_WEBP_SIDE} a side. "
            "Save it in another format first."
        )
    first = found.get(b"ANMF", b"")
    if len(first) >= 12 and width * height > _MOST_OF_A_FRAME * max(
        _frame_pixels(first, width, height), _SMALL_FRAME_PX
    ):
        raise ValueError("the first frame is a speck of the whole")
    exif = found.get(b"EXIF")
    return Header(width, height, Records(found.get(b"ICCP"), exif, found.get(b"XMP ")), max(1, frames))


def _frame_pixels(frame: bytes, width: int, height: int) -> int:
    """How many pixels the first frame of an animation has: no more than it claims, than its own picture has, and than the whole."""
    x, y, wide, high = (int.from_bytes(frame[at : at + 3], "little") for at in (0, 3, 6, 9))
    if 2 * x + wide + 1 > width or 2 * y + high + 1 > height:
        raise ValueError("a frame lies beyond the whole")
    claimed = (wide + 1) * (high + 1)
    kind, head = frame[_FRAME_HEAD_BYTES : _FRAME_HEAD_BYTES + 4], frame[_FRAME_HEAD_BYTES + 8 :]
    if kind not in (b"VP8 ", b"VP8L"):
        return claimed
    true_width, true_height = _webp_size({kind: head})
    return min(claimed, true_width * true_height)


def _webp_size(found: dict[bytes, bytes]) -> tuple[int, int]:
    if len(found.get(b"VP8X", b"")) >= 10:
        data = found[b"VP8X"]
        return int.from_bytes(data[4:7], "little") + 1, int.from_bytes(data[7:10], "little") + 1
    if len(found.get(b"VP8L", b"")) >= 5:
        bits = int.from_bytes(found[b"VP8L"][1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if len(found.get(b"VP8 ", b"")) >= 10:
        width, height = struct.unpack_from("<HH", found[b"VP8 "], 6)
        return width & 0x3FFF, height & 0x3FFF
    raise ValueError("no picture in it")


def _gif_frames(file: BinaryIO) -> int:
    """Number of pictures in a GIF (version 89a, sections 18 to 24), without decoding them."""
    file.seek(10)
    flags = file.read(3)[:1]
    at = 13 + (3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0)
    count = 0
    while count < _MAX_COUNTED:
        file.seek(at)
        start = file.read(10)
        if start[:1] == b"\x2c" and len(start) == 10:
            count += 1
            at += 11 + (3 << (start[9] & 7) + 1 if start[9] & 0x80 else 0)
        elif start[:1] == b"\x21":
            at += 2
        else:
            break
        file.seek(at)
        while length := (file.read(1) or b"\0")[0]:
            at = file.seek(length, 1)
        at = file.tell()
    return max(1, count)


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
    samples = _array(image)
    samples = samples.astype(np.uint16) if image.mode.startswith("I;16") else samples
    return samples[..., None] if samples.ndim == 2 else samples


def _array(image: Image.Image) -> np.ndarray[Any, Any]:
    """`np.asarray` in strips: at once it takes the picture's memory twice more."""
    strips = range(0, image.height, _STRIP_ROWS)
    first = np.asarray(image.crop((0, 0, image.width, min(image.height, _STRIP_ROWS))))
    samples = np.empty((image.height, *first.shape[1:]), first.dtype)
    for top in strips:
        bottom = min(image.height, top + _STRIP_ROWS)
        samples[top:bottom] = np.asarray(image.crop((0, top, image.width, bottom)))
    return samples


def _records(image: Image.Image) -> Records:
    info = image.info
    resources = info.get("photoshop")
    return Records(
        icc_profile=info.get("icc_profile"),
        exif=info.get("exif"),
        xmp=info.get("xmp"),
        iptc=iptc_of_resources(resources) if resources else None,
        dpi=info.get("dpi"),
    )
