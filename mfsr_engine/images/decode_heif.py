"""Decodes HEIF: HEIC through libheif, AVIF through libavif, both in their own depth and with the colours that they name."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from mfsr_engine.images.coded_color import CodedColor, color_of_codes
from mfsr_engine.images.decode_pillow import decode_pillow, opened_image
from mfsr_engine.images.decoded import Decoded, Header, Records, check_size
from mfsr_engine.images.exif import ExifError, parse_exif, upright_exif

if TYPE_CHECKING:
    from typing import BinaryIO

    from numpy.typing import NDArray

_HEIC_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})
_MAX_BRANDS_BYTES = 256
_HIGH_DEPTH, _TWELVE_BITS = 0x40, 0x20
_GAIN_MAP = "The file also holds a gain map for HDR screens, which was left out."
_DEPTH_MAP = "The file also holds a depth map, which was left out."


def is_heic(head: bytes) -> bool:
    """Whether a file that begins so is HEIF with HEVC inside, by the brands in its first box (ISO/IEC 23008-12)."""
    return bool(_brands(head) & _HEIC_BRANDS) and not is_avif(head)


def is_avif(head: bytes) -> bool:
    """Whether a file that begins so is an AVIF."""
    return bool(_brands(head) & _AVIF_BRANDS)


def look_at_heic(file: BinaryIO) -> Header:
    """Read everything but the pixels. libheif turns them upright itself.

    Raises:
        ValueError: damaged or truncated.
    """
    return _look_at_heic(file, 0)


def page_header(file: BinaryIO, header: Header, number: int) -> Header:
    """What another picture of a HEIC file says of itself; the primary one comes first.

    Raises:
        ValueError: damaged or truncated.
    """
    del header
    return _look_at_heic(file, number)


def _look_at_heic(file: BinaryIO, number: int) -> Header:
    opened = _opened_by_libheif(file)
    first = opened.primary_index
    frame = (first, *(at for at in range(len(opened)) if at != first))[number]
    picture = opened[frame]
    info = picture.info
    records = Records(
        info.get("icc_profile"), upright_exif(info.get("exif")), info.get("xmp"), color=_color(info), orientation=1
    )
    width, height = picture.size
    return Header(width, height, records, len(opened), frame, _left_out(info))


def decode_heic(file: BinaryIO, header: Header) -> Decoded:
    """Decode the primary picture of a HEIC file.

    Raises:
        UnsupportedPicture: too large or empty.
        ValueError: damaged or truncated.
    """
    check_size(header.width, header.height)
    primary = _opened_by_libheif(file)[header.frame]
    samples = np.asarray(primary)
    bits = 8 if samples.dtype == np.uint8 else int(primary.info.get("bit_depth", 16))
    if samples.dtype != np.uint8:  # moved up to fill 16
        samples = _full_range(samples >> (16 - bits), bits)
    return Decoded(_with_channels(samples), header.records, 8 if bits == 8 else 16)


def look_at_avif(file: BinaryIO) -> Header:
    """Read everything but the pixels.

    Raises:
        UnsupportedPicture: too large.
        OSError: damaged, truncated or no picture.
    """
    file.seek(0)
    image = opened_image(file)
    info = image.info
    exif = info.get("exif")
    records = Records(info.get("icc_profile"), exif, info.get("xmp"), orientation=_orientation(exif))
    frames = int(getattr(image, "n_frames", 1))
    notes: tuple[str, ...] = ()
    try:
        boxes = _opened_by_libheif(file)
        also = boxes[boxes.primary_index].info
        records, notes = replace(records, color=_color(also)), _left_out(also)
    except (OSError, ValueError, RuntimeError, IndexError):  # what libavif can read need not please libheif
        pass
    width, height = image.size
    return Header(width, height, records, frames, notes=notes)


def decode_avif(file: BinaryIO, header: Header) -> Decoded:
    """Decode the first picture of an AVIF file.

    Raises:
        UnsupportedPicture: too large or empty.
        RuntimeError: damaged or truncated.
    """
    import imagecodecs

    check_size(header.width, header.height)
    file.seek(0)
    data = file.read()
    bits = _avif_bits(data)
    if bits == 8:
        return replace(decode_pillow(file, header), records=header.records)
    if header.frame_count != 1:  # WORKAROUND imagecodecs 2026.3 spoils the heap at one frame of several
        note = "The frames of this animation have more than 8 bits; the result has 8."
        return replace(decode_pillow(file, header), records=header.records, notes=(note,))
    samples = np.asarray(imagecodecs.avif_decode(data))
    return Decoded(_with_channels(_full_range(samples, bits)), header.records, 16)


def _brands(head: bytes) -> frozenset[bytes]:
    if head[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(head[:4], "big"), _MAX_BRANDS_BYTES)
    return frozenset(head[at : at + 4] for at in (8, *range(16, end, 4)))


def _opened_by_libheif(file: BinaryIO) -> Any:
    import pillow_heif

    file.seek(0)
    return pillow_heif.open_heif(BytesIO(file.read()), convert_hdr_to_8bit=False)


def _color(info: dict[str, Any]) -> CodedColor | None:
    codes = info.get("nclx_profile") or {}
    return color_of_codes(int(codes.get("color_primaries", 2)), int(codes.get("transfer_characteristics", 2)))


def _left_out(info: dict[str, Any]) -> tuple[str, ...]:
    has_gain_map = any("gainmap" in str(kind).lower() for kind in info.get("aux") or {})
    return (*((_GAIN_MAP,) if has_gain_map else ()), *((_DEPTH_MAP,) if info.get("depth_images") else ()))


def _avif_bits(data: bytes) -> int:
    """Depth of the picture, from the configuration of its decoder (AV1-ISOBMFF, 2.3)."""
    at = data.find(b"av1C")
    flags = data[at + 6] if 0 <= at < len(data) - 6 else 0
    return 8 if not flags & _HIGH_DEPTH else 12 if flags & _TWELVE_BITS else 10


def _full_range(samples: NDArray[Any], bits: int) -> NDArray[np.float32]:
    return samples.astype(np.float32) / np.float32((1 << bits) - 1)


def _with_channels(samples: NDArray[Any]) -> NDArray[Any]:
    return samples[..., None] if samples.ndim == 2 else samples


def _orientation(exif: bytes | None) -> int:
    """Pillow writes the turning that an AVIF's boxes ask for into its EXIF record, in place of what was there."""
    try:
        return parse_exif(exif).orientation if exif else 1
    except ExifError:
        return 1
