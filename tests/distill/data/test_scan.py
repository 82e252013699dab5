"""Scanning photographs: every one is looked at, none is fatal, each rejection says why; the split stays with the file."""

import numpy as np
import pytest

from distill.data import scan as scan_module
from distill.data.scan import Fault, scan, split_photos
from mfsr_engine import images
from mfsr_engine.errors import Cancelled, RequestError
from mfsr_engine.images import ImageFormat, WriteOptions
from mfsr_engine.progress import Progress
from tests.fakes.photographs import picture

pytestmark = pytest.mark.usefixtures("home")


def put(path, pixels, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    images.write(path, pixels, kept=images.KeptMetadata(), **options)
    return path


@pytest.fixture
def mixed(tmp_path):
    """One good photograph, and one with each fault."""
    good = put(tmp_path / "a.png", picture(1))
    put(tmp_path / "b-small.png", picture(2, 90, 200))
    put(tmp_path / "c-flat.png", np.full((144, 160, 3), 0.3, np.float32))
    put(tmp_path / "d-same.jpg", picture(1), options=WriteOptions(format=ImageFormat.JPEG))
    (tmp_path / "e-broken.jpg").write_bytes(b"\xff\xd8 cut")
    (tmp_path / "notes.txt").write_text("no picture at all")
    return tmp_path, good


def test_each_fault_is_found_and_named(mixed):
    folder, good = mixed
    report = scan(folder, 100, Progress())
    assert report.usable == (good,)
    assert {photo.path.name: photo.fault for photo in report.rejected} == {
        "b-small.png": Fault.TOO_SMALL,
        "c-flat.png": Fault.FLAT,
        "d-same.jpg": Fault.DUPLICATE,
        "e-broken.jpg": Fault.BROKEN,
    }
    details = {photo.path.name: photo.detail for photo in report.rejected}
    assert details["b-small.png"] == "200 x 90 pixels; 100 are needed on both sides"
    assert details["d-same.jpg"] == "shows the same as a.png"
    assert "e-broken.jpg" in details["e-broken.jpg"]
    assert report.summary() == ("1 photographs can be used; left out: 1 too small, 1 broken, 1 duplicate, 1 flat.")


def test_photographs_that_merely_look_alike_are_kept(tmp_path):
    first = picture(1)
    put(tmp_path / "a.png", first)
    put(tmp_path / "b.png", np.roll(first, 30, axis=1))
    put(tmp_path / "c.png", np.clip(first * 0.8, 0, 1))
    assert len(scan(tmp_path, 64, Progress()).usable) == 3


def test_a_smaller_copy_is_a_duplicate(tmp_path):
    put(tmp_path / "a.png", picture(1))
    put(tmp_path / "b.png", images.fit_to(picture(1), images.read(tmp_path / "a.png").size.scaled(0.75)))
    assert [photo.path.name for photo in scan(tmp_path, 64, Progress()).rejected] == ["b.png"]


def test_progress_counts_photographs_and_stops_the_scan(photos):
    reports = []
    scan(photos, 64, Progress(on_report=reports.append))
    assert [report.done for report in reports] == list(range(9))
    assert {report.total for report in reports} == {8}
    stop = Progress()
    stop.cancel()
    with pytest.raises(Cancelled):
        scan(photos, 64, stop)


def test_what_was_looked_at_is_kept_and_a_stop_loses_little(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(scan_module, "_TOGETHER", 3)
    kept, looked = tmp_path / "scan", []
    look = scan_module._look
    monkeypatch.setattr(scan_module, "_look", lambda path: (looked.append(path), look(path))[1])
    stop = Progress(on_report=lambda report: stop.cancel() if report.done == 4 else None)
    with pytest.raises(Cancelled):
        scan(photos, 64, stop, kept=kept)
    assert 3 <= len(looked) <= 6
    looked.clear()
    report = scan(photos, 64, Progress(), kept=kept, workers=2)
    assert len(looked) == 5
    assert report == scan(photos, 64, Progress())
    looked.clear()
    assert scan(photos, 10_000, Progress(), kept=kept).counts() == {Fault.TOO_SMALL: 8}  # rules may change
    assert not looked
    last = sorted(photos.iterdir())[-1]
    last.unlink()
    put(last, picture(77))
    scan(photos, 64, Progress(), kept=kept)
    assert len(looked) == 2  # those kept together with the one that changed


def test_strongly_compressed_files_are_counted_and_left_out_on_wish(tmp_path):
    for quality in (30, 60, 90):
        options = WriteOptions(format=ImageFormat.JPEG, quality=quality)
        put(tmp_path / f"{quality}.jpg", picture(quality), options=options)
    put(tmp_path / "none.png", picture(4))
    report = scan(tmp_path, 64, Progress())
    assert report.summary() == "4 photographs can be used. JPEG files of a quality below 75: 2."
    strict = scan(tmp_path, 64, Progress(), least_jpeg_quality=75)
    assert [path.name for path in strict.usable] == ["90.jpg", "none.png"]
    assert {photo.detail for photo in strict.rejected} == {
        "a JPEG file of quality 30; 75 is asked for", "a JPEG file of quality 60; 75 is asked for",
    }  # fmt: skip


def test_a_missing_folder_is_a_mistake_with_a_message(tmp_path):
    with pytest.raises(RequestError, match="no folder"):
        scan(tmp_path / "none", 64, Progress())


def test_the_split_is_by_file_and_stays_when_others_come_or_go(tmp_path):
    files = [tmp_path / f"{number}.jpg" for number in range(400)]
    split = split_photos(files, tmp_path, 0.1)
    assert set(split.training) | set(split.validation) == set(files)
    assert not set(split.training) & set(split.validation)
    assert 20 <= len(split.validation) <= 60
    fewer = split_photos(files[::2], tmp_path, 0.1)
    assert set(fewer.validation) == set(split.validation) & set(files[::2])
    moved = [tmp_path / "elsewhere" / file.name for file in files]
    elsewhere = split_photos(moved, tmp_path / "elsewhere", 0.1)
    assert [file.name for file in elsewhere.validation] == [file.name for file in split.validation]


@pytest.mark.parametrize(("count", "share", "validation"), [(1, 0.4, 0), (10, 0.0, 0), (2, 0.001, 1), (12, 0.001, 1)])
def test_small_folders_keep_one_for_validation_and_one_for_training(tmp_path, count, share, validation):
    split = split_photos([tmp_path / f"{number}.jpg" for number in range(count)], tmp_path, share)
    assert len(split.validation) == validation
    assert len(split.training) == count - validation
