"""EXIF records as trees of tags: parsed, changed and packed again, without thumbnails. Knows nothing of pictures.

Layout after the EXIF 2.32 standard (CIPA DC-008), which is that of TIFF 6.0: directories of twelve-byte entries.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mfsr_engine.geometry import Size

ORIENTATION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 0x0112, 0x011A, 0x011B, 0x0128
PHOTO_POINTER, LOCATION_POINTER, INTEROP_POINTER = 0x8769, 0x8825, 0xA005
DESCRIPTIVE_CODES = frozenset({270, 271, 272, 305, 306, 315, 316, 18246, 18249, 33432, *range(0x9C9B, 0x9CA0)})
"""Tags of the main directory that describe a photograph rather than the layout of its file."""
ICC_TAG, XMP_TAG, IPTC_TAG = 34675, 700, 33723
"""Tags of a TIFF file that hold whole records of other standards."""
MAX_RECORD_BYTES = 16 << 20
"""Records that unfold to more are refused."""

_SHORT, _LONG, _RATIONAL, _UNDEFINED = 3, 4, 5, 7
_KIND_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_WIDTH_CODES, _HEIGHT_CODES = (0x0100, 0xA002), (0x0101, 0xA003)
_DROPPED_CODES = frozenset({0x014A, 0x0201, 0x0202, 0xC4A5})  # further directories, thumbnail, print hints with offsets
_INCH, _CENTIMETRE = 2, 3
_CM_PER_INCH = 2.54


class ExifError(ValueError):
    """The bytes are no EXIF record."""


@dataclass(frozen=True)
class Tag:
    """One entry of a directory."""

    code: int
    """Number of the tag."""
    kind: int
    """Type of its values, 1..12."""
    count: int
    """Number of values."""
    data: bytes
    """The values, in the byte order of the record."""


@dataclass(frozen=True)
class ExifRecord:
    """A whole record; thumbnails and pointers are not part of it."""

    order: Literal["<", ">"]
    """Byte order, as `struct` writes it."""
    main: tuple[Tag, ...] = ()
    """Directory of the picture: camera, author, date, orientation, resolution."""
    photo: tuple[Tag, ...] = ()
    """Directory of the shot: exposure, lens, maker's note."""
    location: tuple[Tag, ...] = ()
    """Directory of the position (GPS)."""
    interop: tuple[Tag, ...] = ()
    """Directory of interoperability, a branch of `photo`."""

    @property
    def orientation(self) -> int:
        """How the stored pixels must be turned, 1..8; 1 if unsaid or out of range."""
        value = self._integer(ORIENTATION) or 1
        return value if value <= 8 else 1

    @property
    def dpi(self) -> tuple[float, float] | None:
        """Pixels per inch, or None if unsaid."""
        scale = {_INCH: 1.0, _CENTIMETRE: _CM_PER_INCH}.get(self._integer(RESOLUTION_UNIT) or _INCH)
        across, down = self._rational(X_RESOLUTION), self._rational(Y_RESOLUTION)
        return None if not (scale and across and down) else (across * scale, down * scale)

    def upright(self) -> ExifRecord:
        """The record of the turned picture: orientation 1 where one was given."""
        return replace(self, main=self._with_integers(self.main, {ORIENTATION: 1}, _SHORT))

    def sized(self, size: Size) -> ExifRecord:
        """The record of a picture of this size; only dimensions that it already names are changed."""
        sides = dict.fromkeys(_WIDTH_CODES, size.width) | dict.fromkeys(_HEIGHT_CODES, size.height)
        return replace(
            self,
            main=self._with_integers(self.main, sides, _LONG),
            photo=self._with_integers(self.photo, sides, _LONG),
        )

    def with_resolution(self, dpi: tuple[float, float]) -> ExifRecord:
        """The record with this resolution in pixels per inch, in place of any other."""
        codes = (X_RESOLUTION, Y_RESOLUTION)
        rationals = (struct.pack(self.order + "II", round(value * 1000), 1000) for value in dpi)
        tags = [Tag(code, _RATIONAL, 1, data) for code, data in zip(codes, rationals, strict=True)]
        tags.append(Tag(RESOLUTION_UNIT, _SHORT, 1, struct.pack(self.order + "H", _INCH)))
        return replace(self, main=(*(tag for tag in self.main if tag.code not in (*codes, RESOLUTION_UNIT)), *tags))

    def without_location(self) -> ExifRecord:
        """The record without its GPS directory."""
        return replace(self, location=())

    def pack(self) -> bytes:
        """The record as bytes, from its TIFF header on."""
        branches = (self.photo or self.interop, self.location)
        branches_at = 8 + _directory_bytes(self.main) + 12 * sum(1 for tags in branches if tags)
        packed, pointers = self.pack_branches(branches_at)
        header = (b"II" if self.order == "<" else b"MM") + struct.pack(self.order + "HI", 42, 8)
        return header + _pack_directory((*self.main, *pointers), 8, self.order) + packed

    def pack_branches(self, at: int) -> tuple[bytes, tuple[Tag, ...]]:
        """The directories below the main one as bytes that will stand at offset `at`, and the tags pointing there."""
        packed, pointers, photo = b"", [], self.photo
        if self.interop:
            packed += _pack_directory(self.interop, at, self.order)
            photo = (*photo, self._pointer(INTEROP_POINTER, at))
        for code, tags in ((PHOTO_POINTER, photo), (LOCATION_POINTER, self.location)):
            if tags:
                pointers.append(self._pointer(code, at + len(packed)))
                packed += _pack_directory(tags, at + len(packed), self.order)
        return packed, tuple(pointers)

    def _pointer(self, code: int, offset: int) -> Tag:
        return Tag(code, _LONG, 1, struct.pack(self.order + "I", offset))

    def _find(self, code: int) -> Tag | None:
        return next((tag for tag in self.main if tag.code == code), None)

    def _integer(self, code: int) -> int | None:
        tag = self._find(code)
        if tag is None or tag.kind not in (_SHORT, _LONG) or tag.count < 1:
            return None
        return int(struct.unpack_from(self.order + ("H" if tag.kind == _SHORT else "I"), tag.data)[0])

    def _rational(self, code: int) -> float | None:
        tag = self._find(code)
        if tag is None or tag.kind != _RATIONAL or tag.count < 1:
            return None
        above, below = struct.unpack_from(self.order + "II", tag.data)
        return above / below if above and below else None

    def _with_integers(self, tags: tuple[Tag, ...], values: dict[int, int], kind: int) -> tuple[Tag, ...]:
        letter = "H" if kind == _SHORT else "I"
        return tuple(
            Tag(tag.code, kind, 1, struct.pack(self.order + letter, values[tag.code])) if tag.code in values else tag
            for tag in tags
        )


