"""Model folders of the DiT4SR family: loading, size and checks, and conversion of published files (a transformer, an autoencoder, null
prompts) to the program's own format. Knows no hub.
"""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from torch import Tensor

from mfsr_engine.compute.memory import ModelSize, WeightPlace
from mfsr_engine.errors import ModelError
from mfsr_engine.models.card import AutoencoderKl, ModelCard, write_card
from mfsr_engine.models.codec import check_autoencoder_shapes, load_codec
from mfsr_engine.models.dit4sr.checkpoints import check_transformer_folder, load_transformer_folder
from mfsr_engine.models.dit4sr.published_files import AUTOENCODER, TRANSFORMER
from mfsr_engine.models.dit4sr.streaming import stream_blocks
from mfsr_engine.models.dit4sr.transformer_config import VALUES_PER_TOKEN
from mfsr_engine.models.flow import FlowModel
from mfsr_engine.models.prompt_files import PROMPTS_FILE
from mfsr_engine.models.prompts import Prompt, Prompts, load_prompts, save_prompts
from mfsr_engine.models.prompts import check_finite as check_prompts_finite
from mfsr_engine.models.weights import (
    autoencoder_values,
    check_part_finite,
    config_of,
    damaged_config,
    parameter_counts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mfsr_engine.compute.devices import Compute
    from mfsr_engine.compute.memory import MemoryPlan
    from mfsr_engine.models.dit4sr.transformer_config import TransformerConfig

NULL_TOKENS_FILE = "NULL_prompt_embeds.pt"
NULL_POOLED_FILE = "NULL_pooled_prompt_embeds.pt"
MAX_PT_BYTES = 64 * 2**20
"""A null prompt is a few megabytes; larger files are no prompts."""
_BLANK_TOKENS = 77

NULL_NOTE = (
    "This model runs with DiT4SR's null prompt, without guidance: its own prompts have not been encoded. "
    "`mfsr prompts encode` does that, with the text encoders."
)
BLANK_NOTE = (
    "This model came without prompts and runs with a blank one of zeros, without guidance. `mfsr prompts encode` encodes "
    "its own prompts, with the text encoders."
)


def load(folder: Path, card: ModelCard, compute: Compute, plan: MemoryPlan | None) -> FlowModel:
    """See `Family.load`."""
    place = WeightPlace.RESIDENT if plan is None else plan.weights
    transformer = load_transformer_folder(
        folder / TRANSFORMER,
        card.variant or None,
        dtype=compute.dtype,
        device="cpu" if place is WeightPlace.STREAMED else compute.device,
        is_eight_bit=place is WeightPlace.EIGHT_BIT,
    )
    transformer.requires_grad_(False)
    if place is WeightPlace.STREAMED:
        stream_blocks(transformer, compute.device)
    codec = load_codec(folder, card, compute, plan)
    prompts = load_prompts(folder).to(compute.device, compute.dtype)
    return FlowModel(transformer, codec, prompts, card.image.scale, compute.dtype)


def size(folder: Path, card: ModelCard) -> ModelSize:
    """See `Family.size`. Counts what the network uses: no position table, and no text parts of the second attention."""
    unused = ("pos_embed.pos_embed", ".attn2.add_", ".attn2.to_add_out", ".attn2.norm_added_")
    counts = {
        name: count
        for name, count in parameter_counts(folder / TRANSFORMER).items()
        if not any(part in name for part in unused)
    }
    in_blocks = sum(count for name, count in counts.items() if name.startswith("transformer_blocks."))
    config, vae = config_of(folder / TRANSFORMER), folder / AUTOENCODER
    with damaged_config(folder):
        width = config["num_attention_heads"] * config["attention_head_dim"]
        values = VALUES_PER_TOKEN * width / (config["patch_size"] * card.codec_factor) ** 2
        blocks = int(config["num_layers"])
    return ModelSize(
        block_parameters=in_blocks,
        other_parameters=sum(counts.values()) - in_blocks,
        autoencoder_parameters=sum(parameter_counts(vae).values()) if vae.is_dir() else 0,
        blocks=blocks,
        network_values_per_px=values,
        autoencoder_values_per_px=autoencoder_values(vae) if vae.is_dir() else 0.0,
        scale=card.image.scale,
        tile_px=card.image.tile_px,
        least_tile_px=card.image.least_tile_px,
    )


def finish(folder: Path, card: ModelCard, loose: Sequence[Path]) -> ModelCard:
    """See `Family.finish`. `loose` may hold the published null prompts; without encoded prompts the card gets a note."""
    config = check_transformer_folder(folder / TRANSFORMER, card.variant or None)
    if not (folder / PROMPTS_FILE).is_file():
        by_name = {path.name: path for path in loose}
        if NULL_TOKENS_FILE in by_name and NULL_POOLED_FILE in by_name:
            null = read_null_prompt(by_name[NULL_TOKENS_FILE], by_name[NULL_POOLED_FILE])
            card = card.model_copy(update={"note": NULL_NOTE})
        else:
            null = blank_prompt(config)
            card = card.model_copy(update={"note": BLANK_NOTE})
        save_prompts(Prompts(null, null=null), folder)
    write_card(card, folder)
    check(folder, card)
    return card


def check(folder: Path, card: ModelCard) -> None:
    """See `Family.check`. Weights are compared by name and shape."""
    prompts = load_prompts(folder)
    check_prompts_finite(prompts)
    config = check_transformer_folder(folder / TRANSFORMER, card.variant or None)
    if isinstance(card.codec, AutoencoderKl):
        _check_autoencoder(folder / AUTOENCODER, config, card.codec)
    for prompt in prompts.all:
        check_prompt(prompt, config)
    for part in (folder / TRANSFORMER, folder / AUTOENCODER):
        if part.is_dir():
            check_part_finite(part)


def check_prompts(folder: Path, card: ModelCard, prompts: Sequence[Prompt]) -> None:
    """See `TextEncoders.check`."""
    config = check_transformer_folder(folder / TRANSFORMER, card.variant or None)
    for prompt in prompts:
        check_prompt(prompt, config)


def published_variant(folder: Path, declared: str | None) -> str:
    """See `PublishedLayout.variant`."""
    config = check_transformer_folder(folder / TRANSFORMER, declared)
    return declared or ("smfsr" if config.has_interval else "mfsr")


def read_null_prompt(tokens_file: Path, pooled_file: Path) -> Prompt:
    """The published null prompt: (N, C) token embeddings and a (P,) pooled one, each a lone tensor in a `.pt` file.

    Raises:
        ModelError: a file cannot be read, or holds anything but one tensor of that shape.
    """
    tokens, pooled = _read_lone_tensor(tokens_file), _read_lone_tensor(pooled_file)
    tokens = tokens[0] if tokens.dim() == 3 and len(tokens) == 1 else tokens
    pooled = pooled[0] if pooled.dim() == 2 and len(pooled) == 1 else pooled
    if tokens.dim() != 2 or pooled.dim() != 1:
        raise ModelError(f"{tokens_file.name} and {pooled_file.name} are no null prompt. Get them again.")
    return Prompt(pooled[None], tokens[None])


def blank_prompt(config: TransformerConfig) -> Prompt:
    """A prompt of zeros, as Stable Diffusion 3 saw when its encoders were dropped in training."""
    return Prompt(
        torch.zeros(1, config.pooled_projection_dim), torch.zeros(1, _BLANK_TOKENS, config.joint_attention_dim)
    )


def check_prompt(prompt: Prompt, config: TransformerConfig) -> None:
    """Whether a transformer can take a prompt.

    Raises:
        ModelError: its widths are others.
    """
    pooled, tokens = prompt.pooled.shape[-1], None if prompt.tokens is None else prompt.tokens.shape[-1]
    if (pooled, tokens) != (config.pooled_projection_dim, config.joint_attention_dim):
        raise ModelError(
            f"The prompts have widths {pooled} and {tokens or 'none'}, but the transformer needs "
            f"{config.pooled_projection_dim} and {config.joint_attention_dim}. They do not belong together."
        )


def _read_lone_tensor(path: Path) -> Tensor:
    try:
        if path.stat().st_size > MAX_PT_BYTES:
            raise ModelError(f"{path.name} is too large to be a prompt. Get it again.")
        value = torch.load(path, map_location="cpu", weights_only=True)  # runs no code from the file
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        reason = (str(error).splitlines() or ["unknown"])[0]
        raise ModelError(f"{path.name} is no file of one tensor ({reason}). Get it again.") from error
    if not isinstance(value, Tensor) or not value.is_floating_point() or not value.isfinite().all():
        raise ModelError(f"{path.name} holds something other than one tensor of numbers. Get it again.")
    return value.detach().float()


def _check_autoencoder(folder: Path, config: TransformerConfig, codec: AutoencoderKl) -> None:
    from diffusers import AutoencoderKL

    check_autoencoder_shapes(folder)
    try:
        autoencoder, report = AutoencoderKL.from_pretrained(
            folder, use_safetensors=True, local_files_only=True, output_loading_info=True
        )
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        reason = (str(error).splitlines() or ["unknown"])[0]
        raise ModelError(f"The autoencoder in {folder.name}/ cannot be loaded: {reason}") from error
    missing = [*report["missing_keys"], *(str(key) for key in report["mismatched_keys"])]
    if missing:
        raise ModelError(f"The autoencoder in {folder.name}/ lacks {', '.join(missing[:5])}. Get it again.")
    channels, factor = autoencoder.config.latent_channels, 2 ** (len(autoencoder.config.block_out_channels) - 1)
    if channels != config.in_channels or factor != codec.factor:
        raise ModelError(
            f"The autoencoder has {channels} channels and a factor of {factor}, but the transformer needs "
            f"{config.in_channels} and the card says {codec.factor}. They do not belong together."
        )
