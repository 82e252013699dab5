"""Round numbers for an axis."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mfsr_app.distill.curve_chart import tick_words, ticks


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
