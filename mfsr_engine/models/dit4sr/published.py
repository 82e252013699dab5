"""Converts published files (a transformer, an autoencoder, null prompts) to the program's own format, and checks them. Knows no hub."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError
from torch import Tensor

from mfsr_engine.errors import ModelError
from mfsr_engine.models.card import AutoencoderKl, Family, ModelCard, read_card, write_card
from mfsr_engine.models.codec import check_autoencoder_shapes
from mfsr_engine.models.dit4sr.checkpoints import check_transformer_folder
from mfsr_engine.models.loading import load_model
from mfsr_engine.models.prompt_files import PROMPTS_FILE
from mfsr_engine.models.prompts import Prompts, load_prompts, save_prompts
from mfsr_engine.models.velocity import Prompt
from mfsr_engine.models.weights import check_finite, open_weights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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


def finish_model_folder(folder: Path, card: ModelCard, loose: Sequence[Path]) -> ModelCard:
    """Make a whole model of a folder that holds `transformer/` and `vae/`: prompts and card are written, all is checked.

    Args:
        folder: where the model is put together.
        card: what it shall say.
        loose: files that came with the model but do not stay as they are, such as the null prompts.

    Returns:
        The card as written, with a note if there were no encoded prompts.

    Raises:
        ModelError: a file is missing or damaged, or the parts do not fit each other.
    """
    config = check_transformer_folder(folder / "transformer", card.variant or None)
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
    check_model_folder(folder)
    return card


def check_model_folder(folder: Path) -> ModelCard:
    """Whether a model folder is whole and its parts fit each other. Weights are compared by name and shape, and read once to
    see that all of them are finite numbers.

    Raises:
        ModelError: something is missing, damaged, or does not fit; names what.
    """
    card = read_card(folder)
    prompts = load_prompts(folder)
    _check_prompts_finite(prompts)
    if card.family is Family.COMPACT:
        load_model(folder, torch.device("cpu"), torch.float32, card=card)
        _check_weights_finite(folder)
        return card
    config = check_transformer_folder(folder / "transformer", card.variant or None)
    if isinstance(card.codec, AutoencoderKl):
        _check_autoencoder(folder / "vae", config, card.codec)
    for prompt in (prompts.positive, prompts.negative, prompts.null):
        if prompt is not None:
            check_prompt(prompt, config)
    _check_weights_finite(folder)
    return card


def _check_weights_finite(folder: Path) -> None:
    for part in (folder / "transformer", folder / "vae"):
        if part.is_dir():
            with open_weights(part) as weights:
                check_finite(weights)


def _check_prompts_finite(prompts: Prompts) -> None:
    for prompt in (prompts.positive, prompts.negative, prompts.null):
        if prompt is None:
            continue
        if not all(values is None or values.isfinite().all() for values in (prompt.pooled, prompt.tokens)):
            raise ModelError("The prompts of this model hold values that are not finite numbers. Get the model again.")


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
