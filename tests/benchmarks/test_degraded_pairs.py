"""Pairs to measure on: every kind has its folder, and pictures of the right sizes."""

import numpy as np
import pytest
from PIL import Image

from benchmarks import degraded_pairs, pairs
from distill.degrade.kinds import VALIDATION_KINDS
from tests.fakes.photographs import write_noise


@pytest.fixture
def photos(tmp_path):
    return write_noise(tmp_path / "photos", 3, 65, 83)


@pytest.fixture
def kinds(photos, tmp_path):
    degraded_pairs.write_kinds(photos, tmp_path / "kinds", 2, seed=0)
    return tmp_path / "kinds"


def test_every_kind_has_a_folder_of_pairs(kinds):
    assert {folder.name for folder in kinds.iterdir()} == {*VALIDATION_KINDS, "black-and-white", "camera", "text"}
    for folder in kinds.iterdir():
        assert [pairs.read(file).name for file in pairs.find(folder)] == [file.stem for file in pairs.find(folder)]
        assert len(pairs.find(folder)) == 2


def test_black_and_white_is_so_before_and_after(kinds):
    for file in (kinds / "black-and-white").rglob("*.png"):
        pixels = np.asarray(Image.open(file))
        assert (pixels == pixels[..., :1]).all()


def test_the_same_seed_writes_the_same_pairs(kinds, photos, tmp_path):
    degraded_pairs.write_kinds(photos, tmp_path / "again", 2, seed=0)
    for file in kinds.rglob("*.png"):
        assert file.read_bytes() == (tmp_path / "again" / file.relative_to(kinds)).read_bytes()
