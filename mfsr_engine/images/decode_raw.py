"""Develops raw photographs of cameras through LibRaw (rawpy), with the camera's white balance, to 16 bits in sRGB.

rawpy is optional, as the `raw` extra. Raw files inside TIFF (DNG, NEF, ARW and others) are told from pictures by
`mfsr_engine.images.decode_tiff`, which also finds their records.
"""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np

from mfsr_engine.files.formats import can_develop_raw
from mfsr_engine.images.decode_pillow import is_for_pillow, look_with_pillow
from mfsr_engine.images.decoded import Decoded, Header, Records, UnsupportedPicture, check_size
from mfsr_engine.images.exif import upright_exif

if TYPE_CHECKING:
    from typing import BinaryIO

_CR2_AT, _CR2 = 8, b"CR"
_BEGINNINGS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0")
"""RAF of Fujifilm, ORF of Olympus, RW2 of Panasonic."""
_CR3 = b"ftypcrx "
_GAMMA = (2.4, 12.92)
"""Power and slope of the sRGB curve (IEC 61966-2-1)."""
_TURNED = (5, 6)
"""LibRaw's codes of quarter turns."""
_NOTE = "The photograph was developed from the camera's raw data, with the camera's white balance."
_MISSING = 'is the raw file of a camera. Install what reads it: `pip install "mfsr[raw]"`.'
_UNREADABLE = "is the raw file of a camera that LibRaw does not read. Develop it with a raw converter first."


def is_raw(head: bytes) -> bool:
    """Whether a file that begins so is the raw photograph of a camera in a container of its own."""
    is_cr2 = head[:4] == b"II*\0" and head[_CR2_AT : _CR2_AT + 2] == _CR2
    return is_cr2 or head.startswith(_BEGINNINGS) or head[4:12] == _CR3


def look_at_raw(file: BinaryIO) -> Header:
    """Read the size and what the camera wrote beside its data, as far as an embedded preview repeats it.

    Raises:
        UnsupportedPicture: LibRaw does not know the file, or is not installed.
        rawpy.LibRawError: damaged or truncated.
    """
    return look_with_records(file, None)


def look_with_records(file: BinaryIO, records: Records | None) -> Header:
    """The same with records that were found already, whose orientation and profile are those of the raw data; see `look_at_raw`."""
    with _opened(file) as raw:
        sizes = raw.sizes
        width, height = int(sizes.iwidth), int(sizes.iheight)
        if records is None:
            records = Records(exif=_exif_of_preview(raw))
    if sizes.flip in _TURNED:
        width, height = height, width
    exif = upright_exif(records.exif)
    return Header(width, height, replace(records, exif=exif, icc_profile=None, orientation=1))


def decode_raw(file: BinaryIO, header: Header) -> Decoded:
    """Develop the photograph: white balance as the camera set it, upright, 16 bits in sRGB.

    Raises:
        UnsupportedPicture: too large, empty, of a camera that LibRaw does not know, or LibRaw is not installed.
        rawpy.LibRawError: damaged or truncated.
    """
    check_size(header.width, header.height)
    with _opened(file) as raw:
        samples = raw.postprocess(use_camera_wb=True, output_bps=16, gamma=_GAMMA, no_auto_bright=True)
    samples = np.ascontiguousarray(samples if samples.ndim == 3 else samples[..., None])
    return Decoded(samples, header.records, 16, (_NOTE,))


def _opened(file: BinaryIO) -> Any:
    if not can_develop_raw():
        raise UnsupportedPicture(_MISSING)
    import rawpy

    file.seek(0)
    try:
        return rawpy.imread(BytesIO(file.read()))
    except rawpy.LibRawFileUnsupportedError:
        raise UnsupportedPicture(_UNREADABLE) from None


def _exif_of_preview(raw: Any) -> bytes | None:
    try:
        preview = raw.extract_thumb().data
        return look_with_pillow(BytesIO(preview)).records.exif if is_for_pillow(preview[:12]) else None
    except Exception:  # a preview is not needed, whatever is wrong with it
        return None
