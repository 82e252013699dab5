"""Zoom stops, the navigator, a divider that is placed by a click and never lost, strength of differences, the histogram."""

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor

from mfsr_app.compare.canvas import EDGE_PX, Canvas
from mfsr_app.compare.comparison import Overlay
from mfsr_app.compare.navigator import BINS, Navigator, histogram_of
from mfsr_app.compare.values import Look, Mode, Shown, Strength, View
from mfsr_app.compare.view import ViewModel
from mfsr_app.imaging.raster import overlay_raster, raster_of
from mfsr_engine.geometry import Size


def shown(level: float, size: Size = Size(400, 300)) -> Shown:
    pixels = np.full((size.height, size.width, 3), level, np.float32)
    return Shown("", raster_of(pixels), None, is_smooth=False, factor=1)


@pytest.fixture
def canvas(qtbot):
    made = Canvas()
    qtbot.addWidget(made)
    made.resize(600, 500)
    made.set_look(View(200, 150, 2.0), Size(400, 300))
    made.set_shown(shown(1.0), shown(0.0))
    made.set_mode(Mode.SPLIT)
    made.show()
    return made


@pytest.fixture
def opened(window, parts, qtbot):
    window.resize(1280, 800)
    with qtbot.waitSignal(parts.states.upscaling.finished):
        window.open_path(Path("small.png"))
    return window


def at(canvas, x, y):
    return QColor(canvas.grab().toImage().pixel(x, y)).red()


@pytest.mark.parametrize(
    ("zoom", "closer", "farther"), [(0.35, 0.5, 0.25), (1.0, 2.0, 0.5), (2.7, 4.0, 2.0), (4.0, 8.0, 2.0)]
)
def test_plus_and_minus_go_from_stop_to_stop(qapp, zoom, closer, farther):
    for direction, stop in ((1, closer), (-1, farther)):
        view = ViewModel()
        view.set_port(Size(100, 100))
        view.set_source(Size(4000, 3000), 4)
        view.zoom_to(zoom)
        view.step(direction)
        assert view.zoom == pytest.approx(stop)


def test_the_menu_at_the_zoom_has_the_stops(opened, parts):
    words = {action.text(): action for action in opened.page.zoom.stops.menu().actions()}
    for stop in (50, 100, 200, 400):
        words[f"{stop} %"].trigger()
        assert parts.states.view.zoom == stop / 100
        assert opened.page.zoom.stops.text() == f"{stop} %"


@pytest.mark.parametrize("is_horizontal", [False, True])
def test_a_click_puts_the_divider_there_and_a_drag_moves_the_picture(canvas, qtbot, is_horizontal):
    canvas.set_horizontal(is_horizontal)
    place, share = (QPoint(150, 400), 0.8) if is_horizontal else (QPoint(150, 400), 0.25)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    assert canvas.divider == pytest.approx(share)
    with qtbot.waitSignal(canvas.panned):
        qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(450, 100))
        qtbot.mouseMove(canvas, QPoint(500, 130))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(500, 130))
    assert canvas.divider == pytest.approx(share)


def test_a_click_elsewhere_than_in_a_split_pane_moves_no_divider(canvas, qtbot):
    canvas.set_mode(None)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(150, 400))
    assert canvas.divider == 0.5


@pytest.mark.parametrize("by", [-5.0, 5.0])
def test_the_divider_is_never_lost_at_an_edge(canvas, by):
    canvas.move_divider(by)
    away = min(canvas.divider, 1 - canvas.divider) * canvas.width()
    assert away == pytest.approx(EDGE_PX)
    canvas.resize(200, 200)
    assert min(canvas.divider, 1 - canvas.divider) * canvas.width() >= EDGE_PX - 0.01


def test_the_navigator_is_there_while_a_part_is_in_view(opened, parts):
    navigator = opened.page.viewer.navigator
    assert not navigator.isVisible()
    parts.states.view.zoom_to(8.0)
    assert navigator.isVisible()
    opened.actions_table["navigator"].trigger()
    assert not navigator.isVisible()


def test_a_press_in_the_navigator_brings_that_place_into_view(opened, parts, qtbot):
    view, navigator = parts.states.view, opened.page.viewer.navigator
    view.zoom_to(8.0)
    spot = QPoint(navigator.width() * 3 // 4, navigator.height() // 4)
    qtbot.mousePress(navigator, Qt.MouseButton.LeftButton, pos=spot)
    assert view.view.center_x == pytest.approx(48, abs=1)
    assert view.view.center_y == pytest.approx(12, abs=1)


def test_the_navigator_frames_what_is_in_view(qtbot):
    navigator = Navigator()
    qtbot.addWidget(navigator)
    look = Look(View(100, 75, 2.0), Size(400, 300), Size(200, 150))
    navigator.show_part(shown(0.0), look)
    assert look.is_part
    image = navigator.grab().toImage()
    across, down = image.width() / 400, image.height() / 300
    assert QColor(image.pixel(round(50 * across), round(75 * down))).red() == 255
    assert QColor(image.pixel(round(300 * across), round(200 * down))).red() == 0


@pytest.mark.parametrize(("doublings", "level"), [(0, 25), (2, 102), (5, 255)])
def test_the_difference_is_as_strong_as_is_asked(canvas, doublings, level):
    canvas.set_mode(Mode.DIFFERENCE)
    canvas.set_shown(shown(0.5), shown(0.6), doublings)
    assert at(canvas, 300, 250) == pytest.approx(level, abs=2**doublings + 1)


def test_the_slider_is_there_for_differences_and_veils_only(opened, parts):
    slider, comparison = opened.page.bar.strength, parts.states.comparison
    assert not slider.isVisible()
    opened.actions_table["difference"].trigger()
    assert slider.isVisible()
    slider.setValue(4)
    assert comparison.strength == Strength(doublings=4)
    assert slider.toolTip() == "Strength of the difference: 16 times"
    opened.actions_table["side-by-side"].trigger()
    assert not slider.isVisible()
    overlay = Overlay(overlay_raster(np.ones((48, 64), np.float32)), "doubt")
    comparison.set_overlays({parts.states.choices.settings: overlay})
    assert slider.isVisible()
    pane = opened.page.viewer.right
    strong = pane.grab().toImage().pixelColor(pane.width() // 2, pane.height() // 2)
    slider.setValue(0)
    weak = pane.grab().toImage().pixelColor(pane.width() // 2, pane.height() // 2)
    assert comparison.strength == Strength(4, 0.0)
    assert weak.green() > strong.green()


def test_the_histogram_counts_the_part_in_view_only(qapp):
    pixels = np.zeros((100, 200, 3), np.float32)
    pixels[:, 100:, 0] = 1.0
    picture = Shown("", raster_of(pixels), None, is_smooth=False, factor=1)
    left, both = (
        histogram_of(picture, Look(View(x, 50, 1.0), Size(200, 100), Size(width, 100)))
        for x, width in ((50, 100), (100, 200))
    )
    assert left[0, 0] == left[1, 0] == 100 * 100
    assert both[0, 0] == both[0, BINS - 1] == 100 * 100
    assert both[2, BINS - 1] == 0


def test_the_histogram_is_shown_on_wish(opened):
    histogram = opened.page.viewer.histogram
    assert not histogram.isVisible()
    opened.actions_table["histogram"].trigger()
    assert histogram.isVisible()
    middle = QColor(histogram.grab().toImage().pixel(histogram.width() // 2, 2))
    assert middle.alpha() == 255
