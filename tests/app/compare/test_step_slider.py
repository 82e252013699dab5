"""The step slider: an ordinary slider with marked stops."""

import pytest
from PySide6.QtCore import QPoint, Qt

from mfsr_app.compare.step_slider import MARGIN_PX, StepSlider


@pytest.fixture
def slider(qtbot):
    made = StepSlider()
    qtbot.addWidget(made)
    made.resize(MARGIN_PX * 2 + 70, 46)
    made.set_colors(track="#cccccc", stop="#999999", accent="#ff0000", knob="#ffffff", text="#000000")
    made.show()
    return made


def test_a_click_goes_to_the_stop_under_it(slider, qtbot):
    qtbot.mouseClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(MARGIN_PX + 30, 16))
    assert slider.value() == 4


def test_keys_move_by_one_stop(slider, qtbot):
    qtbot.keyClick(slider, Qt.Key.Key_Right)
    assert slider.value() == 2
    qtbot.keyClick(slider, Qt.Key.Key_End)
    assert slider.value() == 8


def test_computed_stops_are_filled(slider):
    def color(stop):
        return slider.grab().toImage().pixelColor(MARGIN_PX + (stop - 1) * 10, 16).name()

    assert color(5) == "#ffffff"
    slider.set_computed(frozenset({5}))
    assert color(5) == "#ff0000"
