"""Packs of training crops: what goes in, when a pack is kept or made again, and what is left behind when it is not."""

import dataclasses
import errno
import json
import shutil
import threading

import numpy as np
import pytest
import webdataset
from PIL import Image
from webdataset import tariterators

from distill.data import Pack, PackConfig, build_pack
from distill.data import pack as pack_module
from distill.data.crops import crops_of
from distill.data.shards import ShardedCrops
from distill.degrade import stages
from mfsr_engine.errors import Cancelled, RequestError
from mfsr_engine.progress import Progress
from tests.fakes.photographs import write_noise

CONFIG = PackConfig(crop_px=32, crops_per_photo=2, versions=3)


@pytest.fixture
def photos(tmp_path):
    return write_noise(tmp_path / "photos", 3, 40, 80)


def build(photos, folder, config=CONFIG, progress=None, workers=1):
    return build_pack(photos, folder, config, progress or Progress(), workers)


@pytest.fixture
def small_shards(monkeypatch):
    """Every photograph is a shard."""
    monkeypatch.setattr(pack_module, "SHARD_BYTES", 1)


def written(folder):
    files = [path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def names(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock")


def test_pack_holds_crops_with_their_damaged_versions(photos, tmp_path):
    pack = build(photos, tmp_path / "pack")
    assert pack.high.shape == pack.soft.shape == (6, 32, 32, 3)
    assert pack.low.shape == (3, 6, 8, 8, 3)
    assert pack.high.dtype == pack.low.dtype == pack.soft.dtype == np.uint8
    first = np.asarray(Image.open(photos[0]))
    assert np.array_equal(pack.high[0], first[:32, :32])
    assert len({version.tobytes() for version in np.asarray(pack.low)}) == 3
    for crop in range(6):
        assert np.array_equal(pack.high[crop], np.asarray(pack.high)[crop])
        assert np.array_equal(pack.low[2, crop], np.asarray(pack.low)[2, crop])


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
        steps_between_neighbours(b) / steps_between_neighbours(a)
        for a, b in zip(np.asarray(plain.high), np.asarray(larger.high), strict=True)
    ]
    assert all(0.25 < ratio < 1 for ratio in ratios)  # noise, whose neighbours come twice as close at most
    assert len(set(ratios)) == len(ratios)  # each by a factor of its own


def test_damaged_versions_are_made_of_the_enlarged_crop(photos, tmp_path):
    """A mean over 4x4 pixels of the good crop is near the damaged one, which it would not be of another part of the noise."""
    pack = build(photos, tmp_path / "larger", dataclasses.replace(CONFIG, enlargement=4.0))
    reduced = np.asarray(pack.high).reshape(-1, 8, 4, 8, 4, 3).mean((2, 4))
    apart = [np.abs(np.asarray(pack.low)[0] - np.roll(reduced, shift, axis=0)).mean() for shift in range(6)]
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


def as_before_shards(folder, pack):
    """Make a pack one whose crops are three arrays in files."""
    arrays = {name: np.asarray(getattr(pack, name)) for name in ("high", "low", "soft")}
    for name, array in arrays.items():
        np.save(folder / f"{name}.npy", array)
    [crops] = folder.glob("crops-*")
    shutil.rmtree(crops)
    return arrays


def test_a_pack_of_before_its_damage_was_recorded_is_kept(photos, tmp_path):
    as_before_shards(tmp_path / "pack", build(photos, tmp_path / "pack"))
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
    assert names(tmp_path / "pack") == []


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("workers", [1, 2])
def test_a_stop_costs_one_shard_at_most(photos, tmp_path, workers):
    whole = build(photos, tmp_path / "undisturbed")
    progress = Progress(on_report=lambda report: progress.cancel() if report.done == 1 else None)
    with pytest.raises(Cancelled):
        build(photos, tmp_path / "pack", progress=progress, workers=workers)
    assert names(tmp_path / "pack") == ["000000.npy", "000000.tar", "000001.npy", "000001.tar"]
    with pytest.raises(RequestError, match="no finished pack"):
        Pack.open(tmp_path / "pack")
    done = []
    rest = build(photos, tmp_path / "pack", progress=Progress(on_report=lambda report: done.append(report.done)))
    assert done == [2]
    assert rest.identity == whole.identity
    assert written(tmp_path / "pack") == written(tmp_path / "undisturbed")


@pytest.mark.usefixtures("small_shards")
def test_cancelling_a_replacement_keeps_the_old_pack(photos, tmp_path):
    old = build(photos, tmp_path / "pack")
    before = written(tmp_path / "pack")
    progress = Progress(on_report=lambda report: progress.cancel() if report.done == 1 else None)
    with pytest.raises(Cancelled):
        build(photos, tmp_path / "pack", PackConfig(crop_px=32, seed=9), progress)
    assert written(tmp_path / "pack").items() > before.items()
    assert Pack.open(tmp_path / "pack").identity == old.identity


def test_leftovers_of_a_crash_do_not_matter(photos, tmp_path):
    build(photos, tmp_path / "undisturbed")
    [crops] = (tmp_path / "undisturbed").glob("crops-*")
    leftover = tmp_path / "pack" / crops.name
    leftover.mkdir(parents=True)
    (leftover / "000000.tar").write_bytes(b"half")  # without an index it was not finished
    (leftover / "000000.lock").write_bytes(b"")
    build(photos, tmp_path / "pack")
    assert written(tmp_path / "pack") == written(tmp_path / "undisturbed")


def test_how_photographs_are_divided_changes_no_crop(photos, tmp_path, monkeypatch):
    one = build(photos, tmp_path / "one")
    monkeypatch.setattr(pack_module, "SHARD_BYTES", 1)
    many = build(photos, tmp_path / "many")
    assert len(list((tmp_path / "many").rglob("*.tar"))) == 3
    for part in ("high", "low", "soft", "is_everyday"):
        assert np.array_equal(getattr(one, part), getattr(many, part))


@pytest.mark.usefixtures("small_shards")
def test_several_that_need_the_same_pack_share_the_work(photos, tmp_path, monkeypatch):
    """Threads, which claim files as processes do."""
    monkeypatch.setattr("distill.data.shared_work.LOOK_EVERY_S", 0.01)
    made, started = [], threading.Barrier(3)

    def work():
        tell = lambda report: made.append(report.done) if report.stage == "Preparing training crops" else None  # noqa: E731
        started.wait()
        build(photos, tmp_path / "pack", progress=Progress(on_report=tell))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    build(photos, tmp_path / "alone")
    assert sorted(made) == [0, 1, 2]
    assert written(tmp_path / "pack") == written(tmp_path / "alone")


def test_a_pack_that_is_read_outlives_its_replacement(photos, tmp_path):
    """A run on other data takes the folder; the one that still trains goes on."""
    first = build(photos, tmp_path / "pack")
    before = np.asarray(first.high)
    second = build(photos, tmp_path / "pack", dataclasses.replace(CONFIG, seed=7))
    assert Pack.open(tmp_path / "pack").identity == second.identity
    assert np.array_equal(np.asarray(first.high), before)
    del first
    build(photos, tmp_path / "pack", dataclasses.replace(CONFIG, seed=8))
    assert len(list((tmp_path / "pack").glob("crops-*"))) == 2  # the second is still here


def test_any_loader_of_webdataset_reads_the_shards(photos, tmp_path):
    pack = build(photos, tmp_path / "pack")
    [tar] = (tmp_path / "pack").rglob("*.tar")
    with tar.open("rb") as stream:
        files = ({"__url__": tar.name, **file} for file in tariterators.tar_file_iterator(stream))
        grouped = tariterators.group_by_keys(files)
        samples = [webdataset.Decoder([])(sample) for sample in grouped]
    assert [sample["__key__"] for sample in samples] == [f"{n:08d}-{c:04d}" for n in range(3) for c in range(2)]
    for number, sample in enumerate(samples):
        assert np.array_equal(sample["high.npy"], pack.high[number])
        assert np.array_equal(sample["low.npy"], np.asarray(pack.low)[:, number])
        assert sample["everyday.cls"] == int(pack.is_everyday[number])


def test_a_student_needs_no_worse_pictures_and_takes_a_pack_that_has_them(photos, tmp_path):
    student = dataclasses.replace(CONFIG, has_soft=False)
    lean, full = build(photos, tmp_path / "lean", student), build(photos, tmp_path / "full")
    assert lean.soft is None
    assert np.array_equal(lean.high, full.high)
    assert np.array_equal(lean.low, full.low)
    assert build(photos, tmp_path / "full", student).identity == full.identity
    assert build(photos, tmp_path / "lean").soft is not None


def test_a_pack_of_before_there_were_shards_is_kept(photos, tmp_path):
    pack = build(photos, tmp_path / "pack")
    arrays = as_before_shards(tmp_path / "pack", pack)
    reports = []
    old = build(photos, tmp_path / "pack", progress=Progress(on_report=reports.append))
    assert not reports
    assert isinstance(old.high, np.memmap)
    assert all(np.array_equal(getattr(old, name), array) for name, array in arrays.items())


def test_a_damaged_shard_is_said_in_words(photos, tmp_path):
    pack = build(photos, tmp_path / "pack")
    [tar] = (tmp_path / "pack").rglob("*.tar")
    tar.write_bytes(tar.read_bytes()[:2000])
    with pytest.raises(RequestError, match=r"Cannot read training crops from .* delete"):
        pack.high[5]


def test_unfinished_pack_cannot_be_opened(tmp_path):
    with pytest.raises(RequestError, match="no finished pack"):
        Pack.open(tmp_path)


def test_crops_are_read_one_by_one(photos, tmp_path):
    pack = build(photos, tmp_path / "pack")
    assert isinstance(pack.high, ShardedCrops)
    assert isinstance(pack.low, ShardedCrops)


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

    monkeypatch.setattr("distill.data.shards.TarWriter.write", full)
    with pytest.raises(
        RequestError, match=r"Cannot write the training crops .*: No space left on device\. .* make room"
    ):
        build(photos, tmp_path / "pack")
    assert names(tmp_path / "pack") == []


@pytest.mark.parametrize("kind", ["heavy", "mixed", "camera"])
def test_only_the_heavy_damage_is_learned_from_sharpened_pictures(photos, tmp_path, kind):
    pack = build(photos, tmp_path / "pack", dataclasses.replace(CONFIG, degradation=kind))
    plain = np.asarray(Image.open(photos[0]))[:32, :32]
    assert np.array_equal(pack.high[0], plain) == (kind != "heavy")
    if kind == "heavy":
        expected = stages.sharpened_target(plain.astype(np.float32) / 255)
        assert np.abs(pack.high[0] / 255 - expected).max() < 1 / 255
