"""Colours that a file names by numbers look as the same numbers with an ICC profile would, and depth is kept."""

from __future__ import annotations

import base64
import struct
import zlib
from io import BytesIO

import imagecodecs
import numpy as np
import pillow_heif
import pytest
from PIL import Image, ImageCms

from mfsr_engine.images import read
from mfsr_engine.images.coded_color import (
    CodedColor,
    color_of_codes,
    color_of_gamma,
    icc_profile,
    to_standard_range,
)
from mfsr_engine.images.jxl_header import parse_jxl_header

SRGB = ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06))
P3 = ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06))
BT2020 = ((0.708, 0.292), (0.170, 0.797), (0.131, 0.046))
D65 = (0.3127, 0.3290)
LAB = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


def srgb_curve(v):
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def rec709_curve(v):
    return np.where(v < 0.0812, v / 4.5, ((v + 0.099) / 1.099) ** (1 / 0.45))


@pytest.fixture
def rgb() -> np.ndarray:
    """(24, 32, 3) uint8 with every hue, from dark to light."""
    down, across = np.mgrid[0.05:1:24j, 0:1:32j]
    return np.round(np.stack([across * down, down, down * (1 - across)], axis=2) * 255).astype(np.uint8)


def xyz(x: float, y: float) -> np.ndarray:
    return np.array([x / y, 1.0, (1 - x - y) / y])


def expected_lab(values: np.ndarray, corners, curve, white=D65) -> np.ndarray:
    """Colours by the textbook: to light, to XYZ, to the white of print (Bradford), to LAB."""
    columns = np.stack([xyz(*corner) for corner in corners], axis=1)
    matrix = columns * np.linalg.solve(columns, xyz(*white))
    bradford = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])
    d50 = np.array([0.9642, 1.0, 0.8249])
    gain = np.diag((bradford @ d50) / (bradford @ xyz(*white)))
    light = curve(values.astype(np.float64)) @ (np.linalg.inv(bradford) @ gain @ bradford @ matrix).T
    ratio = np.maximum(light / d50, 0)
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)


def shown_lab(picture) -> np.ndarray:
    """Colours as a program with colour management shows them: through the picture's profile, sRGB without one."""
    profile = picture.kept.icc_profile or ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    pixels = picture.pixels.astype(np.float64)
    return imagecodecs.cms_transform(
        pixels, profile, LAB, colorspace="rgb", outcolorspace="lab", outdtype="f8", intent=1
    )


def difference(picture, corners, curve, white=D65) -> float:
    """Largest distance (dE 1976) between what is shown and what is right for the picture's own numbers."""
    right = np.clip(expected_lab(picture.pixels, corners, curve, white), -128, 127.99)  # as far as LAB goes in profiles
    return float(np.linalg.norm(np.clip(shown_lab(picture), -128, 127.99) - right, axis=-1).max())


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def put_png(path, rgb: np.ndarray, *chunks: bytes):
    """A PNG with further chunks behind its header."""
    Image.fromarray(rgb).save(path)
    content = path.read_bytes()
    path.write_bytes(content[:33] + b"".join(chunks) + content[33:])
    return path


CORNERS = (D65, *P3)
CHRM_P3 = chunk(b"cHRM", struct.pack(">8I", *(round(v * 100_000) for corner in CORNERS for v in corner)))


