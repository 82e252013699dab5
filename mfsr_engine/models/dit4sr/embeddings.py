"""Input embeddings of the transformer: patches with positions; time, interval and pooled prompt. Knows no files."""

from __future__ import annotations

import math
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from mfsr_engine.errors import ModelError

if TYPE_CHECKING:
    from mfsr_engine.models.dit4sr.transformer_config import TransformerConfig

TIME_FEATURES = 256
"""Cosines and sines a time is made into."""
_CACHED_CROPS = 8


def sinusoid(t: Tensor, count: int = TIME_FEATURES, longest_period: float = 10000.0) -> Tensor:
    """(B, count) cosines, then sines, of (B,) times in the family's own unit; at least in fp32 (as SD3)."""
    dtype = torch.promote_types(t.dtype, torch.float32)
    half = count // 2
    exponent = -math.log(longest_period) * torch.arange(half, dtype=dtype, device=t.device) / half
    angles = t.to(dtype)[:, None] * exponent.exp()[None]
    return torch.cat([angles.cos(), angles.sin()], dim=-1)


def position_rows(config: TransformerConfig, rows: Tensor, columns: Tensor) -> Tensor:
    """(N, D) fp32 entries of SD3's position table for (N,) row and column numbers.

    Sines, then cosines, of the column; then the same of the row.
    """
    quarter = config.width // 4
    frequencies = 1.0 / 10000 ** (torch.arange(quarter, dtype=torch.float64) / quarter)
    parts = []
    for index in (columns, rows):
        angles = torch.outer(index.float() / config.tokens_per_position, frequencies)
        parts += [angles.sin(), angles.cos()]
    return torch.cat(parts, dim=1).float()


class PatchEmbedding(nn.Module):
    """Latents to tokens: a linear map of each patch, plus positions from the middle of SD3's table."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.config = config
        self.proj = nn.Conv2d(config.in_channels, config.width, config.patch_size, stride=config.patch_size)
        self._crops: dict[tuple[int, int, torch.device], Tensor] = {}

    def forward(self, latent: Tensor) -> Tensor:
        """(B, C, h, w) to (B, N, D) tokens, row by row."""
        patches: Tensor = self.proj(latent.to(self.proj.weight.dtype))
        positions = self.positions(patches.shape[-2], patches.shape[-1], patches.device)
        tokens: Tensor = patches.flatten(2).transpose(1, 2) + positions
        return tokens.to(patches.dtype)

    def positions(self, height: int, width: int, device: torch.device) -> Tensor:
        """(height width, D) fp32: the middle of the table. Kept for the next call of the same shape."""
        key = (height, width, device)
        if key not in self._crops:
            if len(self._crops) >= _CACHED_CROPS:
                self._crops.clear()
            with torch.inference_mode(False):
                self._crops[key] = self._crop(height, width).to(device)
        return self._crops[key]

    def _crop(self, height: int, width: int) -> Tensor:
        side = self.config.pos_embed_max_size
        if max(height, width) > side:
            raise ModelError(
                f"A piece of {width} x {height} tokens exceeds the {side} x {side} this model knows. Use smaller tiles."
            )
        rows = torch.arange(height) + (side - height) // 2
        columns = torch.arange(width) + (side - width) // 2
        return position_rows(self.config, rows.repeat_interleave(width), columns.repeat(height))


class _TwoLayers(nn.Module):
    """Linear, SiLU, Linear, under the published names."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.linear_1 = nn.Linear(inputs, outputs)
        self.linear_2 = nn.Linear(outputs, outputs)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs) to (B, outputs)."""
        return self.linear_2(F.silu(self.linear_1(x.to(self.linear_1.weight.dtype))))  # type: ignore[no-any-return]


class Conditioning(nn.Module):
    """Time, pooled prompt and, for students, the time aimed at, as one embedding.

    Never in autocast: times in half precision are too coarse, and so is their derivative.
    """

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        self.timestep_embedder = _TwoLayers(TIME_FEATURES, config.width)
        self.text_embedder = _TwoLayers(config.pooled_projection_dim, config.width)
        self.interval_embedder = _interval_embedder(config.width) if config.has_interval else None

    def forward(self, t: Tensor, r: Tensor, pooled: Tensor) -> Tensor:
        """(B, D) embedding, in these weights' precision, of (B,) times in the family's own unit and a (B, P) prompt."""
        with _without_autocast(t.device.type):
            text = self.text_embedder(pooled)
            now: Tensor = self.timestep_embedder(sinusoid(t)) + text
            if self.interval_embedder is None:
                return now
            aim = self.timestep_embedder(sinusoid(r)) + text
            return self.interval_embedder(torch.cat([aim, now], dim=-1))  # type: ignore[no-any-return]


def _without_autocast(device_type: str) -> AbstractContextManager[object]:
    """The meta device, on which operations are counted, knows no autocast."""
    if not torch.amp.autocast_mode.is_autocast_available(device_type):
        return nullcontext()
    return torch.autocast(device_type, enabled=False)


def _interval_embedder(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(2 * width, width), nn.SiLU(), nn.Linear(width, width))
