"""From close by: lines between pixels, values in numbers, the value under the pointer; and 100 % on dense screens."""

import itertools
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage, QPainter

from mfsr_app.compare import canvas as canvas_module
from mfsr_app.compare import pixel_grid
from mfsr_app.compare.canvas import Canvas
from mfsr_app.compare.painting import SMOOTH_TO
from mfsr_app.compare.pixel_grid import GRID_FROM_PX, MAX_VALUES, VALUES_FROM_PX, dark_text_on
from mfsr_app.compare.values import Mode, Shown, View
from mfsr_app.imaging.pixel_values import cells_of, difference_of, enlarged_cells
from mfsr_app.imaging.raster import GrowingRaster, display_tile, enlarged_raster, raster_of
from mfsr_engine.geometry import Rect, Size

ROOT = Path(__file__).parents[3]
SOURCE = Size(40, 30)


def side(pixels: np.ndarray, factor: int = 1) -> Shown:
    size = Size(pixels.shape[1], pixels.shape[0])
    return Shown("", raster_of(pixels), None, is_smooth=False, factor=factor, cells=cells_of(pixels, size))


def flat(level: float) -> Shown:
    return side(np.full((30, 40, 3), level, np.float32))


@pytest.fixture
def canvas(qtbot):
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    made.clearFocus()
    return made


def painted(canvas: Canvas, shown: Shown, scale: float) -> np.ndarray:
    """(H, W) red of the pane below its labels, looking at the middle."""
    canvas.set_look(View(20, 15, scale), SOURCE)
    canvas.set_shown(None, shown)
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.array([[QColor(image.pixel(x, y)).red() for x in range(240, 400)] for y in range(160, 320)])


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_lines_show_on_every_colour_from_eight_times_on(canvas, level):
    assert np.ptp(painted(canvas, flat(level), GRID_FROM_PX - 1)) == 0
    seen = painted(canvas, flat(level), GRID_FROM_PX)
    assert np.ptp(seen) > 30
    rows_of_lines = (np.ptp(seen, axis=1) > 30).sum()
    assert rows_of_lines >= len(seen) // GRID_FROM_PX
    columns_of_lines = (np.ptp(seen, axis=0) > 30).sum()
    assert columns_of_lines >= seen.shape[1] // GRID_FROM_PX


def test_values_are_written_into_pixels_that_are_large_enough(canvas):
    plain = painted(canvas, flat(0.5), VALUES_FROM_PX - 1)
    written = painted(canvas, flat(0.5), VALUES_FROM_PX)
    assert plain.min() > 40
    assert (written < 40).sum() > 100, "the strokes of black numbers"


def test_a_smoothed_stand_in_has_no_grid_until_its_pixels_are_shown(canvas):
    stand_in = replace(flat(0.5), is_smooth=True)
    assert np.ptp(painted(canvas, stand_in, SMOOTH_TO)) == 0
    assert np.ptp(painted(canvas, stand_in, SMOOTH_TO + 1)) > 30


@pytest.mark.parametrize("level", range(0, 256, 15))
def test_numbers_have_a_contrast_of_four_and_a_half_on_every_colour(level):
    for color in ((level, level, level), (255, level, 0), (level, 0, 255), (0, level, 90)):
        is_dark = dark_text_on(np.array([color], np.uint8))[0]
        assert contrast(luminance(color), 0.0 if is_dark else 1.0) >= 4.5


def luminance(color):
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in color]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


class CountingPainter(QPainter):
    """Counts what is drawn, call by call: that is what a paint of many small things takes its time for."""

    calls = 0

    def drawImage(self, *given):
        CountingPainter.calls += 1
        super().drawImage(*given)

    def fillRect(self, *given):
        CountingPainter.calls += 1
        super().fillRect(*given)


@pytest.mark.parametrize("scale", [8.0, 12.0, 24.0, 48.0, 64.0, 128.0])
@pytest.mark.parametrize("mode", [None, Mode.SPLIT, Mode.DIFFERENCE])
def test_from_close_by_only_what_is_in_view_is_read_and_drawn_and_each_of_it_once(canvas, monkeypatch, scale, mode):
    monkeypatch.setattr(canvas_module, "QPainter", CountingPainter)
    canvas.resize(1200, 760)
    canvas.set_mode(mode)
    columns, rows = (int(side / scale) + 2 for side in (1200, 760))
    reads, calls = zip(*(work_of_a_paint(canvas, side_px, scale) for side_px in (400, 1600)), strict=True)
    panes = 2 if mode is Mode.SPLIT else 1
    values = (columns + panes - 1) * rows if scale >= VALUES_FROM_PX else 0
    assert (reads[0] > 0) is (values > 0)
    assert reads[0] <= values * (2 if mode is Mode.DIFFERENCE else 1)
    assert calls[0] <= panes * rows + 3 * values + 10, "a call for each line across, three for each pixel, few besides"
    assert (reads[0], calls[0]) == (reads[1], calls[1]), "the picture is 16 times as large"


