"""Writes pixels to a file with all metadata of their source: decides what fits the format, and reports what does not. Pixels may come in
pieces; then no more of them is held than the format's encoder needs. A file is written whole or not at all, and why it could not be
written is explained.
"""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from mfsr_engine.errors import ImageExistsError, ImageWriteError, RequestError
from mfsr_engine.files import atomic
from mfsr_engine.files.atomic import is_same_file
from mfsr_engine.files.formats import FORMATS, FormatTraits, ImageFormat, format_of_suffix
from mfsr_engine.geometry import Size
from mfsr_engine.images import icc, iptc
from mfsr_engine.images.encode_job import EncodeJob
from mfsr_engine.images.encoding import encode
from mfsr_engine.images.exif import ExifError, ExifRecord, parse_exif
from mfsr_engine.images.quantise import to_uint8, to_uint16
from mfsr_engine.images.reading import is_result
from mfsr_engine.images.resize import resized
from mfsr_engine.images.xmp import XmpError, updated_xmp
from mfsr_engine.strips import joined, pieces_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from mfsr_engine.images.picture import DepthBits, KeptMetadata
    from mfsr_engine.images.provenance import Provenance
    from mfsr_engine.strips import Piece

_LUMA = (0.2126, 0.7152, 0.0722)
"""Weights of red, green and blue in grey (ITU-R BT.709)."""
_NO_SPACE = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NOT_ALLOWED = (errno.EACCES, errno.EPERM, errno.EROFS)


@dataclass(frozen=True)
class WriteOptions:
    """How a result is written."""

    format: ImageFormat | None = None
    """Format of the file; None goes by the ending of its name."""
    quality: int = 95
    """1 (small) to 100 (best) for JPEG, WebP and AVIF; PNG and TIFF lose nothing whatever it says."""
    depth: DepthBits | None = None
    """Bits of a colour value, 8 or 16; None is the source's. Only PNG and TIFF hold 16."""
    keep_location: bool = True
    """Whether the place where the picture was taken (GPS) is kept."""
    overwrite: bool = False
    """Whether a file of the same name is replaced. One without the mark of this program's results is kept under another name."""
    elsewhere: Callable[[], Path] | None = None
    """Gives another name if a file of the same name came up and is not replaced; None refuses."""
    source: Path | None = None
    """File that the picture was made from. It is kept under another name too if it would be replaced; None if there is none."""
    keep_date: bool = False
    """Whether the file gets the date and the permissions of `source`."""
    provenance: Provenance | None = None
    """What made the picture, written into XMP; None writes nothing of it."""

    def __post_init__(self) -> None:
        if not 1 <= self.quality <= 100:
            raise RequestError(f"Quality must be 1 to 100, not {self.quality}.")
        if self.depth not in (None, 8, 16):
            raise RequestError(f"Depth must be 8 or 16 bits, not {self.depth}.")


@dataclass(frozen=True)
class WrittenFile:
    """A file that was written."""

    path: Path
    """Where it is."""
    notes: tuple[str, ...] = ()
    """What the format could not hold, in sentences for the user."""