def parse_exif(blob: bytes, main_codes: frozenset[int] | None = None) -> ExifRecord:
    """Read a record, or the tags of a whole TIFF file, which has the same layout. Single unreadable tags are left out.

    Args:
        blob: the record, with or without the JPEG prefix "Exif".
        main_codes: tags to take from the main directory; None takes all.

    Raises:
        ExifError: no TIFF header, no directory, or more data than `MAX_RECORD_BYTES`.
    """
    blob = blob.removeprefix(b"Exif\0\0")
    order: Literal["<", ">"] = "<" if blob[:2] == b"II" else ">"
    if blob[:2] not in (b"II", b"MM") or len(blob) < 8 or struct.unpack_from(order + "H", blob, 2)[0] != 42:
        raise ExifError("no TIFF header")
    reader = _Reader(blob, order)
    main = reader.directory(struct.unpack_from(order + "I", blob, 4)[0], main_codes)
    pointers = reader.pointers
    photo = reader.directory(pointers.get(PHOTO_POINTER))
    location = reader.directory(pointers.get(LOCATION_POINTER))
    interop = reader.directory(pointers.get(INTEROP_POINTER))
    return ExifRecord(order, main, photo, location, interop)


class _Reader:
    """Reads directories of one record and remembers where they point."""

    def __init__(self, blob: bytes, order: Literal["<", ">"]) -> None:
        self._blob = blob
        self._order = order
        self._left_bytes = MAX_RECORD_BYTES
        self.pointers: dict[int, int] = {}

    def directory(self, offset: int | None, codes: frozenset[int] | None = None) -> tuple[Tag, ...]:
        if offset is None:
            return ()
        if offset + 2 > len(self._blob):
            raise ExifError("a directory lies beyond the end")
        (count,) = struct.unpack_from(self._order + "H", self._blob, offset)
        places = range(offset + 2, min(offset + 2 + 12 * count, len(self._blob) - 11), 12)
        found = {tag.code: tag for tag in map(self._tag, places) if tag is not None}
        return tuple(tag for code, tag in sorted(found.items()) if codes is None or code in codes)

    def _tag(self, place: int) -> Tag | None:
        code, kind, count, value = struct.unpack_from(self._order + "HHII", self._blob, place)
        if code in (PHOTO_POINTER, LOCATION_POINTER, INTEROP_POINTER):
            self.pointers.setdefault(code, value)
            return None
        length = _KIND_BYTES.get(kind, 0) * count
        start = place + 8 if length <= 4 else value
        if not length or code in _DROPPED_CODES or start + length > len(self._blob):
            return None
        self._left_bytes -= length
        if self._left_bytes < 0:
            raise ExifError("the record is too large")
        return Tag(code, kind, count, bytes(self._blob[start : start + length]))


def _directory_bytes(tags: Iterable[Tag]) -> int:
    return 6 + sum(12 + (_padded(len(tag.data)) if len(tag.data) > 4 else 0) for tag in tags)


def _padded(length: int) -> int:
    return length + length % 2


def _pack_directory(tags: tuple[Tag, ...], at: int, order: str) -> bytes:
    entries, values = bytearray(struct.pack(order + "H", len(tags))), bytearray()
    values_at = at + 6 + 12 * len(tags)
    for tag in sorted(tags, key=lambda tag: tag.code):
        entries += struct.pack(order + "HHI", tag.code, tag.kind, tag.count)
        if len(tag.data) <= 4:
            entries += tag.data.ljust(4, b"\0")
        else:
            entries += struct.pack(order + "I", values_at + len(values))
            values += tag.data.ljust(_padded(len(tag.data)), b"\0")
    return bytes(entries + b"\0\0\0\0" + values)
