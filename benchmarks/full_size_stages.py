"""The stages of one full-size step, as the engine runs them, so that each can be timed and counted alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from benchmarks import full_size_networks as networks
from benchmarks.counting import AttentionCount, Count, count
from mfsr_engine.models import sampling
from mfsr_engine.models.codec import AutoencoderKlCodec
from mfsr_engine.models.prompts import Prompt
from mfsr_engine.models.resample import ENLARGE_REACH_PX, enlarge
from mfsr_engine.upscale import color

if TYPE_CHECKING:
    from mfsr_engine.models.flow import VelocityModel

SCALE = 4
STAGES = ("enlarge", "encode", "transformer", "decode", "colour")
"""In their order; blending follows on the CPU."""


@dataclass(frozen=True)
class Stages:
    """Networks, and the stages made of them."""

    scale: networks.Scale
    """How large everything is."""
    velocity: VelocityModel
    """The transformer, or something faster in its place."""
    codec: AutoencoderKlCodec
    """The autoencoder."""
    prompt: Prompt
    """What is wanted."""
    device: torch.device
    """Where."""
    dtype: torch.dtype
    """In which precision."""

    def inputs(self, batch: int) -> dict[str, Tensor]:
        """Random tiles and noise, on the device, under the names that `run` knows."""
        side = self.scale.small_px + 2 * ENLARGE_REACH_PX
        cells = self.scale.small_px * SCALE // 8
        return {
            "source": torch.rand(batch, 3, side, side, device=self.device),
            "noise": torch.randn(batch, 16, cells, cells, device=self.device),
        }

    def run(self, stage: str, values: dict[str, Tensor]) -> None:
        """Do one stage: reads what earlier ones left in `values`, and leaves its own."""
        match stage:
            case "enlarge":
                reach = ENLARGE_REACH_PX * SCALE
                values["enlarged"] = enlarge(values["source"], SCALE)[:, :, reach:-reach, reach:-reach]
            case "encode":
                values["condition"] = self.codec.encode_condition(values["enlarged"] * 2 - 1)
            case "transformer":
                values["z"] = self._step(values["noise"], values["condition"])
            case "decode":
                values["decoded"] = (self.codec.decode(values["z"], values["condition"]) + 1) / 2
            case "colour":
                values["result"] = color.adain(values["decoded"], values["enlarged"]).clamp(0, 1)

    def _step(self, noise: Tensor, condition: Tensor) -> Tensor:
        lr = condition.to(self.dtype)
        return sampling.meanflow(
            lambda z, r, t: self.velocity(z.to(self.dtype), lr, self.prompt, t, r).float(), noise, (1.0, 0.0)
        )


def build(scale: networks.Scale, device: torch.device, dtype: torch.dtype) -> Stages:
    """Networks with random weights on a device."""
    velocity = networks.transformer(scale.config, device, dtype)
    codec = AutoencoderKlCodec(networks.autoencoder(scale.autoencoder_channels, device, dtype), device, dtype)
    return Stages(scale, velocity, codec, networks.prompt(scale.config, device, dtype), device, dtype)


def count_stages(scale: networks.Scale, dtype: torch.dtype, batch: int) -> dict[str, Count]:
    """Operations and live memory of each stage, counted on the meta device."""
    stages = build(scale, torch.device("meta"), dtype)
    attention = AttentionCount()
    stages.velocity.attention = attention  # type: ignore[attr-defined]
    values, counts = stages.inputs(batch), {}
    for stage in STAGES:
        counts[stage] = count(partial(stages.run, stage, values), attention if stage == "transformer" else None)
    return counts
