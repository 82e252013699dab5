"""Assembles a picture that arrives in pieces from the top down into strips of full width. Knows no files and no models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mfsr_engine.geometry import Rect

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

STRIP_ROWS = 256
"""Rows of a strip where nothing asks for another height."""


@dataclass(frozen=True)
class Piece:
    """A part of a picture that is final.

    Pieces of a picture come row by row and from left to right, cover it without overlap, and neighbours in a row begin and end
    at the same height.
    """

    area: Rect
    """Where it lies."""
    pixels: NDArray[np.float32]
    """(area.height, area.width, 3) float32 0..1 RGB."""
    alpha: NDArray[np.float32] | None = None
    """(area.height, area.width) float32 0..1 opacity; None if the picture has none."""


def cropped(pieces: Iterable[Piece], area: Rect) -> Iterator[Piece]:
    """The pieces of a part of a picture, counted from that part's corner; those outside are passed over.

    Args:
        pieces: of the picture.
        area: the part, inside of it.
    """
    for piece in pieces:
        common = piece.area.intersected(area)
        if common is not None:
            inner = common.slices(piece.area)
            alpha = None if piece.alpha is None else piece.alpha[inner]
            yield Piece(common.relative_to(area), piece.pixels[inner], alpha)


def pieces_of(
    pixels: NDArray[np.float32], alpha: NDArray[np.float32] | None = None, rows: int = STRIP_ROWS
) -> Iterator[Piece]:
    """A picture that is there already, as pieces of `rows` rows.

    Args:
        pixels: (H, W, 3) float32 0..1.
        alpha: (H, W) float32 0..1, or None.
        rows: height of a piece.
    """
    height, width = pixels.shape[:2]
    for top in range(0, height, rows):
        bottom = min(height, top + rows)
        area = Rect(0, top, width, bottom - top)
        yield Piece(area, pixels[top:bottom], None if alpha is None else alpha[top:bottom])


def joined(parts: Iterable[tuple[Rect, NDArray[Any]]], width: int) -> Iterator[NDArray[Any]]:
    """Put parts together as soon as a row of them is complete.

    Args:
        parts: (area.height, area.width, C) arrays of one type and where they lie, in the order of pieces.
        width: of the picture.

    Yields:
        (rows, width, C) strips from the top down. A strip may be a view of its part.
    """
    strip: NDArray[Any] | None = None
    for area, part in parts:
        if area.width == width:
            yield part
            del part
            continue
        if strip is None:
            strip = np.empty((area.height, width, *part.shape[2:]), part.dtype)
        strip[:, area.x : area.right] = part
        if area.right == width:
            whole, strip = strip, None
            yield whole
            del whole  # before the next strip is filled


def restacked(strips: Iterable[NDArray[Any]], rows: int) -> Iterator[NDArray[Any]]:
    """The same picture in strips of `rows` rows, the last one lower if need be.

    Args:
        strips: (any, W, C) arrays from the top down.
        rows: height of the strips wanted.
    """
    waiting: list[NDArray[Any]] = []
    missing = rows
    for strip in strips:
        at = 0
        while at < len(strip):
            part = strip[at : at + missing]
            at, missing = at + len(part), missing - len(part)
            waiting.append(part)
            if not missing:
                yield waiting[0] if len(waiting) == 1 else np.concatenate(waiting)
                waiting, missing = [], rows
        waiting = [part.copy() for part in waiting]  # a view would hold all of the strip
        del strip, part
    if waiting:
        yield waiting[0] if len(waiting) == 1 else np.concatenate(waiting)
