"""Every kind of file becomes the same kind of picture, or a clear error."""

from __future__ import annotations

import os
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pillow_heif
import pytest
import tifffile
from PIL import Image

from mfsr_engine.errors import ImageReadError
from mfsr_engine.images import is_image_path, png, read
from tests.fakes.deep_png import write_deep_png

RNG = np.random.default_rng(0)
RGB8 = RNG.integers(0, 256, (6, 9, 3), np.uint8)
RGBA16 = RNG.integers(0, 65536, (6, 9, 4)).astype(np.uint16)


def saved(folder: Path, image: Image.Image, name: str, **options) -> Path:
    image.save(folder / name, **options)
    return folder / name


@pytest.mark.parametrize("name", ["a.png", "a.bmp", "a.tiff", "a.webp"])
def test_lossless_rgb_is_read_exactly(tmp_path, name):
    options = {"lossless": True} if name == "a.webp" else {}
    picture = read(saved(tmp_path, Image.fromarray(RGB8), name, **options))
    assert np.array_equal(picture.pixels, RGB8 / np.float32(255))
    assert picture.pixels.dtype == np.float32
    assert (picture.alpha, picture.source_depth_bits, picture.is_gray) == (None, 8, False)


@pytest.mark.parametrize("name", ["a.jpg", "a.avif", "a.heic"])
def test_lossy_rgb_is_read_closely(tmp_path, pixels, name):
    image = Image.fromarray((pixels * 255).astype(np.uint8))
    if name == "a.heic":
        pillow_heif.from_pillow(image).save(tmp_path / name, quality=95)
    else:
        image.save(tmp_path / name, quality=95)
    assert np.abs(read(tmp_path / name).pixels - pixels).max() < 0.06


def test_heif_of_ten_bits_keeps_its_depth_and_its_white(tmp_path):
    white = np.full((64, 64, 3), 65535, np.uint16)
    pillow_heif.from_bytes("RGB;16", (64, 64), white.tobytes()).save(tmp_path / "a.heic", quality=-1)
    picture = read(tmp_path / "a.heic")
    assert picture.source_depth_bits == 16
    assert picture.pixels.min() > 0.998
    assert picture.pixels.max() == 1.0


@pytest.mark.parametrize(("mode", "is_gray", "has_alpha"), [
    ("1", True, False), ("L", True, False), ("LA", True, True), ("P", False, False), ("RGBA", False, True),
])  # fmt: skip
def test_png_modes(tmp_path, mode, is_gray, has_alpha):
    image = Image.fromarray(RGB8).convert(mode)
    picture = read(saved(tmp_path, image, "a.png"))
    assert picture.is_gray is is_gray
    assert (picture.alpha is not None) is has_alpha
    assert np.array_equal(picture.pixels, np.asarray(image.convert("RGB")) / np.float32(255))


def test_palette_with_transparency(tmp_path):
    image = Image.new("P", (2, 1))
    image.putpalette([255, 0, 0, 0, 0, 255])
    image.putpixel((1, 0), 1)
    picture = read(saved(tmp_path, image, "a.png", transparency=1))
    assert picture.alpha.tolist() == [[1.0, 0.0]]
    assert picture.pixels.tolist() == [[[1, 0, 0], [0, 0, 1]]]


@pytest.mark.parametrize(("mode", "key"), [("L", 7), ("RGB", (7, 7, 7))])
def test_a_transparent_colour_becomes_opacity(tmp_path, mode, key):
    image = Image.new(mode, (2, 1), key)
    image.putpixel((0, 0), 200 if mode == "L" else (200, 7, 7))
    assert read(saved(tmp_path, image, "a.png", transparency=key)).alpha.tolist() == [[1.0, 0.0]]