@dataclass
class _Preparation:
    """Brings a picture into the limits of one format and collects what that cost."""

    traits: FormatTraits
    kept: KeptMetadata
    options: WriteOptions
    notes: list[str] = field(default_factory=list)
    _put_on_white: bool = field(default=False, init=False)

    @property
    def has_gray_profile(self) -> bool:
        """Whether the kept profile is one of grey values."""
        return icc.color_space(self.kept.icc_profile) == icc.GRAY_SPACE

    @property
    def is_gray(self) -> bool:
        """Whether the source had one channel, and nothing speaks against three equal ones being one again."""
        return self.kept.is_gray and icc.color_space(self.kept.icc_profile) != icc.RGB_SPACE

    def job(self, size: Size, *, has_alpha: bool) -> EncodeJob:
        has_alpha &= self.traits.has_alpha
        colors = 1 if self.is_gray and self.traits.has_gray else 3
        return EncodeJob(
            size=size,
            channels=colors + has_alpha,
            depth_bits=self._depth(),
            quality=self.options.quality,
            icc_profile=self._profile(),
            exif=self._exif(size),
            xmp=self._xmp(size),
            iptc=self._iptc(),
            dpi=self.kept.dpi if self.traits.has_dpi else None,
        )

    def samples(self, piece: Piece, depth_bits: DepthBits) -> NDArray[Any]:
        """(H, W, channels) uint8 or uint16 of one piece, in the colours of `job`."""
        pixels, alpha = self._without_alpha(piece.pixels, piece.alpha)
        colors = self._gray(pixels) if self.is_gray else pixels
        whole = colors if alpha is None else np.concatenate([colors, alpha[..., None]], axis=2)
        return to_uint16(whole) if depth_bits == 16 else to_uint8(whole)

    def keep(self, kept: Path) -> None:
        """Note under which name the file lies that was in the picture's place."""
        self.notes.append(f"The file that was there is kept as {kept.name}.")

    def finish(self) -> tuple[str, ...]:
        """What was left out or changed, after the last piece."""
        if self._put_on_white:
            self.notes.append(f"{self.traits.title} holds no transparency; the picture was put on white.")
        return tuple(self.notes)

    def _without_alpha(
        self, pixels: NDArray[np.float32], alpha: NDArray[np.float32] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
        if alpha is None or self.traits.has_alpha:
            return pixels, alpha
        self._put_on_white |= float(alpha.min()) < 1.0
        opacity = np.clip(alpha, 0.0, 1.0)[..., None]
        return pixels * opacity + (1.0 - opacity), None

    def _gray(self, pixels: NDArray[np.float32]) -> NDArray[np.float32]:
        """(H, W, 1), or (H, W, 3) of equal channels where the format has no grey."""
        gray = _luma(pixels)
        if self.traits.has_gray:
            return gray[..., None]
        if self.kept.icc_profile is not None and self.has_gray_profile:
            gray = icc.gray_to_srgb(gray, self.kept.icc_profile)
        return np.repeat(gray[..., None], 3, axis=2)

    def _profile(self) -> bytes | None:
        """The profile of what is written."""
        if self.kept.icc_profile is None:
            return None
        if icc.color_space(self.kept.icc_profile) == icc.RGB_SPACE:
            return self.kept.icc_profile
        if not (self.is_gray and self.has_gray_profile):
            return None
        if self.traits.has_gray:
            return self.kept.icc_profile
        self.notes.append(f"{self.traits.title} holds no grey profile; the tones were converted to sRGB.")
        return None

    def _depth(self) -> DepthBits:
        depth = self.options.depth or self.kept.depth_bits
        if depth == 16 and not self.traits.has_16_bit:
            self.notes.append(f"{self.traits.title} is written with 8 bits a channel; choose PNG or TIFF to keep 16.")
            return 8
        return depth

    def _exif(self, size: Size) -> bytes | None:
        lonely_dpi = None if self.traits.has_dpi else self.kept.dpi
        if self.kept.exif is None:
            return ExifRecord("<").with_resolution(lonely_dpi).pack() if lonely_dpi else None
        try:
            record = parse_exif(self.kept.exif).upright().sized(size)
        except ExifError:
            self._left_out("EXIF record is damaged")
            return None
        if lonely_dpi and record.dpi is None:
            record = record.with_resolution(lonely_dpi)
        packed = (record if self.options.keep_location else record.without_location()).pack()
        if not self._fits(packed):
            self._left_out(f"EXIF record is too large for {self.traits.title}")
            return None
        return packed

    def _xmp(self, size: Size) -> bytes | None:
        provenance, keep_location = self.options.provenance, self.options.keep_location
        only_ours = updated_xmp(None, size, provenance=provenance)
        try:
            packet = updated_xmp(self.kept.xmp, size, keep_location=keep_location, provenance=provenance)
        except XmpError:
            self._left_out("XMP record is damaged")
            return only_ours
        if packet is not None and not self._fits(packet):
            self._left_out(f"XMP record is too large for {self.traits.title}")
            return only_ours
        return packet

    def _iptc(self) -> bytes | None:
        record = self.kept.iptc
        if record is None:
            return None
        if not self.traits.has_iptc:
            self._left_out(f"IPTC record has no place in {self.traits.title}")
            return None
        if self.traits.max_record_bytes is not None and iptc.jpeg_segment(record) is None:
            self._left_out(f"IPTC record is too large for {self.traits.title}")
            return None
        return record

    def _fits(self, record: bytes) -> bool:
        return self.traits.max_record_bytes is None or len(record) <= self.traits.max_record_bytes

    def _left_out(self, reason: str) -> None:
        self.notes.append(f"The {reason} and was left out.")


def write(
    path: Path,
    pixels: NDArray[np.float32],
    alpha: NDArray[np.float32] | None = None,
    *,
    kept: KeptMetadata,
    options: WriteOptions | None = None,
    size: Size | None = None,
) -> WrittenFile:
    """Write a picture whole or not at all, with what its source carried; missing folders are made.

    Args:
        path: where to.
        pixels: (H, W, 3) float32 0..1 RGB in the space of `kept.icc_profile`; values outside are clipped.
        alpha: (H, W) float32 0..1 opacity, or None.
        kept: what the source carried; `KeptMetadata()` for a picture without source.
        options: how; the defaults if None.
        size: size of the file's picture, if it is to have another than `pixels`.

    Returns:
        The path and what the format could not hold.

    Raises:
        ImageWriteError: as `write_pieces`.
    """
    assert pixels.ndim == 3 and pixels.shape[2] == 3 and pixels.size, f"pixels of shape {pixels.shape}"  # noqa: PT018
    assert alpha is None or alpha.shape == pixels.shape[:2], "opacity does not fit the pixels"
    own_size = Size(pixels.shape[1], pixels.shape[0])
    pieces = resized(pieces_of(pixels, alpha), own_size, size or own_size)
    return write_pieces(path, size or own_size, pieces, has_alpha=alpha is not None, kept=kept, options=options)


def write_pieces(
    path: Path,
    size: Size,
    pieces: Iterable[Piece],
    *,
    has_alpha: bool,
    kept: KeptMetadata,
    options: WriteOptions | None = None,
) -> WrittenFile:
    """`write` for a picture that comes in pieces, and may still be computed.

    Args:
        path: where to.
        size: of the picture.
        pieces: all of it. What they raise goes on to the caller, and no file is left.
        has_alpha: whether the pieces have opacity.
        kept: what the source carried.
        options: how; the defaults if None.

    Raises:
        ImageWriteError: unknown ending, file in the way, too large for the format, no permission, no space; an older
            file is untouched and no temporary file is left.
    """
    path, options = Path(path), options or WriteOptions()
    image_format = options.format or format_of_suffix(path)
    check_fits(path.name, size, image_format)
    preparation = _Preparation(FORMATS[image_format], kept, options)
    places = [path]

    def elsewhere() -> Path:
        assert options is not None
        assert options.elsewhere is not None
        places.append(options.elsewhere())
        return places[-1]

    with replacing(
        path,
        overwrite=options.overwrite,
        like=options.source if options.keep_date else None,
        is_original=lambda there: _is_original(there, options.source),
        on_kept=preparation.keep,
        elsewhere=elsewhere if options.elsewhere else None,
    ) as file:
        job = preparation.job(size, has_alpha=has_alpha)
        pieces = iter(pieces)
        parts = ((piece.area, preparation.samples(piece, job.depth_bits)) for piece in pieces)
        encode(file, image_format, job, joined(parts, size.width))
        rest = next(pieces, None)  # whoever makes them is to come to the end
        assert rest is None, f"a piece too many: {rest}"
    return WrittenFile(places[-1], preparation.finish())


def _is_original(path: Path, source: Path | None) -> bool:
    """Whether a file may be someone's only copy: the source itself, or anything without our mark; an empty one is nothing."""
    if source is not None and is_same_file(path, source):
        return True
    return path.stat().st_size > 0 and not is_result(path)


def check_fits(name: str, size: Size, image_format: ImageFormat) -> None:
    """Refuse a picture that its format cannot hold.

    Args:
        name: of the file, for the message.
        size: of the picture.
        image_format: of the file.

    Raises:
        ImageWriteError: it is too large.
    """
    traits = FORMATS[image_format]
    if max(size.width, size.height) > traits.max_side_px:
        raise ImageWriteError(
            f"{name} would be {size.width} x {size.height} pixels, but {traits.title} ends at {traits.max_side_px} a side. "
            "Choose PNG or TIFF, or a smaller size."
        )
    if traits.max_pixels is not None and size.width * size.height > traits.max_pixels:
        raise ImageWriteError(
            f"{name} would be {size.width} x {size.height} pixels, but {traits.title} ends at "
            f"{traits.max_pixels // 1_000_000} megapixels. Choose PNG or TIFF, or a smaller size."
        )


@contextmanager
def replacing(
    path: Path,
    *,
    overwrite: bool,
    like: Path | None = None,
    is_original: Callable[[Path], bool] = lambda _: False,
    on_kept: Callable[[Path], None] = lambda _: None,
    elsewhere: Callable[[], Path] | None = None,
) -> Iterator[BinaryIO]:
    """Open a temporary file that becomes `path` when the block ends well; missing folders are made.

    Whatever goes wrong in the block, the temporary file is gone afterwards and an older `path` is untouched.

    Args:
        path: file to make or replace.
        overwrite: whether an older file is replaced.
        like: file whose date and permissions the new one gets.
        is_original: whether an older file is to be kept under another name.
        on_kept: told that name.
        elsewhere: gives another name if `path` is taken by then and not to be replaced; None raises.

    Raises:
        ImageExistsError: `path` is in the way.
        ImageWriteError: a folder is, or the system refuses to write; the message says why and what to do.
    """
    _check_free(path, overwrite or elsewhere is not None)
    kept: Path | None = None
    before: os.stat_result | None = None

    def settle() -> None:
        nonlocal kept, before
        _check_free(path, overwrite or elsewhere is not None)
        if not overwrite:
            return
        if path.is_file() and not path.is_symlink() and is_original(path):  # of a link only the link is replaced
            before = path.stat()
            kept = atomic.keep_beside(path)

    try:
        with atomic.replacing(path, settle, overwrite=overwrite, like=like, elsewhere=elsewhere) as file:
            yield file
    except BaseException as error:
        if kept is not None and before is not None and _is_still(path, before):  # and needs no second name
            kept.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise _explained(path, error) from error
        raise
    if kept is not None:
        on_kept(kept)


def _is_still(path: Path, before: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), before)
    except OSError:
        return False


