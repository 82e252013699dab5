"""Decodes what Pillow would cut down to 8 bits: PNG through OpenCV, HEIF through libheif."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from mfsr_engine.images import png
from mfsr_engine.images.decoded import Decoded, Records, check_size
from mfsr_engine.images.exif import ExifError, parse_exif

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_AVIF_BRANDS = frozenset({b"avif", b"avis"})


def is_heif(data: bytes) -> bool:
    """Whether the file is HEIF with HEVC inside, by the brands in its first box (ISO/IEC 23008-12)."""
    if data[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[at : at + 4] for at in (8, *range(16, end, 4))}
    return bool(brands & _HEIF_BRANDS) and not brands & _AVIF_BRANDS


def decode_heif(data: bytes) -> Decoded:
    """Decode the primary picture of a HEIF file in its own depth. libheif has turned it upright already.

    Raises:
        UnsupportedPicture: too large or empty.
        ValueError: damaged or truncated.
    """
    import pillow_heif

    primary = pillow_heif.open_heif(BytesIO(data), convert_hdr_to_8bit=False)
    check_size(*primary.size)
    samples = np.asarray(primary)
    bits = 8 if samples.dtype == np.uint8 else int(primary.info.get("bit_depth", 16))
    if samples.dtype != np.uint8:  # 10 or 12 bits, moved up to fill 16
        samples = (samples >> (16 - bits)).astype(np.float32) / np.float32((1 << bits) - 1)
    samples = samples[..., None] if samples.ndim == 2 else samples
    info = primary.info
    exif = _upright_exif(info.get("exif"))
    records = Records(info.get("icc_profile"), exif, info.get("xmp"))
    return Decoded(samples, records, 8 if bits == 8 else 16)


def decode_deep_png(data: bytes) -> Decoded:
    """Decode a PNG of 16 bits.

    Raises:
        UnsupportedPicture: too large or empty.
        ValueError: damaged or truncated.
    """
    import cv2

    chunks = list(png.side_chunks(data))
    check_size(int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None:
        raise ValueError("damaged pixels")
    color_type, found = data[25], {chunk.kind: chunk.data for chunk in chunks}
    texts = (png.xmp_of_text(chunk.data) for chunk in chunks if chunk.kind == b"iTXt")
    records = Records(
        icc_profile=png.unpacked_profile(found.get(b"iCCP", b"")),
        exif=found.get(b"eXIf"),
        xmp=next((text for text in texts if text), None),
        dpi=png.dpi_of_physical(found.get(b"pHYs", b"")),
    )
    return Decoded(_rgb_order(samples, color_type, found.get(b"tRNS")), records, 16)


def _rgb_order(samples: NDArray[Any], color_type: int, gray_key: bytes | None) -> NDArray[Any]:
    """OpenCV's blue-first samples in the order and number of channels that the file has."""
    if samples.ndim == 2:
        if color_type == 0 and gray_key and len(gray_key) == 2:
            opacity = np.where(samples == int.from_bytes(gray_key, "big"), 0, 65535).astype(np.uint16)
            return np.stack([samples, opacity], axis=2)
        return samples[..., None]
    if color_type == 4:
        return samples[..., [0, 3]]
    return samples[..., [2, 1, 0, 3][: samples.shape[2]]]


def _upright_exif(exif: bytes | None) -> bytes | None:
    try:
        return parse_exif(exif).upright().pack() if exif else None
    except ExifError:
        return exif
