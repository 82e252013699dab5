"""What results are called, and what happens where that name is taken."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mfsr_engine import images
from mfsr_engine.batch.naming import (
    Conflict,
    Naming,
    RunFacts,
    Source,
    Template,
    check_template,
    free_name,
    size_suffix,
    target_of,
)
from mfsr_engine.batch.planning import plan_items, sources_in
from mfsr_engine.errors import RequestError
from mfsr_engine.files.names import MAX_NAME_BYTES
from mfsr_engine.geometry import Size, TargetSize
from mfsr_engine.images.reading import header_size, provenance_of, small_copy

FACTS = RunFacts("mfsr-small", 2, 7, TargetSize(), 4)
CAT = Source(Path("photos/cat.JPG"))


def never(path: Path) -> Size:
    raise AssertionError(f"{path} was opened")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{stem}_{factor}x", "cat_4x"),
        ("{name}_{size}", "cat_4x"),
        ("{model}-{steps}-{seed} {stem}.{ext}", "mfsr-small-2-7 cat.jpg"),
        ("{stem} {width}x{height}", "cat 400x240"),
    ],
)
def test_a_template_is_filled(text, expected):
    assert Template(text, FACTS).fill(CAT, lambda path: Size(100, 60)) == expected


@pytest.mark.parametrize(
    ("size", "factor", "words"),
    [
        (TargetSize(), "4", "_4x"),
        (TargetSize(factor=2.5), "2.5", "_2.5x"),
        (TargetSize(width=150), "1.5", "_150w"),
        (TargetSize(short_side=180), "3", "_180s"),
    ],
)
def test_the_factor_is_that_of_the_result(size, factor, words):
    facts = replace(FACTS, size=size)
    assert Template("{stem}{factor}", facts).fill(CAT, lambda path: Size(100, 60)) == f"cat{factor}"
    assert size_suffix(size, 4) == words


def test_a_source_is_opened_only_if_its_size_is_asked_for():
    assert Template("{stem}_{factor}x_{seed}", FACTS).fill(CAT, never) == "cat_4x_7"
    with pytest.raises(AssertionError, match="was opened"):
        Template("{stem}_{width}", FACTS).fill(CAT, never)


def test_a_model_given_by_its_folder_makes_no_folder():
    facts = replace(FACTS, model="models/my:own")
    assert Template("{stem}_{model}", facts).fill(CAT, never) == "cat_my_own"


@pytest.mark.parametrize("text", ["{stem", "{other}{stem}", "result", "{stem!r}", "{stem:>9}", "a/{stem}", "{stem}?"])
def test_a_template_that_gives_no_names_is_refused(text):
    with pytest.raises(RequestError, match="naming"):
        check_template(text)


def test_a_template_reaches_nothing_but_its_fields():
    with pytest.raises(RequestError, match="unknown"):
        check_template("{stem.__class__}")


@pytest.mark.parametrize(
    ("naming", "expected"),
    [
        (Naming(), "photos_4x/deep/a_4x.png"),
        (Naming(ending=".jpg", output=Path("/out")), "/out/photos/deep/a_4x.jpg"),
        (Naming(output=Path("/out"), nests_folders=False), "/out/deep/a_4x.png"),
        (Naming(template=Template("{stem}!", FACTS)), "photos_4x/deep/a!.png"),
        (Naming(template=Template("{stem}", FACTS)), "photos_4x/deep/a.png"),
    ],
)
def test_the_tree_of_a_folder_is_kept(tmp_path, naming, expected):
    root = tmp_path / "photos"
    found = target_of(Source(root / "deep" / "a.jpg", root), naming, never)
    assert found == tmp_path / expected


def test_twins_get_names_of_their_own(tmp_path):
    for name in ("a.jpg", "a.png", "b.png", ".hidden.png", "words.txt"):
        (tmp_path / name).touch()
    assert [source.stem for source in sources_in(tmp_path)] == ["a_jpg", "a_png", "b"]


def test_a_free_name_counts_on(tmp_path):
    for name in ("a.png", "a 2.png"):
        (tmp_path / name).touch()
    assert free_name(tmp_path / "a.png").name == "a 3.png"


def test_a_plan_can_name_by_size_and_takes_a_broken_file_along(tmp_path):
    images.write(tmp_path / "a.png", np.zeros((4, 6, 3), np.float32), kept=images.KeptMetadata())
    (tmp_path / "b.png").write_bytes(b"broken")
    naming = Naming(template=Template("{stem}_{width}x{height}", FACTS))
    items = plan_items([tmp_path / "a.png", tmp_path / "b.png"], naming, conflict=Conflict.CHANGED, facts=FACTS)
    assert [item.target.name for item in items] == ["a_24x16.png", "b_4x4.png"]
    assert {item.conflict for item in items} == {Conflict.CHANGED}


@pytest.mark.parametrize("ending", [".png", ".jpg", ".webp", ".tiff", ".avif"])
def test_a_glance_tells_size_and_looks_and_who_made_it(tmp_path, ending):
    path = tmp_path / f"a{ending}"
    pixels = np.zeros((60, 200, 3), np.float32)
    pixels[:, :, 0] = 1.0
    options = images.WriteOptions(provenance=images.Provenance("m", 3, 9))
    images.write(path, pixels, kept=images.KeptMetadata(), options=options)
    assert header_size(path) == Size(200, 60)
    seen = small_copy(path, 40)
    assert (seen.size, seen.pixels.shape) == (Size(200, 60), (12, 40, 3))
    assert seen.pixels[6, 20, 0] > 200 > 60 > seen.pixels[6, 20, 1]
    made = provenance_of(path)
    assert made is not None
    assert (made.model, made.steps, made.seed) == ("m", 3, 9)


def test_a_glance_is_upright(tmp_path):
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (30, 20)).save(tmp_path / "turned.jpg", exif=exif)
    assert header_size(tmp_path / "turned.jpg") == Size(20, 30)
    assert small_copy(tmp_path / "turned.jpg", 15).pixels.shape == (15, 10, 3)


def test_a_picture_of_16_bits_is_glanced_at_too(tmp_path):
    path = tmp_path / "deep.tiff"
    options = images.WriteOptions(depth=16)
    images.write(path, np.full((8, 16, 3), 0.5, np.float32), kept=images.KeptMetadata(), options=options)
    assert small_copy(path, 8).pixels.shape == (4, 8, 3)


def test_leftovers_of_a_killed_process_are_removed_and_those_of_others_stay(tmp_path):
    from mfsr_engine.files.atomic import remove_leftovers

    (tmp_path / ".mfsr-11-x.part").touch()
    (tmp_path / ".mfsr-12-x.part").touch()
    remove_leftovers(tmp_path, 11)
    assert [path.name for path in tmp_path.iterdir()] == [".mfsr-12-x.part"]


@pytest.mark.parametrize(
    ("stem", "text"),
    [
        ("n" * 250, "{name}_{size}"),
        ("照" * 83, "{stem} {model} {seed}"),
        ("n" * 130, "{name} of {stem}"),
        ("n" * 251, None),
    ],
)
def test_a_name_too_long_is_shortened_and_stays_unlike_others(stem, text):
    naming = Naming(template=None if text is None else Template(text, FACTS), ending=".tiff")
    first, again, other = (
        target_of(Source(Path(f"{name}.png")), naming, never).name for name in (stem, stem, stem[:-1] + "m")
    )
    assert first == again != other
    assert len(first.encode()) <= MAX_NAME_BYTES
    assert first.startswith(stem[:20])
    assert first.endswith(".tiff")
    if text == "{name}_{size}":
        assert first.endswith("_4x.tiff")


def test_a_name_that_just_fits_is_left_alone():
    assert target_of(Source(Path(f"{'n' * 248}.png")), Naming(), never).name == f"{'n' * 248}_4x.png"


def test_a_free_name_is_not_too_long_either(tmp_path):
    target = tmp_path / ("n" * 251 + ".png")
    target.touch()
    free = free_name(target)
    assert free.name.endswith(" 2.png")
    assert len(free.name) <= MAX_NAME_BYTES
