"""Pictures of words drawn for training, and the folder they share with the photographs."""

import shutil

import numpy as np
import pytest
from PIL import Image

from mfsr_engine.errors import RequestError
from scripts import draw_text_pictures
from scripts.draw_text_pictures import SIDE, draw
from scripts.train_bundled import with_text

pytestmark = pytest.mark.skipif(shutil.which("fc-list") is None, reason="fontconfig is not installed")


@pytest.fixture
def photos(tmp_path):
    folder = tmp_path / "photos" / "holiday"
    folder.mkdir(parents=True)
    for number in range(12):
        Image.new("RGB", (400, 390), (10 * number, 90, 40)).save(folder / f"{number}.png")
    return folder.parent


def pixels(path):
    with Image.open(path) as file:
        return np.asarray(file)


def test_same_seed_draws_the_same_and_another_something_else(photos, tmp_path):
    for folder, seed in (("one", 3), ("two", 3), ("other", 4)):
        draw(tmp_path / folder, photos, 3, seed)
    one, two, other = ([pixels(tmp_path / f / f"text-000{n}.png") for n in range(3)] for f in ("one", "two", "other"))
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(one, other, strict=True))
    assert one[0].shape == (SIDE, SIDE, 3)


def test_every_picture_has_strong_edges_of_letters(photos, tmp_path):
    """The photographs here are flat, so whatever edges there are come from words."""
    draw(tmp_path / "text", photos, 8)
    edges = [np.abs(np.diff(pixels(path)[..., 1].astype(int), axis=1)).max() for path in (tmp_path / "text").iterdir()]
    assert len(edges) == 8
    assert np.median(edges) > 60


def test_photographs_keep_their_tree_beside_the_words(photos, tmp_path):
    folder = with_text(photos, tmp_path / "pictures")
    assert sorted(path.name for path in (folder / "photos" / "holiday").iterdir()) == sorted(
        f"{n}.png" for n in range(12)
    )
    assert [path.name for path in (folder / "text").iterdir()] == ["text-0000.png"]
    assert with_text(photos, folder) == folder  # a second time changes nothing, and does not fail


def test_without_fonts_it_says_so(photos, tmp_path, monkeypatch):
    monkeypatch.setattr(draw_text_pictures, "TEXTS", {"tlh": "Qapla"})
    with pytest.raises(RequestError, match="install some fonts"):
        draw(tmp_path / "text", photos, 1)


def test_photographs_under_the_gpl_are_left_out(tmp_path):
    photos = tmp_path / "train"
    photos.mkdir()
    for name in ("free.png", "gpl.png", "lgpl.png"):
        Image.new("RGB", (16, 16)).save(photos / name)
    rows = [
        "file\tlicence",
        "train/free.png\tCC0",
        "train/gpl.png\tGPL-2+/CC-BY-SA-4.0",
        "train/lgpl.png\tLGPL/CC-BY-SA",
    ]
    (tmp_path / "SOURCES.tsv").write_text("\n".join(rows), encoding="utf-8")
    folder = with_text(photos, tmp_path / "pictures")
    assert [file.name for file in (folder / "photos").iterdir()] == ["free.png"]
