"""Model folders load as they were written, and damaged ones say what is wrong."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import load_file, save_file

from mfsr_engine.errors import ModelError
from mfsr_engine.models import weights
from mfsr_engine.models.compact import network
from mfsr_engine.models.compact.folded import FoldedVelocity
from mfsr_engine.models.compact.network import CompactVelocity
from mfsr_engine.models.families import check_model_folder
from mfsr_engine.models.loading import load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CPU = torch.device("cpu")
OPEN_WEIGHTS = weights.open_weights


@pytest.fixture
def copy(tiny_model: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model, tmp_path / "copy"))


def test_a_folder_becomes_a_model_in_the_asked_precision(tiny_model: Path) -> None:
    model = load_model(tiny_model, CPU, torch.bfloat16)
    assert isinstance(model.tile_model.velocity, CompactVelocity)
    parameters = list(model.tile_model.velocity.parameters())
    assert {p.dtype for p in parameters} == {torch.bfloat16}
    assert not any(p.requires_grad for p in parameters)
    assert not model.tile_model.velocity.training
    assert model.tile_model.velocity.conv_first.weight.is_contiguous(memory_format=torch.channels_last)
    assert model.tile_model.codec.channels == model.tile_model.velocity.config.channels == 48
    assert model.tile_model.prompts.positive.pooled.dtype == torch.bfloat16
    assert model.tile_model.prompts.negative is not None
    assert model.tile_model.prompts.null is not None


def test_weights_are_stored_in_half_precision_and_survive_it(tiny_model: Path) -> None:
    stored = load_file(tiny_model / "transformer" / "diffusion_pytorch_model.safetensors")
    assert {v.dtype for v in stored.values()} == {torch.float16}
    loaded = load_model(tiny_model, CPU, torch.float32).tile_model.velocity
    assert isinstance(loaded, FoldedVelocity)
    for name, value in loaded.network.state_dict().items():
        assert torch.equal(value, stored[name].float())


def test_a_model_without_negative_prompt_leads_away_from_none(copy: Path) -> None:
    prompts = load_file(copy / "prompts.safetensors")
    save_file({k: v for k, v in prompts.items() if not k.startswith("negative")}, copy / "prompts.safetensors")
    away = load_model(copy, CPU, torch.float32).tile_model.prompts.away
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
        (lambda f: (f / "transformer" / "diffusion_pytorch_model.safetensors").unlink(), "are missing"),
    ],
)
def test_damage_is_named_in_one_line(copy: Path, damage: Callable[[Path], None], words: str) -> None:
    damage(copy)
    with pytest.raises(ModelError) as caught:
        load_model(copy, CPU, torch.float32)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def _edit(path: Path, **fields: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"width": 60_000}, "width must be"),
        ({"width": 4096, "embedding": 4096}, "do not fit"),
        ({"blocks": 2_000_000}, "blocks must be"),
        ({"blocks": 512}, "missing"),
        ({"channels": 2.5}, "channels must be"),
        ({"has_prior": "yes"}, "true or false"),
    ],
)
def test_a_stranger_s_configuration_allocates_nothing(
    copy: Path, monkeypatch: pytest.MonkeyPatch, fields: dict[str, object], words: str
) -> None:
    _edit(copy / "transformer" / "config.json", **fields)
    monkeypatch.setattr(weights, "open_weights", open_weights_without_reading)
    monkeypatch.setattr(network, "open_weights", open_weights_without_reading)
    with pytest.raises(ModelError, match=words):
        load_model(copy, CPU, torch.float32)


@contextmanager
def open_weights_without_reading(path: Path) -> Iterator[weights.WeightSource]:
    def refuse(*_: object) -> torch.Tensor:
        raise AssertionError("weights were read before they were known to fit")

    with OPEN_WEIGHTS(path) as source:
        yield replace(source, read=refuse, read_row=refuse)


def test_a_card_whose_factor_does_not_fit_the_network_is_refused(copy: Path) -> None:
    card = copy / "model.toml"
    text = card.read_text()
    card.write_text(re.sub(r"(?m)^(scale|factor) = 4$", r"\1 = 16", text))
    assert card.read_text() != text
    with pytest.raises(ModelError, match="768 channels"):
        load_model(copy, CPU, torch.float32)


def test_prompts_of_another_width_are_refused(copy: Path) -> None:
    prompts = load_file(copy / "prompts.safetensors")
    save_file({k: v[..., :-1].contiguous() for k, v in prompts.items()}, copy / "prompts.safetensors")
    with pytest.raises(ModelError, match="belong"):
        load_model(copy, CPU, torch.float32)


def test_weights_that_are_no_numbers_are_found_when_a_model_is_checked(copy: Path) -> None:
    path = copy / "transformer" / "diffusion_pytorch_model.safetensors"
    stored = load_file(path)
    stored["conv_first.weight"][0, 0, 0, 0] = float("nan")
    save_file(stored, path)
    with pytest.raises(ModelError, match=r"conv_first\.weight hold values"):
        check_model_folder(copy)
    save_file({name: value.to(torch.int32) for name, value in load_file(path).items()}, path)
    with pytest.raises(ModelError, match="floating-point"):
        check_model_folder(copy)


def test_a_head_of_gigabytes_is_not_read(copy: Path) -> None:
    (copy / "transformer" / "diffusion_pytorch_model.safetensors").write_bytes((2**40).to_bytes(8, "little") + b"{}")
    with pytest.raises(ModelError, match="head"):
        load_model(copy, CPU, torch.float32)
