"""Packs of training crops: what goes in, when a pack is kept or made again, and what is left behind when it is not."""

import dataclasses
import errno
import json

import numpy as np
import pytest
from PIL import Image

from distill.data import Pack, PackConfig, build_pack
from distill.data import pack as pack_module
from distill.data.pack import crops_of
from distill.degrade import stages
from mfsr_engine.errors import Cancelled, RequestError
from mfsr_engine.progress import Progress

CONFIG = PackConfig(crop_px=32, crops_per_photo=2, versions=3)


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    random = np.random.default_rng(0)
    for number in range(3):
        Image.fromarray(random.integers(0, 256, (40, 80, 3), np.uint8)).save(folder / f"{number}.png")
    return sorted(folder.iterdir())


def build(photos, folder, config=CONFIG, progress=None, workers=1):
    return build_pack(photos, folder, config, progress or Progress(), workers)


def written(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_pack_holds_crops_with_their_damaged_versions(photos, tmp_path):
    pack = build(photos, tmp_path / "pack")
    assert pack.high.shape == pack.soft.shape == (6, 32, 32, 3)
    assert pack.low.shape == (3, 6, 8, 8, 3)
    assert pack.high.dtype == pack.low.dtype == pack.soft.dtype == np.uint8
    first = np.asarray(Image.open(photos[0]))
    assert np.array_equal(pack.high[0], first[:32, :32])
    assert len({pack.low[version].tobytes() for version in range(3)}) == 3


def test_same_photographs_and_configuration_give_the_same_bytes(photos, tmp_path):
    build(photos, tmp_path / "a")
    build(photos, tmp_path / "b")
    assert written(tmp_path / "a") == written(tmp_path / "b")


def steps_between_neighbours(picture):
    return float(np.abs(np.diff(picture.astype(np.float32), axis=1)).mean())


def test_enlarged_crops_are_softer_parts_of_the_photograph(photos, tmp_path):
    plain = build(photos, tmp_path / "plain")
    larger = build(photos, tmp_path / "larger", dataclasses.replace(CONFIG, enlargement=2.0))
    assert larger.high.shape == plain.high.shape
    assert larger.low.shape == plain.low.shape
    ratios = [
        steps_between_neighbours(b) / steps_between_neighbours(a) for a, b in zip(plain.high, larger.high, strict=True)
    ]
    assert all(0.25 < ratio < 1 for ratio in ratios)  # noise, whose neighbours come twice as close at most
    assert len(set(ratios)) == len(ratios)  # each by a factor of its own


def test_damaged_versions_are_made_of_the_enlarged_crop(photos, tmp_path):
    """A mean over 4x4 pixels of the good crop is near the damaged one, which it would not be of another part of the noise."""
    pack = build(photos, tmp_path / "larger", dataclasses.replace(CONFIG, enlargement=4.0))
    reduced = pack.high.reshape(-1, 8, 4, 8, 4, 3).mean((2, 4))
    apart = [np.abs(pack.low[0] - np.roll(reduced, shift, axis=0)).mean() for shift in range(6)]
    assert min(apart) == apart[0]


@pytest.mark.slow
def test_number_of_workers_does_not_change_the_pack(photos, tmp_path):
    build(photos, tmp_path / "a")
    build(photos, tmp_path / "b", workers=2)
    assert written(tmp_path / "a") == written(tmp_path / "b")


def test_finished_pack_is_opened_rather_than_made_again(photos, tmp_path):
    build(photos, tmp_path / "pack")
    reports = []
    build(photos, tmp_path / "pack", progress=Progress(on_report=reports.append))
    assert not reports


@pytest.mark.parametrize(
    "changed", [{"seed": 1}, {"versions": 2}, {"degradation": "heavy"}, {"crops_per_photo": 1}, {"enlargement": 1.5}]
)
def test_another_configuration_makes_it_again(photos, tmp_path, changed):
    build(photos, tmp_path / "pack")
    before = written(tmp_path / "pack")
    build(photos, tmp_path / "pack", PackConfig(**{"crop_px": 32, "crops_per_photo": 2, "versions": 3, **changed}))
    assert written(tmp_path / "pack") != before


def test_other_numbers_of_the_same_kind_of_damage_make_it_again(photos, tmp_path, monkeypatch):
    """Or a program with a better damage would go on training with the pictures of the older one."""
    before = build(photos, tmp_path / "pack")
    damage = pack_module.preset(CONFIG.degradation)
    noisier = dataclasses.replace(damage.camera, read_noise=(8.0, 9.0))
    monkeypatch.setattr(pack_module, "preset", lambda _: dataclasses.replace(damage, heavy_share=0.0, camera=noisier))
    after = build(photos, tmp_path / "pack")
    assert before.identity != after.identity
    assert not np.array_equal(before.low, after.low)
    assert np.array_equal(before.high, after.high)


def test_a_pack_of_before_its_damage_was_recorded_is_kept(photos, tmp_path):
    build(photos, tmp_path / "pack")
    description = tmp_path / "pack" / "pack.json"
    said = json.loads(description.read_text())
    del said["damage"]
    description.write_text(json.dumps(said))
    reports = []
    build(photos, tmp_path / "pack", progress=Progress(on_report=reports.append))
    assert not reports


def test_another_choice_of_photographs_makes_it_again(photos, tmp_path):
    build(photos, tmp_path / "pack")
    assert len(build(photos[:2], tmp_path / "pack").high) == 4


def test_damaged_description_makes_it_again(photos, tmp_path):
    build(photos, tmp_path / "pack")
    (tmp_path / "pack" / "pack.json").write_text("{")
    assert len(build(photos, tmp_path / "pack").high) == 6


def test_small_and_broken_pictures_are_passed_over(photos, tmp_path):
    small, broken = tmp_path / "small.png", tmp_path / "broken.jpg"
    Image.new("RGB", (200, 31)).save(small)
    broken.write_bytes(b"no picture")
    alone, among = build(photos, tmp_path / "a"), build([*photos, small, broken], tmp_path / "b")
    assert np.array_equal(alone.high, among.high)
    assert np.array_equal(alone.low, among.low)


def test_only_small_pictures_are_an_error_that_says_so(tmp_path):
    small = tmp_path / "small.png"
    Image.new("RGB", (200, 31)).save(small)
    with pytest.raises(RequestError, match="at least 32 pixels"):
        build([small], tmp_path / "pack")
    assert not [path for path in tmp_path.iterdir() if "pack" in path.name]


@pytest.mark.parametrize("workers", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_cancelling_leaves_nothing_behind(photos, tmp_path, workers):
    progress = Progress(on_report=lambda report: progress.cancel() if report.done == 1 else None)
    with pytest.raises(Cancelled):
        build(photos, tmp_path / "pack", progress=progress, workers=workers)
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]


def test_cancelling_a_replacement_keeps_the_old_pack(photos, tmp_path):
    build(photos, tmp_path / "pack")
    before = written(tmp_path / "pack")
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        build(photos, tmp_path / "pack", PackConfig(crop_px=32, seed=9), progress)
    assert written(tmp_path / "pack") == before


def test_leftovers_of_a_crash_do_not_matter(photos, tmp_path):
    leftover = tmp_path / "pack.partial"
    leftover.mkdir()
    (leftover / "high.npy").write_bytes(b"half")
    build(photos, tmp_path / "pack")
    assert not leftover.exists()


def test_unfinished_pack_cannot_be_opened(tmp_path):
    with pytest.raises(RequestError, match="no finished pack"):
        Pack.open(tmp_path)


def test_arrays_are_mapped_not_loaded(photos, tmp_path):
    pack = build(photos, tmp_path / "pack")
    assert isinstance(pack.high, np.memmap)
    assert (tmp_path / "pack" / "high.npy").samefile(pack.high.filename)


@pytest.mark.parametrize(
    ("height", "width", "most", "count"),
    [(64, 64, 8, 4), (64, 64, 2, 2), (31, 90, 8, 0), (32, 32, 8, 1), (100, 33, 8, 3)],
)
def test_crops_are_whole_spread_and_not_too_many(height, width, most, count):
    pixels = np.random.default_rng(0).random((height, width, 3), np.float32)
    crops = crops_of(pixels, 32, most)
    assert [crop.shape for crop in crops] == [(32, 32, 3)] * count
    assert len({crop.tobytes() for crop in crops}) == count


def test_crops_reach_both_ends_of_a_picture():
    ramp = np.tile(np.arange(100, dtype=np.float32)[None, :, None], (32, 1, 3))
    crops = crops_of(ramp, 32, 8)
    assert crops[0].min() == 0
    assert crops[-1].max() == 99


def test_a_full_disk_is_said_in_words_and_nothing_is_left_behind(photos, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pack_module.np, "save", full)
    with pytest.raises(RequestError, match=r"Cannot write the training crops .*: No space left on device\. Make room"):
        build(photos, tmp_path / "pack")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["photos"]


@pytest.mark.parametrize("kind", ["heavy", "mixed", "camera"])
def test_only_the_heavy_damage_is_learned_from_sharpened_pictures(photos, tmp_path, kind):
    pack = build(photos, tmp_path / "pack", dataclasses.replace(CONFIG, degradation=kind))
    plain = np.asarray(Image.open(photos[0]))[:32, :32]
    assert np.array_equal(pack.high[0], plain) == (kind != "heavy")
    if kind == "heavy":
        expected = stages.sharpened_target(plain.astype(np.float32) / 255)
        assert np.abs(pack.high[0] / 255 - expected).max() < 1 / 255
