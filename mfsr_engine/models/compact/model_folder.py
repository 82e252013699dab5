"""Model folders of the compact family: loaded, measured, checked, written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from mfsr_engine.compute.devices import Compute
from mfsr_engine.compute.memory import ModelSize
from mfsr_engine.errors import ModelError
from mfsr_engine.models.card import ConditionalLatent, write_card
from mfsr_engine.models.codec import Codec, load_codec
from mfsr_engine.models.compact.conditional_latent import (
    CODEC_FOLDER,
    load_latent_codec,
    read_latent_config,
    save_latent_networks,
)
from mfsr_engine.models.compact.folded import FoldedVelocity
from mfsr_engine.models.compact.network import load_compact, save_compact
from mfsr_engine.models.compact.network_config import NETWORK_FOLDER, CompactConfig, check_channels
from mfsr_engine.models.compact.runtime import LIVE_TENSORS, runtimes, start_fastest
from mfsr_engine.models.flow import FlowModel
from mfsr_engine.models.prompts import check_finite as check_prompts_finite
from mfsr_engine.models.prompts import load_prompts, save_prompts
from mfsr_engine.models.weights import check_part_finite, config_of, damaged_config, parameter_counts

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.models.card import ModelCard
    from mfsr_engine.models.compact.conditional_latent import LatentNetworks
    from mfsr_engine.models.compact.folded import Start
    from mfsr_engine.models.compact.network import CompactVelocity
    from mfsr_engine.models.prompts import Prompts


def load(folder: Path, card: ModelCard, compute: Compute) -> FlowModel:
    """See `Family.load`."""
    network, prompts = load_compact(folder, compute.device, compute.dtype), load_prompts(folder)
    check_channels(network.config, card)
    width = prompts.positive.pooled.shape[-1]
    if network.config.embedding != width:
        raise ModelError(
            f"The prompts of {card.name} have {width} values, but its network needs {network.config.embedding}. They do not belong "
            "together."
        )
    codec = load_compact_codec(folder, card, compute, start_fastest)
    is_folded = compute.device.type == "cpu" and compute.dtype == torch.float32
    velocity = FoldedVelocity(network, start_fastest) if is_folded else network
    return FlowModel(velocity, codec, prompts.to(compute.device, compute.dtype), card.image.scale, compute.dtype)


def load_compact_codec(folder: Path, card: ModelCard, compute: Compute, start: Start | None = None) -> Codec:
    """The codec of a model folder of this family.

    Args:
        folder: of the model.
        card: its card.
        compute: where it works, and in which precision.
        start: what runs a decoder where nothing is differentiated; None is torch.

    Raises:
        ModelError: it is none of this family's, or its files are missing or damaged.
    """
    if isinstance(card.codec, ConditionalLatent):
        return load_latent_codec(folder, card.codec, compute, start)
    return load_codec(folder, card, compute)


def size(folder: Path, card: ModelCard) -> ModelSize:
    """See `Family.size`."""
    counts, config = parameter_counts(folder / NETWORK_FOLDER), config_of(folder / NETWORK_FOLDER)
    parameters = sum(counts.values())
    live = max(LIVE_TENSORS[name] for name in runtimes())
    with damaged_config(folder):
        width, inputs = config["width"], CompactConfig(**config).input_channels
    if isinstance(card.codec, ConditionalLatent):
        codec = read_latent_config(folder)
        width = max(width, codec.width)
        parameters += sum(parameter_counts(folder / CODEC_FOLDER).values())
    values = (live * width + inputs) / card.codec_factor**2
    return ModelSize(
        block_parameters=0,
        other_parameters=parameters,
        autoencoder_parameters=0,
        blocks=0,
        network_values_per_px=values,
        autoencoder_values_per_px=0.0,
        scale=card.image.scale,
        tile_px=card.image.tile_px,
        least_tile_px=card.image.least_tile_px,
    )


def check(folder: Path, card: ModelCard) -> None:
    """See `Family.check`."""
    check_prompts_finite(load_prompts(folder))
    load(folder, card, Compute(torch.device("cpu"), torch.float32))
    check_part_finite(folder / NETWORK_FOLDER)
    if isinstance(card.codec, ConditionalLatent):
        check_part_finite(folder / CODEC_FOLDER)


def write(
    folder: Path, card: ModelCard, network: CompactVelocity, prompts: Prompts, latent: LatentNetworks | None = None
) -> None:
    """Write a whole model folder: card, network, prompts, and the codec's networks if it has any; weights in half precision."""
    write_card(card, folder)
    save_compact(network, folder)
    save_prompts(prompts, folder)
    if latent is not None:
        save_latent_networks(latent, folder)
