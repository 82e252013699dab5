"""A chart that can be read without eyes."""

import pytest
from PySide6.QtCore import QPoint, Qt

from mfsr_app.distill import curve_chart
from mfsr_app.distill.curve_chart import CurveChart, Line, _smooth


@pytest.fixture
def chart(qtbot):
    made = CurveChart("Nothing yet.")
    qtbot.addWidget(made)
    made.resize(400, 200)
    made.show()
    return made


def test_without_points_it_says_so(chart):
    assert chart.accessibleName() == "Nothing yet."
    assert chart.words == "Nothing yet."
    chart.grab()


def test_it_says_where_the_line_begins_and_ends(chart):
    chart.set_line(Line("loss", ((5, 0.5), (10, 0.25), (15, 0.125))))
    assert chart.words == "loss: from 0.5 at step 5 to 0.125 at step 15."
    assert chart.accessibleDescription() == chart.words


def test_arrow_keys_walk_along_the_line(chart, qtbot):
    chart.set_line(Line("loss", ((5, 0.5), (10, 0.25), (15, 0.125))))
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.marked_words == "Step 15: 0.125"
    qtbot.keyClick(chart, Qt.Key.Key_Left)
    assert chart.accessibleDescription() == "Step 10: 0.25"
    chart.set_line(Line("loss", ((5, 0.5),)))
    assert chart.marked_words == ""


def test_the_mouse_marks_the_nearest_point(chart, qtbot):
    chart.set_line(Line("loss", ((0, 1.0), (50, 0.5), (100, 0.2))))
    area = chart._area()
    qtbot.mouseMove(chart, QPoint(round(area.left() + 0.6 * area.width()), 100))
    qtbot.waitUntil(lambda: chart.marked_words == "Step 50: 0.5")


def test_many_equal_points_are_painted(chart):
    chart.set_line(Line("loss", tuple((step, 1.0) for step in range(100))))
    assert not chart.grab().isNull()


def test_the_scale_is_worked_out_once_for_a_line_and_not_for_each_point(chart, monkeypatch):
    looked, found = [], curve_chart.ticks
    monkeypatch.setattr(curve_chart, "ticks", lambda low, high: looked.append(1) or found(low, high))
    chart.set_line(Line("loss", tuple((step, float(step)) for step in range(400))))
    chart.grab()
    chart.grab()
    assert len(looked) == 1


def test_smoothing_keeps_a_constant_and_follows_at_once():
    assert _smooth([2.0] * 5) == pytest.approx([2.0] * 5)
    assert _smooth([4.0, 0.0])[1] < 2.0
