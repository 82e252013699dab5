"""The quality of a JPEG file is told from its tables alone."""

import numpy as np
import pytest
from PIL import Image

from distill.data.jpeg_quality import jpeg_quality, quality_of


def save(path, **options):
    random = np.random.default_rng(0)
    Image.fromarray(random.integers(0, 256, (32, 32, 3), np.uint8)).save(path, **options)
    return path


@pytest.mark.parametrize("quality", [1, 10, 30, 49, 50, 51, 75, 90, 95, 100])
def test_the_quality_it_was_saved_with_is_found(tmp_path, quality):
    assert jpeg_quality(save(tmp_path / "a.jpg", quality=quality)) == quality


def test_neither_color_nor_kind_nor_records_matter(tmp_path):
    Image.new("L", (32, 32)).save(tmp_path / "gray.jpg", quality=60)
    assert jpeg_quality(tmp_path / "gray.jpg") == 60
    assert jpeg_quality(save(tmp_path / "b.jpg", quality=60, progressive=True, exif=b"Exif\0\0" + bytes(60_000))) == 60


def test_tables_of_other_encoders_get_the_nearest_quality():
    flat = np.full(64, 8.0)
    assert 85 <= quality_of(flat) <= 95


def test_other_files_have_none(tmp_path):
    assert jpeg_quality(save(tmp_path / "a.png")) is None
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 cut")
    assert jpeg_quality(tmp_path / "broken.jpg") is None
