"""Reads a file into a `Picture`, or of it only the size, a small copy or who made it: opens regular files only, finds the decoder, applies
the orientation, checks the metadata.
"""

from __future__ import annotations

import errno
import os
import stat
import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mfsr_engine.errors import ImageReadError
from mfsr_engine.geometry import Size
from mfsr_engine.images import coded_color, icc
from mfsr_engine.images.decode_pillow import is_for_pillow, opened_image
from mfsr_engine.images.decoded import Decoded, Header, Records, UnsupportedPicture, check_size
from mfsr_engine.images.exif import ExifError, ExifRecord, parse_exif
from mfsr_engine.images.picture import KeptMetadata, Picture
from mfsr_engine.images.quantise import to_float, to_uint8
from mfsr_engine.images.xmp import declared_provenance, said_orientation, upright_xmp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO

    from numpy.typing import NDArray

    from mfsr_engine.images.decoded import Header, Records
    from mfsr_engine.images.decoders import Decoder
    from mfsr_engine.images.provenance import Provenance

_SPARE_BYTES, _BYTES_PER_PIXEL = 512 << 20, 32
"""A file may have this much, and as much for each pixel: more is something else than a picture."""


def read(path: Path, *, as_stored: bool = False, page: int | None = None) -> Picture:
    """Read a picture, upright, with everything that must survive to the result.

    PNG, JPEG, WebP, TIFF, AVIF, HEIC, JPEG XL, JPEG 2000, BMP and GIF, found by content; of several pages or frames the first
    of full size. RGB and grey values stay in the file's own colour space, whose profile is kept, or made if the file names it
    otherwise; CMYK and LAB become sRGB, and pictures for HDR screens get the range of others.

    Args:
        path: the file.
        as_stored: whether whole numbers of 8 and 16 bits stay so, which takes a quarter or half of the memory.
        page: which of several pages or frames of full size, from 0 on; None is the first, with a note that there are more.

    Raises:
        ImageReadError: missing, no plain file, not allowed, empty, no picture, damaged, cut off, too large, or of a kind
            that is not read; the message names the file and says what to do.
    """
    path = Path(path)
    with decoding(path, page or 0) as (file, decoder, header):
        check_size(header.width, header.height)
        decoded = decoder.decode(file, header)
        notes = _frame_notes(header.frame_count) if page is None else ()
        return _picture(header, decoded, notes, as_stored=as_stored)


@dataclass(frozen=True)
class SmallCopy:
    """A picture at a glance."""

    size: Size
    """Its true size, upright."""
    pixels: NDArray[np.uint8]
    """(h, w, 3) uint8 RGB, upright, no side above what was asked; opacity is left out."""


def header_size(path: Path, page: int = 0) -> Size:
    """Size of a picture, or of one of its pages, upright, from its header. Its pixels are not looked at, so they may still be damaged.

    Raises:
        ImageReadError: the file is missing, damaged, too large, or no picture.
    """
    with decoding(path, page) as (_, _, header):
        check_size(header.width, header.height)
        return upright_size(header)


def stated_size(path: Path) -> Size:
    """The same without a limit: results may be larger than what is read as a source.

    Raises:
        ImageReadError: the file is missing, damaged or no picture.
    """
    with decoding(path) as (_, _, header):
        return upright_size(header)


def page_count(path: Path) -> int:
    """How many pages or frames of full size a file has; 1 where they cannot be counted or the file cannot be read."""
    try:
        with decoding(path) as (_, _, header):
            return max(1, header.frame_count)
    except ImageReadError:  # it will be told when its turn comes
        return 1


