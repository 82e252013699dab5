"""Model folders load as they were written, and damaged ones say what is wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import load_file, save_file

from mfsr_engine.errors import ModelError
from mfsr_engine.models.compact.network import CompactVelocity
from mfsr_engine.models.loading import load_model

if TYPE_CHECKING:
    from collections.abc import Callable

CPU = torch.device("cpu")


@pytest.fixture
def copy(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def test_a_folder_becomes_a_model_in_the_asked_precision(tiny_model: Path) -> None:
    model = load_model(tiny_model, CPU, torch.bfloat16)
    assert isinstance(model.velocity, CompactVelocity)
    parameters = list(model.velocity.parameters())
    assert {p.dtype for p in parameters} == {torch.bfloat16}
    assert not any(p.requires_grad for p in parameters)
    assert not model.velocity.training
    assert model.velocity.conv_first.weight.is_contiguous(memory_format=torch.channels_last)
    assert model.codec.channels == model.velocity.config.channels == 48
    assert model.prompts.positive.pooled.dtype == torch.bfloat16
    assert model.prompts.negative is not None
    assert model.prompts.null is not None


def test_weights_are_stored_in_half_precision_and_survive_it(tiny_model: Path) -> None:
    stored = load_file(tiny_model / "transformer" / "diffusion_pytorch_model.safetensors")
    assert {v.dtype for v in stored.values()} == {torch.float16}
    loaded = load_model(tiny_model, CPU, torch.float32).velocity
    assert isinstance(loaded, CompactVelocity)
    for name, value in loaded.state_dict().items():
        assert torch.equal(value, stored[name].float())


def test_a_model_without_negative_prompt_leads_away_from_none(copy: Path) -> None:
    prompts = load_file(copy / "prompts.safetensors")
    save_file({k: v for k, v in prompts.items() if not k.startswith("negative")}, copy / "prompts.safetensors")
    away = load_model(copy, CPU, torch.float32).prompts.away
    assert away is not None
    assert torch.equal(away.pooled, prompts["null.pooled"].float())


def _drop_weight(folder: Path) -> None:
    path = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    weights = load_file(path)
    del weights["conv_last.bias"]
    save_file(weights, path)


def _cut_weights(folder: Path) -> None:
    path = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    path.write_bytes(path.read_bytes()[:1000])


def _other_width(folder: Path) -> None:
    path = folder / "transformer" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"width": 12}))


def _unknown_setting(folder: Path) -> None:
    path = folder / "transformer" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"colour": 12}))


def _no_positive_prompt(folder: Path) -> None:
    save_file({"null.pooled": torch.zeros(1, 4)}, folder / "prompts.safetensors")


def _no_autoencoder(folder: Path) -> None:
    card = (folder / "model.toml").read_text()
    card = card.replace('kind = "residual-pixels"', 'kind = "autoencoder-kl"').replace("residual_scale = 0.1", "")
    (folder / "model.toml").write_text(card)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_drop_weight, "conv_last.bias"),
        (_cut_weights, "cannot be read"),
        (_other_width, "do not fit"),
        (_unknown_setting, "colour"),
        (_no_positive_prompt, "positive.pooled"),
        (_no_autoencoder, "has no autoencoder"),
        (lambda f: (f / "prompts.safetensors").unlink(), "prompts.safetensors"),
        (lambda f: (f / "transformer" / "config.json").unlink(), "config.json"),
        (lambda f: (f / "transformer" / "diffusion_pytorch_model.safetensors").unlink(), "cannot be read"),
    ],
)
def test_damage_is_named_in_one_line(copy: Path, damage: Callable[[Path], None], words: str) -> None:
    damage(copy)
    with pytest.raises(ModelError) as caught:
        load_model(copy, CPU, torch.float32)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
