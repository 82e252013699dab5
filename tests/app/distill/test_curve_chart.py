"""A chart that can be read without eyes."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt

from mfsr_app.distill import curve_chart
from mfsr_app.distill.curve_chart import CurveChart, Line, _smooth, tick_words, ticks


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


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.1, 5.9, ("0", "2", "4", "6")),
        (0.173, 0.224, ("0.16", "0.18", "0.20", "0.22", "0.24")),
        (22.0, 24.3, ("22", "23", "24", "25")),
        (0.0, 1.0, ("0.0", "0.5", "1.0")),
        (1.0, 1.0, ("0.5", "1.0", "1.5")),
        (0.0, 0.0, ("-1", "0", "1")),
    ],
)
def test_what_is_said_at_the_axis(low, high, words):
    assert tick_words(ticks(low, high)) == words


def test_a_loss_that_is_never_negative_has_no_negative_axis():
    assert ticks(0.02, 6.04)[0] == 0


@given(st.floats(-1e6, 1e6), st.floats(1e-4, 1e6))
def test_all_values_lie_between_the_first_and_the_last(low, span):
    made = ticks(low, low + span)
    slack = 1e-6 * (made[-1] - made[0]) + 1e-9
    assert 3 <= len(made) <= 5
    assert made[0] <= low + slack
    assert made[-1] >= low + span - slack
    gaps = [b - a for a, b in itertools.pairwise(made)]
    assert all(math.isclose(gap, gaps[0], rel_tol=1e-6, abs_tol=1e-9) for gap in gaps)