@pytest.mark.parametrize(("chunks", "corners", "curve"), [
    ([chunk(b"cICP", bytes([12, 13, 0, 1]))], P3, srgb_curve),
    ([chunk(b"cICP", bytes([9, 1, 0, 1]))], BT2020, rec709_curve),
    ([chunk(b"cICP", bytes([1, 8, 0, 1]))], SRGB, lambda v: v),
    ([chunk(b"gAMA", struct.pack(">I", 100_000))], SRGB, lambda v: v),
    ([chunk(b"gAMA", struct.pack(">I", 55_556))], SRGB, lambda v: v**1.8),
    ([CHRM_P3], P3, srgb_curve),
    ([chunk(b"gAMA", struct.pack(">I", 45_455)), CHRM_P3], P3, lambda v: v**2.2),
    ([chunk(b"gAMA", struct.pack(">I", 100_000)), chunk(b"sRGB", b"\0")], SRGB, srgb_curve),
    ([chunk(b"cICP", bytes([12, 13, 0, 1])), chunk(b"gAMA", struct.pack(">I", 100_000))], P3, srgb_curve),
])  # fmt: skip
@pytest.mark.parametrize("is_deep", [False, True])
def test_png(tmp_path, rgb, chunks, corners, curve, is_deep):
    path = put_png(tmp_path / "a.png", rgb, *chunks)
    if is_deep:
        imagecodecs_png = imagecodecs.png_encode(rgb.astype(np.uint16) * 257)
        path.write_bytes(imagecodecs_png[:33] + b"".join(chunks) + imagecodecs_png[33:])
    picture = read(path)
    assert picture.source_depth_bits == (16 if is_deep else 8)
    assert np.array_equal(np.round(picture.pixels * 255), rgb)
    assert difference(picture, corners, curve) < 0.5


@pytest.mark.parametrize(("codes", "corners", "curve"), [
    ((12, 13), P3, srgb_curve), ((9, 14), BT2020, rec709_curve), ((1, 13), SRGB, srgb_curve), ((1, 4), SRGB, lambda v: v**2.2),
])  # fmt: skip
@pytest.mark.parametrize("kind", ["avif", "avif10", "avif12", "heic", "heic10"])
def test_avif_and_heic(tmp_path, rgb, codes, corners, curve, kind):
    path = tmp_path / "a.bin"
    if kind.startswith("avif"):
        bits = int(kind[4:] or 8)
        samples = rgb if bits == 8 else (rgb.astype(np.uint16) << (bits - 8))
        path.write_bytes(imagecodecs.avif_encode(
            samples, level=95, speed=9, bitspersample=bits, pixelformat="444", primaries=codes[0], transfer=codes[1], matrix=1,
        ))  # fmt: skip
    else:
        deep = kind == "heic10"
        data = (rgb.astype(np.uint16) * 257).tobytes() if deep else rgb.tobytes()
        image = pillow_heif.from_bytes("RGB;16" if deep else "RGB", (32, 24), data)
        image.save(path, quality=95, chroma=444, color_primaries=codes[0], transfer_characteristics=codes[1],
                   matrix_coefficients=1, full_range_flag=1)  # fmt: skip
    picture = read(path)
    assert picture.source_depth_bits == (16 if kind[4:] else 8)
    assert np.abs(picture.pixels - rgb / 255).mean() < 0.03
    assert difference(picture, corners, curve) < 0.5
    assert (picture.kept.icc_profile is None) is (codes == (1, 13))


def test_ten_bits_are_not_cut_to_eight(tmp_path):
    ramp = np.repeat(np.arange(1024, dtype=np.uint16)[None, :, None], 8, axis=0).repeat(3, axis=2)
    path = tmp_path / "a.avif"
    path.write_bytes(imagecodecs.avif_encode(ramp, level=100, speed=9, bitspersample=10, pixelformat="444"))
    picture = read(path)
    assert len(np.unique(picture.pixels[0, :, 0])) > 500
    assert (picture.pixels[0, 0, 0], picture.pixels[0, -1, 0]) == pytest.approx((0.0, 1.0), abs=0.002)


@pytest.mark.parametrize("depth", [8, 16])
def test_gray_with_a_gamma(tmp_path, depth):
    gray = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (8, 1))
    content = imagecodecs.png_encode(gray if depth == 8 else gray.astype(np.uint16) * 257)
    path = tmp_path / "a.png"
    path.write_bytes(content[:33] + chunk(b"gAMA", struct.pack(">I", 100_000)) + content[33:])
    picture = read(path)
    assert picture.is_gray
    assert picture.kept.icc_profile[16:20] == b"GRAY"
    srgb = ImageCms.profileToProfile(
        Image.fromarray(gray), ImageCms.ImageCmsProfile(BytesIO(picture.kept.icc_profile)),
        ImageCms.createProfile("sRGB"), renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB",
        flags=ImageCms.Flags.NOOPTIMIZE,
    )  # fmt: skip
    light = gray / 255
    right = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055) * 255
    assert np.abs(np.asarray(srgb)[..., 0] - right).max() <= 1.5