def small_copy(path: Path, side_px: int) -> SmallCopy:
    """Look at a picture, decoding no more than necessary. Keeps no records.

    Args:
        path: the file.
        side_px: longest side of the small copy.

    Raises:
        ImageReadError: the file is missing, damaged, too large, or no picture.
    """
    with decoding(path) as (file, decoder, header):
        check_size(header.width, header.height)
        size = upright_size(header)
        small = size.scaled(min(1.0, side_px / max(size.width, size.height)))
        samples, orientation = _drafted(file, side_px), orientation_of(header.records)
        if samples is None:
            decoded = decoder.decode(file, header)
            samples, orientation = _eight_bits(decoded, small), orientation_of(decoded.records)
        stored = Size(small.height, small.width) if orientation >= 5 else small
        image = Image.fromarray(np.ascontiguousarray(samples)).convert("RGB")
        reduced = image.resize((stored.width, stored.height), Image.Resampling.BOX, reducing_gap=2.0)
        return SmallCopy(size, np.ascontiguousarray(upright_samples(np.asarray(reduced), orientation)))


def provenance_of(path: Path) -> Provenance | None:
    """What a result's own record says of its making; None if it says nothing.

    Raises:
        ImageReadError: the file is missing, damaged or no picture.
    """
    with decoding(path) as (_, _, header):
        packet = header.records.xmp
    return declared_provenance(packet) if packet else None


def is_result(path: Path) -> bool:
    """Whether a file says that this program made it; False for one that cannot be read, which will be told elsewhere."""
    try:
        return provenance_of(path) is not None
    except Exception:  # whatever is wrong with the file will be told when its turn comes
        return False


