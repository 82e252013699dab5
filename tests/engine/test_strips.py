"""Pieces become strips, strips of any height strips of another, and no pixel is lost or moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mfsr_engine.geometry import Rect
from mfsr_engine.strips import joined, pieces_of, restacked

if TYPE_CHECKING:
    from collections.abc import Iterator


def numbered(height: int, width: int) -> np.ndarray:
    return np.arange(height * width * 3, dtype=np.int64).reshape(height, width, 3)


def cut(picture: np.ndarray, rows: list[int], columns: list[int]) -> Iterator[tuple[Rect, np.ndarray]]:
    """Parts of these heights and widths, in order; the last ones end with the picture."""
    top = 0
    for height in [*rows, picture.shape[0]]:
        left, bottom = 0, min(top + height, picture.shape[0])
        for width in [*columns, picture.shape[1]]:
            right = min(left + width, picture.shape[1])
            if right > left and bottom > top:
                yield Rect(left, top, right - left, bottom - top), picture[top:bottom, left:right]
            left = right
        top = bottom


@settings(deadline=None)
@given(
    sides=st.tuples(st.integers(1, 30), st.integers(1, 30)),
    rows=st.lists(st.integers(1, 9), max_size=4),
    columns=st.lists(st.integers(1, 9), max_size=4),
    wanted=st.integers(1, 40),
)
def test_pieces_become_strips_of_the_height_wanted(
    sides: tuple[int, int], rows: list[int], columns: list[int], wanted: int
) -> None:
    picture = numbered(*sides)
    strips = list(restacked(joined(cut(picture, rows, columns), sides[1]), wanted))
    assert np.array_equal(np.concatenate(strips), picture)
    assert {len(strip) for strip in strips[:-1]} <= {wanted}
    assert 0 < len(strips[-1]) <= wanted


def test_strips_come_as_soon_as_they_are_complete() -> None:
    asked = 0

    def parts() -> Iterator[tuple[Rect, np.ndarray]]:
        nonlocal asked
        for part in cut(numbered(8, 6), [2, 2, 2], [3]):
            asked += 1
            yield part

    strips = restacked(joined(parts(), 6), 1)
    assert asked == 0
    next(strips)
    assert asked == 2
    next(strips)
    assert asked == 2
    next(strips)
    assert asked == 4


def test_a_whole_picture_is_cut_into_pieces() -> None:
    picture = numbered(10, 4).astype(np.float32)
    pieces = list(pieces_of(picture, picture[..., 0], 4))
    assert [piece.area for piece in pieces] == [Rect(0, 0, 4, 4), Rect(0, 4, 4, 4), Rect(0, 8, 4, 2)]
    assert np.array_equal(np.concatenate([piece.pixels for piece in pieces]), picture)
    assert all(np.array_equal(piece.alpha, piece.pixels[..., 0]) for piece in pieces)
    assert next(pieces_of(picture)).alpha is None
