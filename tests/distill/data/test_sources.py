"""Where photographs come from: files, members of tar shards, and pairs as RealSR and DRealSR lay them out."""

import io
import tarfile

import cv2
import numpy as np
import pytest
from PIL import Image

from distill.data import Pack, PackConfig, build_pack
from distill.data.samples import sample_pairs
from distill.data.scan import Fault, scan
from distill.data.sources import file_size, find_photos, partner_of, read_photo
from mfsr_engine.errors import ImageReadError, RequestError
from mfsr_engine.progress import Progress
from tests.fakes.photographs import picture

pytestmark = pytest.mark.usefixtures("home")


def pixels_of(seed, height=72, width=88):
    return (picture(seed, height, width) * 255).astype(np.uint8)


def put(path, pixels):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)
    return path


def encoded(pixels, kind="png"):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def put_shard(path, members):
    path.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(path, "w") as tar:
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
def shards(tmp_path):
    """Two shards of two photographs each, with what else such files hold."""
    folder = tmp_path / "shards"
    for shard in range(2):
        members = {f"{shard}-{n}.png": encoded(pixels_of(10 * shard + n)) for n in range(2)}
        put_shard(folder / f"{shard:05d}.tar", {**members, f"{shard}-0.txt": b"a harbour", f"{shard}-0.json": b"{}"})
    return folder


def test_members_of_shards_are_found_beside_files_and_read_the_same(shards):
    loose = put(shards / "loose.png", pixels_of(3))
    found = find_photos(shards)
    assert [path.relative_to(shards).as_posix() for path in found] == [
        "00000.tar/0-0.png", "00000.tar/0-1.png", "00001.tar/1-0.png", "00001.tar/1-1.png", "loose.png",
    ]  # fmt: skip
    assert np.array_equal(read_photo(found[3]).pixels, pixels_of(11).astype(np.float32) / 255)
    assert file_size(found[0]) == len(encoded(pixels_of(0)))
    assert file_size(loose) == loose.stat().st_size


def test_a_pack_of_shards_is_that_of_their_files(shards, tmp_path):
    files = [
        put(tmp_path / "files" / path.name, (read_photo(path).pixels * 255).astype(np.uint8))
        for path in find_photos(shards)
    ]
    config = PackConfig(crop_px=32, crops_per_photo=2, versions=2)
    one = build_pack(find_photos(shards), tmp_path / "a", config, Progress())
    other = build_pack(files, tmp_path / "b", config, Progress())
    assert np.array_equal(one.low, other.low)
    assert np.array_equal(one.high, other.high)


def test_a_scan_looks_into_shards(shards):
    put_shard(shards / "00002.tar", {"again.jpg": encoded(pixels_of(0), "jpeg"), "broken.jpg": b"\xff\xd8\xff"})
    report = scan(shards, 64, Progress())
    assert len(report.usable) == 4
    assert {photo.path.name: photo.fault for photo in report.rejected} == {
        "again.jpg": Fault.DUPLICATE, "broken.jpg": Fault.BROKEN,
    }  # fmt: skip


def test_a_broken_shard_and_a_missing_folder_are_said_in_words(tmp_path):
    (tmp_path / "a.tar").write_bytes(b"no tar file at all" * 100)
    with pytest.raises(RequestError, match=r"a\.tar is no tar file that can be read"):
        find_photos(tmp_path)
    with pytest.raises(RequestError, match="no folder"):
        find_photos(tmp_path / "none")


def test_a_member_that_is_cut_off_is_a_broken_photograph(shards):
    path = find_photos(shards)[3]
    tar = path.parent
    content = tar.read_bytes()
    tar.write_bytes(content[: content.index(encoded(pixels_of(11))) + 200])
    with pytest.raises(ImageReadError, match=r"1-1\.png is damaged or cut off"):
        read_photo(path)


LAYOUTS = {
    "RealSR, as it is published": ("Canon/Train/4/Canon_001_HR.png", "Canon/Train/4/Canon_001_LR4.png", 1),
    "RealSR, small ones reduced": ("Nikon_002_HR.png", "Nikon_002_LR4.png", 4),
    "DRealSR": ("Train_x4/train_HR/P1160_x4.png", "Train_x4/train_LR/P1160_x1.png", 4),
    "StableSR's validation sets": ("RealSRVal/test_HR/a.png", "RealSRVal/test_LR/a.png", 4),
    "ground truth and low quality": ("set/gt/0001.png", "set/lq/0001.png", 4),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_pairs_are_known_by_their_names(tmp_path, layout):
    good, small, factor = LAYOUTS[layout]
    large = pixels_of(1)
    reduced = cv2.resize(large, (22, 18), interpolation=cv2.INTER_AREA)
    put(tmp_path / good, large)
    put(tmp_path / small, reduced if factor == 4 else np.kron(reduced, np.ones((4, 4, 1), np.uint8)))
    assert find_photos(tmp_path) == [tmp_path / good]
    assert partner_of(tmp_path / good) == tmp_path / small
    photo = read_photo(tmp_path / good)
    assert np.array_equal(np.rint(photo.pixels * 255), large)
    assert np.array_equal(np.rint(photo.small * 255), reduced)


def test_a_good_name_without_its_small_picture_is_a_photograph(tmp_path):
    put(tmp_path / "a_HR.png", pixels_of(1))
    put(tmp_path / "HR" / "b.png", pixels_of(2))
    put(tmp_path / "c_LR4.png", pixels_of(3))
    assert len(find_photos(tmp_path)) == 3
    assert read_photo(tmp_path / "a_HR.png").small is None


def test_a_pair_that_does_not_fit_is_broken(tmp_path):
    put(tmp_path / "a_HR.png", pixels_of(1))
    put(tmp_path / "a_LR4.png", pixels_of(1, 30, 30))
    report = scan(tmp_path, 32, Progress())
    assert [photo.fault for photo in report.rejected] == [Fault.BROKEN]
    assert "88 x 72 and 30 x 30 pixels" in report.rejected[0].detail


def paired_pack(folder) -> tuple[Pack, np.ndarray, np.ndarray]:
    large, small = pixels_of(1, 130, 197), np.random.default_rng(0).integers(0, 256, (32, 49, 3), np.uint8)
    put(folder / "set" / "HR" / "a.png", large)
    put(folder / "set" / "LR" / "a.png", small)
    config = PackConfig(crop_px=64, crops_per_photo=8, versions=2, enlargement=2.0)
    return build_pack(find_photos(folder / "set"), folder / "pack", config, Progress()), large, small


def test_crops_of_a_pair_are_of_one_place_and_no_damage_is_added(tmp_path):
    pack, large, small = paired_pack(tmp_path)
    assert len(pack.high) == 6
    for crop in range(6):
        assert np.array_equal(pack.low[0, crop], pack.low[1, crop])
        [(y, x)] = [
            (y, x)
            for y in range(17)
            for x in range(34)
            if np.array_equal(small[y : y + 16, x : x + 16], pack.low[0, crop])
        ]
        assert np.array_equal(pack.high[crop], large[4 * y : 4 * y + 64, 4 * x : 4 * x + 64])


def test_validation_on_pairs_shows_what_the_camera_saw(tmp_path):
    _, large, small = paired_pack(tmp_path)
    [pair] = sample_pairs(find_photos(tmp_path / "set"), 64, "mixed", 0, Progress())
    assert np.array_equal(np.rint(pair.damaged * 255), small[8:24, 16:32])
    assert np.array_equal(np.rint(pair.truth * 255), large[32:96, 64:128])
