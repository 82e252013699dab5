"""Trains the conditional latent in which bundled flows live: encoder and decoder together, on the picture itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from distill import winograd
from distill.networks.prompted import TrainedNetwork
from distill.training.endpoint import LossOutput, PictureLoss
from distill.training.objectives import normal_like
from mfsr_engine.errors import RequestError
from mfsr_engine.models.compact.conditional_latent import (
    ConditionalLatentCodec,
    ConditionalLatentConfig,
    LatentNetworks,
    ResidualBlock,
    save_latent_networks,
)
from mfsr_engine.models.compact.folded import folded
from mfsr_engine.models.compact.network import load_compact
from mfsr_engine.models.prompts import load_prompts
from mfsr_engine.models.resample import enlarge

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from distill.config import ConditionalLatentObjective, NetworkRecipe
    from distill.data import Batch
    from mfsr_engine.models.compact.folded import Convolution

START_WEIGHT, LEAST_WEIGHT, MOST_WEIGHT = 2e-3, 1e-5, 5.0
"""Of the divergence, a nat per cell: at the start, and its bounds."""
WEIGHT_PACE = 0.01
"""By what part of the ratio of found and wanted information, in the logarithm, the weight follows at every step."""


class LatentInTraining(TrainedNetwork):
    """Encoder and decoder with the weight that keeps the latent's information where it is wanted."""

    divergence_weight: Tensor

    def __init__(self, networks: LatentNetworks) -> None:
        super().__init__()
        self.networks = networks
        self.register_buffer("divergence_weight", torch.tensor(START_WEIGHT))

    def forward(self, difference: Tensor, condition: Tensor, noise: Tensor, is_prior: Tensor) -> tuple[Tensor, Tensor]:
        """The decoder's output for draws from the posterior, or from the normal distribution alone.

        Args:
            difference: (B, 3 factor^2, h, w) float, see `LatentNetworks.posterior`.
            condition: the same shape, the folded enlarged input.
            noise: (B, channels, h, w) float32 unit normal.
            is_prior: (B,) bool: which samples are decoded from the noise itself.

        Returns:
            (B, 3 factor^2, h, w) float32, and (B,) divergence of the posterior from the normal distribution, nats per cell.
        """
        mean, log_variance = self.networks.posterior(difference, condition)
        drawn = mean + (log_variance / 2).exp() * noise
        z = torch.where(is_prior[:, None, None, None], noise, drawn)
        output = self.networks.decoder(torch.cat([z, condition], dim=1)).float()
        nats = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance)
        return output, nats.sum(dim=1).mean(dim=(1, 2))

    def write(self, folder: Path) -> None:
        """Write its networks into a folder `codec` of a folder, in half precision."""
        save_latent_networks(self.networks, folder)

    @torch.no_grad()
    def follow(self, found: float, wanted: float) -> None:
        """Move the weight of the divergence towards where the information found becomes the one wanted, both in nats per cell."""
        ratio = max(found, 1e-3) / wanted
        self.divergence_weight.mul_(ratio**WEIGHT_PACE).clamp_(LEAST_WEIGHT, MOST_WEIGHT)


@dataclass(frozen=True)
class ConditionalLatentLoss:
    """Draws from the posterior are judged by the truth, draws from noise by a peer's result where there is one; see `PictureLoss`."""

    recipe: ConditionalLatentObjective
    bare_network: LatentInTraining
    judge: PictureLoss

    def __call__(self, network: Callable[..., Any], batch: Batch, step: int, generator: torch.Generator) -> LossOutput:
        """The loss of one batch, and the next weight of the divergence."""
        config = self.bare_network.networks.config
        codec = ConditionalLatentCodec(self.bare_network.networks, torch.float32)
        condition = codec.encode_condition(enlarge(batch.low, config.factor))
        difference = (codec.encode_condition(batch.high) - condition) / config.residual_scale
        count, device = len(batch.high), batch.high.device
        is_prior = torch.zeros(count, dtype=torch.bool)
        is_prior[torch.randperm(count, generator=generator)[: round(self.recipe.prior_share * count)]] = True
        is_prior = is_prior.to(device)
        noise = normal_like(condition[:, : config.channels], generator).float()
        output, nats = network(difference, condition, noise, is_prior)
        picture = nn.functional.pixel_shuffle(condition + output * config.residual_scale, config.factor)
        peer = batch.peer
        if peer is not None:
            peer = torch.where(is_prior[:, None, None, None], peer, torch.nan)
        judged = self.judge(picture, batch.high, peer, step)
        if bool(is_prior.all()):
            return judged
        found = nats[~is_prior].mean()
        loss = judged.loss + self.bare_network.divergence_weight.clone() * found
        self.bare_network.follow(float(found.detach()), self.recipe.nats)
        return LossOutput(loss, judged.parts | {"nats": found.detach()})


def new_latent(objective: ConditionalLatentObjective, shape: NetworkRecipe, seed: int) -> LatentInTraining:
    """Encoder and decoder at the start of a run, the same for the same seed.

    Raises:
        ModelError: the student that the decoder shall start as cannot be used.
        RequestError: it has another shape, or is itself in a latent.
    """
    config = ConditionalLatentConfig(
        channels=objective.channels,
        width=shape.width,
        blocks=shape.blocks,
        encoder_width=objective.encoder_width,
        encoder_blocks=objective.encoder_blocks,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        networks = LatentNetworks(config)
        nn.init.zeros_(networks.decoder.conv_last.weight)
        nn.init.zeros_(networks.decoder.conv_last.bias)  # type: ignore[arg-type]
        if objective.start is not None:
            _start_as(networks, objective.start)
    made = LatentInTraining(networks)
    made.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    winograd.speed_up(made)
    return made


def _start_as(networks: LatentNetworks, folder: Path) -> None:
    """Give the decoder what an earlier student does from pure noise in one step; the latent takes the place of its noise."""
    velocity = load_compact(folder, torch.device("cpu"), torch.float32)
    config, decoder = networks.config, networks.decoder
    shape = (velocity.config.channels, velocity.config.input_channels, velocity.config.width, velocity.config.blocks)
    condition = config.condition_channels
    if shape != (condition, 2 * condition, config.width, config.blocks):
        raise RequestError(
            f"The student in {folder} has another network than the decoder. Choose another objective.start, or none."
        )
    step = folded(velocity, load_prompts(folder).positive, torch.ones(1), torch.zeros(1))
    basis = torch.linalg.qr(torch.randn(condition, config.channels))[0]
    with torch.no_grad():
        first = step.first.weight
        noise = torch.einsum("ozhw,zk->okhw", first[:, :condition], basis)
        decoder.conv_first.weight.copy_(torch.cat([noise, first[:, condition:]], dim=1))
        decoder.conv_first.bias.copy_(step.first.bias)  # type: ignore[union-attr]
        for block, (before, after) in zip(decoder.blocks, step.blocks, strict=True):
            assert isinstance(block, ResidualBlock)
            _copy(block.conv_in, before)
            _copy(block.conv_out, after)
        _copy(decoder.conv_last, step.last)


def _copy(layer: nn.Conv2d, found: Convolution) -> None:
    assert layer.bias is not None
    layer.weight.copy_(found.weight)
    layer.bias.copy_(found.bias)
