"""Losses on the picture a student reaches in one step, or after a rollout of several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

import torch
from torch import Tensor, distributed, nn

from distill.config import EndPointLosses, PictureLosses
from distill.data import Batch
from distill.networks.prompted import NamedVelocity, PromptName
from distill.training.pairs import FlowPairs
from mfsr_engine.models.codec import Codec
from mfsr_engine.models.prompts import Prompt
from mfsr_engine.models.sampling import times

PairLoss = Callable[[Tensor, Tensor], Tensor]
"""(result, truth), each (B, 3, H, W) 0..1, to (B,) distances."""

Times = tuple[float, ...]
"""Falling times of the flow; each and the next are one step."""

ROLLOUT_STEPS = (2, 2, 4, 4, 8)
"""Step counts of rollouts; short ones more often, as they cost less."""


@dataclass(frozen=True)
class LossOutput:
    """The loss of one batch and what it is made of."""

    loss: Tensor
    """Scalar to differentiate."""
    parts: dict[str, Tensor] = field(default_factory=dict)
    """Named detached scalars for the log."""


@dataclass
class EndPointLoss:
    """The loss on the picture that the student reaches, in one step or after a rollout."""

    recipe: EndPointLosses
    codec: Codec
    bare_network: NamedVelocity
    perceptual: dict[str, PairLoss]
    """Losses by the recipe's names ("lpips", "features"), those in use only."""
    adversary: Adversary | None = None

    def __call__(
        self,
        network: NamedVelocity,
        batch: Batch,
        pairs: FlowPairs,
        step: int,
        generator: torch.Generator,
        prompt: Prompt | None = None,
    ) -> LossOutput:
        """Weighted losses of one batch, with gradient through the judged steps: one or, on a rollout, up to two.

        `prompt`, as many as the batch, takes the place of the student's own.
        """
        count = min(self.recipe.batch_size, len(pairs.x))
        lr, truth = pairs.lr[:count], batch.high[:count]
        peer = None if batch.peer is None else batch.peer[:count]
        z = torch.randn(pairs.x[:count].shape, generator=generator).to(lr.device)
        passed, judged = self._path(generator)
        with torch.no_grad():
            z = _rollout(self.bare_network, z, lr, passed, prompt)
        reached = _rollout(network, z, lr, judged, prompt)
        judge = PictureLoss(self.recipe, self.perceptual, self.adversary)
        return judge(self.codec.decode(reached.float(), lr), truth, peer, step)

    def _path(self, generator: torch.Generator) -> tuple[Times, Times]:
        """Times passed without, then with gradient: 1 to 0 in one step, or a rollout of 2, 4 or 8 steps up to any of them, that
        step, and the rest of the way in one more. So every step of a rollout is judged, by what can be reached after it.
        """
        if float(torch.rand((), generator=generator)) >= self.recipe.rollout_share:
            return (1.0,), (1.0, 0.0)
        steps = ROLLOUT_STEPS[int(torch.randint(len(ROLLOUT_STEPS), (), generator=generator))]
        path = times("shift", steps, self.recipe.walk_shift)
        judged = int(torch.randint(steps, (), generator=generator))
        after = path[judged + 1]
        return path[: judged + 1], (path[judged], after, 0.0) if after else (path[judged], 0.0)


@dataclass(frozen=True)
class PictureLoss:
    """The weighted losses of pictures, wherever they come from."""

    recipe: EndPointLosses
    perceptual: dict[str, PairLoss]
    """Losses by the recipe's names ("lpips", "features"), those in use only."""
    adversary: Adversary | None = None

    def __call__(self, picture: Tensor, truth: Tensor, peer: Tensor | None, step: int) -> LossOutput:
        """The losses of pictures, all (B, 3, H, W) about -1..1; `peer` is NaN where there is no second target."""
        recipe, parts = self.recipe, {}
        loss = picture.new_zeros(())
        if recipe.pixel:
            parts["pixel"] = (picture - truth).abs().mean()
            loss = loss + recipe.pixel * parts["pixel"]
        is_peered = None if peer is None else peer.isfinite().flatten(1).all(dim=1)
        if recipe.peer and peer is not None and is_peered is not None and is_peered.any():
            parts["peer"] = (picture[is_peered] - peer[is_peered]).abs().mean()
            loss = loss + recipe.peer * parts["peer"] * is_peered.float().mean()
        loss = loss + self._perceptual(picture, truth, peer, step, parts)
        if self.adversary is not None:
            parts["discriminator"] = self.adversary.learn(picture.detach(), truth)  # first: it changes in place
            parts["adversarial"] = self.adversary.generator_loss(picture)
            loss = loss + recipe.adversarial * parts["adversarial"]
        return LossOutput(loss, {name: part.detach() for name, part in parts.items()})

    def _perceptual(
        self, picture: Tensor, truth: Tensor, peer: Tensor | None, step: int, parts: dict[str, Tensor]
    ) -> Tensor:
        """Weighted perceptual losses of pictures (B, 3, H, W) -1..1; each is entered into `parts`."""
        recipe, loss = self.recipe, picture.new_zeros(())
        result01, truth01 = _unit(picture), _unit(truth)
        for name, distance in self.perceptual.items():
            if name == "features" and step % recipe.features_every:
                continue
            most = recipe.features_batch_size if name == "features" else len(picture)
            distances = distance(result01[:most], truth01[:most])
            if name == "lpips" and recipe.peer_lpips and peer is not None:
                is_peered = peer.isfinite().flatten(1).all(dim=1)
                if is_peered.any():
                    to_peer = distance(result01[is_peered], _unit(peer[is_peered]))
                    share = recipe.peer_lpips * is_peered.to(distances.dtype)
                    distances = (1 - share) * distances + share.index_put((is_peered,), recipe.peer_lpips * to_peer)
            parts[name] = distances.mean()
            loss = loss + getattr(recipe, name) * parts[name]
        return loss