def test_an_icc_profile_counts_more_than_chunks_of_less_worth(tmp_path, rgb, rgb_profile):
    path = tmp_path / "a.png"
    Image.fromarray(rgb).save(path, icc_profile=rgb_profile)
    content = path.read_bytes()
    path.write_bytes(content[:33] + chunk(b"gAMA", struct.pack(">I", 100_000)) + content[33:])
    assert read(path).kept.icc_profile == rgb_profile


def test_an_icc_profile_above_a_megabyte_is_read(tmp_path, rgb, rgb_profile):
    large = rgb_profile + np.random.default_rng(0).integers(0, 256, 3 << 20, np.uint8).tobytes()
    large = len(large).to_bytes(4, "big") + large[4:]
    content = imagecodecs.png_encode(rgb)
    path = tmp_path / "a.png"
    path.write_bytes(content[:33] + chunk(b"iCCP", b"large\0\0" + zlib.compress(large, 1)) + content[33:])
    assert read(path).kept.icc_profile == large


@pytest.mark.parametrize("chunks", [
    chunk(b"cICP", bytes([2, 2, 0, 1])), chunk(b"cICP", bytes([250, 13, 0, 1])), chunk(b"cICP", b"\1"),
    chunk(b"gAMA", bytes(4)), chunk(b"gAMA", b"\xff" * 4), chunk(b"gAMA", b"\1"), chunk(b"cHRM", bytes(32)),
    chunk(b"cHRM", b"\xff" * 32), chunk(b"cHRM", bytes(31)), chunk(b"sRGB", b"\0"),
])  # fmt: skip
def test_numbers_that_are_no_colours_count_as_srgb(tmp_path, rgb, chunks):
    assert read(put_png(tmp_path / "a.png", rgb, chunks)).kept.icc_profile is None


def test_equal_colours_give_equal_profiles():
    assert icc_profile(color_of_codes(12, 13)) == icc_profile(color_of_codes(12, 13))
    assert color_of_gamma(1 / 2.2, None) == CodedColor(gamma=2.2)


@pytest.mark.parametrize("transfer", [16, 18])
def test_pictures_for_hdr_screens_get_the_range_of_others_and_that_is_said(tmp_path, transfer):
    levels = np.linspace(0, 1, 64)
    ramp = np.round(np.repeat(levels[None, :, None], 3, 2).repeat(8, 0) * 65535).astype(np.uint16)
    content = imagecodecs.png_encode(ramp)
    path = tmp_path / "a.png"
    path.write_bytes(content[:33] + chunk(b"cICP", bytes([9, transfer, 0, 1])) + content[33:])
    picture = read(path)
    assert "HDR" in picture.notes[0]
    row = picture.pixels[4, :, 0]
    assert (np.diff(row) >= -1e-6).all()
    assert row[0] == pytest.approx(0, abs=0.01)
    assert 0.97 < row[-1] <= 1.0
    assert np.ptp(picture.pixels, axis=2).max() < 1e-3
    white = picture.pixels[0, round((0.58 if transfer == 16 else 0.75) * 63), 0]
    assert 0.9 < white < 1.0  # paper of 203 cd/m2 is nearly white, what is brighter lies above
    assert difference(picture, BT2020, srgb_curve) < 0.5


def test_middle_tones_of_an_hdr_picture_are_those_of_their_light():
    nits = 203 * 0.18
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    power = (nits / 10_000) ** m1
    code = ((c1 + c2 * power) / (1 + c3 * power)) ** m2
    shown = to_standard_range(np.full((1, 1, 3), code, np.float32), CodedColor(transfer=16))
    assert shown[0, 0, 0] == pytest.approx(1.055 * 0.18 ** (1 / 2.4) - 0.055, abs=1e-3)


