"""Decodes TIFF: pixels of 8 bits through Pillow, deeper ones through tifffile; records through tifffile and `exif`."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mfsr_engine.images.decode_pillow import decode_pillow, plain_cmyk
from mfsr_engine.images.decoded import Decoded, Records, UnsupportedPicture, check_size
from mfsr_engine.images.exif import (
    DESCRIPTIVE_CODES,
    ICC_TAG,
    IPTC_TAG,
    ORIENTATION,
    RESOLUTION_UNIT,
    X_RESOLUTION,
    XMP_TAG,
    Y_RESOLUTION,
    ExifError,
    parse_exif,
)
from mfsr_engine.images.quantise import to_float

if TYPE_CHECKING:
    from numpy.typing import NDArray

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _SEPARATED = 0, 1, 2, 5
_PLANES = 2
_MULTIPLIED, _UNMULTIPLIED = 1, 2
_HEADERS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_EXIF_CODES = DESCRIPTIVE_CODES | {ORIENTATION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT}


def is_tiff(data: bytes) -> bool:
    """Whether the file is a TIFF or BigTIFF."""
    return data.startswith(_HEADERS)


def decode_tiff(data: bytes) -> Decoded:
    """Decode the first page of a TIFF file.

    Raises:
        UnsupportedPicture: too large, empty, or of a kind that has no place here.
        ValueError: damaged or truncated; Pillow's errors are possible too.
    """
    import tifffile

    with tifffile.TiffFile(BytesIO(data)) as file:
        page = file.pages.first
        check_size(page.imagewidth, page.imagelength)
        records = _records(page, data)
        bits = page.bitspersample
        if (max(bits) if isinstance(bits, tuple) else bits) > 8:
            return _decode_deep(page, data, records)
    shallow = decode_pillow(data)
    icc_profile = shallow.records.icc_profile
    return replace(shallow, records=replace(records, icc_profile=icc_profile, exif=_upright(records.exif)))


def _records(page: Any, data: bytes) -> Records:
    try:
        exif = parse_exif(data, _EXIF_CODES)
    except ExifError:
        return Records(_tag_bytes(page, ICC_TAG), None, _tag_bytes(page, XMP_TAG), _tag_bytes(page, IPTC_TAG))
    has_more = bool(exif.photo or exif.location) or any(tag.code in DESCRIPTIVE_CODES for tag in exif.main)
    record = exif.pack() if has_more or exif.orientation != 1 else None
    return Records(_tag_bytes(page, ICC_TAG), record, _tag_bytes(page, XMP_TAG), _tag_bytes(page, IPTC_TAG), exif.dpi)


def _tag_bytes(page: Any, code: int) -> bytes | None:
    tag = page.tags.get(code)
    value = tag.value if tag is not None else None
    if isinstance(value, tuple) and tag.dtype == 4:  # IPTC is often declared as LONG
        value = np.array(value, page.parent.byteorder + "u4").tobytes()
    return bytes(value) if isinstance(value, bytes) and value else None


def _upright(exif: bytes | None) -> bytes | None:
    """Pillow turns the pixels of a TIFF itself."""
    return parse_exif(exif).upright().pack() if exif else None


def _decode_deep(page: Any, data: bytes, records: Records) -> Decoded:
    samples = _tiff_samples(page, data)
    if samples.dtype.kind == "u" and samples.dtype.itemsize == 4:
        samples = (samples >> 16).astype(np.uint16)
    if samples.dtype.kind not in "uf":
        raise UnsupportedPicture("holds numbers of an unusual kind. Save it with 8 or 16 bits first.")
    if page.photometric == _SEPARATED:
        return _cmyk(samples, records)
    return Decoded(_with_opacity(samples, page), records, 16, _range_note(samples))


def _tiff_samples(page: Any, data: bytes) -> NDArray[Any]:
    """(H, W, C) samples with white high."""
    kind = page.photometric
    if kind not in (_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _SEPARATED) or page.imagedepth != 1:
        raise UnsupportedPicture("holds colours of a kind that is not read with 16 bits. Save it as RGB first.")
    try:
        samples = page.asarray()
    except ValueError as error:
        if "imagecodecs" not in str(error) or kind not in (_BLACK_IS_ZERO, _RGB):
            raise
        return tiff_samples_by_opencv(data)
    if page.planarconfig == _PLANES and samples.ndim == 3:
        samples = np.moveaxis(samples, 0, 2)
    samples = samples.reshape(page.imagelength, page.imagewidth, -1)
    is_inverted = kind == _WHITE_IS_ZERO and samples.dtype.kind == "u"
    return np.asarray(np.iinfo(samples.dtype).max - samples) if is_inverted else np.asarray(samples)


def tiff_samples_by_opencv(data: bytes) -> NDArray[Any]:
    """(H, W, C) samples of a grey or RGB TIFF, with or without opacity.

    WORKAROUND tifffile reads LZW and some other packings only with imagecodecs, a large further package.

    Raises:
        ValueError: OpenCV cannot read it either.
    """
    import cv2

    samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if samples is None:
        raise ValueError("damaged pixels")
    return np.asarray(samples[..., None] if samples.ndim == 2 else samples[..., [2, 1, 0, 3][: samples.shape[2]]])


def _with_opacity(samples: NDArray[Any], page: Any) -> NDArray[Any]:
    """Colour channels and, if one is declared, opacity; multiplied colours (ExtraSamples 1) are divided again."""
    colors = 3 if page.photometric == _RGB else 1
    extra = page.extrasamples[0] if page.extrasamples else 0
    if extra not in (_MULTIPLIED, _UNMULTIPLIED) or samples.shape[2] <= colors:
        return samples[..., :colors]
    plain = samples[..., : colors + 1]
    if extra == _UNMULTIPLIED:
        return plain
    result = to_float(plain)
    result[..., :-1] /= np.maximum(result[..., -1:], 1e-6)
    return np.clip(result, 0.0, 1.0)


def _cmyk(samples: NDArray[Any], records: Records) -> Decoded:
    inks = np.round(to_float(samples[..., :4]) * 255).astype(np.uint8)
    image, note = plain_cmyk(
        Image.frombytes("CMYK", (inks.shape[1], inks.shape[0]), inks.tobytes()), records.icc_profile
    )
    return Decoded(np.asarray(image), replace(records, icc_profile=None), 8, (note,))


def _range_note(samples: NDArray[Any]) -> tuple[str, ...]:
    is_clipped = samples.dtype.kind == "f" and bool((samples.max() > 1) or (samples.min() < 0))
    return ("Values outside 0 to 1 were clipped.",) if is_clipped else ()
