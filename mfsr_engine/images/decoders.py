"""The table of decoders, chosen by a file's first bytes, never by its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mfsr_engine.images import (
    decode_heif,
    decode_jpeg2000,
    decode_jxl,
    decode_pillow,
    decode_png,
    decode_raw,
    decode_tiff,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

    from mfsr_engine.images.decoded import Decoded, Header

HEAD_BYTES = 256
"""As many bytes tell every format."""


@dataclass(frozen=True)
class Decoder:
    """One way of reading files."""

    is_mine: Callable[[bytes], bool]
    """Told the first `HEAD_BYTES` of a file."""
    look: Callable[[BinaryIO], Header]
    """Reads everything but the pixels."""
    decode: Callable[[BinaryIO, Header], Decoded]
    """Reads the pixels, after `look`."""
    page: Callable[[BinaryIO, Header, int], Header] = decode_pillow.frame_header
    """Told what `look` said and a number from 0 on: what the file says of another page or frame of full size."""
    reads_whole: bool = True
    """Whether the whole file is taken into memory; else only the page that is decoded."""


DECODERS = (
    Decoder(decode_png.is_png, decode_png.look_at_png, decode_png.decode_png),
    Decoder(decode_pillow.is_for_pillow, decode_pillow.look_with_pillow, decode_pillow.decode_pillow),
    Decoder(decode_raw.is_raw, decode_raw.look_at_raw, decode_raw.decode_raw),
    Decoder(
        decode_tiff.is_tiff,
        decode_tiff.look_at_tiff,
        decode_tiff.decode_tiff,
        decode_tiff.page_header,
        reads_whole=False,
    ),
    Decoder(decode_heif.is_heic, decode_heif.look_at_heic, decode_heif.decode_heic, decode_heif.page_header),
    Decoder(decode_heif.is_avif, decode_heif.look_at_avif, decode_heif.decode_avif),
    Decoder(decode_jxl.is_jxl, decode_jxl.look_at_jxl, decode_jxl.decode_jxl),
    Decoder(decode_jpeg2000.is_jpeg2000, decode_jpeg2000.look_at_jpeg2000, decode_jpeg2000.decode_jpeg2000),
)
"""All decoders, those of the most common files first; at most one takes a file."""


def decoder_of(head: bytes) -> Decoder | None:
    """The decoder of a file that begins so; None if it is no picture that can be read."""
    return next((decoder for decoder in DECODERS if decoder.is_mine(head)), None)
