"""Training objectives, for teachers and for students. Knows batches and networks, no optimizer and no files."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

import torch
from torch import Tensor

from distill.config import FlowMatchingObjective, MeanFlowObjective
from distill.data import Batch
from distill.meanflow.target import (
    Flow,
    Interval,
    Target,
    TargetOptions,
    adaptively_weighted,
    alpha_at,
    alpha_flow,
    bounded_target,
    identity_by_jvp,
    identity_by_secant,
    midpoint_teacher,
    moving_rows,
    rcgm,
    split_mean_flow,
    squared_error,
)
from distill.meanflow.times import logit_normal, time_pairs
from distill.networks.prompted import NamedVelocity, PromptName
from distill.networks.teacher import GuidedTeacher
from distill.training.endpoint import EndPointLoss, LossOutput, PairLoss
from distill.training.pairs import FlowPairs, flow_pairs, noisy
from mfsr_engine.models.codec import Codec
from mfsr_engine.models.prompts import Prompt


class Objective(Protocol):
    """A training objective."""

    def __call__(self, network: NamedVelocity, batch: Batch, step: int, generator: torch.Generator) -> LossOutput:
        """The loss of one batch. `network` may be wrapped; all randomness is drawn from the CPU `generator`."""


@dataclass(frozen=True)
class FlowMatching:
    """Flow matching with prompts: good targets under "clean", worse ones under "degraded", a share under "null"."""

    recipe: FlowMatchingObjective
    codec: Codec
    perceptual: dict[str, PairLoss] = field(default_factory=dict)
    """Losses on the predicted picture by the recipe's names ("lpips", "features"), those in use only."""

    def __call__(self, network: NamedVelocity, batch: Batch, step: int, generator: torch.Generator) -> LossOutput:
        """Mean squared error of the velocity, (z - x) / t bounded at small t as in the model's own parametrisation."""
        count, device = len(batch.high), batch.high.device
        choice = torch.rand(count, generator=generator)
        is_degraded = choice < self.recipe.degraded_share
        names = torch.full((count,), int(PromptName.CLEAN))
        names[is_degraded] = int(PromptName.DEGRADED)
        names[choice > 1 - self.recipe.null_share] = int(PromptName.NULL)
        pairs = flow_pairs(batch, self.codec, is_degraded, generator)
        t = logit_normal(count, self.recipe.time_mean, self.recipe.time_std, generator).to(device)
        noise = normal_like(pairs.x, generator)
        z = noisy(pairs.x, noise, t)
        u = network(z, pairs.lr, names.to(device), t, t)
        loss = squared_error(u, noise - pairs.x).mean()
        parts = {"velocity": loss.detach()}
        if self.perceptual:
            wide = t[:, None, None, None]
            picture = self.codec.decode((z - wide * u).float(), pairs.lr)
            assert batch.soft is not None, "a teacher's crops have worse pictures"
            truth = torch.where(is_degraded.to(device)[:, None, None, None], batch.soft, batch.high)
            loss = loss + self._of_picture(picture, truth, parts)
        return LossOutput(loss, parts)

    def _of_picture(self, picture: Tensor, truth: Tensor, parts: dict[str, Tensor]) -> Tensor:
        """Weighted perceptual losses of pictures (B, 3, H, W) -1..1; each is entered into `parts`."""
        recipe, loss = self.recipe.picture, picture.new_zeros(())
        picture01, truth01 = picture.clamp(-1, 1) * 0.5 + 0.5, truth * 0.5 + 0.5
        for name, distance in self.perceptual.items():
            most = recipe.features_batch_size if name == "features" else recipe.batch_size
            found = distance(picture01[:most], truth01[:most]).mean()
            parts[name] = found.detach()
            loss = loss + getattr(recipe, name) * found
        return loss


