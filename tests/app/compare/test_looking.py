"""Ways of looking: lens, held key, dragged dividers, wheel, pinch and keys, in all panes as one."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QEventPoint, QNativeGestureEvent, QPointingDevice
from PySide6.QtWidgets import QApplication

from mfsr_app.compare.canvas import Canvas
from mfsr_app.compare.painting import LENS_RADIUS_PX
from mfsr_app.compare.values import Mode, Shown, View
from mfsr_app.imaging.raster import raster_of
from mfsr_engine.geometry import Size


def shown(level: float) -> Shown:
    return Shown("", raster_of(np.full((300, 400, 3), level, np.float32)), None, is_smooth=False, factor=1)


@pytest.fixture
def canvas(qtbot):
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(600, 500)
    made.set_look(View(200, 150, 2.0), Size(400, 300))
    made.set_shown(shown(1.0), shown(0.0))
    made.show()
    made.clearFocus()
    return made


@pytest.fixture
def opened(window, parts, qtbot):
    window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: parts.states.upscaling.shown is not None and parts.states.upscaling.shown.is_whole)
    return window


def at(canvas: Canvas, x: float, y: float) -> int:
    return QColor(canvas.grab().toImage().pixel(round(x), round(y))).red()


def test_the_lens_shows_the_other_side_around_the_pointer_only(canvas, qtbot):
    canvas.set_mode(Mode.LENS)
    qtbot.mouseMove(canvas, QPoint(300, 250))
    assert at(canvas, 300, 250) == 255
    assert at(canvas, 300 + LENS_RADIUS_PX - 6, 250) == 255
    assert at(canvas, 300 + LENS_RADIUS_PX + 6, 250) == 0
    qtbot.mouseMove(canvas, QPoint(150, 300))
    assert (at(canvas, 150, 300), at(canvas, 400, 250)) == (255, 0)


@pytest.mark.parametrize("is_horizontal", [False, True])
def test_both_dividers_are_dragged(canvas, qtbot, is_horizontal):
    canvas.set_mode(Mode.SPLIT)
    canvas.set_horizontal(is_horizontal)
    start, end = (QPoint(100, 250), QPoint(100, 400)) if is_horizontal else (QPoint(300, 100), QPoint(480, 100))
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(canvas, end)
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=end)
    assert canvas.divider == pytest.approx(0.8)
    before, after = ((120, 390), (120, 410)) if is_horizontal else ((470, 120), (490, 120))
    assert (at(canvas, *before), at(canvas, *after)) == (255, 0)


def test_a_pinch_on_a_touch_pad_zooms_at_the_fingers(canvas, qtbot):
    device, spot = QPointingDevice.primaryPointingDevice(), QPointF(400, 250)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture, device, 2, spot, spot, canvas.mapToGlobal(spot), 0.25, QPointF()
    )
    assert isinstance(event.point(0), QEventPoint)
    with qtbot.waitSignal(canvas.zoomed) as asked:
        QApplication.sendEvent(canvas, event)
    assert asked.args == pytest.approx([1.25, 100, 0])


@pytest.mark.parametrize("mode", ["side-by-side", "split", "lens", "difference"])
def test_the_held_key_shows_the_first_side_in_every_way_of_comparing(opened, parts, qtbot, mode):
    opened.actions_table[mode].trigger()
    pane = opened.page.viewer.right
    spot = (pane.width() * 3 // 4, pane.height() // 2)
    before = at(pane, *spot)
    opened.activateWindow()
    pane.setFocus()
    qtbot.keyPress(pane, Qt.Key.Key_B)
    while_held = at(pane, *spot)
    qtbot.keyRelease(pane, Qt.Key.Key_B)
    assert abs(while_held - 128) <= 1
    assert while_held != before
    assert at(pane, *spot) == before


@pytest.mark.parametrize(
    ("key", "zoom"),
    [
        (Qt.Key.Key_1, 1.0),
        (Qt.Key.Key_Plus, None),
        (Qt.Key.Key_Minus, None),
        (Qt.Key.Key_0, None),
        (Qt.Key.Key_F, None),
    ],
)
def test_keys_zoom_all_panes_as_one(opened, parts, qtbot, key, zoom):
    view, viewer = parts.states.view, opened.page.viewer
    view.zoom_to(2.3)
    before = view.zoom
    opened.activateWindow()
    viewer.right.setFocus()
    qtbot.keyClick(viewer.right, key)
    assert view.zoom != before
    assert zoom is None or view.zoom == zoom
    assert viewer.left._view == viewer.right._view == view.view


def test_fit_shows_all_and_fill_leaves_no_margin(opened, parts):
    view = parts.states.view
    opened.actions_table["zoom_fit"].trigger()
    port = opened.page.viewer.right.port
    shown_px = (64 * view.view.scale, 48 * view.view.scale)
    assert shown_px[0] <= port.width + 0.5
    assert shown_px[1] <= port.height + 0.5
    opened.actions_table["zoom_fill"].trigger()
    shown_px = (64 * view.view.scale, 48 * view.view.scale)
    assert shown_px[0] >= port.width - 0.5
    assert shown_px[1] >= port.height - 0.5
