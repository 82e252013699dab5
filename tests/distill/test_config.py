"""Recipes: what they refuse."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from distill.config import EndPointLosses, MeanFlowObjective


def objective(weight, **end_point):
    return MeanFlowObjective(teacher=Path("teacher"), weight=weight, end_point=EndPointLosses(**end_point))


def test_an_objective_without_any_loss_is_refused():
    with pytest.raises(ValidationError, match="nothing to learn from unless an end_point loss"):
        objective(0)


def test_steps_without_any_loss_are_refused():
    with pytest.raises(ValidationError, match=r"end_point\.every must be 1"):
        objective(0, pixel=1.0, every=2)


def test_a_rare_meanflow_loss_needs_the_others_at_every_step():
    assert MeanFlowObjective(teacher=Path("t"), every=3, end_point=EndPointLosses(pixel=1.0)).every == 3
    for others in (EndPointLosses(), EndPointLosses(pixel=1.0, every=2)):
        with pytest.raises(ValidationError, match="must be used at every step"):
            MeanFlowObjective(teacher=Path("t"), every=3, end_point=others)


@pytest.mark.parametrize("name", ["pixel", "lpips", "features", "adversarial"])
def test_any_one_end_point_loss_at_every_step_is_enough(name):
    assert objective(0, **{name: 0.5}).end_point.is_used


def test_beside_the_meanflow_loss_end_point_losses_may_be_rare_or_absent():
    assert not objective(0.1).end_point.is_used
    assert objective(0.1, pixel=1.0, every=4).end_point.every == 4
