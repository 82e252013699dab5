"""Decodes TIFF and BigTIFF through tifffile, with Pillow as fallback; finds the full-size page.

After TIFF 6.0, its supplements and the Adobe Photoshop notes. Every packing that imagecodecs knows is read.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PIL import Image

from mfsr_engine.files.formats import MAX_READ_MEGAPIXELS
from mfsr_engine.images.decode_pillow import decode_pillow, plain_cmyk
from mfsr_engine.images.decode_raw import decode_raw, is_raw, look_with_records
from mfsr_engine.images.decoded import Decoded, Header, Records, UnsupportedPicture, check_size
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
    ExifRecord,
    parse_exif,
    parse_tiff_tags,
)
from mfsr_engine.images.quantise import to_float

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from numpy.typing import NDArray

_WHITE_IS_ZERO, _BLACK_IS_ZERO, _RGB, _PALETTE, _MASK, _SEPARATED, _YCBCR, _LAB = 0, 1, 2, 3, 4, 5, 6, 8
_RAW = (32803, 34892)
_COLOR_CHANNELS = {_WHITE_IS_ZERO: 1, _BLACK_IS_ZERO: 1, _MASK: 1, _PALETTE: 1, _RGB: 3, _YCBCR: 3, _SEPARATED: 4}
_PLAIN, _JPEGS = 1, (6, 7, 34892, 33007)
_WHOLE_PICTURES = (33003, 33004, 33005, 34712, 34933, 34934, 22610, 50001, 50002, 52546)
"""Packings whose strips and tiles are picture files of their own, which say their own size."""
_PLANES, _INK_SET, _CMYK_INKS = 2, 332, 1
_MULTIPLIED, _UNMULTIPLIED = 1, 2
_HEADERS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_EXIF_CODES = DESCRIPTIVE_CODES | {ORIENTATION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT}
_LONG = 4
_MAX_PAGES_SEEN = 1_000
"""Pages whose tags are looked at to find the one of full size; those after them are taken for pages."""
_MAX_CHANNELS = 64
_MAX_BYTES = MAX_READ_MEGAPIXELS * 16_000_000
_SMALL_COPY_PX = 512
_NESTED_HEAD_BYTES = 4096


def is_tiff(head: bytes) -> bool:
    """Whether a file that begins so is a TIFF or BigTIFF, which the raw files of many cameras are too."""
    return head.startswith(_HEADERS) and not is_raw(head)


def look_at_tiff(file: BinaryIO) -> Header:
    """Find the first page of full size and read its records. Raw data of a camera are told by LibRaw.

    Raises:
        ValueError: damaged or truncated.
    """
    with _opened(file) as tiff:
        pages, full, count = _pages(tiff)
        page, frame = pages[full[0]], full[0]
        # Cameras and scanners that write a thumbnail first write their records beside it.
        sources = [page, pages[0]] if page is not pages[0] and pages[0].is_reduced else [page]
        records = _records(sources, file)
        if _is_raw(page):
            return look_with_records(file, records)
        return Header(int(page.imagewidth), int(page.imagelength), records, count, frame)


def page_header(file: BinaryIO, header: Header, number: int) -> Header:
    """What another page of full size says of itself.

    Raises:
        UnsupportedPicture: it lies too far behind.
        ValueError: damaged or truncated.
    """
    with _opened(file) as tiff:
        pages, full, _ = _pages(tiff)
        if number >= len(full):
            raise UnsupportedPicture(f"has more pages than the {len(full)} that are read. Split it first.")
        page = pages[full[number]]
        width, height = int(page.imagewidth), int(page.imagelength)
        return Header(width, height, _records([page], file), header.frame_count, full[number], header.notes)


def decode_tiff(file: BinaryIO, header: Header) -> Decoded:
    """Decode the page that `look_at_tiff` chose.

    Raises:
        UnsupportedPicture: too large, empty, or of a kind that has no place here.
        ValueError: damaged or truncated; errors of imagecodecs and Pillow are possible too.
    """
    with _opened(file) as tiff:
        page = _pages(tiff)[0][header.frame]
        if _is_raw(page):
            return decode_raw(file, header)
        check_size(page.imagewidth, page.imagelength)
        _check_kind(page)
        if _needs_pillow(page):
            return _by_pillow(page, file, header)
        _check_segments(page, file)
        samples, notes = _samples(page)
        return _as_picture(page, samples, header.records, notes)


@contextmanager
def _opened(file: BinaryIO) -> Iterator[Any]:
    import tifffile

    logging.getLogger("tifffile").setLevel(logging.CRITICAL)  # of damaged tags: what matters is judged here
    file.seek(0)
    with tifffile.TiffFile(file, name="picture") as tiff:
        yield tiff


def _pages(tiff: Any) -> tuple[dict[int, Any], list[int], int]:
    """Pages by number, which of them are of full size, and how many there are of those with what was not looked at."""
    count = len(tiff.pages)
    pages = {at: tiff.pages[at] for at in range(min(count, _MAX_PAGES_SEEN))}
    first = pages[0]
    full = [at for at, page in pages.items() if not page.is_reduced and not page.subfiletype & _MASK]
    further = max(0, count - _MAX_PAGES_SEEN)
    if not full:
        below = [page for page in first.pages or () if not page.subfiletype & 1]
        if below:
            pages[-1] = max(below, key=_area)
            return pages, [-1], 1
        return pages, [max(pages, key=lambda at: _area(pages[at]))], 1
    larger = [at for at in full[1:] if full[0] == 0 and _is_small_copy(first, pages[at])]
    if larger:
        full = [larger[0], *(at for at in full[1:] if at != larger[0])]
    return pages, full, len(full) + further


def _is_small_copy(page: Any, other: Any) -> bool:
    """Whether a page is a thumbnail of another, as some scanners write it without saying so."""
    wide, high = page.imagewidth, page.imagelength
    if max(wide, high) > _SMALL_COPY_PX or min(wide, high) < 1 or _area(other) < 4 * _area(page):
        return False
    shape, shape_of_other = wide / high, other.imagewidth / max(1, other.imagelength)
    return bool(abs(shape - shape_of_other) < 0.03 * shape)


def _area(page: Any) -> int:
    return int(page.imagewidth) * int(page.imagelength)


def _records(pages: list[Any], file: BinaryIO) -> Records:
    """What the first of the pages says, and where it says nothing the next."""
    icc, xmp, iptc = (
        next(filter(None, (_tag_bytes(page, code) for page in pages)), None) for code in (ICC_TAG, XMP_TAG, IPTC_TAG)
    )
    try:
        found = [_exif(page, file) for page in pages]
    except ExifError:
        return Records(icc, None, xmp, iptc)
    exif = found[0]
    for other in found[1:]:
        said = {tag.code for tag in exif.main}
        exif = ExifRecord(
            exif.order,
            (*exif.main, *(tag for tag in other.main if tag.code not in said)),
            exif.photo or other.photo,
            exif.location or other.location,
            exif.interop or other.interop,
        )
    has_more = bool(exif.photo or exif.location) or any(tag.code in DESCRIPTIVE_CODES for tag in exif.main)
    record = exif.pack() if has_more or exif.orientation != 1 else None
    return Records(icc, record, xmp, iptc, exif.dpi)


def _exif(page: Any, file: BinaryIO) -> ExifRecord:
    order: Literal["<", ">"] = "<" if page.parent.byteorder == "<" else ">"
    return parse_tiff_tags(file, order, int(page.offset), _EXIF_CODES, is_big=bool(page.parent.is_bigtiff))


def _tag_bytes(page: Any, code: int) -> bytes | None:
    tag = page.tags.get(code)
    value = tag.value if tag is not None else None
    if isinstance(value, tuple) and tag.dtype == _LONG:  # IPTC is often declared as LONG
        value = np.array(value, page.parent.byteorder + "u4").tobytes()
    return bytes(value) if isinstance(value, bytes) and value else None


def _is_raw(page: Any) -> bool:
    """Whether a page holds what a sensor saw: a mosaic of colours, or linear light of a camera (DNG 1.7)."""
    return page.photometric in _RAW


def _check_kind(page: Any) -> None:
    kind, channels = page.photometric, int(page.samplesperpixel)
    if page.imagedepth != 1 or (kind not in _COLOR_CHANNELS and kind != _LAB):
        raise UnsupportedPicture("holds colours of a kind that is not read. Save it as RGB first.")
    if kind == _SEPARATED and (channels < 4 or page.tags.valueof(_INK_SET, default=_CMYK_INKS) != _CMYK_INKS):
        raise UnsupportedPicture("holds inks other than cyan, magenta, yellow and black. Save it as RGB first.")
    if channels > _MAX_CHANNELS or page.nbytes > _MAX_BYTES:
        raise UnsupportedPicture(f"holds {channels} channels, which are too many. Save it as RGB first.")
    if page.compression != _PLAIN and not _is_known(page.compression):
        raise _unsupported_packing(page)


def _unsupported_packing(page: Any) -> UnsupportedPicture:
    name = str(getattr(page.compression, "name", page.compression))
    return UnsupportedPicture(f"is packed in a way that is not supported ({name}). Save it anew without packing.")


def _is_known(compression: int) -> bool:
    import tifffile

    try:
        return tifffile.TIFF.DECOMPRESSORS[compression] is not None
    except KeyError:
        return False


def _needs_pillow(page: Any) -> bool:
    """LAB, and brightness with colour differences that no picture codec takes apart."""
    is_apart = page.photometric == _YCBCR and page.compression not in (*_JPEGS, *_WHOLE_PICTURES)
    return page.photometric == _LAB or is_apart or page.compression == _JPEGS[0]


def _by_pillow(page: Any, file: BinaryIO, header: Header) -> Decoded:
    bits = page.bitspersample
    if (max(bits) if isinstance(bits, tuple) else bits) > 8 or page.parent.is_bigtiff or header.frame < 0:
        raise UnsupportedPicture("holds colours of a kind that is not read with 16 bits. Save it as RGB first.")
    _check_segments(page, file)
    decoded = decode_pillow(file, header)
    records = replace(
        header.records,
        icc_profile=decoded.records.icc_profile,
        exif=_upright(header.records.exif),
        orientation=1,  # Pillow turns the pixels of a TIFF itself
    )
    return replace(decoded, records=records)


def _upright(exif: bytes | None) -> bytes | None:
    try:
        return parse_exif(exif).upright().pack() if exif else None
    except ExifError:
        return exif


def _check_segments(page: Any, file: BinaryIO) -> None:
    """Refuse strips and tiles that lie beyond the end of the file, or that are pictures much larger than their place.

    Raises:
        ValueError: there are such.
    """
    from mfsr_engine.images.nested_size import nested_size

    end = file.seek(0, 2)
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False):
        if offset + count > end:
            raise ValueError("a part of the picture lies beyond the end")
    if page.compression not in (*_WHOLE_PICTURES, *_JPEGS):
        return
    width, height = (page.tilewidth, page.tilelength) if page.is_tiled else (page.imagewidth, page.rowsperstrip)
    for offset, count in zip(page.dataoffsets, page.databytecounts, strict=False):
        file.seek(offset)
        found = nested_size(file.read(min(count, _NESTED_HEAD_BYTES)))
        if found is not None and found[0] * found[1] > 4 * max(width * min(height, page.imagelength), 4096):
            raise ValueError("a part of the picture claims another size")


def _samples(page: Any) -> tuple[NDArray[Any], tuple[str, ...]]:
    """(H, W, C) unsigned samples of full range, or floats, as they are in the file; white high, and what was changed."""
    # Five axes whatever the file's own metadata says: planes, depth, rows, columns, samples of a pixel.
    try:
        stored = page.asarray(squeeze=False)[:, 0]
    except (ImportError, NotImplementedError):
        raise _unsupported_packing(page) from None
    samples = np.moveaxis(stored, 0, 2).reshape(page.imagelength, page.imagewidth, -1)
    if samples.dtype.kind == "f":
        return _finite(samples)
    if samples.dtype.kind == "b":
        samples = samples.view(np.uint8)
    if samples.dtype.kind != "u" or samples.dtype.itemsize > 4:
        raise UnsupportedPicture("holds numbers of an unusual kind. Save it with 8 or 16 bits first.")
    if page.photometric == _PALETTE:
        return _from_palette(samples[..., 0], page), ()
    bits = page.bitspersample
    if not isinstance(bits, int):
        raise UnsupportedPicture("holds numbers of an unusual kind. Save it with 8 or 16 bits first.")
    is_native = page.compression in (*_JPEGS, *_WHOLE_PICTURES) and samples.dtype.itemsize * 8 != bits
    samples = _full_range(samples, samples.dtype.itemsize * 8 if is_native and bits < 8 else bits)
    if page.photometric == _WHITE_IS_ZERO:
        samples = np.concatenate([np.iinfo(samples.dtype).max - samples[..., :1], samples[..., 1:]], axis=2)
    return samples, ()


def _finite(samples: NDArray[Any]) -> tuple[NDArray[np.float32], tuple[str, ...]]:
    samples = np.asarray(samples, np.float32)
    is_finite = np.isfinite(samples)
    if not is_finite.any():
        raise UnsupportedPicture("holds no finite number, so there is nothing to see. Choose another picture.")
    notes = []
    if not is_finite.all():
        samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=0.0)
        notes.append("Values that are no numbers, or infinite, were replaced by black and white.")
    if samples.max() > 1 or samples.min() < 0:
        notes.append("Values outside 0 to 1 were clipped.")
    return samples, tuple(notes)


def _full_range(samples: NDArray[Any], bits: int) -> NDArray[Any]:
    """Whole numbers of so many bits as uint8 or uint16 with the largest at white."""
    if bits in (8, 16):
        return samples
    if bits > 16:
        return (samples >> (bits - 16)).astype(np.uint16)
    target = np.uint8 if bits < 8 else np.uint16
    largest = (1 << bits) - 1
    wide = np.minimum(samples, largest).astype(np.uint32) * np.iinfo(target).max
    return np.asarray((wide + largest // 2) // largest, target)


def _from_palette(indices: NDArray[Any], page: Any) -> NDArray[Any]:
    palette = page.colormap
    if palette is None or palette.ndim != 2 or not palette.shape[1]:
        raise ValueError("no palette")
    colors = np.ascontiguousarray(palette.T)
    if not (colors > 255).any():  # some write 8 bits where 16 are due
        return np.asarray(colors.astype(np.uint8)[np.minimum(indices, len(colors) - 1)])
    return np.asarray((colors >> 8).astype(np.uint8)[np.minimum(indices, len(colors) - 1)])


def _as_picture(page: Any, samples: NDArray[Any], records: Records, notes: tuple[str, ...]) -> Decoded:
    colors = 3 if page.photometric == _PALETTE else _COLOR_CHANNELS[page.photometric]
    if samples.shape[2] < colors:
        raise ValueError("too few channels")
    plain, alpha, left_out = _without_extra(page, samples, colors)
    if left_out:
        notes = (*notes, "Channels that are neither colours nor opacity were left out.")
    if page.photometric == _SEPARATED:
        inks = np.round(to_float(plain) * 255).astype(np.uint8)
        image = Image.frombytes("CMYK", (inks.shape[1], inks.shape[0]), inks.tobytes())
        converted, note = plain_cmyk(image, records.icc_profile)
        plain, notes, records = np.asarray(converted), (*notes, note), replace(records, icc_profile=None)
        alpha = None if alpha is None else np.round(to_float(alpha) * 255).astype(np.uint8)
    depth: Literal[8, 16] = 8 if plain.dtype == np.uint8 else 16
    whole = plain if alpha is None else np.concatenate([plain, alpha], axis=2)
    if alpha is not None and _MULTIPLIED in page.extrasamples and page.photometric != _SEPARATED:
        whole = to_float(whole)
        whole[..., :-1] /= np.maximum(whole[..., -1:], 1e-6)
        whole = np.clip(whole, 0.0, 1.0)
    return Decoded(whole, records, depth, notes)


def _without_extra(page: Any, samples: NDArray[Any], colors: int) -> tuple[NDArray[Any], NDArray[Any] | None, bool]:
    """Colours, opacity (H, W, 1) if there is one, and whether other channels were left out."""
    plain, extra = samples[..., :colors], samples[..., colors:]
    kinds = [int(kind) for kind in page.extrasamples]
    if not kinds and extra.shape[2] == 1:  # undeclared, which is how careless programs write opacity
        kinds = [_UNMULTIPLIED]
    for at, kind in enumerate(kinds[: extra.shape[2]]):
        if kind in (_MULTIPLIED, _UNMULTIPLIED):
            return plain, extra[..., at : at + 1], extra.shape[2] > 1
    return plain, None, extra.shape[2] > 0
