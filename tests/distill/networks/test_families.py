"""How students of each family start."""

import pytest
import torch

from distill import families
from distill.config import StudentRecipe
from distill.families import training_of
from distill.networks.families import CompactNetworks
from distill.networks.prompted import new_teacher, student_of
from distill.preset import Preset
from distill.training.recipe_checks import check
from mfsr_engine.errors import ModelError, RequestError
from mfsr_engine.models.card import FamilyName, ModelCard
from mfsr_engine.models.compact.network import CompactConfig, save_compact


def test_a_teacher_of_a_family_that_cannot_be_distilled_is_refused(monkeypatch, recipe):
    monkeypatch.setattr(families, "_FAMILIES", {})
    with pytest.raises(RequestError, match="cannot be distilled"):
        check(recipe())


@pytest.mark.parametrize("name", list(families._FAMILIES))
def test_what_training_knows_of_a_family(name):
    training = training_of(ModelCard(name="a", title="A", family=name, licence="MIT"))
    assert set(training.presets) == set(Preset)
    assert training.has_parts == (training.networks().has_attention)
    assert bool(training.no_latents) == (name is FamilyName.COMPACT)


def test_a_compact_student_can_continue_an_earlier_one(tiny_teacher, tmp_path):
    earlier = student_of(tiny_teacher)
    with torch.no_grad():
        earlier.velocity.conv_last.bias.add_(0.5)
    save_compact(earlier.velocity, tmp_path)
    made = CompactNetworks().student_of(tiny_teacher, StudentRecipe(start=tmp_path), torch.float32)
    assert torch.allclose(made.velocity.conv_last.bias, earlier.velocity.conv_last.bias, atol=1e-3)
    assert made.velocity.conv_last.bias.requires_grad
    assert torch.equal(made.prompts.weight, tiny_teacher.prompts.weight)


def test_an_earlier_student_of_another_shape_is_refused(tiny_teacher, tmp_path):
    config = CompactConfig(width=16, blocks=1, embedding=16)
    save_compact(student_of(new_teacher(config, 0)).velocity, tmp_path)
    with pytest.raises(RequestError, match=r"another network.*student\.start"):
        CompactNetworks().student_of(tiny_teacher, StudentRecipe(start=tmp_path), torch.float32)


def test_a_missing_earlier_student_is_named(tiny_teacher, tmp_path):
    with pytest.raises(ModelError, match="nowhere"):
        CompactNetworks().student_of(tiny_teacher, StudentRecipe(start=tmp_path / "nowhere"), torch.float32)
