"""A grid of pictures is written for people and can be taken apart by a window."""

import numpy as np
import pytest
from PIL import Image

from distill.image_grid import ImageGrid
from mfsr_engine.errors import RequestError


def test_what_was_written_comes_back_picture_for_picture(tmp_path):
    random = np.random.default_rng(0)
    rows = [[random.integers(0, 256, (32, 32, 3)).astype(np.float32) / 255 for _ in range(3)] for _ in range(2)]
    ImageGrid.of(["before", "student, 1 step", "原图"], rows).write(tmp_path / "grid.png")
    grid = ImageGrid.read(tmp_path / "grid.png")
    assert grid.columns == ("before", "student, 1 step", "原图")
    assert len(grid.rows) == 2
    for written, found in zip(rows, grid.rows, strict=True):
        for before, after in zip(written, found, strict=True):
            assert np.array_equal(np.round(before * 255), after)


def test_other_pictures_are_no_grids(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "other.png")
    for name in ("other.png", "none.png"):
        with pytest.raises(RequestError, match="not a sheet"):
            ImageGrid.read(tmp_path / name)
