"""Large AVIF files written as a grid of cells, because their encoder takes over 40 bytes of memory for each pixel it works on.

A grid is an item of its own that says how the pictures of other items lie side by side (ISO/IEC 23008-12, section 6.6.2.3; AV1 Image
File Format, section 4). Each cell is encoded by Pillow as a picture of its own and taken out of its file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from PIL import Image

from mfsr_engine.errors import ImageWriteError
from mfsr_engine.files.formats import ImageFormat
from mfsr_engine.images.pillow_encoder import encoded_by_pillow
from mfsr_engine.strips import restacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from mfsr_engine.images.encode_job import EncodeJob

GRID_FROM_PX = 1 << 22
"""Pictures of more pixels become a grid; most viewers take either, some old ones no grid."""
CELL_PX = 1024
"""Side of a cell."""

_ALPHA_URN = b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"
_XMP_TYPE = b"application/rdf+xml\0"
_OPACITY_CODING = {"subsampling": "4:0:0", "quality": 100}
_ESSENTIAL = 0x80
_SPARE_BYTES = 4096


@dataclass(frozen=True)
class _Coded:
    """A picture taken out of its file."""

    payload: bytes
    """Its AV1 data."""
    config: bytes
    """Its av1C property, as a box."""
    depths: bytes
    """Its pixi property."""
    colors: tuple[bytes, ...]
    """Its colr properties."""
    brands: bytes
    """The ftyp box of its file."""


@dataclass
class _Item:
    """One item of the file that is written."""

    number: int
    kind: bytes
    at: int
    length: int
    properties: tuple[int, ...] = ()
    """Numbers of its properties, counted from 1; `_ESSENTIAL` is added to those a reader must understand."""
    content_type: bytes = b""
    is_hidden: bool = False


@dataclass
class _Grid:
    """Cells of colour, or of opacity."""

    number: int
    """Of the grid's item; its cells follow."""
    cells: list[tuple[int, int]] = field(default_factory=list)
    """Place and length of each."""
    first: _Coded | None = None
    """The first cell, whose properties are those of all."""

    def add(self, file: BinaryIO, coded: _Coded) -> None:
        if self.first is None:
            self.first = coded
        elif coded.config != self.first.config:
            raise ImageWriteError("The AVIF encoder made cells that do not belong together. Choose PNG or TIFF.")
        self.cells.append((file.tell(), len(coded.payload)))
        file.write(coded.payload)


