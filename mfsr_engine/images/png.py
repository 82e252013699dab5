"""PNG files of 16 bits: chunks taken apart and put together, rows filtered and packed. Knows no colours.

After the PNG specification, third edition (W3C 2025).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SIGNATURE = b"\x89PNG\r\n\x1a\n"
XMP_KEYWORD = b"XML:com.adobe.xmp"
METRES_PER_INCH = 0.0254

_MAX_UNPACKED_BYTES = 64 << 20
_COLOR_TYPES = {1: 0, 2: 4, 3: 2, 4: 6}
_PAETH = 4
_BAND_ROWS = 64
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


def write_deep_png(file: BinaryIO, samples: NDArray[np.uint16], chunks: list[Chunk]) -> None:
    """Write a PNG of 16 bits, band by band.

    Args:
        file: open for writing, at its begin.
        samples: (H, W, C) uint16 with C 1 grey, 2 grey and opacity, 3 RGB, 4 RGB and opacity.
        chunks: what stands between header and pixels.
    """
    height, width, channels = samples.shape
    file.write(SIGNATURE)
    header = struct.pack(">IIBBBBB", width, height, 16, _COLOR_TYPES[channels], 0, 0, 0)
    for chunk in (Chunk(b"IHDR", header), *chunks):
        _write_chunk(file, chunk)
    packer = zlib.compressobj(level=6, strategy=zlib.Z_FILTERED)
    for top in range(0, height, _BAND_ROWS):
        above = samples[top - 1 : top] if top else np.zeros_like(samples[:1])
        packed = packer.compress(_filtered(np.concatenate([above, samples[top : top + _BAND_ROWS]])))
        if packed:
            _write_chunk(file, Chunk(b"IDAT", packed))
    _write_chunk(file, Chunk(b"IDAT", packer.flush()))
    _write_chunk(file, Chunk(b"IEND", b""))


def _filtered(rows: NDArray[np.uint16]) -> bytes:
    """Rows after the first, each byte less its Paeth prediction from left, above and above left (section 9.4)."""
    count, width, channels = rows.shape
    step = 2 * channels
    stored = rows.astype(">u2").view(np.uint8).reshape(count, width * step)
    padded = np.pad(stored, ((0, 0), (step, 0))).astype(np.int16)
    left, above, corner = padded[1:, :-step], padded[:-1, step:], padded[:-1, :-step]
    to_left, to_above, to_corner = abs(above - corner), abs(left - corner), abs(left + above - 2 * corner)
    nearest = np.where(to_above <= to_corner, above, corner)
    predicted = np.where((to_left <= to_above) & (to_left <= to_corner), left, nearest)
    residual = (padded[1:, step:] - predicted).astype(np.uint8)
    return np.insert(residual, 0, _PAETH, axis=1).tobytes()


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
