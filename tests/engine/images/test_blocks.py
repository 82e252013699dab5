"""Blocks of strongly compressed JPEG files are smoothed for models, and for them only."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from mfsr_engine import images
from mfsr_engine.framing import WHOLE
from mfsr_engine.images import blocks
from mfsr_engine.images.framing import framed
from mfsr_engine.images.jpeg_coding import jpeg_coding
from tests.fakes.photographs import picture


def levels(width=72, height=48):
    return (255 * picture(1, height, width)).astype(np.uint8)


def jpeg(path, values, quality, **options):
    Image.fromarray(values).save(path, "JPEG", quality=quality, **options)
    return path


def blockiness(values):
    """Steps across the borders of blocks, against those elsewhere."""
    luma = values.astype(float).mean(axis=2)
    step = np.abs(np.diff(luma, axis=1)).mean(axis=0)
    at_border = np.arange(len(step)) % 8 == 7
    return step[at_border].mean() / step[~at_border].mean()


def soft_slope():
    """Where blocks are seen best: a slope with a little of everything."""
    rows, columns = np.mgrid[0:96, 0:128]
    values = 90 + 0.7 * columns + 25 * np.sin(rows / 9) + 20 * np.cos(columns / 13)
    return np.repeat(values[..., None], 3, axis=2).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("quality", [5, 8, 12, 20, 30, 50, 75, 90])
def test_the_quality_is_read_from_the_file(tmp_path, quality):
    coding = images.read(jpeg(tmp_path / "a.jpg", levels(), quality)).jpeg
    assert coding.quality == pytest.approx(quality, abs=1.5)
    assert coding.subsampling == 2


@pytest.mark.parametrize("subsampling", [0, 1, 2])
def test_so_is_the_size_of_chroma(tmp_path, subsampling):
    assert images.read(jpeg(tmp_path / "a.jpg", levels(), 12, subsampling=subsampling)).jpeg.subsampling == subsampling


def test_other_formats_have_none(tmp_path):
    Image.fromarray(levels()).save(tmp_path / "a.png")
    Image.fromarray(levels()).convert("CMYK").save(tmp_path / "b.jpg", quality=10)
    for name in ("a.png", "b.jpg"):
        found = images.read(tmp_path / name)
        assert found.jpeg is None
        assert blocks.without_blocks(found) == (found.pixels, ())


@pytest.mark.parametrize("as_stored", [True, False])
@pytest.mark.parametrize("quality", [8, 10, 20])
def test_blocks_go_and_the_picture_comes_nearer_to_what_it_was(tmp_path, quality, as_stored):
    truth = soft_slope()
    found = images.read(jpeg(tmp_path / "a.jpg", truth, quality), as_stored=as_stored)
    pixels, notes = blocks.without_blocks(found)
    assert pixels.dtype == found.pixels.dtype
    assert pixels is not found.pixels
    before, after = (values.astype(np.float32) * (1 if as_stored else 255) for values in (found.pixels, pixels))
    assert blockiness(before) > 1.5
    assert blockiness(after) < 1.25
    assert np.square(after - truth).mean() < 0.9 * np.square(before - truth).mean()
    assert f"quality {quality}" in notes[0]


def test_those_of_a_picture_that_was_moved_go_too(tmp_path):
    found = images.read(jpeg(tmp_path / "a.jpg", soft_slope(), 10), as_stored=True)
    moved = replace(found, pixels=np.ascontiguousarray(found.pixels[3:, 5:]))
    luma = blocks.without_blocks(moved)[0].astype(float).mean(axis=2)
    step = np.abs(np.diff(luma, axis=1)).mean(axis=0)
    at_border = np.arange(len(step)) % 8 == 2
    assert step[at_border].mean() / step[~at_border].mean() < 1.25


def test_what_was_hardly_compressed_stays_as_it_is(tmp_path):
    found = images.read(jpeg(tmp_path / "a.jpg", levels(), blocks.MOST_QUALITY + 5))
    pixels, notes = blocks.without_blocks(found)
    assert pixels is found.pixels
    assert notes == ()


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_equal_channels_stay_equal(tmp_path, mode):
    Image.fromarray(soft_slope()).convert(mode).save(tmp_path / "a.jpg", quality=10)
    pixels, _ = blocks.without_blocks(images.read(tmp_path / "a.jpg", as_stored=True))
    assert (pixels == pixels[..., :1]).all()


def test_bands_leave_no_seam(tmp_path, monkeypatch):
    found = images.read(jpeg(tmp_path / "a.jpg", levels(72, 120), 10), as_stored=True)
    whole = blocks.smoothed(found.pixels, found.jpeg)
    monkeypatch.setattr(blocks, "_BAND_PX", 32)
    banded = blocks.smoothed(found.pixels, found.jpeg)
    assert np.abs(whole.astype(int) - banded).max() <= 1


def test_a_turned_file_is_compressed_again_as_it_was(tmp_path):
    """Steps across and down may differ, and chroma may be halved one way only."""
    tables = [[1 + column + 9 * row for row in range(8) for column in range(8)]] * 2
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(levels()).save(tmp_path / "a.jpg", qtables=tables, subsampling=1, exif=exif)
    coding = images.read(tmp_path / "a.jpg").jpeg
    assert coding.tables[0][:3] == (1, 10, 19)
    assert coding.subsampling == 2


def test_framing_keeps_what_still_holds(tmp_path):
    found = images.read(jpeg(tmp_path / "a.jpg", levels(), 10))
    assert framed(found, WHOLE.turned(1)).jpeg == found.jpeg.transposed()
    assert framed(found, WHOLE.flipped()).jpeg == found.jpeg
    assert framed(found, replace(WHOLE, share=0.5)).jpeg is None
    assert framed(found, replace(WHOLE, straighten_deg=3.0)).jpeg is None


def test_tables_of_odd_files_are_not_believed():
    file = io.BytesIO()
    Image.fromarray(levels()).save(file, "JPEG", quality=10)
    with Image.open(file) as image:
        image.quantization = {0: [5] * 10}
        assert jpeg_coding(image) is None
