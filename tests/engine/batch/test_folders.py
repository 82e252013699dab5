"""What is taken from a folder: pictures, but neither own results nor what other programs keep aside."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest

from mfsr_engine import images
from mfsr_engine.api import UpscaleSettings
from mfsr_engine.batch import batch
from mfsr_engine.batch.batch import Done, Failed, run_batch
from mfsr_engine.batch.naming import Naming, OutputSettings, RunFacts
from mfsr_engine.batch.planning import BatchItem, plan_items, scan_files, scan_folder, sources_in
from mfsr_engine.batch.run_plan import RunPlan
from mfsr_engine.errors import ImageReadError
from mfsr_engine.files.tables import as_json, from_json
from mfsr_engine.geometry import TargetSize
from mfsr_engine.progress import Progress
from tests.fakes.odd_files import END, SIGNATURE, chunk, ihdr
from tests.fakes.scripted_engine import ScriptedUpscaler

MADE = images.Provenance("mfsr-small", 1, 0)


def put(path: Path, made: images.Provenance | None = None, depth: int = 8) -> Path:
    options = images.WriteOptions(provenance=made, depth=depth)
    images.write(path, np.full((6, 8, 3), 0.5, np.float32), kept=images.KeptMetadata(), options=options)
    return path


def names(folder: Path, **options: bool) -> list[str]:
    return [source.path.relative_to(folder).as_posix() for source in sources_in(folder, **options)]


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".tiff", ".avif"])
@pytest.mark.parametrize("depth", [8, 16])
def test_own_results_are_known_in_every_format_and_can_be_taken_in(tmp_path, ending, depth):
    put(tmp_path / f"a{ending}", depth=depth)
    put(tmp_path / f"made{ending}", MADE, depth)
    assert names(tmp_path) == [f"a{ending}"]
    assert names(tmp_path, include_results=True) == [f"a{ending}", f"made{ending}"]
    assert scan_folder(tmp_path).results == 1


def test_a_folder_given_as_its_own_output_twice_is_not_upscaled_twice(tmp_path):
    put(tmp_path / "a.png")
    for _ in range(2):
        items = plan_items([tmp_path], Naming(output=tmp_path, nests_folders=False))
        list(run_batch(items, UpscaleSettings(), ScriptedUpscaler(), lambda item: Progress()))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "a_4x.png"]


def test_a_result_named_itself_is_taken(tmp_path):
    assert len(plan_items([put(tmp_path / "a.png", MADE)], Naming())) == 1


def test_what_was_left_out_is_told(tmp_path):
    put(tmp_path / "a.png")
    put(tmp_path / "b.png", MADE)
    told: list[str] = []
    plan_items([tmp_path], Naming(), tell=told.append)
    assert len(told) == 1
    assert "1 results of this program were left out" in told[0]
    plan_items([tmp_path], Naming(), include_results=True, tell=told.append)
    assert len(told) == 1


def test_a_folder_of_results_alone_is_said_to_be_one(tmp_path):
    put(tmp_path / "b.png", MADE)
    with pytest.raises(ImageReadError, match="only results of this program"):
        plan_items([tmp_path], Naming())
    assert len(plan_items([tmp_path], Naming(), include_results=True)) == 1


@pytest.mark.parametrize("aside", [
    "@eaDir", "@EADIR", ".thumbnails", "#recycle", "@Recycle", ".@__thumb", "$RECYCLE.BIN", "lost+found", "__MACOSX",
    ".Trash-1000", "#snapshot", "@tmp", ".picasaoriginals", "Photos Previews.lrdata", "CaptureOne",
])  # fmt: skip
def test_what_others_keep_aside_is_left_out_at_any_depth(tmp_path, aside):
    put(tmp_path / "a.png")
    put(tmp_path / "deep" / aside / "a.jpg" / "small.jpg")
    put(tmp_path / aside / "small.jpg")
    (tmp_path / "Thumbs.db").write_bytes(b"no picture")
    assert names(tmp_path) == ["a.png"]


def test_a_file_that_cannot_be_read_is_taken_so_that_it_is_told(tmp_path):
    (tmp_path / "a.png").write_bytes(b"broken")
    assert names(tmp_path) == ["a.png"]


def test_the_plan_of_a_queue_says_whether_they_are_taken():
    plan = RunPlan(output=OutputSettings(include_results=True, keep_date=True))
    assert from_json(RunPlan, as_json(plan)) == plan


def test_a_plan_of_an_earlier_version_is_still_read():
    table = asdict(RunPlan())  # where it held no values there were nulls
    for name in ("include_results", "keep_date"):
        del table["output"][name]
    assert from_json(RunPlan, json.dumps(table)) == RunPlan()


@pytest.mark.parametrize(("width", "height", "ending", "words"), [
    (19_900, 20_000, ".png", "79600 x 80000"), (5000, 100, ".webp", "WebP ends at 16383"),
    (16_400, 10, ".jpg", "65600 x 40"),
])  # fmt: skip
def test_a_result_that_nothing_can_hold_is_refused_from_the_header(tmp_path, monkeypatch, width, height, ending, words):
    bilevel = SIGNATURE + ihdr(width, height, 1, 0) + chunk(b"IDAT", bytes(60_000)) + END
    (tmp_path / "a.png").write_bytes(bilevel)
    monkeypatch.setattr(images, "read", lambda path: pytest.fail("the picture was decoded"))
    facts = RunFacts("mfsr-small", 1, 0, TargetSize(), 4)
    item = BatchItem(tmp_path / "a.png", tmp_path / f"b{ending}", facts=facts)
    outcome = batch.upscale_file(item, UpscaleSettings(), ScriptedUpscaler(), Progress())
    assert isinstance(outcome, Failed)
    assert words in str(outcome.error)


def test_a_result_larger_than_what_is_read_passes_the_check_after_writing(tmp_path, monkeypatch):
    monkeypatch.setattr("mfsr_engine.images.decoded.MAX_READ_MEGAPIXELS", 0.0005)
    item = BatchItem(put(tmp_path / "a.png"), tmp_path / "b.png")
    assert isinstance(batch.upscale_file(item, UpscaleSettings(), ScriptedUpscaler(), Progress()), Done)


def test_a_result_with_a_profile_above_a_megabyte_passes_it_too(tmp_path, monkeypatch):
    profile = np.random.default_rng(0).integers(0, 256, 2 << 20, np.uint8).tobytes()
    profile = len(profile).to_bytes(4, "big") + profile[4:16] + b"RGB " + profile[20:36] + b"acsp" + profile[40:]
    images.write(tmp_path / "a.png", np.full((6, 8, 3), 0.5, np.float32), kept=images.KeptMetadata(icc_profile=profile))
    assert images.read(tmp_path / "a.png").kept.icc_profile == profile
    item = BatchItem(tmp_path / "a.png", tmp_path / "b.png")
    outcome = batch.upscale_file(item, UpscaleSettings(), ScriptedUpscaler(), Progress())
    assert isinstance(outcome, Done)
    assert images.read(outcome.path).kept.icc_profile == profile


@pytest.mark.parametrize(("made", "has_twin"), [(None, True), (MADE, False)])
def test_a_picture_has_a_twin_where_another_that_counts_has_its_name(tmp_path, made, has_twin):
    put(tmp_path / "a.jpg")
    put(tmp_path / "a-b.png")
    put(tmp_path / "a.png", made)
    found = {source.path.name: source.has_twin for source in sources_in(tmp_path)}
    assert found == {"a-b.png": False, "a.jpg": has_twin} | ({"a.png": True} if has_twin else {})


def test_files_are_given_as_they_are_looked_at(tmp_path):
    put(tmp_path / "a.png")
    put(tmp_path / "b.png", MADE)
    put(tmp_path / "c" / "a.png")
    found = scan_files(tmp_path)
    assert next(found).path == tmp_path / "a.png"
    assert next(found) is None
    put(tmp_path / "c" / "d.png")
    assert [source.path.name for source in found] == ["a.png", "d.png"]
