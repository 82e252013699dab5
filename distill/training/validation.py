"""Measures a network on a few validation crops: scores against the truth, and the distance from its teacher's own map. On the sampling
grid that ships; with the weights that the network holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from distill.meanflow import measures
from distill.metrics import weights
from distill.metrics.dists import Dists
from distill.metrics.fidelity import psnr_y
from distill.metrics.kid import PATCH_PX, PatchFeatures, kid
from distill.metrics.lpips import Lpips
from distill.networks.prompted import PromptName
from distill.networks.teacher import TEACHER_STEPS
from distill.training.assembly import Assembly
from mfsr_engine.models import sampling
from mfsr_engine.models.resample import enlarge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from distill.data.samples import SamplePair

STUDENT_STEPS = (1, 2, 4)


@dataclass(frozen=True)
class StepScores:
    """Scores of the crops at a number of steps of the network."""

    steps: int
    """Steps of the network."""
    psnr_y: float
    """Decibel on luma; higher is closer."""
    lpips: float | None = None
    """AlexNet, v0.1; lower looks closer. None where its weights are not there."""
    dists: float | None = None
    """Lower looks closer, texture for texture. None where its weights are not there."""
    kid: float | None = None
    """Kernel distance of patches, `distill.metrics.kid`; lower looks more like photographs. None where the weights are not there, or
    the crops hold fewer than two patches.
    """
    map_distance: float | None = None
    """How far its ends are from those of the guided teacher's 40 steps from the same noise, see `map_distance`. Students only."""


@dataclass(frozen=True)
class Measured:
    """What a network does with the crops."""

    scores: tuple[StepScores, ...]
    """By step counts, ascending; a teacher's 40 alone."""
    pictures: dict[int, Tensor]
    """(B, 3, H, W) sRGB 0..1, by step counts."""
    identity_residual: float | None = None
    """How far it is from fulfilling the MeanFlow identity over the whole way, see `identity_residual`. Students only."""
    seed_spread: float | None = None
    """Standard deviation of the picture of one step over two seeds; how much is invented. Students only."""


@dataclass(frozen=True)
class _Scorers:
    """The networks of the scores that need weights."""

    lpips: Lpips
    dists: Dists
    features: PatchFeatures


@dataclass
class _Known:
    """What is the same at every checkpoint, once it was computed."""

    teachers_end: Tensor | None = None
    truths_features: Tensor | None = None


