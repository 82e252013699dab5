"""Recipes: what they refuse."""

from pathlib import Path
from typing import Annotated, get_args, get_origin

import pytest
from pydantic import ValidationError

from distill.config import OBJECTIVES, DataRecipe, EndPointLosses, MeanFlowObjective, Recipe, RunRecipe, Section


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


def test_streaming_keeps_nothing():
    for kept in ({"latent_patches": 1}, {"peer_share": 0.1}, {"camera_share": 0.1}):
        assert DataRecipe(photos=Path("p"), **kept)
        with pytest.raises(ValidationError, match="With streaming nothing is kept on disk"):
            DataRecipe(photos=Path("p"), streaming=True, **kept)


def test_shares_of_patches_are_not_more_than_all():
    assert DataRecipe(photos=Path("p"), peer_share=0.5, camera_share=0.5)
    with pytest.raises(ValidationError, match="more than 1 together"):
        DataRecipe(photos=Path("p"), peer_share=0.6, camera_share=0.5)


def numbers(section=Recipe):
    """Every field that holds numbers, with what limits one of them."""
    for name, info in section.model_fields.items():
        parts = OBJECTIVES.values() if name == "objective" else [info.annotation]
        for part in parts:
            if isinstance(part, type) and issubclass(part, Section):
                yield from numbers(part)
                continue
            inner = next((a for a in get_args(part) if a is not Ellipsis), part) if get_origin(part) is tuple else part
            limits = get_args(inner)[1].metadata if get_origin(inner) is Annotated else info.metadata
            kinds = {inner, *get_args(inner)} if get_origin(inner) is not Annotated else {get_args(inner)[0]}
            if kinds & {int, float}:
                yield pytest.param(limits, id=f"{section.__name__}.{name}")


@pytest.mark.parametrize("limits", list(numbers()))
def test_every_number_has_a_least_and_a_largest_value(limits):
    found = {type(limit).__name__.lower() for limit in limits}
    assert found & {"ge", "gt"}
    assert found & {"le", "lt"}


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 1e6, -1.0])
def test_guidance_is_a_sane_number(value):
    with pytest.raises(ValidationError):
        MeanFlowObjective(teacher=Path("t"), guidance=value)


@pytest.mark.parametrize("value", [-3, 0, float("inf"), 1e7])
def test_minutes_are_minutes(value):
    with pytest.raises(ValidationError):
        RunRecipe(minutes=value)


def test_the_largest_patch_is_the_crop():
    assert DataRecipe(photos=Path("p"), crop_px=64, patch_px=64).patch_px == 64
    with pytest.raises(ValidationError, match="cannot be cut from crops of 64"):
        DataRecipe(photos=Path("p"), crop_px=64, patch_px=68)


def test_some_average_is_always_kept():
    with pytest.raises(ValidationError, match="at least 1 item"):
        Recipe.model_validate(
            {
                "name": "n",
                "data": {"photos": "p"},
                "objective": {"kind": "meanflow", "teacher": "t"},
                "optimizer": {"ema_widths": []},
            }
        )
