"""Flow models behind `TileModel`: enlarge and encode a tile, integrate a network's velocity from noise to data, decode."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import torch
from torch import Tensor, nn

from mfsr_engine.models import sampling
from mfsr_engine.models.resample import enlarge
from mfsr_engine.models.tile_model import CONTEXT_PX
from mfsr_engine.models.upcast import widened
from mfsr_engine.models.windows import blended, in_rounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_engine.models.codec import Codec
    from mfsr_engine.models.prompts import Prompt, Prompts
    from mfsr_engine.models.tile_model import Recipe
    from mfsr_engine.models.windows import Windows


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


@dataclass(frozen=True)
class FlowModel:
    """See `mfsr_engine.models.tile_model.TileModel`."""

    velocity: VelocityModel
    """The network. Takes z, lr and prompt in `dtype`."""
    codec: Codec
    """Between pictures and the network's space."""
    prompts: Prompts
    """Its own prompts, on its device in `dtype`."""
    scale: int
    """Factor by which a tile grows."""
    dtype: torch.dtype
    """Precision of its weights and arithmetic."""

    @property
    def noise_channels(self) -> int:
        """Those of the flow's state."""
        return self.codec.channels

    def upscale(self, source: Tensor, noise: Tensor, recipe: Recipe, between_steps: Callable[[], None]) -> Tensor:
        """See `TileModel`."""
        edge = CONTEXT_PX * self.scale
        enlarged = enlarge(source, self.scale)[:, :, edge:-edge, edge:-edge]
        if recipe.windows is not None and max(noise.shape[2:]) > recipe.windows.side:
            return self._upscale_jointly(enlarged * 2 - 1, noise, recipe, recipe.windows, between_steps)
        condition = self.codec.encode_condition(enlarged * 2 - 1)
        z = sampling.meanflow(self._velocity(recipe, condition), noise, recipe.times, between_steps)
        return (self.codec.decode(z, condition).float() + 1) / 2

    def _upscale_jointly(
        self, enlarged: Tensor, noise: Tensor, recipe: Recipe, windows: Windows, between_steps: Callable[[], None]
    ) -> Tensor:
        """One trajectory of all windows together. Each window is encoded and decoded by itself, so that no more than that is ever in memory
        for the codec; what departs near its edges has next to no weight.
        """
        factor = self.codec.factor
        places = windows.places(*noise.shape[2:])
        pixels = [[slice(side.start * factor, side.stop * factor) for side in place] for place in places]
        conditions = [self.codec.encode_condition(enlarged[:, :, down, across]) for down, across in pixels]
        velocities = [
            self._velocity(recipe, torch.cat(conditions[first : first + windows.batch]))
            for first in range(0, len(places), windows.batch)
        ]

        def u(z: Tensor, r: Tensor, t: Tensor) -> Tensor:
            def of_round(first: int, states: Tensor) -> Tensor:
                count = len(states) // len(z)
                return velocities[first // windows.batch](states, r.repeat(count), t.repeat(count))

            states = [z[:, :, down, across] for down, across in places]
            return blended(in_rounds(windows, states, of_round, between_steps), places, z, z.shape[1])

        z = sampling.meanflow(u, noise, recipe.times, between_steps)
        decoded = (
            self.codec.decode(z[:, :, down, across], condition).float()
            for (down, across), condition in zip(places, conditions, strict=True)
        )
        return (blended(decoded, places, z, enlarged.shape[1], factor) + 1) / 2

    def in_fp32(self) -> FlowModel:
        """See `TileModel`. It takes one layer's memory more, not a second copy of the weights."""
        velocity = Fp32Velocity(self.velocity) if isinstance(self.velocity, nn.Module) else self.velocity
        return replace(self, velocity=velocity, codec=self.codec.in_fp32(), dtype=torch.float32)

    def _velocity(self, recipe: Recipe, condition: Tensor) -> sampling.MeanVelocity:
        lr, prompts = condition.to(self.dtype), recipe.prompts or self.prompts

        def under(prompt: Prompt) -> sampling.MeanVelocity:
            return lambda z, r, t: self.velocity(z.to(self.dtype), lr, prompt, t, r).float()

        u = under(prompts.positive)
        if recipe.guidance != 1 and prompts.away is not None:
            u = sampling.guided(under(prompts.away), u, recipe.guidance)
        return sampling.instantaneous(u) if recipe.is_instantaneous else u


@dataclass(frozen=True)
class Fp32Velocity:
    """A network that computes in fp32 from its own weights."""

    network: nn.Module
    """As it was loaded."""

    def __call__(self, z: Tensor, lr: Tensor, prompt: Prompt, t: Tensor, r: Tensor) -> Tensor:
        """See `VelocityModel`."""
        with widened(self.network):
            velocity: Tensor = self.network(z, lr, prompt, t, r)
        return velocity
