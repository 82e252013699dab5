"""A sheet of pictures is written for people and can be taken apart by a window."""

import numpy as np
import pytest
from PIL import Image

from distill.image_grid import read_grid, write_grid
from mfsr_engine.errors import RequestError


def test_what_was_written_comes_back_picture_for_picture(tmp_path):
    random = np.random.default_rng(0)
    rows = [[random.integers(0, 256, (32, 32, 3)).astype(np.float32) / 255 for _ in range(3)] for _ in range(2)]
    write_grid(["before", "student, 1 step", "原图"], rows, tmp_path / "sheet.png")
    sheet = read_grid(tmp_path / "sheet.png")
    assert sheet.columns == ("before", "student, 1 step", "原图")
    assert len(sheet.rows) == 2
    for written, found in zip(rows, sheet.rows, strict=True):
        for before, after in zip(written, found, strict=True):
            assert np.array_equal(np.round(before * 255), after)


def test_other_pictures_are_no_sheets(tmp_path):
    Image.new("RGB", (8, 8)).save(tmp_path / "other.png")
    for name in ("other.png", "none.png"):
        with pytest.raises(RequestError, match="not a sheet"):
            read_grid(tmp_path / name)
