"""Reads the size of a picture from its first bytes, for files inside other files and formats without a header reader."""

from __future__ import annotations

import struct

from mfsr_engine.images.jxl_header import parse_jxl_header

_J2K_START, _JP2_START = b"\xff\x4f\xff\x51", b"\0\0\0\x0cjP  "
_JXL_STARTS = (b"\xff\x0a", b"\0\0\0\x0cJXL ")
_FRAME_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def nested_size(head: bytes) -> tuple[int, int] | None:
    """Width and height that the picture beginning with these bytes claims; None if it does not say it here."""
    try:
        if head.startswith(b"\x89PNG") and len(head) >= 24:
            return struct.unpack_from(">II", head, 16)
        if head.startswith((_J2K_START, _JP2_START)):
            return _of_jpeg_2000(head)
        if head.startswith(_JXL_STARTS):
            found = parse_jxl_header(head)
            return found.width, found.height
        if head.startswith(b"RIFF"):
            return _of_webp(head)
        if head.startswith(b"\xff\xd8"):
            return _of_jpeg(head)
    except (ValueError, struct.error, IndexError):
        return None
    return None


def _of_jpeg_2000(head: bytes) -> tuple[int, int] | None:
    at = head.find(_J2K_START)
    if at < 0:
        return None
    right, lower, left, upper = struct.unpack_from(">IIII", head, at + 8)
    return right - left, lower - upper


def _of_webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack_from("<HH", head, 26)
    return width & 0x3FFF, height & 0x3FFF


def jpeg_frame(head: bytes) -> tuple[int, int] | None:
    """Marker and place of the frame header among the first bytes of a JPEG (ISO/IEC 10918-1, B.2.2); None if it is not there."""
    at = 2
    while at + 9 <= len(head) and head[at] == 0xFF:
        marker, length = head[at + 1], int.from_bytes(head[at + 2 : at + 4], "big")
        if marker in _FRAME_MARKERS:
            return marker, at
        at += 2 + length
    return None


def _of_jpeg(head: bytes) -> tuple[int, int] | None:
    found = jpeg_frame(head)
    if found is None:
        return None
    height, width = struct.unpack_from(">HH", head, found[1] + 5)
    return width, height