def _check_free(path: Path, overwrite: bool) -> None:
    try:
        is_folder, is_there = path.is_dir(), path.exists()
    except OSError as error:
        raise _explained(path, error) from error
    if is_folder:
        raise ImageWriteError(f"{path.name} is a folder. Choose another name for the picture.")
    if is_there and not overwrite:
        raise _already_there(path)


def _already_there(path: Path) -> ImageExistsError:
    return ImageExistsError(f"{path.name} exists already. Choose another name, or allow it to be replaced.")


def _explained(path: Path, error: OSError) -> ImageWriteError:
    if error.errno in _NO_SPACE:
        return ImageWriteError(
            f"The disk is full; {path.name} was not written. Free some space or choose another disk."
        )
    if error.errno in _NOT_ALLOWED:
        return ImageWriteError(f"{path.parent} may not be written to. Choose another folder or ask for permission.")
    if error.errno == errno.EEXIST and path.parent.is_dir():
        return _already_there(path)
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return ImageWriteError(f"{path.parent} is not a folder that can hold {path.name}. Choose another folder.")
    if error.errno == errno.ENAMETOOLONG:
        return ImageWriteError(f"The name {path.name} is too long. Choose a shorter one.")
    reason = error.strerror or str(error)
    return ImageWriteError(f"{path.name} cannot be written ({reason}). Choose another place and try again.")


def _luma(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    """(H, W) of (H, W, 3). Not as a product of matrices, whose sums depend on the size of the piece on some processors."""
    red, green, blue = (pixels[..., channel] * np.float32(share) for channel, share in enumerate(_LUMA))
    luma: NDArray[np.float32] = red + green + blue
    return luma
