"""The full-size networks with random weights, at full or reduced size, and the stock transformer they are compared with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.dit4sr.transformer_config import TransformerConfig
from mfsr_engine.models.prompts import Prompt

TEXT_TOKENS = 154


@dataclass(frozen=True)
class Scale:
    """How large networks and pictures are."""

    config: TransformerConfig
    """Of the transformer."""
    autoencoder_channels: tuple[int, ...]
    """Of the autoencoder's levels."""
    small_px: int
    """Side of the small input, which is also the tile's."""
    large_px: int
    """Side of the large input."""
    overlaps_px: tuple[int, ...]
    """Overlaps of neighbouring tiles to try on the large input; the first is the published one."""
    batches: tuple[int, ...]
    """Numbers of tiles to try together."""


FULL = Scale(
    TransformerConfig(time_unit=1.0, has_interval=True), (128, 256, 512, 512), 128, 1024, (48, 16), (1, 2, 4, 8)
)
"""The published size, as a one-step student: 2.6 billion parameters in use."""
TINY = Scale(
    TransformerConfig(
        num_layers=2,
        num_attention_heads=2,
        attention_head_dim=32,
        joint_attention_dim=64,
        pooled_projection_dim=32,
        dual_attention_layers=(0,),
        time_unit=1.0,
        has_interval=True,
    ),
    (8, 16, 16, 16),
    32,
    48,
    (16, 12),
    (1, 2),
)
"""For rehearsals on a plain processor."""


def reduced(factor: int) -> Scale:
    """The full size with 1 / factor of the layers and heads, for a rehearsal whose parts keep their proportions."""
    layers, heads = max(2, 24 // factor), max(2, 24 // factor)
    config = TransformerConfig(
        num_layers=layers,
        num_attention_heads=heads,
        dual_attention_layers=tuple(range((layers + 1) // 2)),
        time_unit=1.0,
        has_interval=True,
    )
    channels = tuple(max(32, c // factor // 32 * 32) for c in FULL.autoencoder_channels)
    return Scale(config, channels, 128, 256, (48,), (1, 2))


def transformer(config: TransformerConfig, device: torch.device, dtype: torch.dtype) -> VelocityTransformer:
    """Random weights on `device`; on "meta" none at all. Time layers in fp32, as when loaded."""
    with torch.device("meta"):
        network = VelocityTransformer(config).to(dtype)
    network.time_text_embed.float()
    filled(network, device)
    return network.requires_grad_(False).eval()


def autoencoder(channels: tuple[int, ...], device: torch.device, dtype: torch.dtype) -> Any:
    """SD3's autoencoder with random weights, channels-last."""
    from diffusers import AutoencoderKL

    levels = len(channels)
    with torch.device("meta"):
        network = AutoencoderKL(
            down_block_types=("DownEncoderBlock2D",) * levels,
            up_block_types=("UpDecoderBlock2D",) * levels,
            block_out_channels=channels,
            layers_per_block=2,
            latent_channels=16,
            norm_num_groups=min(32, channels[0]),
            scaling_factor=1.5305,
            shift_factor=0.0609,
            use_quant_conv=False,
            use_post_quant_conv=False,
        )
    for parameter in network.parameters():
        parameter.data = parameter.data.to(dtype)
    filled(network, device)
    return network.requires_grad_(False).eval().to(memory_format=torch.channels_last)


def stock_transformer(config: TransformerConfig, device: torch.device, dtype: torch.dtype) -> Any:
    """Diffusers' own SD3 transformer of the same depth and width, without the low-resolution branch."""
    from diffusers import SD3Transformer2DModel

    with torch.device("meta"):
        network = SD3Transformer2DModel(
            sample_size=config.sample_size,
            patch_size=config.patch_size,
            in_channels=config.in_channels,
            num_layers=config.num_layers,
            attention_head_dim=config.attention_head_dim,
            num_attention_heads=config.num_attention_heads,
            joint_attention_dim=config.joint_attention_dim,
            caption_projection_dim=config.width,
            pooled_projection_dim=config.pooled_projection_dim,
            out_channels=config.out_channels,
            pos_embed_max_size=config.pos_embed_max_size,
            dual_attention_layers=config.dual_attention_layers,
            qk_norm=config.qk_norm,
        )
    for parameter in network.parameters():
        parameter.data = parameter.data.to(dtype)
    filled(network, device)
    return network.requires_grad_(False).eval()


def prompt(config: TransformerConfig, device: torch.device, dtype: torch.dtype) -> Prompt:
    """A random prompt of the length that DiT4SR's stored ones have."""
    pooled = torch.randn(1, config.pooled_projection_dim, device=device, dtype=dtype)
    return Prompt(pooled, torch.randn(1, TEXT_TOKENS, config.joint_attention_dim, device=device, dtype=dtype))


def filled(network: nn.Module, device: torch.device) -> None:
    """Give a network on the meta device weights on `device`: normal, so scaled that values keep their size."""
    if device.type == "meta":
        return
    network.to_empty(device=device)
    for name, tensor in [*network.named_parameters(), *network.named_buffers()]:
        if tensor.ndim > 1:
            tensor.data.normal_(std=1 / math.sqrt(tensor[0].numel()))
        else:
            tensor.data.fill_(1.0 if "norm" in name and name.endswith("weight") else 0.0)