JXL_P3 = base64.b64decode(
    "/wrFQEImFwIAEogCAKgCXeUSAAAVKqOMG7yc6/nyQ4fFtI3rDG21bWFJosg4NkkncEgSK4BswxVFnQNgetMfgjM/aw7/5PXnsx4ZGh7WN5ISMz"
    "2+prdbOFLWLBnetW1PXxcZvOLgKkwYAAAVUiDPtlvdnS7eRR1jjDEeQUQmHxCSZO77rwkd9bBke+QSxXqpZo2t5u+2NosD9Q/nSqZpfTs6pQVa"
    "difeiWgYbSP3LlzWo8N2jlIAoQA="
)
"""32 x 24 pixels of Display P3, red to the right and green downwards, by libjxl's own encoder."""


def test_jpeg_xl_in_another_space(tmp_path):
    (tmp_path / "a.jxl").write_bytes(JXL_P3)
    picture = read(tmp_path / "a.jxl")
    down, across = np.mgrid[0:1:24j, 0:1:32j]
    assert np.abs(picture.pixels - np.stack([across, down, 1 - across * down], axis=2)).mean() < 0.03
    assert difference(picture, P3, srgb_curve) < 0.5


@pytest.mark.parametrize("has_container", [False, True])
@pytest.mark.parametrize(("shape", "dtype"), [
    ((24, 32, 3), np.uint8), ((24, 32, 3), np.uint16), ((24, 32), np.uint8), ((24, 32), np.uint16),
    ((24, 32, 4), np.uint8), ((300, 1000, 3), np.uint8), ((999, 13, 3), np.uint8),
])  # fmt: skip
def test_lossless_jpeg_xl_is_read_exactly(tmp_path, shape, dtype, has_container):
    samples = np.random.default_rng(0).integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    content = imagecodecs.jpegxl_encode(samples, lossless=True, usecontainer=has_container)
    found = parse_jxl_header(content)
    assert (found.height, found.width) == shape[:2]
    (tmp_path / "a.jxl").write_bytes(content)
    picture = read(tmp_path / "a.jxl")
    scale = np.iinfo(dtype).max
    colors = samples if samples.ndim == 3 else samples[..., None].repeat(3, 2)
    assert np.array_equal(np.round(picture.pixels * scale), colors[..., :3])
    assert picture.is_gray is (len(shape) == 2)
    assert (picture.alpha is not None) is (shape[-1] == 4)
    assert picture.source_depth_bits == 8 * np.dtype(dtype).itemsize


def test_an_animated_jpeg_xl_says_so(tmp_path):
    frames = np.random.default_rng(0).integers(0, 256, (3, 24, 32, 3), np.uint8)
    (tmp_path / "a.jxl").write_bytes(imagecodecs.jpegxl_encode(frames, lossless=True))
    picture = read(tmp_path / "a.jxl")
    assert picture.frame_count == 0
    assert "animation" in picture.notes[0]


def test_records_of_a_jpeg_xl(tmp_path, camera_exif, camera_xmp):
    content = imagecodecs.jpegxl_encode(np.zeros((8, 8, 3), np.uint8), lossless=True, usecontainer=True)

    def box(kind: bytes, data: bytes) -> bytes:
        return (8 + len(data)).to_bytes(4, "big") + kind + data

    exif = box(b"Exif", bytes(4) + camera_exif(6))
    xmp = box(b"brob", b"xml " + bytes(imagecodecs.brotli_encode(camera_xmp)))
    (tmp_path / "a.jxl").write_bytes(content[:32] + exif + xmp + content[32:])
    picture = read(tmp_path / "a.jxl")
    assert b"Camera" in picture.kept.exif
    assert "Müller".encode() in picture.kept.xmp


@pytest.mark.parametrize(("dtype", "bits"), [(np.uint8, 8), (np.uint16, 16), (np.uint16, 12)])
@pytest.mark.parametrize("channels", [1, 3])
def test_lossless_jpeg_2000_is_read_exactly(tmp_path, dtype, bits, channels):
    samples = np.random.default_rng(0).integers(0, 1 << bits, (24, 32, channels)).astype(dtype)
    (tmp_path / "a.jp2").write_bytes(imagecodecs.jpeg2k_encode(samples.squeeze(), level=0, bitspersample=bits))
    picture = read(tmp_path / "a.jp2")
    assert np.array_equal(np.round(picture.pixels * ((1 << bits) - 1)), np.broadcast_to(samples, (24, 32, 3)))
    assert picture.source_depth_bits == (8 if bits == 8 else 16)
