"""From a file to a `Picture`: finds the decoder, turns the picture upright, checks the records."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mfsr_engine.errors import ImageReadError
from mfsr_engine.images import icc
from mfsr_engine.images.decode_pillow import decode_pillow
from mfsr_engine.images.decoded import Decoded, Records, UnsupportedPicture
from mfsr_engine.images.exif import ExifError, ExifRecord, parse_exif
from mfsr_engine.images.picture import KeptMetadata, Picture
from mfsr_engine.images.quantise import to_float

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIGNATURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+", b"BM", b"GIF8")
DECODER_ERRORS = (
    OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, ArithmeticError, AttributeError, struct.error,
    zlib.error, RuntimeError,
)  # fmt: skip
"""Everything that the decoders' parsers raise at damaged files."""


def read(path: Path) -> Picture:
    """Read a picture, upright, with everything that must survive to the result.

    PNG, JPEG, WebP, TIFF, AVIF, HEIC, BMP and GIF (first frame), found by content. RGB and grey values stay in the
    file's own colour space, whose profile is kept; CMYK and LAB become sRGB.

    Args:
        path: the file.

    Raises:
        ImageReadError: missing, a folder, not allowed, empty, no picture, damaged, cut off, too large, or of a kind
            that is not read; the message names the file and says what to do.
    """
    path = Path(path)
    data = _bytes_of(path)
    try:
        return _picture(_decode(data))
    except UnsupportedPicture as error:
        raise ImageReadError(f"{path.name} {error}") from None
    except MemoryError:
        raise ImageReadError(
            f"{path.name} does not fit into memory. Close other programs or cut it into parts."
        ) from None
    except DECODER_ERRORS as error:
        if _has_known_signature(data):
            message = f"{path.name} is damaged or cut off. Get a complete copy of the file and try again."
        else:
            kinds = "PNG, JPEG, WebP, TIFF, AVIF, HEIC, BMP or GIF"
            message = f"{path.name} is not a picture that can be read. Choose a {kinds} file."
        raise ImageReadError(message) from error


def _bytes_of(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise ImageReadError(f"{path.name} is a folder, not a picture. Choose a file in it.")
        if not path.is_file():
            raise ImageReadError(f"There is no file {path}. Check its name and place.")
        data = path.read_bytes()
    except PermissionError:
        raise ImageReadError(
            f"{path.name} may not be read. Ask its owner for permission, or copy it elsewhere."
        ) from None
    except MemoryError:
        raise ImageReadError(f"{path.name} does not fit into memory. Close other programs and try again.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ImageReadError(
            f"{path.name} cannot be read ({reason}). Check the disk or connection it lies on."
        ) from error
    if not data:
        raise ImageReadError(f"{path.name} is empty (0 bytes). Get a complete copy of the file.")
    return data


def _has_known_signature(data: bytes) -> bool:
    return data.startswith(_SIGNATURES) or data[4:8] == b"ftyp"


def _decode(data: bytes) -> Decoded:
    from mfsr_engine.images import decode_deep, decode_tiff, png

    if png.is_deep_png(data):
        return decode_deep.decode_deep_png(data)
    if decode_deep.is_heif(data):
        return decode_deep.decode_heif(data)
    if decode_tiff.is_tiff(data):
        return decode_tiff.decode_tiff(data)
    return decode_pillow(data)


def _picture(decoded: Decoded) -> Picture:
    exif, exif_note = _exif(decoded.records)
    samples = _upright(decoded.samples, exif.orientation if exif else 1)
    pixels, alpha = _split(to_float(samples))
    is_gray = samples.shape[2] < 3
    profile = decoded.records.icc_profile
    has_fitting_profile = icc.color_space(profile) in ((icc.RGB_SPACE, icc.GRAY_SPACE) if is_gray else (icc.RGB_SPACE,))
    notes = [*decoded.notes, *exif_note]
    if profile and not has_fitting_profile:
        notes.append("The colour profile does not fit the picture and was left out.")
    kept = KeptMetadata(
        icc_profile=profile if has_fitting_profile else None,
        exif=exif.upright().pack() if exif else None,
        xmp=decoded.records.xmp,
        iptc=decoded.records.iptc,
        dpi=_dpi(decoded.records.dpi) or (_dpi(exif.dpi) if exif else None),
        depth_bits=decoded.depth_bits,
        is_gray=is_gray,
    )
    return Picture(pixels, alpha, kept, tuple(notes))


def _exif(records: Records) -> tuple[ExifRecord | None, tuple[str, ...]]:
    if not records.exif:
        return None, ()
    try:
        record = parse_exif(records.exif)
    except ExifError:
        return None, ("The EXIF record is damaged and was left out.",)
    return record, ()


def _upright(samples: NDArray[Any], orientation: int) -> NDArray[Any]:
    """(H, W, C) samples turned as the EXIF orientation 1..8 asks (EXIF 2.32, 4.6.4)."""
    if orientation >= 5:
        samples = samples.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    if orientation in (3, 4, 7, 8):
        samples = samples[::-1]
    return samples


def _split(samples: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """(H, W, 1..4) into colours (H, W, 3) and opacity (H, W) or None."""
    channels = samples.shape[2]
    alpha = np.ascontiguousarray(samples[..., -1]) if channels in (2, 4) else None
    colors = samples[..., :3] if channels >= 3 else samples[..., :1].repeat(3, axis=2)
    return np.ascontiguousarray(colors), alpha


def _dpi(dpi: object) -> tuple[float, float] | None:
    """The resolution as two floats, or None if it is not one."""
    if not isinstance(dpi, tuple) or len(dpi) != 2:
        return None
    across, down = float(dpi[0]), float(dpi[1])
    return (across, down) if 0 < across < 1e6 and 0 < down < 1e6 else None
