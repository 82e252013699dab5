"""Which way a model is run on which device, by tables."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mfsr_engine.compute.memory import MAX_BATCH, DeviceMemory, MemoryPlan, ModelSize, WeightPlace, plan_memory

GIB = 1024
DIT4SR = ModelSize(
    block_parameters=2_574_572_672,
    other_parameters=19_476_544,
    autoencoder_parameters=83_819_683,
    blocks=24,
    network_values_per_px=39 * 1536 / 256,
    autoencoder_values_per_px=3 * 256,
    scale=4,
    tile_px=128,
)
COMPACT = ModelSize(0, 2_000_000, 0, 0, 30.0, 0.0, 4, 256)
RESIDENT, EIGHT_BIT, STREAMED = WeightPlace


def plan(
    kind: str, total_mib: int, free_mib: int | None = None, size: ModelSize = DIT4SR, bytes_: int = 2
) -> MemoryPlan:
    return plan_memory(DeviceMemory(kind, total_mib, free_mib), size, bytes_)


@pytest.mark.parametrize(
    ("gib", "weights", "is_sequential"),
    [
        (140, RESIDENT, False),
        (24, RESIDENT, False),
        (16, RESIDENT, False),
        (12, RESIDENT, False),
        (8, EIGHT_BIT, True),
        (6, STREAMED, True),
        (4, STREAMED, True),
    ],
)
def test_graphics_cards_run_a_full_batch_of_whole_tiles(gib: int, weights: WeightPlace, is_sequential: bool) -> None:
    found = plan("cuda", gib * GIB)
    assert (found.weights, found.has_sequential_autoencoder) == (weights, is_sequential)
    assert (found.batch, found.tile_px, found.autoencoder_tile_px) == (MAX_BATCH, 128, None)
    assert found.is_sufficient
    assert found.needed_mib <= gib * GIB * 3 // 4


@pytest.mark.parametrize(
    ("total_gib", "bytes_", "weights", "is_sufficient"),
    [
        (64, 4, RESIDENT, True),
        (24, 4, RESIDENT, True),
        (24, 2, RESIDENT, True),
        (8, 2, RESIDENT, True),
        (8, 4, EIGHT_BIT, True),
        (4, 2, EIGHT_BIT, True),
        (2, 2, EIGHT_BIT, False),
    ],
)
def test_the_cpu_paints_tiles_singly_and_streams_nothing(
    total_gib: int, bytes_: int, weights: WeightPlace, is_sufficient: bool
) -> None:
    found = plan("cpu", total_gib * GIB, bytes_=bytes_)
    assert (found.weights, found.batch, found.is_sufficient) == (weights, 1, is_sufficient)
    assert not found.has_sequential_autoencoder


def test_what_others_hold_counts() -> None:
    assert plan("cuda", 24 * GIB, free_mib=20 * GIB).weights is RESIDENT
    assert plan("cuda", 24 * GIB, free_mib=6 * GIB).weights is EIGHT_BIT
    assert plan("cuda", 24 * GIB, free_mib=4 * GIB).weights is STREAMED


def test_when_memory_is_very_short_fewer_tiles_then_smaller_pieces() -> None:
    steps = [plan("cuda", 24 * GIB, free_mib=free) for free in (2700, 2300, 1900, 1700, 1520, 1400)]
    shapes = [(p.batch, p.autoencoder_tile_px, p.tile_px) for p in steps]
    assert shapes == sorted(shapes, key=lambda s: (-s[0], -(s[1] or 999), -s[2]))
    assert shapes[0] == (8, None, 128)
    assert shapes[-1][0] == 1
    assert shapes[-1][1] == 256


def test_the_last_resort_says_that_it_will_hardly_fit() -> None:
    found = plan("cuda", 24 * GIB, free_mib=300)
    assert not found.is_sufficient
    assert found.tile_px == 64
    assert any("more than there is" in reason for reason in found.reasons)
    assert any("64 instead of 128" in reason for reason in found.reasons)


@pytest.mark.parametrize(("least_px", "tile_px"), [(16, 64), (64, 64), (65, 128), (128, 128)])
def test_no_tile_is_planned_smaller_than_the_model_takes(least_px: int, tile_px: int) -> None:
    assert plan("cuda", 24 * GIB, free_mib=300, size=replace(DIT4SR, least_tile_px=least_px)).tile_px == tile_px


def test_a_model_without_blocks_is_always_resident() -> None:
    assert {plan("cuda", total, size=COMPACT).weights for total in (24 * GIB, 2 * GIB, 512)} == {RESIDENT}


def test_the_reasons_name_the_figures() -> None:
    found = plan("cuda", 8 * GIB, free_mib=7000)
    text = " ".join(found.reasons)
    for figure in (8192, 7000, 6144, found.weights_mib, found.work_mib):
        assert str(figure) in text
    assert "8 bits" in text
    assert "8 tiles" in text


def test_smaller_tiles_are_painted_in_larger_batches_up_to_a_limit() -> None:
    found = plan("cuda", 24 * GIB, free_mib=1900)
    assert found.batch < MAX_BATCH
    assert found.batch_for(128, 128) == found.batch
    assert found.batch_for(128, 64) == min(MAX_BATCH, 2 * found.batch)
    assert found.batch_for(16, 16) == MAX_BATCH
    assert found.batch_for(4096, 4096) == 1
