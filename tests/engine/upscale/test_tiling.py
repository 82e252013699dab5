"""Tiles cover the picture, blend to one, and hang on the whole picture rather than on a region."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from mfsr_engine.geometry import Rect, Size
from mfsr_engine.upscale import tiling

SCALE = 2


@st.composite
def plans(draw: st.DrawFn) -> tuple[tiling.TilePlan, int, int, int]:
    multiple = draw(st.sampled_from([1, 2, 4]))
    tile = draw(st.integers(16 // multiple, 64 // multiple)) * multiple
    overlap = draw(st.integers(0, tile // 2))
    sides = st.integers(1, 200 // multiple).map(lambda n: n * multiple)
    size = Size(draw(sides), draw(sides))
    return tiling.plan(size, tile, overlap, multiple), tile, overlap, multiple


@given(plans())
def test_tiles_are_of_one_size_inside_the_picture_and_share_what_was_asked(
    made: tuple[tiling.TilePlan, int, int, int],
) -> None:
    plan, tile, overlap, multiple = made
    for axis in (plan.across, plan.down):
        assert axis.starts[0] == 0
        assert axis.starts[-1] + axis.tile == axis.length
        assert axis.tile <= max(tile, multiple)
        assert axis.tile % multiple == 0
        assert all(start % multiple == 0 for start in axis.starts)
        for left, right in zip(axis.starts, axis.starts[1:], strict=False):
            assert left < right
            assert left + axis.tile - right >= min(overlap, axis.tile - multiple)


@given(plans())
def test_shares_add_up_to_one_everywhere(made: tuple[tiling.TilePlan, int, int, int]) -> None:
    plan, *_ = made
    for axis in (plan.across, plan.down):
        total = np.zeros(axis.length * SCALE)
        for index, start in enumerate(axis.starts):
            weights = axis.weights(index, SCALE)
            assert weights.min() >= 0
            total[start * SCALE : (start + axis.tile) * SCALE] += weights
        np.testing.assert_allclose(total, 1, atol=1e-6)


@given(plans())
def test_final_areas_cover_the_picture_once(made: tuple[tiling.TilePlan, int, int, int]) -> None:
    plan, *_ = made
    count = np.zeros((plan.size.height, plan.size.width), int)
    for tile in plan.tiles():
        count[plan.final_area(tile).slices()] += 1
    assert (count == 1).all()


@given(plans())
@settings(max_examples=50)
def test_no_later_tile_touches_what_is_final(made: tuple[tiling.TilePlan, int, int, int]) -> None:
    plan, *_ = made
    tiles = plan.tiles()
    for done, tile in enumerate(tiles):
        final = plan.final_area(tile)
        for later in tiles[done + 1 :]:
            assert final.intersected(plan.support(later)) is None


@given(plans(), st.data())
def test_a_region_is_made_of_the_tiles_that_show_in_it(
    made: tuple[tiling.TilePlan, int, int, int], data: st.DataObject
) -> None:
    plan, *_ = made
    x, y = data.draw(st.integers(0, plan.size.width - 1)), data.draw(st.integers(0, plan.size.height - 1))
    region = Rect(x, y, data.draw(st.integers(1, plan.size.width - x)), data.draw(st.integers(1, plan.size.height - y)))
    chosen = plan.tiles(region)
    expected = [tile for tile in plan.tiles() if plan.support(tile).intersected(region)]
    assert chosen == expected


def test_a_small_picture_is_one_tile_with_full_weight() -> None:
    plan = tiling.plan(Size(30, 20), tile_px=64, overlap_px=16)
    assert [tile.area for tile in plan.tiles()] == [Rect(0, 0, 30, 20)]
    down, across = plan.weights(plan.tiles()[0], SCALE)
    assert (down == 1).all()
    assert (across == 1).all()


def test_the_halo_does_not_show() -> None:
    plan = tiling.plan(Size(100, 64), tile_px=64, overlap_px=20, halo_px=6)
    left, right = (plan.across.weights(i, 1) for i in (0, 1))
    assert (left[-6:] == 0).all()
    assert (right[:6] == 0).all()
    assert left[0] == right[-1] == 1  # the picture's own edges show


def test_sides_are_cut_evenly_so_that_little_is_computed_twice() -> None:
    plan = tiling.plan(Size(1024, 64), tile_px=256, overlap_px=32)
    assert len(plan.across.starts) == 5
    assert plan.across.tile == 231  # not 256: five tiles sharing 32 make 1024 + 4 * 32 = 1152


def test_fixed_tiles_keep_their_length_and_overlap_more() -> None:
    size = Size(300, 152)
    even, fixed = tiling.plan(size, 128, 16, 4), tiling.plan(size, 128, 16, 4, is_fixed=True)
    assert (even.tile_size, fixed.tile_size) == (Size(112, 84), Size(128, 128))
    assert fixed.count == even.count
    assert fixed.across.starts == (0, 84, 172)
    assert fixed.down.starts == (0, 24)
    total = sum(_line(fixed.across, index) for index in range(3))
    np.testing.assert_allclose(total, 1, atol=1e-6)


def _line(axis: tiling.Axis, index: int) -> np.ndarray:
    line = np.zeros(axis.length)
    line[axis.starts[index] : axis.starts[index] + axis.tile] = axis.weights(index, 1)
    return line
