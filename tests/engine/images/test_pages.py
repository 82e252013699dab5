"""Pages and frames of one file: each read as it is, with its own size, turning and records, whatever the format."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image

from mfsr_engine import images
from mfsr_engine.errors import ImageReadError
from mfsr_engine.geometry import Size
from mfsr_engine.images.reading import header_size, page_count

COLORS = [(250, 10, 10), (10, 250, 10), (10, 10, 250)]
FRAMES = [Image.new("RGB", (32, 24), color) for color in COLORS]
ANIMATED = {"a.gif": "GIF", "a.png": "PNG", "a.webp": "WEBP", "a.avif": "AVIF"}


def mean_of(path, page):
    return (images.read(path, page=page).pixels.mean((0, 1)) * 255).round()


@pytest.mark.parametrize("name", ANIMATED)
def test_each_frame_of_an_animation_is_read(tmp_path, name):
    options = {"lossless": True} if name == "a.webp" else {}
    FRAMES[0].save(tmp_path / name, ANIMATED[name], save_all=True, append_images=FRAMES[1:], duration=100, **options)
    assert page_count(tmp_path / name) == 3
    for page, color in enumerate(COLORS):
        assert np.abs(mean_of(tmp_path / name, page) - color).max() < 12
        assert images.read(tmp_path / name, page=page).notes == ()
    assert "2 were left out" in " ".join(images.read(tmp_path / name).notes)
    with pytest.raises(ImageReadError, match="has no page 4"):
        images.read(tmp_path / name, page=3)


def test_pages_of_a_heic_begin_with_the_primary_one(tmp_path):
    file = pillow_heif.from_pillow(FRAMES[0])
    for frame in FRAMES[1:]:
        file.add_from_pillow(frame)
    buffer = BytesIO()
    file.save(buffer, quality=90, primary_index=1)
    (tmp_path / "a.heic").write_bytes(buffer.getvalue())
    found = [mean_of(tmp_path / "a.heic", page).argmax() for page in range(3)]
    assert found == [1, 0, 2]


def test_pages_of_a_tiff_have_their_own_size_and_turning_and_thumbnails_are_none(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for color, shape, kind, turned in (
            (COLORS[0], (6, 8, 3), 1, 1),
            (COLORS[0], (24, 32, 3), 0, 1),
            (COLORS[1], (20, 50, 3), 2, 6),
            (COLORS[2], (9, 7, 3), 2, 1),
        ):
            tags = [(274, 3, 1, turned, True)]
            samples = np.full(shape, color, np.uint8)
            file.write(samples, photometric="rgb", subfiletype=kind, extratags=tags, metadata=None)
    path = tmp_path / "a.tif"
    assert page_count(path) == 3
    sizes = [Size(32, 24), Size(20, 50), Size(7, 9)]
    assert [header_size(path, page) for page in range(3)] == sizes
    assert [images.read(path, page=page).size for page in range(3)] == sizes
    assert [mean_of(path, page).argmax() for page in range(3)] == [0, 1, 2]


def test_what_has_no_pages_has_one(tmp_path):
    FRAMES[0].save(tmp_path / "a.bmp")
    (tmp_path / "b.png").write_text("no picture")
    assert page_count(tmp_path / "a.bmp") == page_count(tmp_path / "b.png") == page_count(tmp_path / "gone.png") == 1
    assert mean_of(tmp_path / "a.bmp", 0)[0] == 250
