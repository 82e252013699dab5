"""How long a queue still needs."""

import pytest

from mfsr_app.state.queue_time import Clock, Pace
from mfsr_engine.geometry import Size

MEGAPIXEL = Size(1000, 1000)


def test_nothing_is_known_before_the_first_picture():
    assert Pace().remaining_s([MEGAPIXEL]) is None


def test_time_goes_with_the_area():
    pace = Pace()
    pace.add(MEGAPIXEL, 10.0)
    assert pace.remaining_s([Size(2000, 1000), MEGAPIXEL]) == pytest.approx(30.0)


def test_a_size_that_is_not_known_counts_as_the_mean():
    pace = Pace()
    pace.add(MEGAPIXEL, 10.0)
    pace.add(Size(3000, 1000), 30.0)
    assert pace.remaining_s([None]) == pytest.approx(20.0)


def test_one_picture_takes_as_much_for_the_rest_as_for_what_is_done():
    clock = Clock(100.0)
    assert clock.remaining_s(0.0, 105.0) is None
    assert clock.remaining_s(None, 105.0) is None
    assert clock.remaining_s(0.25, 110.0) == pytest.approx(30.0)


def test_a_pause_does_not_count():
    clock = Clock(0.0)
    clock.hold(10.0)
    assert clock.passed_s(500.0) == 10.0
    clock.let_go(500.0)
    assert clock.remaining_s(0.5, 510.0) == pytest.approx(20.0)
