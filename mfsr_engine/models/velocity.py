"""The interface of all velocity models, compact and full-size, student and teacher, and of their codecs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor


@dataclass(frozen=True)
class Prompt:
    """A prompt's embedding. Batch size B, or 1 to be repeated."""

    pooled: Tensor
    """(B, P) float embedding of the whole prompt."""
    tokens: Tensor | None = None
    """(B, N, C) float token embeddings; None for models that only know pooled prompts."""

    def expanded(self, batch: int) -> Prompt:
        """The same prompt for `batch` samples; a view where it was stored once."""
        tokens = None if self.tokens is None else self.tokens.expand(batch, -1, -1)
        return Prompt(self.pooled.expand(batch, -1), tokens)

    def to(self, device: torch.device, dtype: torch.dtype | None = None) -> Prompt:
        """The same prompt on a device, in a precision or its own."""
        tokens = None if self.tokens is None else self.tokens.to(device, dtype)
        return Prompt(self.pooled.to(device, dtype), tokens)


class VelocityModel(Protocol):
    """u(z, r, t | lr, prompt): the mean velocity of the flow between times r and t; the instantaneous one where r = t.

    Time runs from 1 (noise) to 0 (data): z_t = (1 - t) x + t e, and z_r = z_t - (t - r) u(z_t, r, t) (MeanFlow, arXiv 2505.13447).
    """

    def __call__(self, z: Tensor, lr: Tensor, prompt: Prompt, t: Tensor, r: Tensor) -> Tensor:
        """Mean velocity.

        Args:
            z: (B, C, h, w) float state at time t, in the codec's space.
            lr: (B, L, h, w) float condition: the codec's encoding of the enlarged input.
            prompt: what is wanted, B samples or 1.
            t: (B,) fp32 time of `z`, 0..1.
            r: (B,) fp32 time aimed at, 0..t.

        Returns:
            (B, C, h, w), same dtype as `z`.
        """


class Codec(Protocol):
    """Maps pictures to the flow's space and back. A picture is (B, 3, H, W) float -1..1, sRGB, H and W multiples of `factor`."""

    factor: int
    """Pixels of the enlarged picture per cell of the latent, along one side."""
    channels: int
    """Channels of the flow's state z."""

    def encode_condition(self, enlarged: Tensor) -> Tensor:
        """The model's condition from the enlarged low-resolution picture."""

    def encode_target(self, picture: Tensor, condition: Tensor) -> Tensor:
        """The flow's data point x for a wanted picture, given the condition that goes with it."""

    def decode(self, z: Tensor, condition: Tensor) -> Tensor:
        """The picture for a data point, given the condition it was made with. May leave -1..1 slightly."""

    def in_fp32(self) -> Codec:
        """The same codec with fp32 arithmetic, from its own weights."""