@dataclass
class Validation:
    """The crops, and what is measured on them."""

    pairs: Sequence[SamplePair]
    """Of one size, a multiple of what the network needs."""
    assembly: Assembly
    """Holds the network to be measured, and its teacher."""
    device: torch.device
    """Where the network is."""
    scores: bool = True
    """Whether scores are wanted, or this process only lends its part of a network that is shared out."""
    _known: _Known = field(default_factory=_Known)

    def __post_init__(self) -> None:
        self.truth = _tensor([pair.truth for pair in self.pairs]).to(self.device)
        """(B, 3, H, W) sRGB 0..1."""
        self.enlarged = enlarge(_tensor([pair.damaged for pair in self.pairs]).to(self.device) * 2 - 1, 4)
        """(B, 3, H, W) -1..1, what is given to the network, bicubically enlarged."""
        self._scorers: _Scorers | None = None
        if self.scores and weights.is_fetched():
            self._scorers = _Scorers(Lpips().to(self.device), Dists().to(self.device), PatchFeatures())

    @torch.no_grad()
    def measure(self) -> Measured | None:
        """Let the network restore the crops. None from a process that only lends its part."""
        lr = self.assembly.codec.encode_condition(self.enlarged)
        if self.assembly.teacher is None:
            picture = self._picture(self._end(lr, TEACHER_STEPS), lr)
            return Measured((self.score(TEACHER_STEPS, picture),), {TEACHER_STEPS: picture})
        ends = {steps: self._end(lr, steps) for steps in STUDENT_STEPS}
        other = self._end(lr, 1, seed=1)
        residual = self._residual(lr)
        if not self.scores:
            return None
        teachers = self.teachers_end()
        pictures = {steps: self._picture(end, lr) for steps, end in ends.items()}
        distances = {steps: float(measures.map_distance(end, teachers).mean()) for steps, end in ends.items()}
        scores = tuple(self.score(steps, picture, distances[steps]) for steps, picture in pictures.items())
        spread = measures.seed_spread(torch.stack([pictures[1], self._picture(other, lr)]))
        return Measured(scores, pictures, residual, spread)

    @torch.no_grad()
    def score(self, steps: int, picture: Tensor, map_distance: float | None = None) -> StepScores:
        """Score pictures (B, 3, H, W) sRGB 0..1 against the truth."""
        psnr = float(psnr_y(picture.cpu(), self.truth.cpu()).mean())
        if self._scorers is None:
            return StepScores(steps, psnr, map_distance=map_distance)
        judged = (scorer(picture, self.truth).mean() for scorer in (self._scorers.lpips, self._scorers.dists))
        lpips, dists = (float(score) for score in judged)
        return StepScores(steps, psnr, lpips, dists, self._kid(self._scorers.features, picture), map_distance)

    @torch.no_grad()
    def teachers_end(self) -> Tensor:
        """Where the guided teacher ends from the same noise, on the even grid that it is compared with everywhere, in the codec's
        space; only where there is a teacher.
        """
        if self._known.teachers_end is None:
            teacher = self.assembly.teacher
            assert teacher is not None
            lr = self.assembly.codec.encode_condition(self.enlarged)
            grid = sampling.times("linear", TEACHER_STEPS)
            velocity = teacher.velocity
            self._known.teachers_end = sampling.meanflow(lambda z, r, t: velocity(z, lr, t), self._noise(lr), grid)
        return self._known.teachers_end

    def teachers_picture(self) -> Tensor:
        """The guided teacher's end as pictures (B, 3, H, W) sRGB 0..1."""
        return self._picture(self.teachers_end(), self.assembly.codec.encode_condition(self.enlarged))

    def _kid(self, features: PatchFeatures, picture: Tensor) -> float | None:
        height, width = picture.shape[-2:]
        if len(picture) * (height // PATCH_PX) * (width // PATCH_PX) < 2:
            return None
        if self._known.truths_features is None:
            self._known.truths_features = features(self.truth.cpu())
        return kid(features(picture.cpu()), self._known.truths_features)

    def _residual(self, lr: Tensor) -> float:
        teacher = self.assembly.teacher
        assert teacher is not None
        noise, t = self._noise(lr), torch.ones(len(lr), device=lr.device)
        v = teacher.velocity(noise, lr, t)
        return float(measures.identity_residual(self._network(lr), noise, v, torch.zeros_like(t), t).mean())

    def _network(self, lr: Tensor) -> sampling.MeanVelocity:
        network, is_teacher = self.assembly.network, self.assembly.teacher is None
        names = torch.full((len(self.truth),), int(PromptName.CLEAN), device=self.device)
        return lambda z, r, t: network(z, lr, names, t, t if is_teacher else r)

    def _end(self, lr: Tensor, steps: int, seed: int = 0) -> Tensor:
        """Where the network ends, in the codec's space."""
        table = self.assembly.sampling
        return sampling.meanflow(
            self._network(lr), self._noise(lr, seed), sampling.times(table.grid, steps, table.shift)
        )

    def _noise(self, lr: Tensor, seed: int = 0) -> Tensor:
        height, width = lr.shape[-2:]
        generator = torch.Generator().manual_seed(seed)
        noise = torch.randn(len(lr), self.assembly.codec.channels, height, width, generator=generator)
        return noise.to(self.device)

    def _picture(self, z: Tensor, lr: Tensor) -> Tensor:
        return (self.assembly.codec.decode(z.float(), lr).float() / 2 + 0.5).clamp(0, 1)


def _tensor(pictures: Sequence[NDArray[np.float32]]) -> Tensor:
    return torch.from_numpy(np.stack(pictures).transpose(0, 3, 1, 2).copy())
