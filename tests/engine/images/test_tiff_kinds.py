"""TIFF in its many kinds: turned, in planes, packed, inverted, with channels and pages that are no picture."""

from __future__ import annotations

import struct

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from mfsr_engine.errors import ImageReadError
from mfsr_engine.geometry import Size
from mfsr_engine.images import read
from mfsr_engine.images.reading import header_size, small_copy

RNG = np.random.default_rng(0)
RGB8 = RNG.integers(0, 256, (24, 32, 3), np.uint8)
RGB16 = RGB8.astype(np.uint16) * 257
TURNED = {
    1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1],
    5: lambda a: a.swapaxes(0, 1), 6: lambda a: np.rot90(a, -1), 7: lambda a: np.rot90(a, 2).swapaxes(0, 1),
    8: lambda a: np.rot90(a),
}  # fmt: skip


def stored(picture) -> np.ndarray:
    """The pixels as the file's numbers of 16 bits."""
    return np.round(picture.pixels * 65535).astype(int)


def tags(orientation: int) -> list:
    return [(274, 3, 1, orientation, True), (270, 2, 0, "An old map", True)]


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize(
    "samples", [RGB8, RGB16, RGB8[..., 0], RGB16[..., 0]], ids=["rgb8", "rgb16", "gray8", "gray16"]
)
@pytest.mark.parametrize("options", [
    {}, {"compression": "lzw"}, {"compression": "lzw", "predictor": True}, {"bigtiff": True},
    {"bigtiff": True, "byteorder": ">", "compression": "zlib", "tile": (16, 16)},
], ids=["plain", "lzw", "predictor", "big", "big-tiles"])  # fmt: skip
def test_every_packing_is_turned_upright_once_and_keeps_its_exif(tmp_path, samples, orientation, options):
    path = tmp_path / "a.tif"
    kind = "rgb" if samples.ndim == 3 else "minisblack"
    tifffile.imwrite(path, samples, photometric=kind, metadata=None, extratags=tags(orientation), **options)
    picture = read(path)
    shown = TURNED[orientation](samples if samples.dtype == np.uint16 else samples.astype(np.uint16) * 257)
    assert np.array_equal(stored(picture), shown if shown.ndim == 3 else np.repeat(shown[..., None], 3, 2))
    assert header_size(path) == picture.size == small_copy(path, 8).size
    kept = Image.Exif()
    kept.load(picture.kept.exif)
    assert (kept[274], kept[270]) == (1, "An old map")


@pytest.mark.parametrize("packing", [
    "lzw", "zlib", "deflate", "packbits", "zstd", "lzma", "jpeg2000", "jpegxl", "lerc", "png", "jpegxr",
])  # fmt: skip
@pytest.mark.parametrize("samples", [RGB8, RGB16], ids=["8", "16"])
def test_every_lossless_packing_is_read(tmp_path, packing, samples):
    tifffile.imwrite(tmp_path / "a.tif", samples, photometric="rgb", compression=packing)
    assert np.array_equal(stored(read(tmp_path / "a.tif")), RGB16)


