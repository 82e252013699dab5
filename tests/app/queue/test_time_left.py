"""How far a run of the queue is, and how long it still needs."""

import pytest

from mfsr_app.queue.time_left import Clock, Pace, Tally
from mfsr_engine.batch.journal import ItemState
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


def test_a_run_counts_what_came_to_its_end_and_what_waits():
    tally = Tally()
    assert (tally.share(0), tally.share(4), tally.position(4)) == (0.0, 0.0, (1, 4))
    for state in (ItemState.DONE, ItemState.SKIPPED, ItemState.FAILED, ItemState.WAITING):
        tally.count(state)
    assert (tally.done, tally.failed) == (2, 1)
    assert (tally.share(1), tally.position(1)) == (0.75, (4, 4))


def test_the_rest_of_a_run_is_unknown_until_something_is_known_of_the_picture_in_hand():
    tally = Tally()
    assert tally.remaining_s([], None, has_one_in_hand=True) is None
    assert tally.remaining_s([], 3.0, has_one_in_hand=True) == 3.0
    tally.pace.add(Size(1000, 1000), 8.0)
    assert tally.remaining_s([Size(2000, 1000)], 3.0, has_one_in_hand=True) == 19.0
