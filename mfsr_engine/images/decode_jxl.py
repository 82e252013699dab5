"""Decodes JPEG XL through libjxl, with the records of its container (ISO/IEC 18181-2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mfsr_engine.images.coded_color import CodedColor
from mfsr_engine.images.decoded import Decoded, Header, Records, check_size
from mfsr_engine.images.jxl_header import SIGNATURE, parse_jxl_header

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_CONTAINER = b"\0\0\0\x0cJXL \r\n\x87\n"
_HEAD_BYTES = 1 << 16
_MAX_RECORD_BYTES = 16 << 20
_MAX_BOXES = 1000
_NO_PROFILE = (
    "The colour profile of a JPEG XL cannot be read, so colours may be wrong. "
    "Save the picture as PNG or TIFF with another program if they are."
)


def is_jxl(head: bytes) -> bool:
    """Whether a file that begins so is a JPEG XL."""
    return head.startswith((SIGNATURE, _CONTAINER))


def look_at_jxl(file: BinaryIO) -> Header:
    """Read everything but the pixels. libjxl turns them upright itself.

    Raises:
        ValueError: damaged or truncated.
    """
    file.seek(0)
    found = parse_jxl_header(file.read(_HEAD_BYTES))
    width, height = (found.height, found.width) if found.orientation >= 5 else (found.width, found.height)
    boxes = dict(_boxes(file))
    exif = boxes.get(b"Exif")
    if exif is not None:  # an offset stands before the record
        exif = exif[4 + int.from_bytes(exif[:4], "big") :]
    # From XYB, libjxl computes linear light with the primaries of sRGB where it would need the profile.
    color = CodedColor(gamma=1.0) if found.has_icc_profile and found.is_xyb else found.color
    records = Records(exif=exif, xmp=boxes.get(b"xml "), color=color, orientation=1)
    notes = (_NO_PROFILE,) if found.has_icc_profile else ()
    return Header(width, height, records, 0 if found.is_animated else 1, notes=notes)


def decode_jxl(file: BinaryIO, header: Header) -> Decoded:
    """Decode the first frame.

    Raises:
        UnsupportedPicture: too large or empty.
        RuntimeError: damaged or truncated.
    """
    import imagecodecs

    check_size(header.width, header.height)
    file.seek(0)
    samples = np.asarray(imagecodecs.jpegxl_decode(file.read(), index=0))
    samples = samples[..., None] if samples.ndim == 2 else samples
    return Decoded(samples, header.records, 8 if samples.dtype == np.uint8 else 16)


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """EXIF and XMP of a container, unpacked."""
    file.seek(0)
    if file.read(len(_CONTAINER)) != _CONTAINER:
        return
    end, at = file.seek(0, 2), 0
    for _ in range(_MAX_BOXES):
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return
        length, kind, head_bytes = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, head_bytes = int.from_bytes(head[8:16], "big"), 16
        length = length or end - at
        if length < head_bytes or at + length > end:
            return
        if kind in (b"Exif", b"xml ", b"brob") and length <= _MAX_RECORD_BYTES:
            file.seek(at + head_bytes)
            data = file.read(length - head_bytes)
            yield (kind, data) if kind != b"brob" else (data[:4], _unpacked(data[4:]))
        at += length


def _unpacked(data: bytes) -> bytes:
    import imagecodecs

    try:
        return bytes(imagecodecs.brotli_decode(data, out=_MAX_RECORD_BYTES))
    except (RuntimeError, ValueError):
        return b""
