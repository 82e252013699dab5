"""Whatever way a model is fitted into memory, it paints the same picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from mfsr_engine.api import UpscaleSettings
from mfsr_engine.compute.memory import DeviceMemory, MemoryPlan, ModelSize, WeightPlace, plan_memory
from mfsr_engine.models.card import read_card
from mfsr_engine.models.families import family_of
from mfsr_engine.models.loading import LoadedModel, load_model
from mfsr_engine.models.tile_model import CONTEXT_PX
from mfsr_engine.upscale.pipeline import resolve_recipe, upscale_tiles
from tests.fakes.tiny_model_folder import CONFIG, write_tiny_full_size

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("random_networks")

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_full_size(tmp_path_factory.mktemp("places") / "tiny")


@pytest.fixture(scope="module")
def plan(folder: Path) -> MemoryPlan:
    return plan_memory(DeviceMemory("cpu", 10_000), _size(folder), 4)


def _size(folder: Path) -> ModelSize:
    card = read_card(folder)
    return family_of(card).size(folder, card)


def painted(model: LoadedModel) -> torch.Tensor:
    generator = torch.Generator().manual_seed(0)
    source = torch.rand(2, 3, 64 + 2 * CONTEXT_PX, 32 + 2 * CONTEXT_PX, generator=generator)
    noise = torch.randn(2, 4, 32, 16, generator=generator)
    with torch.inference_mode():
        return upscale_tiles(model, resolve_recipe(UpscaleSettings(), model.card), source, noise, lambda: None)


def test_streamed_blocks_and_a_sequential_autoencoder_change_nothing(folder: Path, plan: MemoryPlan) -> None:
    wanted = painted(load_model(folder, CPU, torch.float32))
    streamed = replace(plan, weights=WeightPlace.STREAMED, has_sequential_autoencoder=True)
    model = load_model(folder, CPU, torch.float32, streamed)
    assert torch.equal(painted(model), wanted)
    assert torch.equal(painted(model), wanted)


def test_eight_bits_change_little(folder: Path, plan: MemoryPlan) -> None:
    wanted = painted(load_model(folder, CPU, torch.float32))
    found = painted(load_model(folder, CPU, torch.float32, replace(plan, weights=WeightPlace.EIGHT_BIT)))
    assert 0 < (found - wanted).abs().max() < 0.01


def test_the_autoencoders_own_tiles_change_little(folder: Path, plan: MemoryPlan) -> None:
    wanted = painted(load_model(folder, CPU, torch.float32))
    found = painted(load_model(folder, CPU, torch.float32, replace(plan, autoencoder_tile_px=64)))
    assert 0 < (found - wanted).abs().mean() < 0.02


def test_the_size_is_read_from_the_files(folder: Path) -> None:
    model = load_model(folder, CPU, torch.float32)
    size = _size(folder)
    parameters = dict(model.tile_model.velocity.named_parameters())  # type: ignore[attr-defined]
    in_blocks = sum(p.numel() for name, p in parameters.items() if name.startswith("transformer_blocks."))
    assert (size.block_parameters, size.blocks) == (in_blocks, CONFIG.num_layers)
    assert size.other_parameters == sum(p.numel() for p in parameters.values()) - in_blocks
    assert size.autoencoder_parameters == sum(p.numel() for p in model.tile_model.codec.autoencoder.parameters())  # type: ignore[attr-defined]
