"""The stream of batches: a pure function of seed, process and step, whose parts show the same place."""

import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image

from distill.data import Batch, BatchStream, Pack
from mfsr_engine.errors import RequestError
from tests.fakes.tiny_training import make_pack


def same(a: Batch, b: Batch) -> bool:
    return all(torch.equal(getattr(a, name), getattr(b, name)) for name in ("high", "low", "soft"))


def test_batch_is_in_the_range_and_shape_networks_expect(tiny_stream):
    batch = tiny_stream.batch(0)
    assert batch.high.shape == batch.soft.shape == (2, 3, 16, 16)
    assert batch.low.shape == (2, 3, 4, 4)
    for part in (batch.high, batch.low, batch.soft):
        assert part.dtype == torch.float32
        assert part.min() >= -1
        assert part.max() <= 1


def test_darkest_and_brightest_bytes_are_minus_one_and_one():
    high = np.zeros((1, 16, 16, 3), np.uint8)
    stream = BatchStream(Pack(high, np.full((1, 1, 4, 4, 3), 255, np.uint8), high), patch_px=16, batch_size=1)
    batch = stream.batch(0)
    assert batch.high.unique().tolist() == [-1.0]
    assert batch.low.unique().tolist() == [1.0]


def test_batch_depends_on_the_step_alone_not_on_what_was_read_before(tiny_stream):
    forwards = [tiny_stream.batch(step) for step in range(5)]
    fresh = BatchStream(tiny_stream.pack, 16, 2)
    backwards = [fresh.batch(step) for step in reversed(range(5))][::-1]
    assert all(same(a, b) for a, b in zip(forwards, backwards, strict=True))
    assert not same(forwards[0], forwards[1])


@pytest.mark.parametrize("field", ["seed", "process"])
def test_other_seeds_and_other_processes_see_other_batches(tiny_stream, field):
    other = dataclasses.replace(tiny_stream, **{field: 1})
    assert not any(same(tiny_stream.batch(step), other.batch(step)) for step in range(5))


def place_pack(crops=2):
    """Every pixel says where it is: red the row, green the column, blue the crop; the small picture is the exact mean."""
    rows, columns = np.mgrid[0:64, 0:64]
    high = np.stack([np.stack([3 * rows, 3 * columns, np.full_like(rows, 90 * n)], axis=2) for n in range(crops)])
    low = high.reshape(crops, 16, 4, 16, 4, 3).mean(axis=(2, 4))
    return Pack(high.astype(np.uint8), np.stack([low, low]).round().astype(np.uint8), high.astype(np.uint8) + 1)


def test_small_and_large_patches_show_the_same_place_after_every_turn_and_flip():
    stream = BatchStream(place_pack(), patch_px=24, batch_size=16)
    for step in range(6):
        batch = stream.batch(step)
        reduced = torch.nn.functional.avg_pool2d(batch.high, 4)
        assert (reduced - batch.low).abs().max() < 1.1 / 127.5
        torch.testing.assert_close(batch.soft, batch.high + 1 / 127.5, atol=1e-6, rtol=0)


def test_all_eight_orientations_and_all_crops_and_versions_are_drawn():
    pack = place_pack()
    pack = dataclasses.replace(pack, low=np.stack([pack.low[0], pack.low[0] // 2]))
    stream = BatchStream(pack, patch_px=16, batch_size=16)
    seen, crops, versions = set(), set(), set()
    for step in range(20):
        batch = stream.batch(step)
        for high, low in zip(batch.high, batch.low, strict=True):
            down, right = high[:2, 1, 0] - high[:2, 0, 0], high[:2, 0, 1] - high[:2, 0, 0]
            seen.add((*down.sign().tolist(), *right.sign().tolist()))
            crops.add(round(float(high[2, 0, 0]), 3))
            versions.add(bool((low + 1).mean() > 0.7 * (high + 1).mean()))
    assert len(seen) == 8
    assert len(crops) == 2
    assert versions == {True, False}


def test_patches_reach_every_edge_of_a_crop():
    batch = BatchStream(place_pack(), patch_px=16, batch_size=200).batch(0)
    rows = ((batch.high[:, 0] + 1) * 127.5 / 3).round()
    assert rows.min() == 0
    assert rows.max() == 63


def test_patch_as_large_as_the_crop_is_the_crop():
    batch = BatchStream(place_pack(1), patch_px=64, batch_size=1).batch(0)
    rows = ((batch.high[0, 0] + 1) * 127.5 / 3).round()
    assert (rows.min(), rows.max()) == (0, 63)


@pytest.mark.parametrize("patch_px", [36, 18])
def test_patch_that_does_not_fit_is_refused(tiny_pack, patch_px):
    with pytest.raises(RequestError, match="cannot be cut"):
        BatchStream(tiny_pack, patch_px, 1)


def everyday_pack():
    """Six crops, the first four with everyday damage, told apart by their color."""
    pack = make_pack()
    high = np.arange(6, dtype=np.uint8)[:, None, None, None] * np.ones((1, 32, 32, 3), np.uint8)
    return dataclasses.replace(pack, high=high, is_everyday=np.array([True] * 4 + [False] * 2))


def crops_drawn(stream):
    return np.concatenate([np.rint((stream.batch(step).high[:, 0, 0, 0].numpy() + 1) * 127.5) for step in range(20)])


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0.2, 0.45), (0.75, 0.65, 0.85), (1.0, 1.0, 1.0)])
def test_the_share_of_patches_from_a_camera_is_as_asked(share, low, high):
    drawn = crops_drawn(BatchStream(everyday_pack(), 16, 20, camera_share=share))
    assert low <= np.mean(drawn >= 4) <= high
    if 0 < share < 1:
        assert set(drawn) == set(range(6))


def test_a_share_of_a_kind_that_no_crop_has_is_refused():
    with pytest.raises(RequestError, match="not of both kinds"):
        BatchStream(make_pack(), 16, 2, camera_share=0.5)


def test_a_share_with_a_second_target_is_of_everyday_damage_and_the_cameras_comes_with_its_own(tmp_path):
    pack = dataclasses.replace(place_pack(crops=2), is_everyday=np.array([True, False]))
    files = {}
    for crop in range(2):
        file = tmp_path / f"0-{crop}.png"
        Image.fromarray(pack.high[crop]).save(file)
        files[0, crop] = file
    pack = dataclasses.replace(pack, peers=files)
    alone = BatchStream(pack, 16, 32, peer_share=1.0)
    assert set(alone.batch(0).high[:, 2, 0, 0].tolist()) == {-1.0}
    both = BatchStream(pack, 16, 64, peer_share=0.5, camera_share=0.5).batch(0)
    is_camera, is_peered = both.high[:, 2, 0, 0] > -1, both.peer.isfinite().flatten(1).all(dim=1)
    assert is_peered[~is_camera].all()
    assert 0 < is_peered[is_camera].float().mean() < 1  # one of two damaged versions
