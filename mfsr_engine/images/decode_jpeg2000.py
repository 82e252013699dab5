"""Decodes JPEG 2000 through OpenJPEG (ISO/IEC 15444-1): codestreams and JP2 files."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import numpy as np

from mfsr_engine.images.decoded import Decoded, Header, Records, UnsupportedPicture, check_size

if TYPE_CHECKING:
    from typing import BinaryIO

    from numpy.typing import NDArray

_CODESTREAM, _CONTAINER = b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  \r\n\x87\n"
_HEAD_BYTES = 20 << 20
"""The boxes before the codestream, profile and all, must lie within."""
_PROFILE = 2


def is_jpeg2000(head: bytes) -> bool:
    """Whether a file that begins so is a JPEG 2000."""
    return head.startswith((_CODESTREAM, _CONTAINER))


def look_at_jpeg2000(file: BinaryIO) -> Header:
    """Read everything but the pixels.

    Raises:
        ValueError: damaged or truncated.
    """
    file.seek(0)
    head = file.read(_HEAD_BYTES)
    at = head.find(_CODESTREAM)
    if at < 0:
        raise ValueError("no codestream")
    right, lower, left, upper = struct.unpack_from(">IIII", head, at + 8)
    return Header(right - left, lower - upper, Records(icc_profile=_profile(head[:at]), orientation=1))


def decode_jpeg2000(file: BinaryIO, header: Header) -> Decoded:
    """Decode the picture in its own depth.

    Raises:
        UnsupportedPicture: too large, empty, or with channels of an unusual number or kind.
        RuntimeError: damaged or truncated.
    """
    import imagecodecs

    check_size(header.width, header.height)
    file.seek(0)
    data = file.read()
    at = data.find(_CODESTREAM)
    channels, precision = struct.unpack_from(">HB", data, at + 40)
    if channels > 4 or precision & 0x80 or (precision & 0x7F) + 1 > 16:
        raise UnsupportedPicture("holds channels of an unusual number or kind. Save it as PNG or TIFF first.")
    samples = np.asarray(imagecodecs.jpeg2k_decode(data))
    samples = samples[..., None] if samples.ndim == 2 else samples
    bits = (precision & 0x7F) + 1
    if samples.shape[2] != channels:  # colours of a palette have the depth of that
        bits = 8 * samples.dtype.itemsize
    return Decoded(_full_range(samples, bits), header.records, 8 if bits <= 8 else 16)


def _profile(boxes: bytes) -> bytes | None:
    """The ICC profile of the first box for colours that has one (annex I.5.3.3)."""
    at = boxes.find(b"colr")
    while at >= 4:
        (length,) = struct.unpack_from(">I", boxes, at - 4)
        if boxes[at + 4 : at + 5] == bytes([_PROFILE]) and 11 < length <= len(boxes) - at + 4:
            return boxes[at + 7 : at - 4 + length]
        at = boxes.find(b"colr", at + 4)
    return None


def _full_range(samples: NDArray[np.generic], bits: int) -> NDArray[np.generic]:
    if bits in (8, 16):
        return samples
    scaled = samples.astype(np.float32) / np.float32((1 << bits) - 1)
    return scaled if bits > 8 else np.round(scaled * 255).astype(np.uint8)
