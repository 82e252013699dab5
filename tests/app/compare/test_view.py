"""The one view that all panes share."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfsr_app.compare.values import View
from mfsr_app.compare.view import ViewModel
from mfsr_engine.geometry import Rect, Size

SOURCE, PORT = Size(400, 300), Size(200, 200)


@pytest.fixture
def model(qapp):
    made = ViewModel()
    made.set_port(PORT)
    made.set_source(SOURCE, 4)
    return made


def test_a_picture_is_first_shown_whole_and_centred(model):
    assert model.view == View(200, 150, 0.5)
    assert model.visible == Rect(0, 0, 400, 300)


def test_one_hundred_percent_is_one_result_pixel_on_one_device_pixel(model):
    model.zoom_to(1.0)
    assert model.view.scale == 4
    assert model.zoom == 1.0
    assert model.visible == Rect(175, 125, 50, 50)


@given(factor=st.floats(0.1, 10), dx=st.floats(-500, 500), dy=st.floats(-500, 500), scale=st.floats(0.05, 40))
def test_zooming_keeps_the_point_under_the_pointer(factor, dx, dy, scale):
    before = View(123.0, 45.0, scale)
    after = before.zoomed(factor, dx, dy)
    assert after.center_x + dx / after.scale == pytest.approx(before.center_x + dx / before.scale, abs=1e-6)
    assert after.center_y + dy / after.scale == pytest.approx(before.center_y + dy / before.scale, abs=1e-6)


def test_dragging_moves_the_picture_with_the_pointer_and_stops_at_its_edge(model):
    model.zoom_to(1.0)
    model.pan(-40, 0)
    assert model.view.center_x == 210
    model.pan(1e6, 1e6)
    assert model.visible == Rect(0, 0, 50, 50)


def test_a_fitted_picture_stays_fitted_when_the_pane_grows(model):
    model.set_port(Size(400, 600))
    assert model.view.scale == 1.0
    model.zoom_to(1.0)
    model.set_port(Size(200, 200))
    assert model.zoom == 1.0


def test_fill_leaves_no_margin(model):
    model.fill()
    assert model.view.scale == pytest.approx(200 / 300)
    assert model.visible.height == 300


@pytest.mark.parametrize(("zoom", "reached"), [(1000, 128.0), (0.0001, 0.0625)])
def test_zoom_has_ends(model, zoom, reached):
    model.zoom_to(zoom)
    assert model.zoom == pytest.approx(reached)


def test_nothing_is_told_when_nothing_changed(model, qtbot):
    with qtbot.assertNotEmitted(model.changed):
        model.fit()
