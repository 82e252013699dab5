"""Rectangles: what they hold of each other, and how they cut arrays."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mfsr_engine.geometry import Rect, Size

RECTS = st.builds(Rect, *[st.integers(-40, 40)] * 2, *[st.integers(1, 40)] * 2)


def test_a_rectangle_is_counted_from_the_corner_of_another() -> None:
    assert Rect(12, 7, 3, 4).relative_to(Rect(10, 2, 90, 90)) == Rect(2, 5, 3, 4)
    assert Rect(0, 0, 3, 4).relative_to(Rect(10, -2, 1, 1)) == Rect(-10, 2, 3, 4)


@given(RECTS, RECTS)
def test_what_two_have_in_common_is_the_same_seen_from_either(one: Rect, other: Rect) -> None:
    common = one.intersected(other)
    if common is None:
        return
    rows, columns = np.mgrid[-40:80, -40:80]
    whole, corner = rows * 1000 + columns, Rect(-40, -40, 1, 1)
    seen = [whole[area.slices(corner)][common.slices(area)] for area in (one, other)]
    assert np.array_equal(*seen)
    assert common.size == Size(seen[0].shape[1], seen[0].shape[0])
