"""EXIF metadata as trees of tags: parsed, changed and serialised again, without thumbnails. Knows nothing of pictures.

Layout after the EXIF 2.32 standard (CIPA DC-008), which is that of TIFF 6.0: directories of twelve-byte entries.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from mfsr_engine.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import BinaryIO

ORIENTATION, X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT = 0x0112, 0x011A, 0x011B, 0x0128
PHOTO_POINTER, LOCATION_POINTER, INTEROP_POINTER = 0x8769, 0x8825, 0xA005
DESCRIPTIVE_CODES = frozenset({270, 271, 272, 305, 306, 315, 316, 18246, 18249, 33432, *range(0x9C9B, 0x9CA0)})
"""Tags of the main directory that describe a photograph rather than the layout of its file."""
ICC_TAG, XMP_TAG, IPTC_TAG = 34675, 700, 33723
"""Tags of a TIFF file that hold whole records of other standards."""
MAX_RECORD_BYTES = 16 << 20
"""Records that unfold to more are refused."""

_SHORT, _LONG, _RATIONAL, _UNDEFINED, _DIRECTORY = 3, 4, 5, 7, 13
_SHORT_MAX, _LONG_MAX = 0xFFFF, 0xFFFFFFFF
_KIND_BYTES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
_PIXEL_WIDTH, _PIXEL_HEIGHT = 0xA002, 0xA003
_WIDTH_CODES, _HEIGHT_CODES = (0x0100, _PIXEL_WIDTH), (0x0101, _PIXEL_HEIGHT)
_SUBJECT_AREA, _SUBJECT_PLACE = 0x9214, 0xA214
_FOCAL_PLANE_ACROSS, _FOCAL_PLANE_DOWN = 0xA20E, 0xA20F
_MEASURED_CODES = frozenset({_SUBJECT_AREA, _SUBJECT_PLACE, _FOCAL_PLANE_ACROSS, _FOCAL_PLANE_DOWN})
"""Tags of the directory of the shot that count in pixels."""
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
    def said_orientation(self) -> int | None:
        """How the stored pixels must be turned, 1..8; None if unsaid or out of range."""
        value = self._integer(ORIENTATION) or 0
        return value if 1 <= value <= 8 else None

    @property
    def orientation(self) -> int:
        """How the stored pixels must be turned, 1..8; 1 if unsaid or out of range."""
        return self.said_orientation or 1

    @property
    def dpi(self) -> tuple[float, float] | None:
        """Pixels per inch, or None if unsaid."""
        scale = {_INCH: 1.0, _CENTIMETRE: _CM_PER_INCH}.get(self._integer(RESOLUTION_UNIT) or _INCH)
        across, down = self._rational(X_RESOLUTION), self._rational(Y_RESOLUTION)
        return None if not (scale and across and down) else (across * scale, down * scale)

    def upright(self) -> ExifRecord:
        """The record of the turned picture: orientation 1 where one was given."""
        return replace(self, main=self._with_integers(self.main, {ORIENTATION: 1}, _SHORT))

    def turned(self, orientation: int, size: Size) -> ExifRecord:
        """The record of the picture once it is turned upright.

        Args:
            orientation: how the stored pixels are turned for that, 1..8.
            size: of the upright picture. It is written into the record if something in it counts in pixels, so that `sized`
                can tell by how much those change.
        """
        photo = self.photo
        if _MEASURED_CODES & {tag.code for tag in photo}:
            stored = size if orientation < 5 else Size(size.height, size.width)
            photo = tuple(self._turned_tag(tag, orientation, stored) for tag in photo)
            sides = ((_PIXEL_WIDTH, size.width), (_PIXEL_HEIGHT, size.height))
            photo = tuple(tag for tag in photo if tag.code not in (_PIXEL_WIDTH, _PIXEL_HEIGHT)) + tuple(
                Tag(code, _LONG, 1, struct.pack(self.order + "I", side)) for code, side in sides
            )
        return replace(self, photo=photo).upright().sized(size)

    def _turned_tag(self, tag: Tag, orientation: int, stored: Size) -> Tag:
        """A tag of the shot after the pixels were turned."""
        other = {_FOCAL_PLANE_ACROSS: _FOCAL_PLANE_DOWN, _FOCAL_PLANE_DOWN: _FOCAL_PLANE_ACROSS}.get(tag.code)
        if other is not None:
            return replace(tag, code=other) if orientation >= 5 else tag
        values = self._integers(tag) if tag.code in (_SUBJECT_AREA, _SUBJECT_PLACE) else []
        if len(values) < 2:
            return tag
        x, y = turned_point(values[0], values[1], orientation, stored.width, stored.height)
        sides = values[2:][::-1] if orientation >= 5 else values[2:]
        return self._with_values(tag, [x, y, *sides])

    def cropped(self, size: Size) -> tuple[ExifRecord, bool]:
        """The record of a part of this size, with the same pixels, and whether it said where something is, which it no longer says."""
        places = (_SUBJECT_AREA, _SUBJECT_PLACE)
        photo = tuple(tag for tag in self.photo if tag.code not in places)
        sides = dict.fromkeys(_WIDTH_CODES, size.width) | dict.fromkeys(_HEIGHT_CODES, size.height)
        cropped = replace(
            self,
            main=self._with_integers(self.main, sides, _LONG),
            photo=self._with_integers(photo, sides, _LONG),
        )
        return cropped, len(photo) < len(self.photo)

    def sized(self, size: Size) -> ExifRecord:
        """The record of a picture of this size; dimensions that it already names are changed, and with those of the pixels
        everything that counts in pixels.
        """
        across, down = self._growth(size)
        photo = tuple(self._scaled_tag(tag, across, down) for tag in self.photo)
        sides = dict.fromkeys(_WIDTH_CODES, size.width) | dict.fromkeys(_HEIGHT_CODES, size.height)
        return replace(
            self,
            main=self._with_integers(self.main, sides, _LONG),
            photo=self._with_integers(photo, sides, _LONG),
        )

    def _growth(self, size: Size) -> tuple[float, float]:
        """How much wider and higher a picture of this size is than the record says; 1 where it does not say."""
        old = [next((self._integers(tag) for tag in self.photo if tag.code == code), [0])[0] for code in
               (_PIXEL_WIDTH, _PIXEL_HEIGHT)]  # fmt: skip
        return (size.width / old[0] if old[0] else 1.0), (size.height / old[1] if old[1] else 1.0)

    def _scaled_tag(self, tag: Tag, across: float, down: float) -> Tag:
        if tag.code not in _MEASURED_CODES or across == down == 1.0:
            return tag
        if tag.code in (_FOCAL_PLANE_ACROSS, _FOCAL_PLANE_DOWN):
            return self._with_ratio(tag, across if tag.code == _FOCAL_PLANE_ACROSS else down)
        values = self._integers(tag)
        factors = [across, down, across, down]  # a lone diameter grows as the width does
        return self._with_values(tag, [value * factor for value, factor in zip(values, factors, strict=False)])

    def _integers(self, tag: Tag) -> list[int]:
        letter = {_SHORT: "H", _LONG: "I"}.get(tag.kind)
        return [] if letter is None else list(struct.unpack(f"{self.order}{tag.count}{letter}", tag.data))

    def _with_values(self, tag: Tag, values: list[float]) -> Tag:
        kept = [min(max(round(value), 0), _SHORT_MAX if tag.kind == _SHORT else _LONG_MAX) for value in values]
        letter = "H" if tag.kind == _SHORT else "I"
        return replace(tag, count=len(kept), data=struct.pack(f"{self.order}{len(kept)}{letter}", *kept))

    def _with_ratio(self, tag: Tag, factor: float) -> Tag:
        if tag.kind != _RATIONAL or tag.count != 1:
            return tag
        above, below = struct.unpack(self.order + "II", tag.data)
        ratio = Fraction(above, below or 1) * Fraction(factor).limit_denominator(10_000)
        if not below or not 0 < ratio <= _LONG_MAX:
            return tag
        while max(ratio.numerator, ratio.denominator) > _LONG_MAX:
            ratio = ratio.limit_denominator(max(1, ratio.denominator // 16))
        return replace(tag, data=struct.pack(self.order + "II", ratio.numerator, ratio.denominator))

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


def turned_point(x: float, y: float, orientation: int, width: float = 1.0, height: float = 1.0) -> tuple[float, float]:
    """Where a point of the stored picture is once that is turned upright (EXIF 2.32, 4.6.4).

    Args:
        x: from the left, 0..`width`.
        y: from above, 0..`height`.
        orientation: how the stored pixels are turned, 1..8.
        width: of the stored picture, in the unit of the point.
        height: of the stored picture, in the unit of the point.
    """
    if orientation in (2, 3, 7, 8):
        x = width - x
    if orientation in (3, 4, 6, 7):
        y = height - y
    return (y, x) if orientation >= 5 else (x, y)


def upright_exif(blob: bytes | None) -> bytes | None:
    """A record whose picture was turned upright by its decoder; as it was if it is damaged, which is told elsewhere."""
    try:
        return parse_exif(blob).upright().pack() if blob else None
    except ExifError:
        return blob


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
    reader = _Reader(lambda at, count: blob[at : at + count], len(blob), order, _CLASSIC)
    return reader.record(struct.unpack_from(order + "I", blob, 4)[0], main_codes)


def parse_tiff_tags(
    file: BinaryIO, order: Literal["<", ">"], at: int, main_codes: frozenset[int], *, is_big: bool
) -> ExifRecord:
    """Read the tags of one page of a TIFF or BigTIFF file. Single unreadable tags are left out.

    Args:
        file: open for reading; only what is needed is read.
        order: byte order of the file.
        at: where the page's directory lies.
        main_codes: tags to take from it; those of the directories that it points to are taken all.
        is_big: whether the file is a BigTIFF.

    Raises:
        ExifError: no directory there, or more data than `MAX_RECORD_BYTES`.
    """

    def read(at: int, count: int) -> bytes:
        file.seek(at)
        return file.read(count)

    reader = _Reader(read, file.seek(0, 2), order, _BIG if is_big else _CLASSIC)
    return reader.record(at, main_codes)


@dataclass(frozen=True)
class _Layout:
    """How directories are laid out: that of TIFF 6.0 and EXIF, or that of BigTIFF."""

    count: str
    """Number of entries, as `struct` writes it."""
    entry: str
    """Code, kind, count and value or offset."""
    entry_bytes: int
    value_at: int
    """Where in an entry its value is."""
    value_bytes: int
    """Longest value that lies in the entry itself."""


_CLASSIC, _BIG = _Layout("H", "HHII", 12, 8, 4), _Layout("Q", "HHQQ", 20, 12, 8)


class _Reader:
    """Reads directories of one record and remembers where they point."""

    def __init__(self, read: Callable[[int, int], bytes], end: int, order: Literal["<", ">"], layout: _Layout) -> None:
        self._read, self._end = read, end
        self._order: Literal["<", ">"] = order
        self._layout = layout
        self._left_bytes = MAX_RECORD_BYTES
        self._pointers: dict[int, int] = {}

    def record(self, at: int, main_codes: frozenset[int] | None) -> ExifRecord:
        main = self._directory(at, main_codes)
        photo = self._directory(self._pointers.get(PHOTO_POINTER))
        location = self._directory(self._pointers.get(LOCATION_POINTER))
        interop = self._directory(self._pointers.get(INTEROP_POINTER))
        return ExifRecord(self._order, main, photo, location, interop)

    def _directory(self, offset: int | None, codes: frozenset[int] | None = None) -> tuple[Tag, ...]:
        if offset is None:
            return ()
        layout, head_bytes = self._layout, struct.calcsize("=" + self._layout.count)
        if offset + head_bytes > self._end:
            raise ExifError("a directory lies beyond the end")
        (count,) = struct.unpack(self._order + layout.count, self._read(offset, head_bytes))
        first = offset + head_bytes
        count = min(count, (self._end - first) // layout.entry_bytes, _SHORT_MAX)
        entries = self._read(first, count * layout.entry_bytes)
        places = range(0, len(entries) - layout.entry_bytes + 1, layout.entry_bytes)
        tags = (self._tag(entries[at : at + layout.entry_bytes], first + at, codes) for at in places)
        found = {tag.code: tag for tag in tags if tag is not None}
        return tuple(tag for _, tag in sorted(found.items()))

    def _tag(self, entry: bytes, place: int, codes: frozenset[int] | None) -> Tag | None:
        layout = self._layout
        code, kind, count, value = struct.unpack(self._order + layout.entry, entry)
        if code in (PHOTO_POINTER, LOCATION_POINTER, INTEROP_POINTER):
            is_short = kind in (_LONG, _DIRECTORY)
            (at,) = struct.unpack_from(self._order + ("I" if is_short else layout.entry[-1]), entry, layout.value_at)
            self._pointers.setdefault(code, at)
            return None
        length = _KIND_BYTES.get(kind, 0) * count
        start = place + layout.value_at if length <= layout.value_bytes else value
        if (
            not length
            or code in _DROPPED_CODES
            or start + length > self._end
            or (codes is not None and code not in codes)
        ):
            return None
        self._left_bytes -= length
        if self._left_bytes < 0:
            raise ExifError("the record is too large")
        return Tag(code, kind, count, self._read(start, length))


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
