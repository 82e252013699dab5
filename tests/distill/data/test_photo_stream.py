"""Patches cut and damaged while training: a pure function of seed, process and step, as those of a pack."""

import dataclasses
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from distill.data import PackConfig
from distill.data.path_list import PathList
from distill.data.photo_stream import PhotoStream
from mfsr_engine.errors import RequestError

CONFIG = PackConfig(degradation="camera", has_soft=False)


@pytest.fixture
def stream(tmp_path):
    """Of three photographs, each of one blue, whose red and green say where a pixel is."""
    rows, columns = np.mgrid[0:120, 0:160]
    for number in range(3):
        pixels = np.stack([2 * rows, columns, np.full_like(rows, 100 * number)], axis=2)
        Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / f"{number}.png")
    return PhotoStream(PathList(sorted(tmp_path.glob("*.png"))), CONFIG, patch_px=32, batch_size=4)


def bytes_of(part):
    return np.rint((part.numpy() + 1) * 127.5)


def test_a_batch_depends_on_seed_process_and_step_alone(stream):
    batch = stream.batch(3)
    again = pickle.loads(pickle.dumps(stream)).batch(3)
    assert torch.equal(batch.high, again.high)
    assert torch.equal(batch.low, again.low)
    for change in ({"seed": 1}, {"process": 1}):
        assert not torch.equal(dataclasses.replace(stream, **change).batch(3).high, batch.high)
    assert not torch.equal(stream.batch(4).high, batch.high)


def test_good_and_damaged_patches_show_one_place(stream):
    seen = set()
    for step in range(6):
        batch = stream.batch(step)
        assert batch.high.shape == (4, 3, 32, 32)
        assert batch.low.shape == (4, 3, 8, 8)
        assert batch.soft is None
        reduced = torch.nn.functional.avg_pool2d(batch.high, 4)
        assert (reduced - batch.low).abs().mean() < 0.12
        seen |= {float(high[2].mean().round(decimals=2)) for high in batch.high}
    assert len(seen) == 3


@pytest.mark.parametrize(("height", "width"), [(32, 32), (33, 40), (42, 36), (101, 130)])
def test_patches_are_whole_parts_of_the_photograph_and_reach_its_edges(tmp_path, height, width):
    rows, columns = np.mgrid[0:height, 0:width]
    Image.fromarray(np.stack([rows, columns, rows], axis=2).astype(np.uint8)).save(tmp_path / "a.png")
    stream = PhotoStream(PathList([tmp_path / "a.png"]), CONFIG, patch_px=32, batch_size=40, per_photo=40)
    batches = [stream.batch(step) for step in range(2)]
    high = np.concatenate([bytes_of(batch.high) for batch in batches])
    assert {(int(np.ptp(one[0])), int(np.ptp(one[1]))) for one in high} == {(31, 31)}
    if height < 100:
        assert (high[:, 0].min(), high[:, 0].max()) == (0, height - 1)
        assert (high[:, 1].min(), high[:, 1].max()) == (0, width - 1)
    for batch in batches:
        assert (torch.nn.functional.avg_pool2d(batch.high, 4) - batch.low).abs().mean() < 0.05


def test_several_patches_of_one_photograph_read_it_once(stream, monkeypatch):
    from distill.data import photo_stream

    read, reads = photo_stream.read_photo, []
    monkeypatch.setattr(photo_stream, "read_photo", lambda path: (reads.append(path), read(path))[1])
    batch = dataclasses.replace(stream, per_photo=3).batch(0)
    assert len(reads) == 2
    assert len(batch.high) == 4
    blues = [round(float(high[2].mean()), 2) for high in batch.high]
    assert blues[0] == blues[1] == blues[2]


def test_a_teacher_gets_worse_pictures_too(stream):
    batch = dataclasses.replace(stream, config=dataclasses.replace(CONFIG, has_soft=True)).batch(0)
    assert batch.soft.shape == batch.high.shape


def test_broken_and_small_photographs_are_passed_over_and_only_such_are_an_error(stream, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"no picture")
    Image.new("RGB", (31, 200)).save(tmp_path / "small.png")
    odd = PathList([tmp_path / "broken.jpg", tmp_path / "small.png"])
    mixed = dataclasses.replace(stream, photos=PathList([*stream.photos, *odd]))
    assert len(mixed.batch(0).high) == 4
    with pytest.raises(RequestError, match="none can be read and has 32 pixels"):
        dataclasses.replace(stream, photos=odd).batch(0)


def test_a_pair_keeps_the_small_picture_that_was_taken(tmp_path):
    random = np.random.default_rng(0)
    small = random.integers(0, 256, (20, 24, 3), np.uint8)
    large = np.kron(small, np.ones((4, 4, 1), np.uint8))
    Image.fromarray(large).save(tmp_path / "a_HR.png")
    Image.fromarray(small).save(tmp_path / "a_LR4.png")
    batch = PhotoStream(PathList([tmp_path / "a_HR.png"]), CONFIG, patch_px=16, batch_size=8).batch(0)
    assert np.array_equal(bytes_of(batch.high)[:, :, ::4, ::4], bytes_of(batch.low))


def test_a_list_of_paths_is_what_went_in():
    paths = [Path("a/ä.jpg"), Path("b"), Path("c/d/e.tar/f.png")]
    short = PathList(paths)
    assert list(short) == paths
    assert short[-1] == paths[-1]
    assert short[:2] == paths[:2]
    assert len(PathList([])) == 0
    with pytest.raises(IndexError):
        short[3]