def test_webp_within_a_tiff(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", RGB8, photometric="rgb", compression="webp")
    assert np.array_equal(stored(read(tmp_path / "a.tif")), RGB16)


@pytest.mark.parametrize("kind", ["rgb", "ycbcr"])
def test_jpeg_within_a_tiff(tmp_path, kind):
    smooth = np.tile(np.arange(0, 128, 2, dtype=np.uint8)[None, :, None], (48, 1, 3)) + np.uint8([0, 60, 120])
    if kind == "ycbcr":
        Image.fromarray(smooth).save(tmp_path / "a.tif", compression="jpeg", quality=98)
    else:
        tifffile.imwrite(
            tmp_path / "a.tif", smooth, photometric="rgb", compression="jpeg", compressionargs={"level": 98}
        )
    assert np.abs(read(tmp_path / "a.tif").pixels * 255 - smooth).max() < 6


@pytest.mark.parametrize("options", [{}, {"compression": "lzw"}, {"compression": "zstd"}, {"tile": (16, 16)}])
@pytest.mark.parametrize("samples", [RGB8, RGB16], ids=["8", "16"])
def test_planes_are_put_together(tmp_path, samples, options):
    planes = np.moveaxis(samples, 2, 0)
    tifffile.imwrite(tmp_path / "a.tif", planes, photometric="rgb", planarconfig="separate", **options)
    assert np.array_equal(stored(read(tmp_path / "a.tif")), RGB16)


@pytest.mark.parametrize("options", [{}, {"compression": "lzw"}, {"bigtiff": True}])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_white_as_zero(tmp_path, dtype, options):
    largest = np.iinfo(dtype).max
    samples = np.tile(np.array([[0, largest // 3, largest]], dtype), (4, 1))
    tifffile.imwrite(tmp_path / "a.tif", samples, photometric="miniswhite", **options)
    assert read(tmp_path / "a.tif").pixels[0, :, 0].tolist() == pytest.approx([1, 2 / 3, 0], abs=1e-6)


@pytest.mark.parametrize("bits", [1, 2, 4, 10, 12, 14])
def test_unusual_depths_reach_white_and_say_16_where_they_are_deeper_than_8(tmp_path, bits):
    samples = np.arange(16 * 8, dtype=np.uint16).reshape(8, 16) % (1 << bits)
    samples[0, 0] = (1 << bits) - 1
    whole = samples.astype(np.uint8) if bits < 8 else samples
    data = whole.astype(bool) if bits == 1 else whole
    tifffile.imwrite(tmp_path / "a.tif", data, photometric="minisblack", bitspersample=bits)
    picture = read(tmp_path / "a.tif")
    assert picture.pixels[0, 0, 0] == 1.0
    assert np.abs(picture.pixels[..., 0] - samples / ((1 << bits) - 1)).max() < (0.5 / 255 if bits < 8 else 1e-5)
    assert picture.source_depth_bits == (8 if bits <= 8 else 16)


@pytest.mark.parametrize("options", [{}, {"compression": "lzw"}, {"planarconfig": "separate"}])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_inks_are_converted(tmp_path, dtype, options):
    inks = np.full((6, 5, 4), np.array((0, 1, 1, 0)) * np.iinfo(dtype).max, dtype)
    data = np.moveaxis(inks, 2, 0) if "planarconfig" in options else inks
    tifffile.imwrite(tmp_path / "a.tif", data, photometric="separated", **options)
    picture = read(tmp_path / "a.tif")
    assert np.abs(picture.pixels[0, 0] - [1, 0, 0]).max() < 0.02
    assert "CMYK" in picture.notes[0]


def test_inks_with_opacity_keep_it(tmp_path):
    inks = np.full((6, 5, 5), (0, 65535, 65535, 0, 32768), np.uint16)
    tifffile.imwrite(tmp_path / "a.tif", inks, photometric="separated", extrasamples=["unassalpha"])
    assert read(tmp_path / "a.tif").alpha[0, 0] == pytest.approx(0.5, abs=0.01)


def test_other_inks_are_refused_by_name(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((4, 4, 4), np.uint8), photometric="separated",
                     extratags=[(332, 3, 1, 2, True)])  # fmt: skip
    with pytest.raises(ImageReadError, match="inks"):
        read(tmp_path / "a.tif")


@pytest.mark.parametrize("samples", [RGB8, RGB16], ids=["8", "16"])
@pytest.mark.parametrize(("extra", "has_alpha", "is_said"), [
    (["unassalpha"], True, False), (["assocalpha"], True, False), (["unspecified"], False, True),
    (["unspecified", "unassalpha"], True, True),
])  # fmt: skip
def test_extra_samples(tmp_path, samples, extra, has_alpha, is_said):
    opaque = np.full((*samples.shape[:2], len(extra)), np.iinfo(samples.dtype).max, samples.dtype)
    tifffile.imwrite(tmp_path / "a.tif", np.concatenate([samples, opaque], 2), photometric="rgb", extrasamples=extra)
    picture = read(tmp_path / "a.tif")
    assert np.array_equal(stored(picture), RGB16)
    assert (picture.alpha is not None) is has_alpha
    assert any("left out" in note for note in picture.notes) is is_said


def test_a_palette(tmp_path):
    palette = RNG.integers(0, 256, (3, 256)).astype(np.uint16) * 257
    indices = RNG.integers(0, 256, (8, 9), np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", indices, photometric="palette", colormap=palette)
    assert np.array_equal(stored(read(tmp_path / "a.tif")), palette.T[indices])


@pytest.mark.parametrize("name", ["group3", "group4", "tiff_ccitt"])
def test_facsimile(tmp_path, name):
    image = Image.fromarray((RGB8[..., 0] > 99).astype(np.uint8) * 255).convert("1")
    image.save(tmp_path / "a.tif", compression=name)
    assert np.array_equal(stored(read(tmp_path / "a.tif"))[..., 0], np.asarray(image) * 65535)


def test_brightness_and_colour_differences_without_a_picture_codec(tmp_path):
    smooth = Image.fromarray(np.tile(np.arange(0, 128, 2, dtype=np.uint8)[None, :, None], (48, 1, 3)))
    smooth.convert("YCbCr").save(tmp_path / "a.tif", compression="tiff_lzw")
    assert np.abs(read(tmp_path / "a.tif").pixels * 255 - np.asarray(smooth)).max() <= 2


def test_a_thumbnail_before_the_page_is_passed_over_and_its_records_are_kept(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(RGB8[::4, ::4], photometric="rgb", subfiletype=1, metadata=None, extratags=tags(1))
        file.write(RGB16, photometric="rgb", metadata=None)
    picture = read(tmp_path / "a.tif")
    assert np.array_equal(stored(picture), RGB16)
    assert (picture.frame_count, picture.notes) == (1, ())
    assert b"An old map" in picture.kept.exif
    assert header_size(tmp_path / "a.tif") == small_copy(tmp_path / "a.tif", 8).size == Size(32, 24)


def test_a_thumbnail_that_does_not_say_so_is_known_by_its_shape(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for samples in (RGB8[::4, ::4], RGB8, RGB8[::2]):
            file.write(samples, photometric="rgb", metadata=None)
    picture = read(tmp_path / "a.tif")
    assert picture.size == Size(32, 24)
    assert picture.frame_count == 2


def test_a_pyramid_is_one_page(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(RGB8, photometric="rgb", metadata=None)
        for step in (2, 4):
            file.write(RGB8[::step, ::step], photometric="rgb", subfiletype=1, metadata=None)
    assert (read(tmp_path / "a.tif").size, read(tmp_path / "a.tif").frame_count) == (Size(32, 24), 1)


def test_the_full_page_below_a_thumbnail_is_found(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        file.write(RGB8[::4, ::4], photometric="rgb", subfiletype=1, subifds=1, metadata=None)
        file.write(RGB16, photometric="rgb", metadata=None)
    assert np.array_equal(stored(read(tmp_path / "a.tif")), RGB16)


def test_pages_are_counted_and_those_left_out_are_said(tmp_path):
    with tifffile.TiffWriter(tmp_path / "a.tif") as file:
        for _ in range(3):
            file.write(RGB8, photometric="rgb", metadata=None)
    picture = read(tmp_path / "a.tif")
    assert picture.frame_count == 3
    assert "3 pages" in picture.notes[0]
    assert "2 were left out" in picture.notes[0]


def test_numbers_that_are_none_are_said(tmp_path):
    values = np.array([[0.25, np.nan, np.inf, -np.inf]], np.float32)
    tifffile.imwrite(tmp_path / "a.tif", values, photometric="minisblack")
    picture = read(tmp_path / "a.tif")
    assert picture.pixels[0, :, 0].tolist() == [0.25, 0.0, 1.0, 0.0]
    assert len(picture.notes) == 1
    assert "infinite" in picture.notes[0]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_nothing_but_numbers_that_are_none_is_refused(tmp_path, dtype):
    tifffile.imwrite(tmp_path / "a.tif", np.full((4, 4), np.nan, dtype), photometric="minisblack")
    with pytest.raises(ImageReadError, match="no finite number"):
        read(tmp_path / "a.tif")


def patched(path, code: int, value: int) -> None:
    with tifffile.TiffFile(path, mode="r+b") as file:
        file.pages.first.tags[code].overwrite(value)


@pytest.mark.parametrize(("code", "value", "words"), [
    (259, 34661, "not supported"), (259, 65535, "not supported"), (262, 32803, "raw file of a camera"),
    (262, 34892, "raw file of a camera"), (262, 32845, "not read"),
])  # fmt: skip
def test_what_is_not_supported_is_not_called_damaged(tmp_path, code, value, words):
    tifffile.imwrite(tmp_path / "a.tif", RGB16, photometric="rgb", compression="zlib")
    patched(tmp_path / "a.tif", code, value)
    with pytest.raises(ImageReadError, match=words):
        read(tmp_path / "a.tif")


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.complex64, np.uint64])
def test_numbers_of_an_unusual_kind_are_refused_by_name(tmp_path, dtype):
    tifffile.imwrite(tmp_path / "a.tif", np.ones((4, 5), dtype), photometric="minisblack")
    with pytest.raises(ImageReadError, match="unusual kind"):
        read(tmp_path / "a.tif")


def test_a_strip_that_claims_a_giant_picture_is_refused_before_it_is_unpacked(tmp_path):
    tifffile.imwrite(tmp_path / "a.tif", RGB8, photometric="rgb", compression="png")
    content = bytearray((tmp_path / "a.tif").read_bytes())
    at = content.index(b"IHDR") + 4
    content[at : at + 8] = struct.pack(">II", 50_000, 50_000)
    (tmp_path / "a.tif").write_bytes(content)
    with pytest.raises(ImageReadError, match="damaged") as caught:
        read(tmp_path / "a.tif")
    assert "claims another size" in str(caught.value.__cause__)


def test_every_packing_of_imagecodecs_that_a_tiff_may_name_is_there():
    for codec in (imagecodecs.ZSTD, imagecodecs.LZW, imagecodecs.JPEG2K, imagecodecs.JPEGXL, imagecodecs.WEBP):
        assert codec.available
