"""A pane: what is drawn where, and what the pointer asks for."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication

from mfsr_app.compare.canvas import Canvas
from mfsr_app.compare.values import Mode, Shown, View
from mfsr_app.imaging.raster import GrowingRaster, display_tile, raster_of
from mfsr_engine.geometry import Rect, Size

SOURCE = Size(40, 30)


def shown(level: float, factor: int = 1, title: str = "") -> Shown:
    pixels = np.full((30 * factor, 40 * factor, 3), level, np.float32)
    return Shown(title, raster_of(pixels), None, is_smooth=False, factor=factor)


@pytest.fixture
def canvas(qtbot):
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(200, 160)
    made.set_colors("#808080", "#ff0000")
    made.set_look(View(20, 15, 1.0), SOURCE)
    made.show()
    made.clearFocus()
    return made


def at(canvas: Canvas, x: int, y: int) -> int:
    return QColor(canvas.grab().toImage().pixel(x, y)).red()


def test_the_picture_lies_in_the_middle_on_a_neutral_ground(canvas):
    canvas.set_shown(None, shown(1.0))
    assert at(canvas, 100, 80) == 255
    assert at(canvas, 81, 66) == 255
    assert at(canvas, 79, 80) == 128
    assert at(canvas, 120, 80) == 128


def test_a_checkerboard_lies_under_what_can_be_looked_through(canvas):
    pixels, alpha = np.zeros((30, 40, 3), np.float32), np.zeros((30, 40), np.float32)
    alpha[:, :4] = 1.0
    canvas.set_shown(None, Shown("", raster_of(pixels, alpha), None, is_smooth=False, factor=1))
    inside = {at(canvas, x, y) for x in range(90, 118) for y in range(68, 92)}
    assert inside == {255, 204}
    assert at(canvas, 81, 80) == 0, "what is opaque covers it"
    assert at(canvas, 79, 80) == 128, "around the picture there is none"


def test_nothing_that_stands_in_shows_through_a_whole_result(canvas):
    clear = raster_of(np.zeros((120, 160, 3), np.float32), np.zeros((120, 160), np.float32))
    canvas.set_shown(None, Shown("", shown(0.5).below, clear, is_smooth=True, factor=4))
    assert {at(canvas, x, y) for x in range(82, 118) for y in range(67, 93)} == {255, 204}


def test_one_hundred_percent_shows_each_pixel_once(canvas):
    pixels = np.zeros((120, 160, 3), np.float32)
    pixels[::2, ::2] = 1.0
    canvas.set_look(View(20, 15, 4.0), SOURCE)
    canvas.set_shown(None, Shown("", raster_of(pixels), None, is_smooth=True, factor=4))
    row = [at(canvas, x, 80) for x in range(100, 106)]
    assert row in ([255, 0] * 3, [0, 255] * 3, [0] * 6)
    assert {at(canvas, x, y) for x in (100, 101) for y in (80, 81)} == {0, 255}


def test_above_one_hundred_percent_pixels_stay_sharp(canvas):
    pixels = np.zeros((30, 40, 3), np.float32)
    pixels[:, 20:] = 1.0
    canvas.set_look(View(20, 15, 8.0), SOURCE)
    canvas.set_shown(None, Shown("", raster_of(pixels), None, is_smooth=False, factor=1))
    assert {at(canvas, x, 80) for x in range(90, 110)} == {0, 255}


def test_finished_tiles_cover_the_enlarged_original(canvas):
    growing = GrowingRaster(Size(160, 120))
    growing.paste(display_tile(np.full((60, 80, 3), 255, np.uint8)), Rect(0, 0, 80, 60))
    canvas.set_shown(None, Shown("", shown(0.0).below, growing, is_smooth=True, factor=4))
    assert at(canvas, 82, 67) == 255
    assert at(canvas, 118, 93) == 0


def test_the_divider_splits_and_can_be_dragged(canvas, qtbot):
    canvas.set_mode(Mode.SPLIT)
    canvas.set_shown(shown(1.0), shown(0.0))
    assert (at(canvas, 85, 90), at(canvas, 115, 90)) == (255, 0)
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 120))
    qtbot.mouseMove(canvas, QPoint(118, 120))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(118, 120))
    assert canvas.divider == pytest.approx(118 / 200)
    assert at(canvas, 110, 90) == 255


def test_a_horizontal_divider_splits_above_and_below(canvas):
    canvas.set_mode(Mode.SPLIT)
    canvas.set_horizontal(True)
    canvas.set_shown(shown(1.0), shown(0.0))
    assert (at(canvas, 85, 68), at(canvas, 85, 92)) == (255, 0)


@pytest.mark.parametrize(("level", "expected"), [(0.5, 0), (0.6, 104), (1.0, 255)])
def test_the_difference_is_four_times_as_strong(canvas, level, expected):
    canvas.set_mode(Mode.DIFFERENCE)
    canvas.set_shown(shown(0.5), shown(level))
    assert at(canvas, 100, 90) == pytest.approx(expected, abs=4)


def test_dragging_asks_to_pan(canvas, qtbot):
    moves = []
    canvas.panned.connect(lambda dx, dy: moves.append((dx, dy)))
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    qtbot.mouseMove(canvas, QPoint(60, 45))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(60, 45))
    assert (sum(x for x, _ in moves), sum(y for _, y in moves)) == (10, -5)


def test_the_wheel_asks_to_zoom_at_the_pointer(canvas, qtbot):
    spot = QPointF(150, 80)
    event = QWheelEvent(
        spot,
        canvas.mapToGlobal(spot),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    with qtbot.waitSignal(canvas.zoomed) as asked:
        QApplication.sendEvent(canvas, event)
    assert asked.args == pytest.approx([1.25, 50, 0])


def test_arrows_move_the_picture_and_shift_moves_the_divider(canvas, qtbot):
    with qtbot.waitSignal(canvas.panned) as asked:
        qtbot.keyClick(canvas, Qt.Key.Key_Right)
    assert asked.args == [-64, 0]
    canvas.set_mode(Mode.SPLIT)
    qtbot.keyClick(canvas, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert canvas.divider == pytest.approx(0.52)


def test_the_focus_is_shown_to_who_came_by_keys_and_not_to_who_clicked(canvas, qtbot):
    def ring():
        return canvas.grab().toImage().pixelColor(1, canvas.height() // 2).name()

    canvas.set_colors("#808080", "#ff0000")
    canvas.setFocus(Qt.FocusReason.MouseFocusReason)
    assert ring() != "#ff0000"
    qtbot.keyClick(canvas, Qt.Key.Key_Left)
    assert ring() == "#ff0000"
    canvas.clearFocus()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert ring() == "#ff0000"