@dataclass(frozen=True)
class MeanFlowDistillation:
    """MeanFlow under the guided teacher's velocity, with end-point losses beside it."""

    recipe: MeanFlowObjective
    codec: Codec
    teacher: GuidedTeacher
    bare_network: NamedVelocity
    """The student without wrapper: the target has no gradient and must not touch the wrapper's hooks."""
    end_point: EndPointLoss | None = None
    """End-point losses, or None."""
    null: Prompt | None = None
    """The teacher's null prompt, for batches with captions."""
    null_share: float = 0.0
    """Share of batches with captions that are learned under it instead."""

    def __call__(self, network: NamedVelocity, batch: Batch, step: int, generator: torch.Generator) -> LossOutput:
        """The weighted MeanFlow loss plus, every so many steps, the end-point losses."""
        pairs = flow_pairs(batch, self.codec, generator=generator)
        loss = pairs.x.new_zeros(())
        parts: dict[str, Tensor] = {}
        prompt = self._captions(batch, generator)
        if self.recipe.weight > 0 and step % self.recipe.every == 0:
            raw, weighted = self._mean_flow(network, pairs, prompt, step, generator)
            loss = loss + self.recipe.weight * weighted
            parts["meanflow"] = raw
        if self.end_point is not None and step % self.recipe.end_point.every == 0:
            judged = self.end_point(network, batch, pairs, step, generator, prompt)
            loss = loss + judged.loss
            parts |= judged.parts
        return LossOutput(loss, parts)

    def _captions(self, batch: Batch, generator: torch.Generator) -> Prompt | None:
        """The prompts of a batch whose photographs have captions, or the null prompt for all of it; None without captions.

        One draw decides for the whole batch, as prompts of different lengths cannot be in one.
        """
        if batch.pooled is None:
            return None
        count, own = len(batch.pooled), self.teacher.positive
        if self.null is not None and float(torch.rand((), generator=generator)) < self.null_share:
            return self.null.expanded(count)
        return Prompt(batch.pooled, batch.tokens).to(own.pooled.device, own.pooled.dtype)

    def _mean_flow(
        self,
        network: NamedVelocity,
        pairs: FlowPairs,
        prompt: Prompt | None,
        step: int,
        generator: torch.Generator,
    ) -> tuple[Tensor, Tensor]:
        recipe, count, device = self.recipe, len(pairs.x), pairs.x.device
        times = time_pairs(
            count,
            generator,
            mean=recipe.time_mean,
            std=recipe.time_std,
            instantaneous_share=recipe.instantaneous_share,
            whole_share=recipe.whole_share,
        )
        r, t = times.r.to(device), times.t.to(device)
        names = torch.full((count,), int(PromptName.CLEAN), device=device) if prompt is None else prompt
        noise = normal_like(pairs.x, generator)
        z = noisy(pairs.x, noise, t)
        v = noise - pairs.x if recipe.target == "data" else self.teacher.velocity(z, pairs.lr, t, prompt)

        @cache
        def u() -> Tensor:
            with torch.enable_grad():  # also where a target asks for it
                return network(z, pairs.lr, names, t, r)

        rows = moving_rows(r, t)
        lr, caption = pairs.lr[rows], None if prompt is None else _rows_of(prompt, rows)
        prompts = names[rows] if isinstance(names, Tensor) else caption
        assert prompts is not None
        flow = Flow(
            lambda zz, rr, tt: self.bare_network(zz, lr, prompts, tt, rr),
            lambda zz, tt: self.teacher.velocity(zz, lr, tt, caption),
        )
        at = Interval(z[rows], v[rows], r[rows], t[rows], lambda: u().detach()[rows])
        moving = bounded_target(target_named(recipe, step, generator), flow, at, _options(recipe, step))
        is_moving = (r < t)[rows].view(-1, *[1] * (z.ndim - 1))
        error = squared_error(u(), v.index_copy(0, rows, torch.where(is_moving, moving, at.v).to(v.dtype)))
        return error.mean().detach(), adaptively_weighted(error, recipe.adaptive_power, recipe.adaptive_offset).mean()


def _rows_of(prompts: Prompt, rows: Tensor) -> Prompt:
    """The prompts of some samples."""
    return Prompt(prompts.pooled[rows], None if prompts.tokens is None else prompts.tokens[rows])


def target_named(recipe: MeanFlowObjective, step: int, generator: torch.Generator) -> Target:
    """The target a recipe asks for at a training step."""
    targets: dict[str, Target] = {
        "jvp": identity_by_jvp,
        "secant": identity_by_secant(recipe.secant_step),
        "rcgm": rcgm(recipe.secant_step),
        "alphaflow": alpha_flow(alpha_at(step, recipe.alpha_steps)),
        "splitmeanflow": split_mean_flow(generator),
        "midpoint": midpoint_teacher(recipe.secant_step),
    }
    return targets[recipe.derivative]


def _options(recipe: MeanFlowObjective, step: int) -> TargetOptions:
    warm = min(1.0, (step + 1) / recipe.tangent_warmup_steps) if recipe.tangent_warmup_steps else 1.0
    return TargetOptions(recipe.tangent_normalised, recipe.tangent_clamp, warm)


def normal_like(x: Tensor, generator: torch.Generator) -> Tensor:
    """Unit normal noise of the shape and device of `x`, drawn on the CPU, so that every device sees the same."""
    return torch.randn(x.shape, generator=generator).to(x.device, x.dtype)
