"""What goes in comes out again, in every format and depth, and what a format cannot hold is said."""

from __future__ import annotations

import numpy as np
import pytest
import tifffile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mfsr_engine.errors import ImageWriteError, RequestError
from mfsr_engine.images import ImageFormat, KeptMetadata, WriteOptions, encoding, read, to_float, write

BARE = KeptMetadata()
LUMA = np.array([0.2126, 0.7152, 0.0722], np.float32)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("has_alpha", [False, True])
@pytest.mark.parametrize("is_gray", [False, True])
@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_lossless_formats_give_back_every_value(tmp_path, pixels, alpha, suffix, is_gray, has_alpha, depth):
    path = tmp_path / f"a{suffix}"
    written = write(path, pixels, alpha if has_alpha else None, kept=KeptMetadata(depth_bits=depth, is_gray=is_gray))
    picture = read(written.path)
    expected = np.repeat((pixels @ LUMA)[..., None], 3, axis=2) if is_gray else pixels
    step = 0.5001 / (2**depth - 1)
    assert np.abs(picture.pixels - expected).max() <= step
    assert (picture.source_depth_bits, picture.is_gray, written.notes) == (depth, is_gray, ())
    if has_alpha:
        assert np.abs(picture.alpha - alpha).max() <= step
    else:
        assert picture.alpha is None


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".avif"])
@pytest.mark.parametrize("is_gray", [False, True])
def test_lossy_formats_come_close(tmp_path, pixels, suffix, is_gray):
    picture = read(write(tmp_path / f"a{suffix}", pixels, kept=KeptMetadata(is_gray=is_gray)).path)
    expected = np.repeat((pixels @ LUMA)[..., None], 3, axis=2) if is_gray else pixels
    assert np.abs(picture.pixels - expected).mean() < 0.01
    assert picture.is_gray is (is_gray and suffix == ".jpg")


@pytest.mark.parametrize("suffix", [".webp", ".avif"])
def test_lossy_formats_with_opacity_keep_it(tmp_path, pixels, alpha, suffix):
    assert np.abs(read(write(tmp_path / f"a{suffix}", pixels, alpha, kept=BARE).path).alpha - alpha).max() < 0.02


def test_webp_keeps_the_colours_under_clear_places(tmp_path, pixels, alpha):
    picture = read(write(tmp_path / "a.webp", pixels, alpha * 0, kept=BARE).path)
    assert np.abs(picture.pixels - pixels).mean() < 0.01


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    width=st.integers(1, 9),
    height=st.integers(1, 140),
    channels=st.integers(1, 4),
    suffix=st.sampled_from([".png", ".tiff"]),
    depth=st.sampled_from([8, 16]),
    seed=st.integers(0, 9),
)
def test_small_pictures_of_any_shape(tmp_path, width, height, channels, suffix, depth, seed):
    stored = np.random.default_rng(seed).integers(0, 2**depth, (height, width, 4)).astype(f"u{depth // 8}")
    whole = to_float(stored)
    kept = KeptMetadata(depth_bits=depth, is_gray=channels < 3)
    colors = whole[..., [0, 0, 0]] if kept.is_gray else whole[..., :3]
    path, options = tmp_path / f"a{suffix}", WriteOptions(overwrite=True)
    write(path, np.ascontiguousarray(colors), whole[..., 3] if channels in (2, 4) else None, kept=kept, options=options)
    picture = read(path)
    assert np.abs(picture.pixels - colors).max() < 0.1 / (2**depth - 1)
    assert (picture.alpha is None) or np.array_equal(picture.alpha, whole[..., 3])


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
def test_files_of_16_bits_are_so_for_other_programs(tmp_path, pixels, suffix):
    path = write(tmp_path / f"a{suffix}", pixels, kept=BARE, options=WriteOptions(depth=16)).path
    if suffix == ".png":
        assert path.read_bytes()[24] == 16
    else:
        with tifffile.TiffFile(path) as file:
            assert file.pages.first.bitspersample == 16
            assert file.pages.first.asarray().dtype == np.uint16