def _unit(picture: Tensor) -> Tensor:
    """From -1..1 to 0..1, clipped."""
    return picture.clamp(-1, 1) * 0.5 + 0.5


class PatchDiscriminator(nn.Module):
    """Tells real patches from made ones, a logit for every 4 pixels; spectral norm keeps it smooth (Miyato et al., arXiv 1802.05957)."""

    def __init__(self, width: int = 48) -> None:
        super().__init__()
        spectral = nn.utils.parametrizations.spectral_norm
        self.layers = nn.Sequential(
            nn.PixelUnshuffle(2),
            nn.Conv2d(12, width, 3, padding=1),
            nn.LeakyReLU(0.2),
            spectral(nn.Conv2d(width, 2 * width, 4, stride=2, padding=1)),
            nn.LeakyReLU(0.2),
            spectral(nn.Conv2d(2 * width, 2 * width, 3, padding=1)),
            nn.LeakyReLU(0.2),
            spectral(nn.Conv2d(2 * width, 2 * width, 3, padding=1)),
            nn.LeakyReLU(0.2),
            nn.Conv2d(2 * width, 1, 3, padding=1),
        )

    def forward(self, picture: Tensor) -> Tensor:
        """(B, 3, H, W) -1..1 to (B, 1, H / 4, W / 4) logits."""
        return self.layers(picture)  # type: ignore[no-any-return]


@dataclass
class Adversary:
    """A discriminator with its optimizer; learns from every picture it judges."""

    discriminator: PatchDiscriminator
    optimizer: torch.optim.Optimizer

    @staticmethod
    def create(device: torch.device, learning_rate: float = 2e-4) -> Adversary:
        """A fresh one."""
        discriminator = PatchDiscriminator().to(device)
        discriminator.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return Adversary(discriminator, torch.optim.AdamW(discriminator.parameters(), learning_rate, betas=(0.5, 0.99)))

    def generator_loss(self, picture: Tensor) -> Tensor:
        """Softplus of the negative logits: small where the picture passes as real."""
        self.discriminator.requires_grad_(False)
        return nn.functional.softplus(-self.discriminator(picture).float()).mean()

    def learn(self, made: Tensor, real: Tensor) -> Tensor:
        """One step of the discriminator, the same on all processes; none where a gradient is not a number. Returns this one's detached
        loss.
        """
        self.discriminator.requires_grad_(True)
        softplus = nn.functional.softplus
        with torch.enable_grad():
            loss = (
                softplus(self.discriminator(made).float()).mean() + softplus(-self.discriminator(real).float()).mean()
            )
            self.optimizer.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            parameters = list(self.discriminator.parameters())
            _average_gradients(parameters)
            norms = torch._foreach_norm([each.grad for each in parameters if each.grad is not None])
            if (
                torch.stack(norms).isfinite().all()
            ):  # one picture that is not a number would stay in the weights for good
                self.optimizer.step()
        return loss.detach()


def _average_gradients(parameters: list[nn.Parameter]) -> None:
    """Give every process the mean of all their gradients; nothing happens where one trains alone."""
    if not (distributed.is_available() and distributed.is_initialized()):
        return
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    flat = torch.cat([gradient.flatten() for gradient in gradients])
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    for gradient, mean in zip(gradients, torch.split(flat, [each.numel() for each in gradients]), strict=True):
        gradient.copy_(mean.view(gradient.shape))


def _rollout(network: NamedVelocity, z: Tensor, lr: Tensor, path: Times, prompt: Prompt | None) -> Tensor:
    names: Tensor | Prompt = _clean(len(z), z.device)
    if prompt is not None:
        names = Prompt(prompt.pooled[: len(z)], None if prompt.tokens is None else prompt.tokens[: len(z)])
    ones = z.new_ones(len(z))
    for t, r in pairwise(path):
        z = z - (t - r) * network(z, lr, names, ones * t, ones * r)
    return z


def _clean(count: int, device: torch.device) -> Tensor:
    return torch.full((count,), int(PromptName.CLEAN), device=device)


def perceptual_losses(
    recipe: EndPointLosses | PictureLosses, device: torch.device | str = "cpu"
) -> dict[str, PairLoss]:
    """The perceptual losses a recipe gives a weight, frozen and ready to differentiate through.

    Raises:
        WeightsError: the metrics' weights are not there; the message names the command that gets them.
    """
    from distill.metrics.dists import Dists
    from distill.metrics.lpips import Lpips

    made = {"lpips": Lpips, "features": Dists}
    wanted = {name: make() for name, make in made.items() if getattr(recipe, name)}
    return {name: loss.requires_grad_(False).eval().to(device) for name, loss in wanted.items()}
