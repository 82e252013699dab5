"""From a model folder to something that can be run, for every family through the same table; and back to a folder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from mfsr_engine.hub.card import AutoencoderKl, Family, ModelCard, ResidualPixels, read_card, write_card
from mfsr_engine.models.codec import ResidualPixelCodec, load_autoencoder_codec
from mfsr_engine.models.compact_files import load_compact, save_compact
from mfsr_engine.models.prompts import Prompts, load_prompts, save_prompts
from mfsr_engine.models.velocity import Codec, VelocityModel

if TYPE_CHECKING:
    from mfsr_engine.models.compact import CompactVelocity

NetworkLoader = Callable[[Path, ModelCard, torch.device, torch.dtype], VelocityModel]


@dataclass(frozen=True)
class LoadedModel:
    """A model ready to run on one device in one precision."""

    folder: Path
    """Where it came from."""
    card: ModelCard
    """What it says of itself."""
    velocity: VelocityModel
    """The network. Takes z, lr and prompt in `dtype`."""
    codec: Codec
    """Between pictures and the network's space."""
    prompts: Prompts
    """Its own prompts, on `device` in `dtype`."""
    device: torch.device
    """Where it lies."""
    dtype: torch.dtype
    """Precision of its weights and arithmetic."""


def load_model(folder: Path, device: torch.device, dtype: torch.dtype) -> LoadedModel:
    """Load a model folder.

    Raises:
        ModelError: the card is wrong, a file is missing or damaged, or weights and configuration do not fit.
    """
    card = read_card(folder)
    velocity = network_loaders()[card.family](folder, card, device, dtype)
    codec = _load_codec(folder, card, device, dtype)
    prompts = load_prompts(folder).to(device, dtype)
    return LoadedModel(folder, card, velocity, codec, prompts, device, dtype)


def network_loaders() -> Mapping[Family, NetworkLoader]:
    """How the network of each family is loaded."""
    return {Family.COMPACT: _load_compact, Family.DIT4SR: _load_dit4sr}


def write_compact_model(folder: Path, card: ModelCard, network: CompactVelocity, prompts: Prompts) -> None:
    """Write a whole model folder of the compact family: card, network and prompts, weights in half precision."""
    write_card(card, folder)
    save_compact(network, folder)
    save_prompts(prompts, folder)


def _load_compact(folder: Path, card: ModelCard, device: torch.device, dtype: torch.dtype) -> VelocityModel:
    return load_compact(folder, device, dtype)


def _load_dit4sr(folder: Path, card: ModelCard, device: torch.device, dtype: torch.dtype) -> VelocityModel:
    from mfsr_engine.models.checkpoints import load_transformer_folder

    model = load_transformer_folder(folder / "transformer", card.variant or None, dtype=dtype, device=device)
    return model.requires_grad_(False)


def _load_codec(folder: Path, card: ModelCard, device: torch.device, dtype: torch.dtype) -> Codec:
    match card.codec:
        case ResidualPixels(factor=factor, residual_scale=residual_scale):
            return ResidualPixelCodec(factor, residual_scale)
        case AutoencoderKl():
            return load_autoencoder_codec(folder, device, dtype)
