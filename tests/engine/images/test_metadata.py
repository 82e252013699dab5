"""What a file carries beside its pixels survives, except what no longer holds or shall not be told."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
import tifffile
from PIL import Image, ImageCms

from mfsr_engine.images import KeptMetadata, Provenance, WriteOptions, read, write
from mfsr_engine.images.xmp import COMPOSITE_SOURCE

SUFFIXES = [".png", ".jpg", ".webp", ".tiff", ".avif"]
DEEP = {".png": 16, ".tiff": 16}
CASES = [(suffix, depth) for suffix in SUFFIXES for depth in ((8, 16) if suffix in DEEP else (8,))]


def exif_of(record: bytes) -> Image.Exif:
    exif = Image.Exif()
    exif.load(record)
    return exif


@pytest.mark.parametrize(("suffix", "depth"), CASES)
def test_every_record_comes_back(tmp_path, pixels, everything, suffix, depth):
    kept = read(write(tmp_path / f"a{suffix}", pixels, kept=replace(everything, depth_bits=depth)).path).kept
    assert kept.icc_profile == everything.icc_profile
    assert kept.dpi == pytest.approx((300, 200), abs=0.01)
    assert "Anna Müller".encode() in kept.xmp
    exif = exif_of(kept.exif)
    assert (exif[0x010F], exif[0x0110]) == ("Maker", "Camera")
    assert exif.get_ifd(0x8769)[0x9003] == "2024:05:06 07:08:09"
    assert exif.get_ifd(0x8769)[0x927C] == b"note of the maker"
    assert exif.get_ifd(0x8825)[2] == (52.0, 31.0, 0.0)
    assert kept.iptc == (everything.iptc if suffix in (".jpg", ".tiff") else None)


@pytest.mark.parametrize(("suffix", "depth"), CASES)
def test_other_programs_find_the_records_too(tmp_path, pixels, everything, suffix, depth):
    path = write(tmp_path / f"a{suffix}", pixels, kept=replace(everything, depth_bits=depth)).path
    if (suffix, depth) == (".tiff", 16):
        pytest.importorskip("tifffile")
        with tifffile.TiffFile(path) as file:
            tags = file.pages.first.tags
            assert tags["InterColorProfile"].value == everything.icc_profile
            assert tags["ExifTag"].value["DateTimeOriginal"] == "2024:05:06 07:08:09"
            assert tags["GPSTag"].value["GPSLatitudeRef"] == "N"
        return
    with Image.open(path) as image:
        image.load()
        assert image.info["icc_profile"] == everything.icc_profile
        assert image.getexif()[0x010F] == "Maker"
        assert image.getexif().get_ifd(0x8825)[1] == "N"
        assert b"Anna" in image.info["xmp"]


@pytest.mark.parametrize(("suffix", "depth"), CASES)
def test_dimensions_follow_the_result(tmp_path, pixels, everything, suffix, depth):
    kept = read(write(tmp_path / f"a{suffix}", pixels, kept=replace(everything, depth_bits=depth)).path).kept
    photo = exif_of(kept.exif).get_ifd(0x8769)
    assert (photo[0xA002], photo[0xA003]) == (32, 24)
    assert b'exif:PixelXDimension="32"' in kept.xmp
    assert b'tiff:Orientation="1"' in kept.xmp


@pytest.mark.parametrize(("suffix", "depth"), CASES)
def test_the_location_is_dropped_on_demand(tmp_path, pixels, everything, suffix, depth):
    options = WriteOptions(keep_location=False)
    path = write(tmp_path / f"a{suffix}", pixels, kept=replace(everything, depth_bits=depth), options=options).path
    kept = read(path).kept
    assert exif_of(kept.exif).get_ifd(0x8825) == {}
    assert b"GPS" not in path.read_bytes()
    assert b"52,31" not in kept.xmp
    assert exif_of(kept.exif)[0x010F] == "Maker"
    assert b"Anna" in kept.xmp


@pytest.mark.parametrize("has_packet", [False, True])
@pytest.mark.parametrize(("suffix", "depth"), CASES)
def test_the_file_says_that_and_how_it_was_generated(tmp_path, pixels, camera_xmp, suffix, depth, has_packet):
    kept = KeptMetadata(xmp=camera_xmp if has_packet else None, depth_bits=depth)
    options = WriteOptions(provenance=Provenance("mfsr-small", 4, 7, "1.2.3"))
    packet = read(write(tmp_path / f"a{suffix}", pixels, kept=kept, options=options).path).kept.xmp.decode()
    for said in (COMPOSITE_SOURCE, "MFSR 1.2.3", 'Model="mfsr-small"', 'Steps="4"', 'Seed="7"'):
        assert said in packet
    assert ("Anna Müller" in packet) is has_packet


@pytest.mark.parametrize(("suffix", "depth"), CASES)
def test_nothing_kept_nothing_written(tmp_path, pixels, suffix, depth):
    kept = read(write(tmp_path / f"a{suffix}", pixels, kept=KeptMetadata(depth_bits=depth)).path).kept
    assert kept == KeptMetadata(depth_bits=depth)


def test_a_stale_thumbnail_goes(tmp_path, pixels):
    small = io.BytesIO()
    Image.new("RGB", (16, 12), "red").save(small, "JPEG")
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(1).update({0x0103: 6, 0x0201: 0, 0x0202: len(small.getvalue())})
    record = exif.tobytes().removeprefix(b"Exif\0\0") + small.getvalue()
    kept = read(write(tmp_path / "a.jpg", pixels, kept=KeptMetadata(exif=record)).path).kept
    assert exif_of(kept.exif).get_ifd(1) == {}
    assert small.getvalue() not in (tmp_path / "a.jpg").read_bytes()
    assert exif_of(kept.exif)[0x010F] == "Maker"


def test_a_damaged_exif_record_does_not_stop_the_picture(tmp_path, pixels):
    Image.fromarray((pixels * 255).astype(np.uint8)).save(tmp_path / "a.png", exif=b"Exif\0\0garbage")
    picture = read(tmp_path / "a.png")
    assert picture.kept.exif is None
    assert "EXIF" in picture.notes[0]


def test_a_damaged_xmp_packet_is_left_out_with_a_word(tmp_path, pixels):
    written = write(tmp_path / "a.jpg", pixels, kept=KeptMetadata(xmp=b"<broken"))
    assert read(written.path).kept.xmp is None
    assert "XMP" in written.notes[0]


def test_records_too_large_for_jpeg_are_left_out_with_a_word(tmp_path, pixels, camera_xmp):
    large = camera_xmp.replace(b"Anna", b"Anna" * 20_000)
    kept = KeptMetadata(xmp=large, iptc=bytes(70_000))
    written = write(tmp_path / "a.jpg", pixels, kept=kept, options=WriteOptions(provenance=Provenance("m", 1, 0)))
    assert COMPOSITE_SOURCE.encode() in read(written.path).kept.xmp
    assert [note.split()[1] for note in written.notes] == ["XMP", "IPTC"]


def test_a_gray_profile_stays_with_a_gray_result(tmp_path, pixels, gray_profile):
    for name in ("a.png", "a.jpg", "a.tiff"):
        kept = KeptMetadata(icc_profile=gray_profile, is_gray=True)
        back = read(write(tmp_path / name, pixels, kept=kept).path)
        assert back.is_gray
        assert back.kept.icc_profile == gray_profile


@pytest.mark.parametrize("suffix", [".webp", ".avif"])
def test_a_gray_profile_is_applied_where_only_rgb_can_be_written(tmp_path, gray_profile, suffix):
    half = np.full((16, 16, 3), 0.5, np.float32)
    written = write(tmp_path / f"a{suffix}", half, kept=KeptMetadata(icc_profile=gray_profile, is_gray=True))
    back = read(written.path)
    assert back.kept.icc_profile is None
    linear = 0.5**1.8
    assert back.pixels.mean() == pytest.approx(1.055 * linear ** (1 / 2.4) - 0.055, abs=0.01)
    assert "sRGB" in written.notes[0]


def test_a_gray_profile_never_stays_with_rgb(tmp_path, pixels, gray_profile):
    path = write(tmp_path / "a.png", pixels, kept=KeptMetadata(icc_profile=gray_profile, is_gray=False)).path
    assert read(path).kept.icc_profile is None


def test_gray_with_an_rgb_profile_is_written_as_rgb_so_that_the_profile_holds(tmp_path, pixels, rgb_profile):
    back = read(write(tmp_path / "a.png", pixels, kept=KeptMetadata(icc_profile=rgb_profile, is_gray=True)).path)
    assert (back.is_gray, back.kept.icc_profile) == (False, rgb_profile)


def test_pixels_of_a_wide_space_are_not_touched(tmp_path, pixels):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes().replace(b"sRGB", b"wide")
    stored = (pixels * 255).astype(np.uint8)
    Image.fromarray(stored).save(tmp_path / "a.png", icc_profile=profile)
    picture = read(tmp_path / "a.png")
    assert np.array_equal(picture.pixels, stored / np.float32(255))
    assert picture.kept.icc_profile == profile