def write_avif_grid(file: BinaryIO, job: EncodeJob, strips: Iterable[NDArray[Any]], coding: Mapping[str, Any]) -> None:
    """Write an AVIF from the top down; no more than a row of cells is held.

    Args:
        file: open for writing, and empty.
        job: what to write; of more than one cell.
        strips: (any, job.size.width, 3 or 4) uint8.
        coding: options of Pillow's encoder that decide the pixels.

    Raises:
        ImageWriteError: the encoder refuses a cell.
    """
    columns, rows = -(-job.size.width // CELL_PX), -(-job.size.height // CELL_PX)
    grids = [_Grid(1)] + ([_Grid(2 + columns * rows)] if job.channels == 4 else [])
    records = sum(len(record) for record in (job.icc_profile, job.exif, job.xmp) if record)
    reserved = _SPARE_BYTES + records + 64 * (4 + len(grids) * (1 + columns * rows))
    file.write(bytes(reserved) + struct.pack(">I4s", 0, b"mdat"))
    colored = dict(coding) | ({"icc_profile": job.icc_profile} if job.icc_profile else {})
    if job.size.width % 2 or job.size.height % 2:
        colored["subsampling"] = (
            "4:4:4"  # a grid of halved colours has even sides (ISO/IEC 23000-22, section 7.3.11.4.2)
        )
    for strip in restacked(strips, CELL_PX):
        for cell in _cells(strip):
            grids[0].add(file, _coded(Image.fromarray(np.ascontiguousarray(cell[..., :3])), colored))
            if len(grids) > 1:
                opacity = Image.fromarray(np.ascontiguousarray(cell[..., 3]))
                grids[1].add(file, _coded(opacity, dict(coding) | _OPACITY_CODING))
    layout = struct.pack(">BBBBII", 0, 1, rows - 1, columns - 1, job.size.width, job.size.height)
    items, properties = _items_of(file, grids, layout, job)
    end = file.tell()
    assert grids[0].first is not None
    head = grids[0].first.brands + _meta(items, properties, grids)
    spare = reserved - len(head)
    assert spare >= 8, "too little space was reserved for the items"
    file.seek(0)
    file.write(head + struct.pack(">I4s", spare, b"free") + bytes(spare - 8))
    file.write(struct.pack(">I", end - reserved))
    file.seek(end)


def _cells(strip: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """Cells of full size; beyond the picture's edge it is repeated, which a reader cuts off."""
    for left in range(0, strip.shape[1], CELL_PX):
        part = strip[:, left : left + CELL_PX]
        yield np.pad(part, ((0, CELL_PX - part.shape[0]), (0, CELL_PX - part.shape[1]), (0, 0)), mode="edge")


def _coded(image: Image.Image, options: Mapping[str, Any]) -> _Coded:
    data = bytes(encoded_by_pillow(image, ImageFormat.AVIF, options))
    top = {kind: (begin, end) for kind, begin, end in _boxes(data, 0, len(data))}
    meta = {kind: (begin, end) for kind, begin, end in _boxes(data, top[b"meta"][0] + 4, top[b"meta"][1])}
    (number,) = struct.unpack_from(">H", data, meta[b"pitm"][0] + 4)
    at, length = _places(data, meta[b"iloc"][0])[number]
    inside = {kind: (begin, end) for kind, begin, end in _boxes(data, *meta[b"iprp"])}
    found = [(kind, data[begin - 8 : end]) for kind, begin, end in _boxes(data, *inside[b"ipco"])]
    own = [found[index - 1] for index in _associated(data, inside[b"ipma"][0])[number]]
    return _Coded(
        data[at : at + length],
        next(box for kind, box in own if kind == b"av1C"),
        next(box for kind, box in own if kind == b"pixi"),
        tuple(box for kind, box in own if kind == b"colr"),
        data[top[b"ftyp"][0] - 8 : top[b"ftyp"][1]],
    )


def _boxes(data: bytes, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of the content of each box in a part of a file that was made here, so that it is well formed."""
    while begin < end:
        length, kind = struct.unpack_from(">I4s", data, begin)
        yield kind, begin + 8, begin + length
        begin += length


def _places(data: bytes, at: int) -> dict[int, tuple[int, int]]:
    """Where each item lies, and its length, by an iloc box of version 0 or 1 with one extent for each item."""
    version, sizes = data[at], data[at + 4 : at + 6]
    offset_bytes, length_bytes, base_bytes = sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4
    (count,) = struct.unpack_from(">H", data, at + 6)
    at += 8
    places = {}
    for _ in range(count):
        (number,) = struct.unpack_from(">H", data, at)
        at += 4 + 2 * (version == 1)
        base = int.from_bytes(data[at : at + base_bytes], "big")
        at += base_bytes + 2
        offset = int.from_bytes(data[at : at + offset_bytes], "big")
        length = int.from_bytes(data[at + offset_bytes : at + offset_bytes + length_bytes], "big")
        at += offset_bytes + length_bytes
        places[number] = (base + offset, length)
    return places


def _associated(data: bytes, at: int) -> dict[int, list[int]]:
    """Numbers of each item's properties, by an ipma box of version 0 and small numbers."""
    (count,) = struct.unpack_from(">I", data, at + 4)
    at += 8
    associated = {}
    for _ in range(count):
        number, properties = struct.unpack_from(">HB", data, at)
        associated[number] = [value & ~_ESSENTIAL for value in data[at + 3 : at + 3 + properties]]
        at += 3 + properties
    return associated


def _items_of(file: BinaryIO, grids: list[_Grid], layout: bytes, job: EncodeJob) -> tuple[list[_Item], list[bytes]]:
    """All items, the data of those that are not written yet, and the properties they share."""
    sides = struct.pack(">II", job.size.width, job.size.height)
    properties = [_full_box(b"ispe", sides), _full_box(b"ispe", struct.pack(">II", CELL_PX, CELL_PX))]
    items: list[_Item] = []
    for index, grid in enumerate(grids):
        assert grid.first is not None
        colors = grid.first.colors if index == 0 else (_full_box(b"auxC", _ALPHA_URN),)
        begin = len(properties) + 1
        properties += [grid.first.depths, *colors, grid.first.config]
        shared = tuple(range(begin, begin + 1 + len(colors)))
        at = file.tell()
        file.write(layout)
        items.append(_Item(grid.number, b"grid", at, len(layout), (1, *shared)))
        own = (2, *shared, len(properties) | _ESSENTIAL)
        for number, (cell_at, length) in enumerate(grid.cells, grid.number + 1):
            items.append(_Item(number, b"av01", cell_at, length, own, is_hidden=True))
    for kind, record, content_type in (
        (b"Exif", job.exif and bytes(4) + job.exif, b""),
        (b"mime", job.xmp, _XMP_TYPE),
    ):
        if record:
            items.append(_Item(len(items) + 1, kind, file.tell(), len(record), content_type=content_type))
            file.write(record)
    return items, properties


def _meta(items: list[_Item], properties: list[bytes], grids: list[_Grid]) -> bytes:
    described = [item for item in items if item.properties]
    links = b"".join(_full_item_link(b"dimg", grid.number, range(grid.number + 1, grid.number + 1 + len(grid.cells)))
                     for grid in grids)  # fmt: skip
    links += b"".join(_full_item_link(b"auxl", grid.number, [1]) for grid in grids[1:])
    links += b"".join(_full_item_link(b"cdsc", item.number, [1]) for item in items if not item.properties)
    places = b"".join(struct.pack(">HHHII", item.number, 0, 1, item.at, item.length) for item in items)
    associations = b"".join(
        struct.pack(">HB", item.number, len(item.properties)) + bytes(item.properties) for item in described
    )
    inside = (
        _full_box(b"hdlr", bytes(4) + b"pict" + bytes(12) + b"\0"),
        _full_box(b"pitm", struct.pack(">H", 1)),
        _full_box(b"iloc", struct.pack(">HH", 0x4400, len(items)) + places),
        _full_box(b"iinf", struct.pack(">H", len(items)) + b"".join(map(_information, items))),
        _full_box(b"iref", links),
        _box(
            b"iprp",
            _box(b"ipco", b"".join(properties)) + _full_box(b"ipma", struct.pack(">I", len(described)) + associations),
        ),
    )
    return _full_box(b"meta", b"".join(inside))


def _information(item: _Item) -> bytes:
    head = struct.pack(">HH", item.number, 0) + item.kind + b"\0" + item.content_type
    return _full_box(b"infe", head, version=2, flags=int(item.is_hidden))


def _full_item_link(kind: bytes, number: int, targets: Iterable[int]) -> bytes:
    targets = list(targets)
    return _box(kind, struct.pack(f">HH{len(targets)}H", number, len(targets), *targets))


def _full_box(kind: bytes, content: bytes, version: int = 0, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", version << 24 | flags) + content)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content
