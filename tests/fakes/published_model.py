"""Full-size models of a few thousand random weights, in the layout, the precisions and with the prompt lengths of the published ones."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import torch
from diffusers import AutoencoderKL
from safetensors.torch import save_file

from mfsr_engine.models.dit4sr.checkpoints import published_entries
from mfsr_engine.models.dit4sr.embeddings import position_rows
from mfsr_engine.models.dit4sr.transformer_config import config_from_json
from mfsr_engine.models.prompts import Prompt

if TYPE_CHECKING:
    from pathlib import Path

NULL_TOKENS, ENCODED_TOKENS = 77 + 77, 77 + 256
"""Lengths of the published null prompt and of what `mfsr prompts encode` makes."""
PUBLISHED_JSON: dict[str, Any] = {
    "_class_name": "SD3Transformer2DModel",
    "sample_size": 32,
    "patch_size": 2,
    "in_channels": 16,
    "out_channels": 16,
    "num_layers": 2,
    "attention_head_dim": 8,
    "num_attention_heads": 2,
    "joint_attention_dim": 24,
    "caption_projection_dim": 16,
    "pooled_projection_dim": 10,
    "pos_embed_max_size": 96,
    "dual_attention_layers": [0],
    "qk_norm": "rms_norm",
}


def write_published_transformer(folder: Path, variant: str, seed: int = 4, channels: int = 16) -> None:
    """`config.json` and weights with the published names, used and unused, as a hub holds them: F32 what DiT4SR added, the rest F16.

    The first layer passes over the fastest waves of time, so that the network is as smooth in time as a trained one.
    """
    table = PUBLISHED_JSON | {"in_channels": channels, "out_channels": channels}
    config = config_from_json(table, variant)
    random = torch.Generator().manual_seed(seed)
    weights = {name: torch.randn(shape, generator=random) * 0.2 for name, shape in published_entries(config).items()}
    for name, weight in weights.items():
        if name.endswith("timestep_embedder.linear_1.weight"):
            weight *= 0.2
            weight[:, :60] = weight[:, 128:188] = 0
    side = config.pos_embed_max_size
    cells = torch.arange(side**2)
    weights["pos_embed.pos_embed"] = position_rows(config, cells // side, cells % side)[None]
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(table))
    stored = {name: weight if "control" in name else weight.half() for name, weight in weights.items()}
    save_file(stored, folder / "diffusion_pytorch_model.safetensors", metadata={"format": "pt"})


def write_autoencoder(folder: Path, channels: int = 16) -> None:
    """Random, with as many channels and the factor of SD3.5's, and detail as faint as a trained one's errors."""
    torch.manual_seed(3)
    autoencoder = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        norm_num_groups=2,
        latent_channels=channels,
        scaling_factor=1.5,
        shift_factor=0.1,
        use_quant_conv=False,
        use_post_quant_conv=False,
    )
    with torch.no_grad():
        autoencoder.decoder.conv_out.weight.mul_(0.05)
    autoencoder.save_pretrained(folder)


def write_null_prompt(folder: Path) -> None:
    """The two `.pt` files of the null prompt."""
    null = random_prompt(NULL_TOKENS, seed=6)
    assert null.tokens is not None
    torch.save(null.tokens[0].clone(), folder / "NULL_prompt_embeds.pt")
    torch.save(null.pooled[0].clone(), folder / "NULL_pooled_prompt_embeds.pt")


def random_prompt(tokens: int, seed: int) -> Prompt:
    """A prompt of this length that these transformers take."""
    random = torch.Generator().manual_seed(seed)
    pooled = torch.randn(1, PUBLISHED_JSON["pooled_projection_dim"], generator=random)
    return Prompt(pooled, torch.randn(1, tokens, PUBLISHED_JSON["joint_attention_dim"], generator=random))


def write_published(folder: Path, variant: str, *, has_null_prompt: bool = True, channels: int = 16) -> Path:
    """`transformer/`, `vae/` and the null prompt, without a card."""
    write_published_transformer(folder / "transformer", variant, channels=channels)
    write_autoencoder(folder / "vae", channels)
    if has_null_prompt:
        write_null_prompt(folder)
    return folder
