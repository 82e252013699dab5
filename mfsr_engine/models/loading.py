"""Loads a model folder, for every family through the same table, and writes one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from mfsr_engine.compute.memory import MemoryPlan, WeightPlace
from mfsr_engine.errors import ModelError
from mfsr_engine.models.card import AutoencoderKl, Family, ModelCard, ResidualPixels, read_card, write_card
from mfsr_engine.models.codec import ResidualPixelCodec, load_autoencoder_codec
from mfsr_engine.models.compact.network import load_compact, save_compact
from mfsr_engine.models.flow import FlowModel
from mfsr_engine.models.prompts import Prompts, load_prompts, save_prompts
from mfsr_engine.models.velocity import Codec, VelocityModel

if TYPE_CHECKING:
    from mfsr_engine.models.compact.network import CompactVelocity
    from mfsr_engine.models.tile_model import TileModel

NetworkLoader = Callable[[Path, ModelCard, torch.device, torch.dtype, WeightPlace], VelocityModel]


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to run on one device in one precision."""

    folder: Path
    """Where it came from."""
    card: ModelCard
    """What it says of itself."""
    tile_model: TileModel
    """What makes tiles larger."""
    device: torch.device
    """Where it lies."""
    dtype: torch.dtype
    """Precision of its weights and arithmetic."""
    plan: MemoryPlan | None = None
    """How it was fitted into memory; None is everything on the device."""

    def in_fp32(self) -> LoadedModel:
        """The same model with fp32 arithmetic. It shares the weights."""
        return replace(self, tile_model=self.tile_model.in_fp32(), dtype=torch.float32)


def load_model(
    folder: Path,
    device: torch.device,
    dtype: torch.dtype,
    plan: MemoryPlan | None = None,
    card: ModelCard | None = None,
) -> LoadedModel:
    """Load a model folder.

    Args:
        folder: of the model.
        device: where it works.
        dtype: precision of weights and arithmetic.
        plan: how to fit it into memory; None puts everything on the device.
        card: the folder's card; None reads it.

    Raises:
        ModelError: the card is wrong, a file is missing or damaged, or weights and configuration do not fit.
    """
    card = card or read_card(folder)
    place = WeightPlace.RESIDENT if plan is None else plan.weights
    velocity = network_loaders()[card.family](folder, card, device, dtype, place)
    codec = _load_codec(folder, card, device, dtype, plan)
    prompts = load_prompts(folder).to(device, dtype)
    flow = FlowModel(velocity, codec, prompts, card.image.scale, dtype)
    return LoadedModel(folder, card, flow, device, dtype, plan)


def network_loaders() -> Mapping[Family, NetworkLoader]:
    """How the network of each family is loaded."""
    return {Family.COMPACT: _load_compact, Family.DIT4SR: _load_dit4sr}


def write_compact_model(folder: Path, card: ModelCard, network: CompactVelocity, prompts: Prompts) -> None:
    """Write a whole model folder of the compact family: card, network and prompts, weights in half precision."""
    write_card(card, folder)
    save_compact(network, folder)
    save_prompts(prompts, folder)


def _load_compact(
    folder: Path, card: ModelCard, device: torch.device, dtype: torch.dtype, place: WeightPlace
) -> VelocityModel:
    assert place is WeightPlace.RESIDENT, "a model without blocks has no other place"
    network = load_compact(folder, device, dtype)
    channels = 3 * card.codec.factor**2
    if network.config.channels != channels:
        raise ModelError(
            f"The card of {card.name} has a codec of factor {card.codec.factor}, which needs {channels} channels, but its network "
            f"has {network.config.channels}. They do not belong together."
        )
    width = load_prompts(folder).positive.pooled.shape[-1]
    if network.config.embedding != width:
        raise ModelError(
            f"The prompts of {card.name} have {width} values, but its network needs {network.config.embedding}. They do not belong "
            "together."
        )
    return network


def _load_dit4sr(
    folder: Path, card: ModelCard, device: torch.device, dtype: torch.dtype, place: WeightPlace
) -> VelocityModel:
    from mfsr_engine.models.dit4sr.checkpoints import load_transformer_folder
    from mfsr_engine.models.dit4sr.streaming import stream_blocks

    model = load_transformer_folder(
        folder / "transformer",
        card.variant or None,
        dtype=dtype,
        device="cpu" if place is WeightPlace.STREAMED else device,
        is_eight_bit=place is WeightPlace.EIGHT_BIT,
    )
    model.requires_grad_(False)
    if place is WeightPlace.STREAMED:
        stream_blocks(model, device)
    return model


def _load_codec(
    folder: Path, card: ModelCard, device: torch.device, dtype: torch.dtype, plan: MemoryPlan | None
) -> Codec:
    match card.codec:
        case ResidualPixels(factor=factor, residual_scale=residual_scale):
            return ResidualPixelCodec(factor, residual_scale)
        case AutoencoderKl():
            return load_autoencoder_codec(
                folder,
                device,
                dtype,
                is_sequential=plan is not None and plan.has_sequential_autoencoder,
                tile_px=None if plan is None else plan.autoencoder_tile_px,
            )