def test_depth_8_is_written_if_asked_for(tmp_path, pixels):
    path = write(tmp_path / "a.png", pixels, kept=KeptMetadata(depth_bits=16), options=WriteOptions(depth=8)).path
    assert read(path).source_depth_bits == 8


@pytest.mark.parametrize("suffix", [".jpg", ".webp", ".avif"])
def test_a_format_without_16_bits_says_so(tmp_path, pixels, suffix):
    written = write(tmp_path / f"a{suffix}", pixels, kept=KeptMetadata(depth_bits=16))
    assert any("8 bits" in note for note in written.notes)


def test_transparency_in_jpeg_becomes_white_and_that_is_said(tmp_path, pixels, alpha):
    written = write(tmp_path / "a.jpg", pixels * 0, alpha * 0, kept=BARE)
    assert read(written.path).pixels.min() > 0.99
    assert "white" in written.notes[0]


def test_full_opacity_in_jpeg_needs_no_word(tmp_path, pixels, alpha):
    assert write(tmp_path / "a.jpg", pixels, np.ones_like(alpha), kept=BARE).notes == ()


def test_values_outside_the_range_are_clipped(tmp_path, pixels):
    picture = read(write(tmp_path / "a.png", pixels * 4 - 1, kept=BARE).path)
    assert np.abs(picture.pixels - np.clip(pixels * 4 - 1, 0, 1)).max() < 0.003


def test_quality_is_heeded(tmp_path):
    noise = np.random.default_rng(0).random((64, 64, 3), np.float32)
    for suffix in (".jpg", ".webp", ".avif"):
        sizes = [
            write(tmp_path / f"{quality}{suffix}", noise, kept=BARE, options=WriteOptions(quality=quality))
            .path.stat()
            .st_size
            for quality in (20, 95)
        ]
        assert sizes[0] < 0.7 * sizes[1]


def test_the_format_may_differ_from_the_suffix(tmp_path, pixels):
    path = write(tmp_path / "a.dat", pixels, kept=BARE, options=WriteOptions(format=ImageFormat.WEBP)).path
    with Image.open(path) as image:
        assert image.format == "WEBP"


@pytest.mark.parametrize("name", ["a.xyz", "a", "a.heic"])
def test_an_unknown_suffix_is_refused(tmp_path, pixels, name):
    with pytest.raises(ImageWriteError, match="cannot be written"):
        write(tmp_path / name, pixels, kept=BARE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("name", "width"), [("a.webp", 16_384), ("a.jpg", 65_501)])
def test_a_picture_too_wide_for_the_format_is_refused(tmp_path, name, width):
    with pytest.raises(ImageWriteError, match="Choose PNG or TIFF"):
        write(tmp_path / name, np.zeros((1, width, 3), np.float32), kept=BARE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [{"quality": 0}, {"quality": 101}, {"depth": 12}])
def test_options_out_of_range_are_refused(wrong):
    with pytest.raises(RequestError):
        WriteOptions(**wrong)


def test_nan_is_a_bug_of_ours_and_leaves_nothing_behind(tmp_path, pixels):
    pixels[3, 3, 1] = np.nan
    with pytest.raises(AssertionError):
        write(tmp_path / "a.png", pixels, kept=BARE)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("limit_px", "method"), [(10**6, 4), (100, 2)])
def test_a_large_webp_is_coded_by_the_way_that_is_not_repeated(tmp_path, pixels, monkeypatch, limit_px, method):
    given = []
    monkeypatch.setattr(encoding, "_WEBP_SLOW_UP_TO_PX", limit_px)
    save = Image.Image.save
    monkeypatch.setattr(
        Image.Image, "save", lambda image, *words, **options: (given.append(options), save(image, *words, **options))[1]
    )
    assert read(write(tmp_path / "a.webp", pixels, kept=BARE).path).pixels.shape == pixels.shape
    assert [options["method"] for options in given] == [method]
