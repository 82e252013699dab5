"""Colours on the screen: a wide-gamut file is shown as it is meant, and its pixels and profile stay what they are."""

from pathlib import Path

import numpy as np
import pytest
from PIL import ImageCms
from PySide6.QtGui import QColorSpace

from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.imaging.display_color import to_screen
from mfsr_app.imaging.raster import display_pixels
from mfsr_engine import images
from mfsr_engine.images import Picture

WIDE = bytes(QColorSpace(QColorSpace.NamedColorSpace.DisplayP3).iccProfile().data())
SRGB = bytes(QColorSpace(QColorSpace.NamedColorSpace.SRgb).iccProfile().data())
GREEN = np.full((2, 3, 3), (60, 180, 75), np.uint8)


@pytest.mark.parametrize(
    "profile", [None, b"", b"no profile", SRGB, ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()]
)
def test_srgb_and_what_is_no_profile_are_shown_as_they_are(profile):
    assert to_screen(profile) is None


def test_display_p3_is_converted():
    convert = to_screen(WIDE)
    assert convert is not None
    shown = convert(GREEN)
    assert shown.shape == GREEN.shape
    assert np.abs(shown[0, 0].astype(int) - by_the_matrices(GREEN[0, 0])).max() <= 2
    assert np.array_equal(convert(np.full((1, 1, 3), 128, np.uint8))[0, 0], [128, 128, 128])


def by_the_matrices(rgb):
    p3_to_xyz = np.array([[0.48657, 0.26567, 0.19822], [0.22897, 0.69174, 0.07929], [0.0, 0.04511, 1.04394]])
    xyz_to_srgb = np.array([[3.24097, -1.53738, -0.49861], [-0.96924, 1.87597, 0.04156], [0.05563, -0.20398, 1.05697]])
    c = rgb / 255
    linear = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    out = np.clip(xyz_to_srgb @ p3_to_xyz @ linear, 0, 1)
    return np.rint(255 * np.where(out <= 0.0031308, 12.92 * out, 1.055 * out ** (1 / 2.4) - 0.055)).astype(int)


def test_opacity_is_multiplied_in_after_the_conversion():
    pixels, alpha = GREEN.astype(np.float32) / 255, np.full((2, 3), 0.5, np.float32)
    shown = display_pixels(pixels, alpha, to_screen(WIDE))
    assert np.abs(shown[0, 0, :3][::-1].astype(int) - by_the_matrices(GREEN[0, 0]) / 2).max() <= 2
    assert shown[0, 0, 3] == 128


def test_everything_that_is_shown_is_converted_and_the_result_is_not(parts, files, qtbot):
    files.pictures["wide.png"] = Picture(
        np.tile(GREEN[:1, :1].astype(np.float32) / 255, (40, 60, 1)), kept=images.KeptMetadata(icc_profile=WIDE)
    )
    states = parts.states
    states.document.open(Path("wide.png"))
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    qtbot.waitUntil(lambda: states.document.enlarged is not None)
    expected = by_the_matrices(GREEN[0, 0])
    for raster in (states.document.current.raster, states.document.enlarged):
        assert np.abs(raster.levels[0][5, 5, :3][::-1].astype(int) - expected).max() <= 2
    kept = states.upscaling.shown
    darker = np.rint(np.clip(GREEN[0, 0] / 255 - 0.05, 0, 1) * 255)
    assert np.allclose(kept.result.pixels[3, 3] * 255, darker, atol=1)
    assert np.abs(kept.raster.levels[0][3, 3, :3][::-1].astype(int) - by_the_matrices(darker)).max() <= 2


def test_tiles_come_in_the_screens_colours(parts, qtbot):
    from mfsr_engine.api import UpscaleRequest

    convert = to_screen(WIDE)
    tiles = []
    request = UpscaleRequest(np.tile(GREEN[:1, :1].astype(np.float32) / 255, (8, 8, 1)))
    job = parts.engine.upscale(request, convert=convert)
    job.tile.connect(lambda tile: tiles.append(tile.pixels))
    with qtbot.waitSignal(job.ended):
        pass
    darker = np.rint(np.clip(GREEN[0, 0] / 255 - 0.05, 0, 1) * 255)
    assert np.abs(tiles[0][0, 0, :3][::-1].astype(int) - by_the_matrices(darker)).max() <= 2


def test_a_file_keeps_its_profile_on_the_way_through_the_window(tmp_path):
    pixels = GREEN.astype(np.float32) / 255
    images.write(tmp_path / "p3.png", pixels, kept=images.KeptMetadata(icc_profile=WIDE))
    opened = EnginePictureFiles().read(tmp_path / "p3.png")
    assert opened.kept.icc_profile == WIDE
    assert np.array_equal(np.rint(opened.pixels * 255).astype(np.uint8), GREEN)
