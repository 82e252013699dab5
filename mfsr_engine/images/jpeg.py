"""Writes JPEG files in strips, though the encoder takes whole pictures only. Knows no colours and no records.

A strip of a JPEG that begins at a restart marker depends on nothing before it (ITU-T T.81, section E.1.4). So strips are encoded
as pictures of their own, with a marker after each row of blocks, and their scans joined by the marker that comes next.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from PIL import Image

from mfsr_engine.files.formats import ImageFormat
from mfsr_engine.images.pillow_encoder import encoded_by_pillow
from mfsr_engine.strips import restacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

_RESTARTS = 8
"""Restart markers are counted from 0 to 7; a strip of as many rows of blocks ends before number 7."""
_BLOCK_PX = 8
_FRAMES = (0xC0, 0xC1, 0xC2)
_START_OF_SCAN = 0xDA
_LAST_RESTART, _END = b"\xff\xd7", b"\xff\xd9"


def write_jpeg(
    file: BinaryIO, height: int, strips: Iterable[NDArray[Any]], coding: Mapping[str, Any], records: Mapping[str, Any]
) -> None:
    """Write a JPEG; no more than a strip is held. It decodes to the same values as one encoded at once.

    Args:
        file: open for writing, at its begin.
        height: of the picture.
        strips: (any, width, 1 or 3) uint8.
        coding: options of Pillow's encoder that decide the pixels; "subsampling" is "4:4:4" or "4:2:0".
        records: options of Pillow's encoder for what stands before the pixels.

    Raises:
        ImageWriteError: the encoder refuses the picture.
    """
    block_rows = _BLOCK_PX if coding["subsampling"] == "4:4:4" else 2 * _BLOCK_PX
    is_first = True
    for strip in restacked(strips, _RESTARTS * block_rows):
        encoded = _encoded(strip, dict(coding) | (dict(records) if is_first else {}))
        scan_at, height_at = _places(encoded)
        if is_first:
            file.write(encoded[:height_at])
            file.write(struct.pack(">H", height))
            file.write(encoded[height_at + 2 : scan_at])
        else:
            file.write(_LAST_RESTART)
        file.write(encoded[scan_at : -len(_END)])
        is_first = False
    file.write(_END)


def _encoded(strip: NDArray[Any], options: dict[str, Any]) -> memoryview:
    if strip.shape[2] == 1:
        strip, options = strip[..., 0], options | {"subsampling": "4:4:4"}
    image = Image.fromarray(np.ascontiguousarray(strip))
    return encoded_by_pillow(image, ImageFormat.JPEG, options | {"restart_marker_rows": 1})


def _places(encoded: memoryview) -> tuple[int, int]:
    """Where the entropy-coded data begin, and where the picture's height is said."""
    at, height_at = 2, 0
    while True:
        kind, length = encoded[at + 1], struct.unpack_from(">H", encoded, at + 2)[0]
        if kind in _FRAMES:
            height_at = at + 5
        at += 2 + length
        if kind == _START_OF_SCAN:
            return at, height_at
