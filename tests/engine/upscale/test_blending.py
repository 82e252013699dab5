"""Tiles blended one by one are the same as all tiles added up, and every pixel is handed out once."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mfsr_engine.geometry import Rect, Size
from mfsr_engine.upscale import tiling
from mfsr_engine.upscale.blending import Canvas

SCALE = 2


def blended_at_once(plan: tiling.TilePlan, painted: dict[tuple[int, int], np.ndarray], region: Rect) -> np.ndarray:
    """All tiles of the region, added up on an array of the whole enlarged picture."""
    whole = np.zeros((plan.size.height * SCALE, plan.size.width * SCALE, 3), np.float32)
    for tile in plan.tiles(region):
        down, across = plan.weights(tile, SCALE)
        share = down[:, None] * across[None]
        whole[tile.area.scaled(SCALE).slices()] += painted[tile.row, tile.column] * share[..., None]
    return np.clip(whole[region.scaled(SCALE).slices()], 0, 1)


def painted_tiles(plan: tiling.TilePlan, seed: int) -> dict[tuple[int, int], np.ndarray]:
    random = np.random.default_rng(seed)
    size = plan.tile_size.scaled(SCALE)
    return {
        (tile.row, tile.column): random.random((size.height, size.width, 3), dtype=np.float32) for tile in plan.tiles()
    }


def blended(plan: tiling.TilePlan, painted: dict[tuple[int, int], np.ndarray], region: Rect) -> np.ndarray:
    """What the canvas hands out, put together; each pixel must come once, and pieces in their order."""
    canvas = Canvas(plan, SCALE, region)
    found = np.full((region.height * SCALE, region.width * SCALE, 3), np.nan, np.float32)
    corner = (-1, -1)
    for tile in plan.tiles(region):
        final = canvas.add(tile, painted[tile.row, tile.column])
        if final is not None:
            area, pixels = final
            assert np.isnan(found[area.slices()]).all(), "handed out twice"
            assert corner < (area.y, area.x), "out of order"
            corner = (area.y, area.x)
            found[area.slices()] = pixels
    return found


@settings(max_examples=60, deadline=None)
@given(
    sides=st.tuples(st.integers(1, 70), st.integers(1, 70)),
    tile_px=st.integers(4, 24),
    overlap_px=st.integers(0, 20),
    part=st.tuples(*[st.floats(0, 1)] * 4),
    seed=st.integers(0, 9),
)
def test_any_plan_and_any_region_is_blended_to_the_bit(
    sides: tuple[int, int], tile_px: int, overlap_px: int, part: tuple[float, float, float, float], seed: int
) -> None:
    size = Size(*sides)
    plan = tiling.plan(size, tile_px, min(overlap_px, tile_px - 1))
    x, y = int(part[0] * (size.width - 1)), int(part[1] * (size.height - 1))
    region = Rect(x, y, 1 + int(part[2] * (size.width - 1 - x)), 1 + int(part[3] * (size.height - 1 - y)))
    painted = painted_tiles(plan, seed)
    assert np.array_equal(blended(plan, painted, region), blended_at_once(plan, painted, region))


def test_no_more_is_held_than_a_tile_and_the_rows_that_two_rows_of_tiles_share() -> None:
    plan = tiling.plan(Size(400, 400), 40, 8)
    canvas, painted = Canvas(plan, SCALE), painted_tiles(plan, 0)
    shared_px = max(
        end - begin for (begin, _), (_, end) in zip(plan.down.supports[1:], plan.down.supports, strict=False)
    )
    bound = 4 * 3 * SCALE**2 * (3 * shared_px * 400 + 40 * 40)
    for tile in plan.tiles():
        canvas.add(tile, painted[tile.row, tile.column])
        held = sum(value.nbytes for value in vars(canvas).values() if isinstance(value, np.ndarray))
        assert held <= bound


def test_a_tile_beside_the_region_gives_nothing() -> None:
    plan = tiling.plan(Size(80, 80), 40, 8)
    canvas = Canvas(plan, SCALE, Rect(0, 0, 10, 10))
    last = plan.tiles()[-1]
    assert canvas.add(last, painted_tiles(plan, 0)[last.row, last.column]) is None


@pytest.mark.parametrize("value", [0.0, 0.25, 1.0])
def test_an_even_picture_stays_even(value: float) -> None:
    plan = tiling.plan(Size(90, 50), 24, 8)
    side = plan.tile_size.scaled(SCALE)
    even = np.full((side.height, side.width, 3), value, np.float32)
    found = blended(plan, dict.fromkeys(painted_tiles(plan, 0), even), Rect(0, 0, 90, 50))
    assert np.abs(found - value).max() < 1e-6
