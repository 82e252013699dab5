"""A whole full-size model folder with random weights, small enough to run in milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from diffusers import AutoencoderKL

from mfsr_engine.models.card import AutoencoderKl, FamilyName, ImageTable, ModelCard, Role, SamplingTable, write_card
from mfsr_engine.models.dit4sr.checkpoints import save_transformer
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.prompts import Prompt, Prompts, save_prompts
from tests.fakes.tiny_transformer import tiny_config

if TYPE_CHECKING:
    from pathlib import Path

CONFIG = tiny_config(sample_size=32, num_layers=3, pos_embed_max_size=64)
IMAGE = ImageTable(size_multiple=4, min_px=32, tile_px=128, overlap_px=48, color="wavelet")


def tiny_autoencoder() -> AutoencoderKL:
    """Random, but with detail as faint as a trained one's errors, so that tiles can be compared."""
    autoencoder = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        norm_num_groups=2,
        latent_channels=4,
        scaling_factor=1.5,
        shift_factor=0.1,
    )
    with torch.no_grad():
        autoencoder.decoder.conv_out.weight.mul_(0.05)
    return autoencoder


def write_tiny_full_size(folder: Path, image: ImageTable = IMAGE) -> Path:
    """Writes a one-step student of the full-size family and returns its folder."""
    torch.manual_seed(0)
    autoencoder = tiny_autoencoder()
    card = ModelCard(
        name=folder.name,
        title="Tiny full-size",
        family=FamilyName.DIT4SR,
        role=Role.STUDENT,
        licence="CC0-1.0",
        image=image,
        codec=AutoencoderKl(),
        sampling=SamplingTable(grid="linear", default_steps=1),
    )
    write_card(card, folder)
    save_transformer(VelocityTransformer(CONFIG), folder / "transformer")
    autoencoder.save_pretrained(folder / "vae")
    save_prompts(Prompts(*(Prompt(torch.randn(1, 10), torch.randn(1, 5, 12)) for _ in range(3))), folder)
    return folder