def test_where_too_many_pixels_are_in_view_their_values_are_neither_read_nor_written(canvas):
    across, down = (int(VALUES_FROM_PX * share * MAX_VALUES**0.5) for share in (1.2, 1.0))
    canvas.resize(across, down)
    assert work_of_a_paint(canvas, 400, VALUES_FROM_PX)[0] == 0
    canvas.resize(across // 2, down)
    assert work_of_a_paint(canvas, 400, VALUES_FROM_PX)[0] > 0


def work_of_a_paint(canvas: Canvas, side_px: int, scale: float) -> tuple[int, int]:
    """Pixels whose values are read, and things that are drawn, in a paint of the middle of a picture of this size."""
    areas = []
    shown = side(np.random.default_rng(0).random((side_px, side_px, 3), np.float32), 4)
    read = shown.cells.read
    shown = replace(shown, cells=replace(shown.cells, read=lambda area: areas.append(area) or read(area)))
    canvas.set_shown(shown if canvas.mode else None, shown)
    canvas.set_look(View(side_px / 8, side_px / 8, scale * 4), Size(side_px // 4, side_px // 4))
    target = QImage(canvas.size(), QImage.Format.Format_RGB32)
    canvas.render(target)
    areas.clear()
    CountingPainter.calls, made = 0, pixel_grid._number.cache_info().misses
    canvas.render(target)
    assert pixel_grid._number.cache_info().misses == made, "numbers are drawn from what was made for the paint before"
    return sum(area.width * area.height for area in areas), CountingPainter.calls


def test_values_are_those_of_the_file_and_of_the_bicubic_picture():
    rng = np.random.default_rng(1)
    pixels = rng.random((30, 40, 3), np.float32)
    as_8_bit = np.rint(pixels * 255).astype(np.uint8)
    assert np.array_equal(cells_of(pixels, SOURCE).read(Rect(3, 4, 5, 6)), as_8_bit[4:10, 3:8])
    whole = enlarged_raster(pixels, 4).levels[0][..., 2::-1]
    cells = enlarged_cells(pixels, SOURCE, 4)
    for area in (Rect(0, 0, 7, 5), Rect(61, 42, 20, 11), Rect(150, 100, 10, 20), Rect(0, 0, 160, 120)):
        assert np.array_equal(cells.read(area), whole[area.slices()])


def test_a_growing_result_gives_its_values_where_it_is_filled_and_those_below_elsewhere():
    growing = GrowingRaster(Size(16, 16))
    tile = np.full((4, 4, 3), (10, 20, 30), np.uint8)
    growing.paste(display_tile(tile), Rect(4, 4, 4, 4))
    values = growing.values(Rect(2, 2, 4, 4), np.full((4, 4, 3), 99, np.uint8))
    assert values[3, 3].tolist() == [10, 20, 30]
    assert values[0, 0].tolist() == [99, 99, 99]
    growing.paste(display_tile(tile, lambda p: 255 - p), Rect(4, 4, 4, 4), tile)
    assert growing.values(Rect(5, 5, 1, 1), tile[:1, :1])[0, 0].tolist() == [10, 20, 30], "not the screen's colours"


def test_differences_are_of_pixels_that_lie_on_each_other():
    one, other = (cells_of(np.full((3, 3, 3), level, np.float32), Size(3, 3)) for level in (0.2, 0.6))
    apart = difference_of(one, other, 4)
    assert apart.strength == 4
    assert apart.read(Rect(1, 1, 1, 1))[0, 0].tolist() == [102, 102, 102]
    assert difference_of(one, cells_of(np.zeros((6, 6, 3), np.float32), Size(6, 6)), 4) is None


def test_the_pane_says_what_lies_under_the_pointer(canvas, qtbot):
    pixels = np.zeros((30, 40, 3), np.float32)
    pixels[10, 15] = (1.0, 0.5, 0.2)
    canvas.set_look(View(20, 15, 8.0), SOURCE)
    canvas.set_shown(None, side(pixels))
    spots = []
    canvas.pointed.connect(spots.append)
    canvas.pointed.connect(canvas.set_spot)
    qtbot.mouseMove(canvas, canvas.rect().center())
    qtbot.mouseMove(canvas, (QPointF(320, 240) + QPointF(-4.5 * 8, -4.5 * 8)).toPoint())
    assert canvas.readouts() == ("15, 10   R 255  G 128  B 51",)
    qtbot.mouseMove(canvas, (QPointF(2, 2)).toPoint())
    assert canvas.readouts() == ("",), "beside the picture"


def test_every_pane_tells_of_the_same_place(window, parts, qtbot):
    window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: parts.states.upscaling.shown is not None and parts.states.upscaling.shown.is_whole)
    viewer = window.page.viewer
    viewer.left.pointed.emit(QPointF(10.5, 20.25))
    assert viewer.left.readouts() == ("42, 81   R 128  G 128  B 128",)
    assert viewer.right.readouts() == ("42, 81   R 115  G 115  B 115",)
    window.actions_table["split"].trigger()
    assert len(viewer.right.readouts()) == 2
    viewer.right.pointed.emit(None)
    assert viewer.right.readouts() == ()


@pytest.mark.parametrize("ratio", ["1", "1.25", "2"])
@pytest.mark.parametrize("width", ["801", "806"])
def test_at_100_percent_each_pixel_is_one_device_pixel_in_both_panes(ratio, width):
    environment = os.environ | {"QT_SCALE_FACTOR": ratio}
    command = [sys.executable, "-m", "tests.fakes.dense_panes", width]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600, check=True)
    lines = done.stdout.split("\n")[:2]
    for line in lines:
        values = [int(word) for word in line.split()]
        assert len(values) > 380 * float(ratio)
        assert set(values) == {0, 255}
        assert all(one != other for one, other in itertools.pairwise(values))
