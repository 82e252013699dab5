"""What a recipe's parts become."""

import pytest
import torch

from distill.training.assembly import assemble

CPU = torch.device("cpu")


@pytest.mark.usefixtures("home")
def test_derivative_is_exact_for_networks_without_attention_and_a_secant_for_others(recipe, full_recipe):
    assert assemble(recipe(), CPU).objective.recipe.derivative == "jvp"
    assert assemble(full_recipe(), CPU).objective.recipe.derivative == "secant"


@pytest.mark.usefixtures("home")
def test_a_derivative_that_is_named_is_taken(recipe):
    assert assemble(recipe(objective={"derivative": "rcgm"}), CPU).objective.recipe.derivative == "rcgm"
