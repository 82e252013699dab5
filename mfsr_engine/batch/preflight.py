"""Checks what a result will need from the header of its source alone: a format that can hold it, disk space, memory. So that nothing is
decoded or computed in vain.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped, unused-ignore]

from mfsr_engine import images
from mfsr_engine.errors import ImageWriteError, OutOfMemoryError
from mfsr_engine.files import paths
from mfsr_engine.files.formats import FORMATS, format_of_suffix
from mfsr_engine.files.scratch import DISK_LIMIT_BYTES
from mfsr_engine.images.areas import check_areas
from mfsr_engine.images.reading import header_size
from mfsr_engine.upscale import passes

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.batch.naming import RunFacts
    from mfsr_engine.batch.planning import BatchItem
    from mfsr_engine.files.formats import FormatTraits
    from mfsr_engine.geometry import Size

_CHANNELS = 3
_SOURCE_BYTES_PER_PX = 12
"""Of a picture while it is decoded: what Pillow holds, its copy, and the file."""
_ROWS, _ROW_BYTES_PER_PX = 1024, 12
"""Rows of the result that are held, of up to 16 bits and with opacity, and what works on them."""
_COLLECTED_BYTES_PER_PX = 4
"""In the cache folder, for encoders that take whole pictures."""
_SMALL_BYTES = 256 * 2**20
"""Less is never refused: it is there, or will be in a moment."""


def check(item: BatchItem, target: Path) -> None:
    """Refuse a picture whose result cannot be written. Does nothing for an item without facts.

    Args:
        item: the picture.
        target: where its result goes; `item.target` may be taken.

    Raises:
        ImageReadError: the source is missing, damaged or no picture.
        ImageWriteError: the format cannot hold the result, or there is no room for it.
        OutOfMemoryError: it would take more memory than is free.
        RequestError: a side would be longer than any result may be.
    """
    if item.facts is None:
        return
    source = header_size(item.source, item.page or 0)
    if item.areas is not None:
        check_areas(item.areas, item.source.name, source)
    size = item.facts.size.resolve(source, item.facts.factor)
    image_format = item.format or format_of_suffix(target)
    images.check_fits(target.name, size, image_format)
    traits = FORMATS[image_format]
    _check_disk(target, size, traits)
    held_bytes = _first_pass_bytes(item.facts, source, target.name)
    _check_memory(item.source.name, source, size, traits, held_bytes)


def _first_pass_bytes(facts: RunFacts, source: Size, name: str) -> int:
    """Memory that the result of a first pass takes until the second has read it; a large one needs room on the disk instead."""
    if facts.passes == 1:
        return 0
    size = source.scaled(facts.scale)
    passes.check_first(size)
    needed_bytes = size.width * size.height * passes.BYTES_PER_PX
    if needed_bytes <= DISK_LIMIT_BYTES:
        return needed_bytes
    _check_room(paths.cache_dir() / "first", name, needed_bytes)
    return 0


def check_shown(size: Size, bytes_per_px: int) -> None:
    """Refuse a result that is to be held in memory to be looked at.

    Args:
        size: of the result.
        bytes_per_px: what is held of it.

    Raises:
        OutOfMemoryError: it would take more memory than is free.
    """
    needed_bytes = size.width * size.height * bytes_per_px
    free_bytes = int(psutil.virtual_memory().available)
    if needed_bytes > max(free_bytes, _SMALL_BYTES):
        raise OutOfMemoryError(
            f"To show a result of {size.width} x {size.height} pixels takes about {_told(needed_bytes)} of memory, and "
            f"{_told(free_bytes)} are free. Run the model once, or put the picture into the queue, which writes as it computes."
        )


def _check_disk(target: Path, size: Size, traits: FormatTraits) -> None:
    pixels = size.width * size.height
    _check_room(target.absolute(), target.name, int(pixels * _CHANNELS * traits.least_share))
    if traits.whole_bytes_per_px:
        _check_room(paths.cache_dir() / "result", target.name, pixels * _COLLECTED_BYTES_PER_PX)


def _check_room(file: Path, name: str, needed_bytes: int) -> None:
    folder = next(parent for parent in file.parents if parent.exists())
    free_bytes = shutil.disk_usage(folder).free
    if needed_bytes > free_bytes:
        raise ImageWriteError(
            f"There is not enough room in {folder} for {name}: it takes at least {_told(needed_bytes)}, and "
            f"{_told(free_bytes)} are free. Free some space or choose another disk."
        )


def _check_memory(name: str, source: Size, size: Size, traits: FormatTraits, held_bytes: int) -> None:
    needed_bytes = held_bytes + size.width * size.height * traits.whole_bytes_per_px
    needed_bytes += source.width * source.height * _SOURCE_BYTES_PER_PX + size.width * _ROWS * _ROW_BYTES_PER_PX
    free_bytes = int(psutil.virtual_memory().available)
    if needed_bytes > max(free_bytes, _SMALL_BYTES):
        raise OutOfMemoryError(
            f"The result of {name} ({size.width} x {size.height} pixels) needs about {_told(needed_bytes)} of memory as "
            f"{traits.title}, and {_told(free_bytes)} are free. Close other programs, ask for a smaller size, or choose PNG."
        )


def _told(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"
