"""Writes TIFF and BigTIFF tile by tile, with EXIF directories, which the library does not write. Knows no colours.

After TIFF 6.0 and the BigTIFF design (https://www.awaresystems.be/imaging/tiff/bigtiff.html).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from isal import isal_zlib

from mfsr_engine.images.exif import (
    DESCRIPTIVE_CODES,
    INTEROP_POINTER,
    IPTC_TAG,
    LOCATION_POINTER,
    PHOTO_POINTER,
    XMP_TAG,
    ExifRecord,
    Tag,
    parse_exif,
)
from mfsr_engine.strips import restacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from mfsr_engine.images.encode_job import EncodeJob

CLASSIC_BYTES = 4_000_000_000
"""Pixels that take more before they are packed become a BigTIFF, since a classic one ends at 4 GiB."""

_TILE_PX = 256
_LEVEL = 2
"""Of igzip's 0 to 3; see docs/PERFORMANCE.md."""
_BYTE, _LONG, _UNDEFINED, _LONG8 = 1, 4, 7, 16


@dataclass(frozen=True)
class _Layout:
    """How directories are laid out."""

    first_at: int
    """Where the header says where the main directory is."""
    count: str
    """`struct` letter of the number of entries."""
    offset: str
    """`struct` letter of an offset, and of the number of a tag's values."""
    pointer_kind: int
    """Type of a tag that holds an offset."""

    @property
    def word_bytes(self) -> int:
        """Of an offset; a value as short stands in the entry itself."""
        return struct.calcsize(self.offset)

    @property
    def entry_bytes(self) -> int:
        """Of an entry: code, kind, number of values, and the values or where they are."""
        return 4 + 2 * self.word_bytes

    def directory_bytes(self, entries: int) -> int:
        """Of a directory without what its entries point to."""
        return struct.calcsize("=" + self.count) + self.entry_bytes * entries + self.word_bytes


_CLASSIC = _Layout(4, "H", "I", _LONG)
_BIG = _Layout(8, "Q", "Q", _LONG8)


def write_tiff(file: BinaryIO, job: EncodeJob, strips: Iterable[NDArray[Any]]) -> None:
    """Write a TIFF of packed tiles from the top down; no more than a row of tiles is held.

    Args:
        file: open for reading and writing, and empty.
        job: what to write.
        strips: (any, job.size.width, job.channels) uint8 or uint16, as `job.depth_bits` says.
    """
    import tifffile

    is_big = job.sample_bytes > CLASSIC_BYTES
    exif = parse_exif(job.exif) if job.exif else ExifRecord("<")
    shape = (job.size.height, job.size.width, job.channels)
    dtype = np.dtype(f"{exif.order}u{job.depth_bits // 8}")
    with tifffile.TiffWriter(file, bigtiff=is_big, byteorder=exif.order) as writer:
        writer.write(
            _packed_tiles(strips, job.size.width, dtype),
            shape=shape if job.channels > 1 else shape[:2],
            dtype=dtype,
            tile=(_TILE_PX, _TILE_PX),
            photometric="rgb" if job.channels >= 3 else "minisblack",
            planarconfig="contig" if job.channels > 1 else None,
            extrasamples=["unassalpha"] if job.channels in (2, 4) else None,
            compression="zlib",
            predictor=True,
            iccprofile=job.icc_profile,
            resolution=job.dpi,
            resolutionunit="inch" if job.dpi else None,
            metadata=None,
            software=False,
            extratags=_extra_tags(exif, job),
        )
    _append_branches(file, exif, _BIG if is_big else _CLASSIC)


def _packed_tiles(strips: Iterable[NDArray[Any]], width: int, dtype: np.dtype[Any]) -> Iterator[bytes]:
    """Tiles from left to right, then down, as differences from the sample to the left (predictor 2), deflated."""
    for strip in restacked(strips, _TILE_PX):
        for left in range(0, width, _TILE_PX):
            part = strip[:, left : left + _TILE_PX]
            missing = ((0, _TILE_PX - part.shape[0]), (0, _TILE_PX - part.shape[1]), (0, 0))
            tile = np.pad(part, missing, mode="edge")
            tile[:, 1:] -= tile[:, :-1].copy()
            yield isal_zlib.compress(tile.astype(dtype, copy=False).tobytes(), _LEVEL)


def _extra_tags(exif: ExifRecord, job: EncodeJob) -> list[tuple[int, int, int, Any, bool]]:
    tags: list[tuple[int, int, int, Any, bool]] = [
        (tag.code, tag.kind, tag.count, tag.data, True) for tag in exif.main if tag.code in DESCRIPTIVE_CODES
    ]
    if job.xmp:
        tags.append((XMP_TAG, _BYTE, len(job.xmp), job.xmp, True))
    if job.iptc:
        tags.append((IPTC_TAG, _UNDEFINED, len(job.iptc), job.iptc, True))
    return tags


def _append_branches(file: BinaryIO, exif: ExifRecord, layout: _Layout) -> None:
    """Add the EXIF and GPS directories: the main directory, with pointers to them, moves behind the pixels."""
    if not (exif.photo or exif.interop or exif.location):
        return
    order = exif.order
    file.seek(layout.first_at)
    (main_at,) = struct.unpack(order + layout.offset, file.read(layout.word_bytes))
    file.seek(main_at)
    (count,) = struct.unpack(order + layout.count, file.read(struct.calcsize("=" + layout.count)))
    entries = [file.read(layout.entry_bytes) for _ in range(count)]
    end = file.seek(0, 2)
    file.write(bytes(-end % 8))
    photo = exif.photo
    if exif.interop:
        photo = (*photo, _pointer(INTEROP_POINTER, _write_directory(file, exif.interop, order, layout), order, layout))
    for code, tags in ((PHOTO_POINTER, photo), (LOCATION_POINTER, exif.location)):
        if tags:
            pointer = _pointer(code, _write_directory(file, tags, order, layout), order, layout)
            entries.append(_entry(pointer, 0, order, layout))
    entries.sort(key=lambda entry: int(struct.unpack_from(order + "H", entry)[0]))
    main_at = file.tell()
    file.write(struct.pack(order + layout.count, len(entries)) + b"".join(entries) + bytes(layout.word_bytes))
    file.seek(layout.first_at)
    file.write(struct.pack(order + layout.offset, main_at))


def _write_directory(file: BinaryIO, tags: Iterable[Tag], order: str, layout: _Layout) -> int:
    """Write a directory and its values at the end of the file; returns where it is."""
    tags = sorted(tags, key=lambda tag: tag.code)
    at = file.tell()
    values_at = at + layout.directory_bytes(len(tags))
    entries, values = b"", b""
    for tag in tags:
        entries += _entry(tag, values_at + len(values), order, layout)
        if len(tag.data) > layout.word_bytes:
            values += tag.data + bytes(-len(tag.data) % 2)
    file.write(struct.pack(order + layout.count, len(tags)) + entries + bytes(layout.word_bytes) + values)
    file.write(bytes(-file.tell() % 8))
    return at


def _entry(tag: Tag, value_at: int, order: str, layout: _Layout) -> bytes:
    head = struct.pack(order + "HH" + layout.offset, tag.code, tag.kind, tag.count)
    if len(tag.data) <= layout.word_bytes:
        return head + tag.data.ljust(layout.word_bytes, b"\0")
    return head + struct.pack(order + layout.offset, value_at)


def _pointer(code: int, at: int, order: str, layout: _Layout) -> Tag:
    return Tag(code, layout.pointer_kind, 1, struct.pack(order + layout.offset, at))
