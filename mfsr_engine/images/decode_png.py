"""Decodes PNG: parses chunks itself, for limits and metadata, and passes only pixel data to decoders.

After the PNG specification, third edition (W3C 2025).
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from mfsr_engine.images import png
from mfsr_engine.images.coded_color import CodedColor, color_of_codes, color_of_gamma
from mfsr_engine.images.decode_pillow import decode_pillow
from mfsr_engine.images.decoded import Decoded, Header, Records, UnsupportedPicture, check_size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_DEPTH_AT, _HEADER_BYTES = 8, 13
_FOR_PIXELS = frozenset({b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"})
_RECORDS = frozenset({
    b"IHDR", b"iCCP", b"eXIf", b"iTXt", b"zTXt", b"tEXt", b"pHYs", b"gAMA", b"cHRM", b"sRGB", b"cICP", b"acTL",
})  # fmt: skip
_MAX_CHUNKS = 1_000_000
_MAX_RECORD_BYTES = 64 << 20
_MAX_RECORDS = 10_000
_EIGHT_BITS = "The frames of this animation have more than 8 bits; the result has 8."
_MOST_UNPACKED = 1032
"""Bytes that one byte of Deflate can become at most (RFC 1951)."""


def is_png(head: bytes) -> bool:
    """Whether a file that begins so is a PNG."""
    return head.startswith(png.SIGNATURE[:4])


def look_at_png(file: BinaryIO) -> Header:
    """Read everything but the pixels.

    Raises:
        UnsupportedPicture: records without measure.
        ValueError: no header, or a chunk that claims more than the file has.
    """
    found: dict[bytes, bytes] = {}
    texts: list[tuple[bytes, bytes]] = []
    left_bytes, packed_bytes = _MAX_RECORD_BYTES, 0
    for kind, at, length in _chunks(file):
        packed_bytes += length if kind == b"IDAT" else 0
        if kind not in _RECORDS:
            continue
        left_bytes -= length
        if left_bytes < 0 or len(texts) > _MAX_RECORDS:
            raise UnsupportedPicture("holds records of unusual size. Save it anew with an image editor.")
        file.seek(at)
        data = file.read(length)
        if kind in (b"iTXt", b"zTXt", b"tEXt"):
            texts.append((kind, data))
        else:
            found.setdefault(kind, data)
    head = found.get(b"IHDR", b"")
    if len(head) < _HEADER_BYTES:
        raise ValueError("no header")
    width, height, bits = struct.unpack_from(">IIB", head)
    if width * height * bits // 8 > _MOST_UNPACKED * (packed_bytes + 1):
        check_size(width, height)
        raise ValueError("the pixels are not all there")
    frames = struct.unpack_from(">I", found[b"acTL"])[0] if len(found.get(b"acTL", b"")) >= 4 else 1
    return Header(width, height, _records(found, texts), frame_count=max(1, frames))


def decode_png(file: BinaryIO, header: Header) -> Decoded:
    """Decode the picture, in its own depth; of an animation the picture that stands for it.

    Raises:
        UnsupportedPicture: too large or empty.
        ValueError: damaged or truncated; Pillow's errors are possible too.
    """
    check_size(header.width, header.height)
    if header.frame:  # a later frame is drawn over those before it, which Pillow does, with 8 bits
        decoded = replace(decode_pillow(file, header), records=header.records)
        return replace(decoded, notes=(_EIGHT_BITS,)) if _depth(file) == 16 else decoded
    bare, is_deep = bytearray(png.SIGNATURE), False
    for kind, at, length in _chunks(file):
        if kind in _FOR_PIXELS:
            file.seek(at - 8)
            bare += file.read(length + 12)
            is_deep |= kind == b"IHDR" and bare[-4 - _HEADER_BYTES + _DEPTH_AT] == 16
    if not is_deep:
        return replace(decode_pillow(BytesIO(bare), Header(header.width, header.height)), records=header.records)
    import imagecodecs

    samples = np.asarray(imagecodecs.png_decode(bytes(bare)))
    samples = samples[..., None] if samples.ndim == 2 else samples
    return Decoded(samples, header.records, 16)


def _depth(file: BinaryIO) -> int:
    file.seek(len(png.SIGNATURE) + 8 + _DEPTH_AT)
    return file.read(1)[0]


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Kind, place of the data and length of every chunk.

    Raises:
        ValueError: a chunk claims more than the file has, or there are too many.
    """
    file.seek(0)
    if file.read(len(png.SIGNATURE)) != png.SIGNATURE:
        raise ValueError("line ends were changed on the way")
    end, at = file.seek(0, 2), len(png.SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        file.seek(at)
        start = file.read(8)
        if len(start) < 8:
            return
        length, kind = struct.unpack(">I4s", start)
        if at + 12 + length > end:
            raise ValueError("a chunk ends beyond the file")
        yield kind, at + 8, length
        if kind == b"IEND":
            return
        at += 12 + length
    raise ValueError("too many chunks")


def _records(found: dict[bytes, bytes], texts: list[tuple[bytes, bytes]]) -> Records:
    raw = {key: value for key, value in (_raw_profile(kind, data) for kind, data in texts) if key and value}
    packets = (png.xmp_of_text(data) for kind, data in texts if kind == b"iTXt")
    xmp = next((packet for packet in packets if packet), None) or raw.get("xmp")
    return Records(
        icc_profile=png.unpacked_profile(found.get(b"iCCP", b"")),
        exif=found.get(b"eXIf") or raw.get("exif"),
        xmp=xmp,
        dpi=png.dpi_of_physical(found.get(b"pHYs", b"")),
        color=_color(found),
    )


def _color(found: dict[bytes, bytes]) -> CodedColor | None:
    """The colour space that chunks other than iCCP name, the first of them that counts (section 4.3)."""
    codes = found.get(b"cICP", b"")
    if len(codes) >= 2:
        return color_of_codes(codes[0], codes[1])
    if b"sRGB" in found:
        return None
    gamma = found.get(b"gAMA", b"")
    corners = found.get(b"cHRM", b"")
    if not gamma and not corners:
        return None
    values = [v / 100_000 for v in struct.unpack(">8I", corners)] if len(corners) == 32 else None
    return color_of_gamma(
        int.from_bytes(gamma, "big") / 100_000 if len(gamma) == 4 else None,
        None if values is None else (*values[2:], values[0], values[1]),
    )


def _raw_profile(kind: bytes, data: bytes) -> tuple[str, bytes | None]:
    """ImageMagick's "Raw profile type NAME": what it is, exif or xmp, and its bytes; nothing for other texts.

    A blank line, the name and the length stand before hexadecimal lines.
    """
    keyword, _, rest = data.partition(b"\0")
    name = keyword.removeprefix(b"Raw profile type ").decode("latin-1").lower()
    if name == keyword.decode("latin-1").lower() or name not in ("exif", "app1", "xmp"):
        return "", None
    try:
        if kind == b"zTXt":
            rest = zlib.decompressobj().decompress(rest[1:], _MAX_RECORD_BYTES)
        elif kind == b"iTXt":
            rest = rest[2:].split(b"\0", 2)[-1]
        content = bytes.fromhex(b"".join(rest.split(b"\n")[3:]).decode("ascii"))
    except (ValueError, zlib.error):
        return "", None
    if content.startswith(_XMP_PREFIX):
        return "xmp", content.removeprefix(_XMP_PREFIX)
    return ("xmp" if name == "xmp" else "exif"), content


_XMP_PREFIX = b"http://ns.adobe.com/xap/1.0/\0"
