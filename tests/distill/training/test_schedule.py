"""The learning rate over a run."""

import pytest

from distill.config import OptimizerRecipe, RunRecipe
from distill.training.trainer import finished_share, learning_rate

RECIPE = OptimizerRecipe(learning_rate=1.0, final_learning_rate=0.1, warmup_steps=10)


@pytest.mark.parametrize(
    ("step", "share", "rate"), [(0, 0, 0.1), (4, 0, 0.5), (9, 0, 1.0), (500, 0.5, 0.55), (999, 1, 0.1)]
)
def test_rate_warms_up_in_a_line_and_falls_in_a_cosine(step, share, rate):
    assert learning_rate(RECIPE, step, share) == pytest.approx(rate)


def test_no_warm_up_starts_at_full_rate():
    assert learning_rate(OptimizerRecipe(learning_rate=0.3, warmup_steps=0), 0, 0.0) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("step", "elapsed_s", "minutes", "share"),
    [(50, 0, None, 0.5), (100, 0, None, 1), (250, 0, None, 1), (10, 90, 2, 0.75), (90, 60, 2, 0.9), (0, 999, 2, 1)],
)
def test_finished_share_is_by_steps_or_by_minutes_whichever_is_further(step, elapsed_s, minutes, share):
    assert finished_share(RunRecipe(steps=100, minutes=minutes), step, elapsed_s) == pytest.approx(share)
