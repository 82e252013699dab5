"""Pictures as Qt draws them."""

import numpy as np
import pytest
from PySide6.QtGui import QColor

from mfsr_app.imaging.raster import COARSER, GrowingRaster, display_tile, enlarged_raster, raster_of
from mfsr_engine.geometry import Rect, Size


def test_colours_arrive_in_qt_as_they_were():
    pixels = np.zeros((2, 3, 3), np.float32)
    pixels[1, 2] = (1.0, 0.5, 0.0)
    image = raster_of(pixels).images[0]
    assert (image.width(), image.height()) == (3, 2)
    assert QColor(image.pixel(2, 1)).getRgb() == (255, 128, 0, 255)
    assert QColor(image.pixel(0, 0)).getRgb() == (0, 0, 0, 255)


def test_values_outside_of_the_range_are_cut():
    image = raster_of(np.array([[[1.5, -0.5, 0.2]]], np.float32)).images[0]
    assert QColor(image.pixel(0, 0)).getRgb()[:3] == (255, 0, 51)


def test_opacity_is_kept_and_multiplied_in():
    raster = raster_of(np.ones((1, 1, 3), np.float32), np.full((1, 1), 0.5, np.float32))
    assert raster.levels[0][0, 0].tolist() == [128, 128, 128, 128]
    assert raster.images[0].hasAlphaChannel()


def test_large_pictures_get_half_sizes():
    raster = raster_of(np.full((300, 2100, 3), 0.25, np.float32))
    assert [i.width() for i in raster.images] == [2100, 1050, 525, 263]
    assert QColor(raster.images[-1].pixel(100, 10)).red() == 64


@pytest.mark.parametrize(("side", "width"), [(4000, 2100), (2100, 2100), (1000, 1000), (525, 525), (100, 100)])
def test_a_small_copy_is_no_larger_than_asked_and_stands_alone(side, width):
    raster = raster_of(np.full((300, 2100, 3), 0.25, np.float32))
    image = raster.small(side)
    assert image.width() == width
    assert QColor(image.pixel(width // 2, image.height() // 2)).red() == 64
    raster.levels[0][...] = 0
    assert QColor(image.pixel(width // 2, image.height() // 2)).red() == 64


def test_the_bicubic_picture_is_larger_by_the_factor():
    assert enlarged_raster(np.full((10, 20, 3), 0.5, np.float32), 4).size == Size(80, 40)


def test_an_enlarged_picture_keeps_its_opacity():
    alpha = np.zeros((8, 8), np.float32)
    alpha[:, 4:] = 1.0
    raster = enlarged_raster(np.ones((8, 8, 3), np.float32), 4, None, alpha)
    assert raster.images[0].hasAlphaChannel()
    assert raster.levels[0][16, [0, -1], 3].tolist() == [0, 255]
    assert np.all(raster.levels[0][..., :3] <= raster.levels[0][..., 3:]), "colors multiplied by the opacity"


def test_a_growing_picture_shows_what_was_pasted_and_nothing_else():
    growing = GrowingRaster(Size(64, 32))
    growing.paste(display_tile(np.full((16, 16, 3), 200, np.uint8)), Rect(16, 8, 16, 16))
    assert growing.covers(Rect(16, 8, 16, 16))
    assert not growing.covers(Rect(16, 8, 17, 16))
    assert QColor(growing.images[0].pixel(20, 10)).red() == 200
    assert QColor(growing.images[0].pixel(0, 0)).red() == 0
    for image, times in zip(growing.images[1:], COARSER, strict=True):
        inside, outside = (24 // times, 16 // times), (4 // times, 4 // times)
        assert QColor(image.pixel(*inside)).red() == 200, times
        assert QColor(image.pixel(*outside)).red() == 0, times


def test_what_was_filled_is_shown_once_it_is_covered():
    growing = GrowingRaster(Size(64, 32))
    growing.fill(display_tile(np.full((16, 16, 3), 200, np.uint8)), Rect(16, 8, 16, 16))
    assert growing.is_empty
    growing.cover(Rect(16, 8, 16, 16))
    assert growing.covers(Rect(16, 8, 16, 16))
    assert QColor(growing.images[0].pixel(20, 10)).red() == 200


@pytest.mark.parametrize("area", [Rect(-8, -8, 16, 16), Rect(60, 30, 16, 16)])
def test_what_lies_outside_is_cut(area):
    growing = GrowingRaster(Size(64, 32))
    growing.paste(display_tile(np.full((16, 16, 3), 200, np.uint8)), area)
    inside = area.intersected(Rect(0, 0, 64, 32))
    assert growing.covers(inside)
    assert growing.covered.boundingRect().width() == inside.width