def test_the_first_frame_of_a_gif(tmp_path):
    frames = [Image.new("RGB", (3, 2), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    assert read(tmp_path / "a.gif").pixels[0, 0].tolist() == [1, 0, 0]


def test_cmyk_without_profile_is_converted_and_said(tmp_path):
    picture = read(saved(tmp_path, Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "a.jpg", quality=100))
    assert np.abs(picture.pixels[0, 0] - [1, 0, 0]).max() < 0.02
    assert "without a profile" in picture.notes[0]


@pytest.mark.parametrize("name", ["a.jpg", "a.tiff"])
def test_cmyk_is_converted_through_its_own_profile(tmp_path, muddy_cmyk_profile, name):
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    picture = read(saved(tmp_path, image, name, icc_profile=muddy_cmyk_profile))
    assert np.abs(picture.pixels[0, 0] - 0.465).max() < 0.02
    assert picture.kept.icc_profile is None
    assert "own profile" in picture.notes[0]


def test_a_profile_of_another_space_is_left_out_and_said(tmp_path, rgb_profile):
    image = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    picture = read(saved(tmp_path, image, "a.tiff", icc_profile=rgb_profile))
    assert picture.kept.icc_profile is None
    assert len(picture.notes) == 1


def test_lab_is_converted_to_srgb(tmp_path):
    image = Image.new("LAB", (4, 4), (255, 128, 128))
    picture = read(saved(tmp_path, image, "a.tiff"))
    assert picture.pixels.min() > 0.98
    assert "LAB" in picture.notes[0]


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_png_of_16_bits(tmp_path, channels):
    stored = RGBA16[..., :channels]
    cv2.imwrite(str(tmp_path / "a.png"), stored[..., [2, 1, 0, 3][:channels]] if channels > 1 else stored)
    picture = read(tmp_path / "a.png")
    assert picture.source_depth_bits == 16
    assert picture.is_gray is (channels == 1)
    assert np.array_equal(np.round(picture.pixels * 65535), np.broadcast_to(stored[..., :3], (6, 9, 3)))
    assert (picture.alpha is not None) is (channels == 4)


def test_png_of_16_bits_with_gray_and_opacity(tmp_path):
    with (tmp_path / "a.png").open("wb") as file:
        write_deep_png(file, RGBA16[..., :2], [])
    picture = read(tmp_path / "a.png")
    assert picture.is_gray
    assert np.array_equal(np.round(picture.pixels[..., 0] * 65535), RGBA16[..., 0])
    assert np.array_equal(np.round(picture.alpha * 65535), RGBA16[..., 1])


def test_png_of_16_bits_with_a_transparent_gray(tmp_path):
    with (tmp_path / "a.png").open("wb") as file:
        write_deep_png(file, np.array([[[7], [8]]], np.uint16), [png.Chunk(b"tRNS", b"\0\7")])
    assert read(tmp_path / "a.png").alpha.tolist() == [[0.0, 1.0]]


@pytest.mark.parametrize("name", ["a.png", "a.tiff"])
def test_pillows_deep_gray(tmp_path, name):
    picture = read(saved(tmp_path, Image.fromarray(RGBA16[..., 0]), name))
    assert (picture.is_gray, picture.source_depth_bits) == (True, 16)
    assert np.array_equal(np.round(picture.pixels[..., 2] * 65535), RGBA16[..., 0])


@pytest.mark.parametrize("options", [
    {"photometric": "rgb"},
    {"photometric": "rgb", "planarconfig": "separate"},
    {"photometric": "rgb", "compression": "zlib", "predictor": True},
    {"photometric": "rgb", "byteorder": ">"},
    {"photometric": "rgb", "bigtiff": True},
    {"photometric": "rgb", "tile": (16, 16)},
])  # fmt: skip
def test_tiff_of_16_bits(tmp_path, options):
    stored = np.ascontiguousarray(RGBA16[..., :3])
    is_planar = "planarconfig" in options
    tifffile.imwrite(tmp_path / "a.tiff", np.moveaxis(stored, 2, 0) if is_planar else stored, **options)
    picture = read(tmp_path / "a.tiff")
    assert picture.source_depth_bits == 16
    assert np.array_equal(np.round(picture.pixels * 65535), stored)


def test_tiff_of_16_bits_packed_with_lzw(tmp_path):
    path = saved(tmp_path, Image.fromarray(RGBA16[..., 0]), "a.tiff", compression="tiff_lzw")
    assert np.array_equal(np.round(read(path).pixels[..., 0] * 65535), RGBA16[..., 0])


def test_tiff_with_white_as_zero(tmp_path):
    tifffile.imwrite(tmp_path / "a.tiff", np.array([[0, 65535]], np.uint16), photometric="miniswhite")
    assert read(tmp_path / "a.tiff").pixels[0, :, 0].tolist() == [1.0, 0.0]


def test_tiff_with_multiplied_opacity_is_divided(tmp_path):
    stored = np.array([[[16384, 0, 0, 32768]]], np.uint16)
    tifffile.imwrite(tmp_path / "a.tiff", stored, photometric="rgb", extrasamples=["assocalpha"])
    picture = read(tmp_path / "a.tiff")
    assert picture.pixels[0, 0].tolist() == pytest.approx([0.5, 0, 0], abs=1e-4)
    assert picture.alpha[0, 0] == pytest.approx(0.5, abs=1e-4)


def test_tiff_of_floats_is_clipped_and_that_is_said(tmp_path):
    tifffile.imwrite(tmp_path / "a.tiff", np.array([[0.25, 3.0]], np.float32), photometric="minisblack")
    picture = read(tmp_path / "a.tiff")
    assert picture.pixels[0, :, 0].tolist() == [0.25, 1.0]
    assert "clipped" in picture.notes[0]


def test_tiff_of_16_bit_inks_is_converted(tmp_path):
    tifffile.imwrite(tmp_path / "a.tiff", np.full((2, 2, 4), (0, 65535, 65535, 0), np.uint16), photometric="separated")
    picture = read(tmp_path / "a.tiff")
    assert np.abs(picture.pixels[0, 0] - [1, 0, 0]).max() < 0.02


TURNED = {
    1: [[1, 2, 3], [4, 5, 6]], 2: [[3, 2, 1], [6, 5, 4]], 3: [[6, 5, 4], [3, 2, 1]], 4: [[4, 5, 6], [1, 2, 3]],
    5: [[1, 4], [2, 5], [3, 6]], 6: [[4, 1], [5, 2], [6, 3]], 7: [[6, 3], [5, 2], [4, 1]], 8: [[3, 6], [2, 5], [1, 4]],
}  # fmt: skip


@pytest.mark.parametrize("orientation", TURNED)
@pytest.mark.parametrize("name", ["a.png", "a.tiff", "a.webp", "deep.png", "deep.tiff"])
def test_the_picture_is_turned_upright_and_says_so(tmp_path, camera_exif, orientation, name):
    stored, path = np.array(TURNED[1], np.uint8), tmp_path / name
    exif = camera_exif(orientation)
    if name == "deep.png":
        with path.open("wb") as file:
            write_deep_png(file, stored[..., None].astype(np.uint16) * 257, [png.Chunk(b"eXIf", exif)])
    elif name == "deep.tiff":
        tag = (0x0112, 3, 1, orientation, True)
        tifffile.imwrite(path, stored.astype(np.uint16) * 257, photometric="minisblack", extratags=[tag])
    else:
        Image.fromarray(stored).save(path, exif=exif, **({"lossless": True} if name == "a.webp" else {}))
    picture = read(path)
    assert np.round(picture.pixels[..., 0] * 255).tolist() == TURNED[orientation]
    kept = Image.Exif()
    kept.load(picture.kept.exif or b"")
    assert kept.get(0x0112, 1) == 1


def refusal(path: Path) -> str:
    with pytest.raises(ImageReadError) as caught:
        read(path)
    assert path.name in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_missing_file(tmp_path):
    assert "There is no file" in refusal(tmp_path / "a.png")


def test_a_folder(tmp_path):
    assert "is a folder" in refusal(tmp_path)


def test_an_empty_file(tmp_path):
    (tmp_path / "a.png").touch()
    assert "empty" in refusal(tmp_path / "a.png")


@pytest.mark.parametrize(
    "content", [b"hello world, this is text", b"\0" * 500, b"<svg xmlns='http://www.w3.org/2000/svg'/>"]
)
def test_no_picture(tmp_path, content):
    (tmp_path / "a.png").write_bytes(content)
    assert "not a picture" in refusal(tmp_path / "a.png")


def test_a_file_that_may_not_be_read(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"x")
    monkeypatch.setattr(os, "open", lambda path, flags: (_ for _ in ()).throw(PermissionError(13, "denied")))
    assert "may not be read" in refusal(tmp_path / "a.png")


def test_a_disk_that_fails(tmp_path, monkeypatch):
    (tmp_path / "a.png").write_bytes(b"x")
    monkeypatch.setattr(os, "open", lambda path, flags: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    assert "Input/output error" in refusal(tmp_path / "a.png")


def test_a_disk_that_fails_while_the_picture_is_read(tmp_path, monkeypatch):
    path = saved(tmp_path, Image.fromarray(RGB8), "a.bmp")
    monkeypatch.setattr(Image.Image, "load", lambda self: (_ for _ in ()).throw(OSError(5, "Input/output error")))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", Image.Image.load)
    assert "Input/output error" in refusal(path)


NAMES = [
    "a.png",
    "a.jpg",
    "a.webp",
    "a.tiff",
    "a.bmp",
    "a.gif",
    "a.avif",
    "a.heic",
    "deep.png",
    "deep.tiff",
    "strips.tiff",
]


@pytest.mark.parametrize("share", [0.3, 0.5, 0.9])
@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_is_cut_off(tmp_path, name, share):
    noise, path = RNG.integers(0, 256, (40, 40, 3), np.uint8), tmp_path / name
    if name == "a.heic":
        pillow_heif.from_pillow(Image.fromarray(noise)).save(path, quality=90)
    elif name == "deep.png":
        cv2.imwrite(str(path), noise.astype(np.uint16) * 257)
    elif name == "deep.tiff":
        tifffile.imwrite(path, noise.astype(np.uint16) * 257, photometric="rgb")
    elif name == "strips.tiff":
        deep = noise.astype(np.uint16) * 257
        tifffile.imwrite(path, deep, photometric="rgb", compression="zlib", rowsperstrip=2)
    else:
        Image.fromarray(noise).save(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "damaged or cut off" in refusal(path)


def test_a_tiff_whose_last_strips_are_missing_altogether(tmp_path):
    path, deep = tmp_path / "a.tiff", np.repeat(RGBA16[..., :3], 2, axis=0)
    tifffile.imwrite(path, deep, photometric="rgb", compression="zlib", rowsperstrip=2)
    with tifffile.TiffFile(path) as file:
        third_strip_at = file.pages.first.dataoffsets[2]
    path.write_bytes(path.read_bytes()[:third_strip_at])
    assert "cut off" in refusal(path)


def test_a_jpeg_without_its_last_byte(tmp_path):
    path = saved(tmp_path, Image.fromarray(RGB8), "a.jpg")
    path.write_bytes(path.read_bytes()[:-1])
    assert "cut off" in refusal(path)


@pytest.mark.parametrize(("width", "height"), [(40_000, 10_001), (100_000, 100_000)])
@pytest.mark.parametrize("depth", [8, 16])
def test_a_picture_that_claims_to_be_huge_is_refused_at_once(tmp_path, width, height, depth):
    with (tmp_path / "a.png").open("wb") as file:
        write_deep_png(file, np.zeros((1, 1, 3), np.uint16), [])
    content = bytearray((tmp_path / "a.png").read_bytes())
    content[16:25] = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes([depth])
    content[29:33] = zlib.crc32(content[12:29]).to_bytes(4, "big")
    (tmp_path / "a.png").write_bytes(content)
    assert "400 megapixels" in refusal(tmp_path / "a.png")


@pytest.mark.parametrize("depth", [8, 16])
def test_a_picture_without_pixels(tmp_path, depth):
    tifffile.imwrite(tmp_path / "a.tiff", np.zeros((1, 1, 3), f"u{depth // 8}"), photometric="rgb")
    with tifffile.TiffFile(tmp_path / "a.tiff", mode="r+b") as file:
        file.pages.first.tags[256].overwrite(0)
    assert "no pixels" in refusal(tmp_path / "a.tiff")


def test_the_suffix_does_not_decide(tmp_path):
    saved(tmp_path, Image.fromarray(RGB8), "a.png").rename(tmp_path / "a.jpg")
    assert read(tmp_path / "a.jpg").size.width == 9


@pytest.mark.parametrize(("name", "expected"), [
    ("a.JPG", True), ("a.heic", True), ("b.tiff", True), ("a.txt", False), ("jpg", False), ("._a.jpg", False),
])  # fmt: skip
def test_which_files_a_folder_scan_takes(name, expected):
    assert is_image_path(Path(name)) is expected


def test_importing_the_package_loads_neither_torch_nor_the_slow_decoders():
    probe = "import sys, mfsr_engine.images; print(*{'torch', 'cv2', 'tifffile', 'pillow_heif'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", probe], capture_output=True, check=True).stdout.strip() == b""