def _drafted(file: BinaryIO, side_px: int) -> NDArray[Any] | None:
    """A JPEG decoded at a fraction of its size, which its decoder does much faster; None for other files."""
    file.seek(0)
    if not is_for_pillow(file.read(3)):
        return None
    file.seek(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # damaged EXIF and large sizes are judged elsewhere
        image = opened_image(file)
        if image.format != "JPEG" or image.mode not in ("L", "RGB"):
            return None
        image.draft("RGB", (side_px * 2, side_px * 2))
        return np.asarray(image)


def _eight_bits(decoded: Decoded, size: Size) -> NDArray[np.uint8]:
    """Samples thinned out to at least twice the size, with 8 bits and without opacity."""
    step = max(1, min(decoded.samples.shape[:2]) // (2 * max(size.width, size.height)))
    samples = decoded.samples if decoded.samples.dtype == np.uint8 else decoded.samples[::step, ::step]
    colors = samples[..., :3] if samples.shape[2] >= 3 else samples[..., 0]
    return colors if colors.dtype == np.uint8 else to_uint8(to_float(colors))


@contextmanager
def decoding(path: Path, page: int = 0) -> Iterator[tuple[BinaryIO, Decoder, Header]]:
    """Open a picture file, look at its header, and put whatever the decoders raise while it is open into words.

    Args:
        path: the file.
        page: which of several pages or frames of full size.

    Yields:
        The open file, its decoder, and what the file says before its pixels. Its size is not judged yet.

    Raises:
        ImageReadError: as `read`.
    """
    from mfsr_engine.images.decoders import HEAD_BYTES, decoder_of

    with opened(path) as file:
        decoder = decoder_of(_head(file, HEAD_BYTES))
        if decoder is None:
            kinds = "PNG, JPEG, WebP, TIFF, AVIF, HEIC, JPEG XL, JPEG 2000, BMP or GIF"
            raise ImageReadError(f"{path.name} is not a picture that can be read. Choose a {kinds} file.")
        try:
            header = decoder.look(file)
            if page:
                header = _of_page(file, decoder, header, page)
            if decoder.reads_whole:
                _check_bytes(file, header)
            yield file, decoder, header
        except UnsupportedPicture as error:
            raise ImageReadError(f"{path.name} {error}") from None
        except ImageReadError:
            raise
        except MemoryError:
            raise ImageReadError(
                f"{path.name} does not fit into memory. Close other programs or cut it into parts."
            ) from None
        except (
            Exception
        ) as error:  # the decoders of many libraries at a damaged file: there is no list of what they raise
            if isinstance(error, OSError) and error.errno in DISK_ERRORS:
                raise
            message = f"{path.name} is damaged or cut off. Get a complete copy of the file and try again."
            raise ImageReadError(message) from error


def _of_page(file: BinaryIO, decoder: Decoder, header: Header, page: int) -> Header:
    if page >= header.frame_count:
        raise UnsupportedPicture(f"has no page {page + 1}. Look at the file again; it may have changed.")
    return decoder.page(file, header, page)


DISK_ERRORS = frozenset(
    {errno.EIO, errno.ESTALE, errno.ENXIO, errno.ENODEV, errno.ETIMEDOUT, errno.EACCES, errno.EPERM}
)
"""What the system says of a disk or connection that fails; other numbers come from decoders that were led astray."""


def _head(file: BinaryIO, count: int) -> bytes:
    head = file.read(count)
    file.seek(0)
    return head


def _check_bytes(file: BinaryIO, header: Header) -> None:
    size = file.seek(0, 2)
    if size > _SPARE_BYTES + _BYTES_PER_PIXEL * header.width * header.height:
        raise UnsupportedPicture(
            f"holds {size >> 20} MiB, far more than a picture of {header.width} x {header.height} pixels needs. "
            "Save it anew with an image editor."
        )


def _picture(header: Header, decoded: Decoded, frame_notes: tuple[str, ...], *, as_stored: bool) -> Picture:
    records, orientation = decoded.records, orientation_of(decoded.records)
    samples = upright_samples(decoded.samples, orientation)
    size = Size(samples.shape[1], samples.shape[0])
    exif, exif_notes = _exif(records)
    xmp, xmp_notes = upright_xmp(records.xmp, orientation, size) if records.xmp else (None, ())
    is_gray = samples.shape[2] < 3
    is_hdr = records.color is not None and records.color.is_hdr and not records.icc_profile
    keeps_depth = as_stored and samples.dtype in (np.uint8, np.uint16) and not is_hdr
    pixels, alpha = _split(samples if keeps_depth else to_float(samples))
    pixels, profile, color_notes = _in_its_space(pixels, records, is_gray=is_gray)
    kept = KeptMetadata(
        icc_profile=profile,
        exif=exif.turned(orientation, size).pack() if exif else None,
        xmp=xmp,
        iptc=records.iptc,
        dpi=_dpi(records.dpi, orientation) or (_dpi(exif.dpi, orientation) if exif else None),
        depth_bits=decoded.depth_bits,
        is_gray=is_gray,
    )
    notes = (*decoded.notes, *color_notes, *exif_notes, *header.notes, *xmp_notes, *frame_notes)
    coding = decoded.jpeg.transposed() if decoded.jpeg and orientation >= 5 else decoded.jpeg
    return Picture(pixels, alpha, kept, tuple(dict.fromkeys(notes)), header.frame_count, coding)


def _exif(records: Records) -> tuple[ExifRecord | None, tuple[str, ...]]:
    if not records.exif:
        return None, ()
    try:
        record = parse_exif(records.exif)
    except ExifError:
        return None, ("The EXIF record is damaged and was left out.",)
    return record, ()


def _in_its_space(
    pixels: NDArray[Any], records: Records, *, is_gray: bool
) -> tuple[NDArray[Any], bytes | None, tuple[str, ...]]:
    """Pixels, the ICC profile that fits them, None for sRGB, and what had to be changed."""
    profile, color = records.icc_profile, records.color
    if profile:
        spaces = (icc.RGB_SPACE, icc.GRAY_SPACE) if is_gray else (icc.RGB_SPACE,)
        if icc.color_space(profile) in spaces:
            return pixels, profile, ()
        return pixels, None, ("The colour profile does not fit the picture and was left out.",)
    if color is None:
        return pixels, None, ()
    notes: tuple[str, ...] = ()
    if color.is_hdr:
        pixels = coded_color.to_standard_range(pixels, color)
        notes = ("The picture was made for HDR screens; it was converted for others, with softer highlights.",)
    return pixels, coded_color.icc_profile(color, is_gray=is_gray), notes


def _frame_notes(count: int) -> tuple[str, ...]:
    if count == 1:
        return ()
    if count == 0:
        return ("The file is an animation; only its first frame was taken.",)
    return (f"The file holds {count} pages or frames; only the first was taken, and {count - 1} were left out.",)


def _split(samples: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any] | None]:
    """(H, W, 1..4) into colours (H, W, 3) and opacity (H, W) or None."""
    channels = samples.shape[2]
    alpha = np.ascontiguousarray(samples[..., -1]) if channels in (2, 4) else None
    colors = samples[..., :3] if channels >= 3 else samples[..., :1].repeat(3, axis=2)
    return np.ascontiguousarray(colors), alpha


def _dpi(dpi: object, orientation: int) -> tuple[float, float] | None:
    """The resolution of the upright picture as two floats, or None if it is not one."""
    if not isinstance(dpi, tuple) or len(dpi) != 2:
        return None
    across, down = float(dpi[0]), float(dpi[1])
    if not (0 < across < 1e6 and 0 < down < 1e6):
        return None
    return (down, across) if orientation >= 5 else (across, down)


_FLAGS = os.O_RDONLY | getattr(os, "O_BINARY", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)
"""Without waiting: a pipe that took the file's place meanwhile would hold the program until someone writes into it."""


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading.

    Raises:
        ImageReadError: missing, a folder, a device or pipe, not allowed, empty, or the disk fails while it is open; the
            message names the file and says what to do.
    """
    try:
        _check_plain(path, path.stat().st_mode)
        with os.fdopen(os.open(path, _FLAGS), "rb") as file:
            state = os.fstat(file.fileno())
            _check_plain(path, state.st_mode)
            if not state.st_size:
                raise ImageReadError(f"{path.name} is empty (0 bytes). Get a complete copy of the file.")
            yield file
    except (FileNotFoundError, NotADirectoryError):
        if path.is_symlink():
            raise ImageReadError(f"{path.name} is a link to a file that is not there. Check where it leads.") from None
        raise ImageReadError(f"There is no file {path}. Check its name and place.") from None
    except PermissionError:
        raise ImageReadError(
            f"{path.name} may not be read. Ask its owner for permission, or copy it elsewhere."
        ) from None
    except OSError as error:
        raise ImageReadError(
            f"{path.name} cannot be read ({error.strerror or error}). Check the disk or connection it lies on."
        ) from error


def _check_plain(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise ImageReadError(f"{path.name} is a folder, not a picture. Choose a file in it.")
    if not stat.S_ISREG(mode):
        raise ImageReadError(f"{path.name} is a device or a pipe, not a file. Choose a picture file.")


def orientation_of(records: Records) -> int:
    """How the stored samples must be turned, 1..8: what the container says, else EXIF, else XMP."""
    if records.orientation is not None:
        return records.orientation
    try:
        said = parse_exif(records.exif).said_orientation if records.exif else None
    except ExifError:
        said = None
    return said or said_orientation(records.xmp) or 1


def upright_size(header: Header) -> Size:
    """Size of the picture once it is turned."""
    if orientation_of(header.records) >= 5:
        return Size(header.height, header.width)
    return Size(header.width, header.height)


def upright_samples(samples: NDArray[Any], orientation: int) -> NDArray[Any]:
    """(H, W, C) samples turned as the EXIF orientation 1..8 asks (EXIF 2.32, 4.6.4)."""
    if orientation >= 5:
        samples = samples.swapaxes(0, 1)
    if orientation in (2, 3, 6, 7):
        samples = samples[:, ::-1]
    if orientation in (3, 4, 7, 8):
        samples = samples[::-1]
    return samples
