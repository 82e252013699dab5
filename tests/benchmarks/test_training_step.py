"""The benchmark of a training step on a recipe of one small network."""

from pathlib import Path

import pytest
import torch

from benchmarks import training_step
from distill.networks.families import CompactNetworks
from distill.networks.prompted import new_teacher
from mfsr_engine.models.card import FamilyName, ModelCard, Role
from mfsr_engine.models.compact.network_config import CompactConfig

RECIPE = """
name = "tiny"

[data]
photos = "photos"
patch_px = 32
batch_size = 2

[objective]
kind = "meanflow"
teacher = "teacher"
guidance = 2.0

[objective.end_point]
pixel = 1.0
"""


@pytest.fixture
def recipe(tmp_path):
    card = ModelCard(name="teacher", title="Teacher", family=FamilyName.COMPACT, role=Role.TEACHER, licence="CC0-1.0")
    network = new_teacher(CompactConfig(width=16, blocks=1, embedding=16), 0)
    CompactNetworks().write(tmp_path / "teacher", card, network, Path())
    (tmp_path / "recipe.toml").write_text(RECIPE)
    return tmp_path / "recipe.toml"


def test_it_says_what_a_step_takes(recipe, capsys):
    training_step.main(steps=2, recipe=recipe, trace=False)
    assert "2 steps of tiny: median " in capsys.readouterr().out


def test_its_steps_are_the_same_at_every_run(recipe):
    parts = [training_step.parts_of(recipe) for _ in range(2)]
    for step in (one.step for one in parts):
        step(0)
        step(1)
    first, second = (list(one.assembly.network.parameters()) for one in parts)
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))
