"""PNG files: chunks parsed and written, rows filtered and compressed as they come. Knows no colours.

After the PNG specification, third edition (W3C 2025).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from isal import isal_zlib

from mfsr_engine.strips import restacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from mfsr_engine.geometry import Size

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP_KEYWORD = b"XML:com.adobe.xmp"
METRES_PER_INCH = 0.0254

_MAX_UNPACKED_BYTES = 64 << 20
_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_AVERAGE = 3
_BAND_ROWS = 64
_LEVEL = 2
"""Of igzip's 0 to 3; see docs/PERFORMANCE.md."""
_METRE = 1


@dataclass(frozen=True)
class Chunk:
    """One chunk."""

    kind: bytes
    """Four letters."""
    data: bytes
    """Its content."""


def is_deep_png(data: bytes) -> bool:
    """Whether the file is a PNG with 16 bits a channel."""
    return data.startswith(SIGNATURE) and data[12:16] == b"IHDR" and data[24:25] == b"\x10"


def side_chunks(data: bytes) -> Iterator[Chunk]:
    """All chunks but those of the pixels, in order; ends silently where the file is cut off."""
    at = len(SIGNATURE)
    while at + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        if kind != b"IDAT":
            yield Chunk(kind, data[at + 8 : at + 8 + length])
        at += 12 + length


def unpacked_profile(data: bytes) -> bytes | None:
    """The ICC profile in the data of an iCCP chunk."""
    name, _, rest = data.partition(b"\0")
    return _unpacked(rest[1:]) if name else None


def xmp_of_text(data: bytes) -> bytes | None:
    """The XMP packet in the data of an iTXt chunk, or None if that holds another text."""
    keyword, _, rest = data.partition(b"\0")
    if keyword != XMP_KEYWORD or len(rest) < 2:
        return None
    text = rest[2:].split(b"\0", 2)[-1]
    return _unpacked(text) if rest[0] else text


def dpi_of_physical(data: bytes) -> tuple[float, float] | None:
    """Pixels per inch in the data of a pHYs chunk, or None if it gives only the shape of a pixel."""
    if len(data) < 9:
        return None
    across, down, unit = struct.unpack_from(">IIB", data)
    return (across * METRES_PER_INCH, down * METRES_PER_INCH) if unit == _METRE else None


def record_chunks(
    icc_profile: bytes | None, exif: bytes | None, xmp: bytes | None, dpi: tuple[float, float] | None
) -> list[Chunk]:
    """The chunks that carry these records."""
    chunks = []
    if icc_profile:
        chunks.append(Chunk(b"iCCP", b"ICC profile\0\0" + zlib.compress(icc_profile)))
    if dpi:
        chunks.append(Chunk(b"pHYs", struct.pack(">IIB", *(round(v / METRES_PER_INCH) for v in dpi), _METRE)))
    if exif:
        chunks.append(Chunk(b"eXIf", exif))
    if xmp:
        chunks.append(Chunk(b"iTXt", XMP_KEYWORD + b"\0\0\0\0\0" + xmp))
    return chunks


def write_png(
    file: BinaryIO, size: Size, channels: int, depth_bits: int, chunks: list[Chunk], strips: Iterable[NDArray[Any]]
) -> None:
    """Write a PNG from the top down; no more than a strip is held.

    Args:
        file: open for writing, at its begin.
        size: of the picture.
        channels: 1 grey, 2 grey and opacity, 3 RGB, 4 RGB and opacity.
        depth_bits: 8 or 16.
        chunks: what stands between header and pixels.
        strips: (any, size.width, channels) uint8 or uint16, as `depth_bits` says.
    """
    file.write(SIGNATURE)
    header = struct.pack(">IIBBBBB", size.width, size.height, depth_bits, _COLOR_TYPES[channels], 0, 0, 0)
    for chunk in (Chunk(b"IHDR", header), *chunks):
        _write_chunk(file, chunk)
    step = channels * depth_bits // 8
    above = np.zeros(size.width * step, np.uint8)
    packer = isal_zlib.compressobj(_LEVEL)
    for strip in restacked(strips, _BAND_ROWS):
        rows = _stored(strip)
        packed = packer.compress(_filtered(rows, above, step))
        above = rows[-1].copy()
        if packed:
            _write_chunk(file, Chunk(b"IDAT", packed))
    _write_chunk(file, Chunk(b"IDAT", packer.flush()))
    _write_chunk(file, Chunk(b"IEND", b""))


def _stored(strip: NDArray[Any]) -> NDArray[np.uint8]:
    """(rows, bytes of a row) uint8: samples in the byte order of the file."""
    ordered = np.ascontiguousarray(strip, strip.dtype.newbyteorder(">"))
    return ordered.view(np.uint8).reshape(len(strip), -1)


def _filtered(rows: NDArray[np.uint8], above: NDArray[np.uint8], step: int) -> NDArray[np.uint8]:
    """(rows, 1 + bytes of a row): the filter's number, then each byte less the mean of those left and above (section 9.3).

    Of the five filters the one whose result packs nearly as well as the best choice for every row, at a fifth of the time.
    """
    filtered = np.empty((rows.shape[0], rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = _AVERAGE
    upper = np.concatenate([above[None], rows[:-1]])
    left = np.zeros_like(rows)
    left[:, step:] = rows[:, :-step]
    mean = (left & upper) + ((left ^ upper) >> 1)  # without a carry, so that bytes suffice
    np.subtract(rows, mean, out=filtered[:, 1:])
    return filtered


def _write_chunk(file: BinaryIO, chunk: Chunk) -> None:
    file.write(struct.pack(">I", len(chunk.data)) + chunk.kind + chunk.data)
    file.write(struct.pack(">I", zlib.crc32(chunk.kind + chunk.data)))


def _unpacked(data: bytes) -> bytes | None:
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(data, _MAX_UNPACKED_BYTES)
    except zlib.error:
        return None
    return content if unpacker.eof else None
