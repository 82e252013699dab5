"""Raw photographs of cameras are developed upright, in sRGB, with 16 bits, and say so; without LibRaw it is said what is missing."""

import importlib.util

import numpy as np
import pytest

from mfsr_engine import images
from mfsr_engine.errors import ImageReadError
from mfsr_engine.files import formats
from mfsr_engine.images.exif import parse_exif
from mfsr_engine.images.reading import header_size, small_copy
from tests.fakes.odd_files import dng

SEEN = np.broadcast_to(np.linspace(0.1, 0.6, 96)[None, :, None] * np.array([1.0, 0.8, 0.6]), (64, 96, 3))
"""Linear light that grows from left to right."""


def srgb(linear):
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.fixture
def photo(tmp_path):
    def make(orientation=1):
        path = tmp_path / "photo.dng"
        path.write_bytes(dng(SEEN, orientation))
        return path

    return make


def test_what_a_sensor_saw_becomes_the_same_light_in_srgb(photo):
    read = images.read(photo())
    inner = (slice(8, -8), slice(8, -8))
    assert read.pixels.dtype == np.float32
    np.testing.assert_allclose(read.pixels[inner], srgb(SEEN)[inner], atol=0.02)
    assert read.kept.depth_bits == 16
    assert any("developed" in note for note in read.notes)


def test_sixteen_bits_are_kept_as_stored(photo):
    assert images.read(photo(), as_stored=True).pixels.dtype == np.uint16


@pytest.mark.parametrize(("orientation", "shape"), [(1, (64, 96)), (3, (64, 96)), (6, (96, 64)), (8, (96, 64))])
def test_it_is_upright_and_every_look_at_it_agrees(photo, orientation, shape):
    path = photo(orientation)
    read = images.read(path)
    assert read.pixels.shape[:2] == shape
    size = header_size(path)
    assert (size.height, size.width) == shape
    assert small_copy(path, 48).size == size
    bright = {1: read.pixels[:, -12:], 3: read.pixels[:, :12], 6: read.pixels[-12:], 8: read.pixels[:12]}[orientation]
    assert bright.mean() > read.pixels.mean() + 0.1


def test_what_the_camera_wrote_is_kept_and_says_upright(photo):
    record = parse_exif(images.read(photo(6)).kept.exif)
    assert record.orientation == 1
    assert b"Maker\0" in record.pack()


def test_one_that_is_cut_off_is_called_damaged(photo):
    path = photo()
    path.write_bytes(
        path.read_bytes()[:4000]
    )  # LibRaw says so to the standard error stream as well, which cannot be kept from it
    with pytest.raises(ImageReadError, match="damaged or cut off"):
        images.read(path)


def test_folders_take_raw_files_where_they_can_be_read():
    assert formats.can_develop_raw()
    assert formats.RAW_SUFFIXES <= formats.SUPPORTED_READ_SUFFIXES


def test_without_libraw_the_refusal_says_what_is_missing(photo, monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(formats, "find_spec", lambda name: None if name == "rawpy" else found(name))
    with pytest.raises(ImageReadError, match=r"pip install .mfsr\[raw\]"):
        images.read(photo())
