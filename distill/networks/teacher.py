"""The guided teacher: its velocity under a positive prompt, guided away from a negative one. Never has a gradient."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from distill.networks.prompted import PromptedVelocity, joined, prompts_by_name, token_count
from mfsr_engine.models.compact.network import load_compact
from mfsr_engine.models.flow import VelocityModel
from mfsr_engine.models.prompts import Prompt, load_prompts

TEACHER_STEPS = 40
"""Steps a teacher is sampled with, wherever it is compared or used."""


@dataclass(frozen=True)
class GuidedTeacher:
    """v(z, t) = v(negative) + w (v(positive) - v(negative)) (classifier-free guidance with a negative prompt)."""

    model: VelocityModel
    """The teacher, in evaluation mode, frozen."""
    positive: Prompt
    """What the student shall give."""
    negative: Prompt | None
    """What it shall stay away from; may be None where `scale` is 1."""
    scale: float
    """w; 1 is the positive prompt alone."""

    @torch.no_grad()
    def velocity(self, z: Tensor, lr: Tensor, t: Tensor, positive: Prompt | None = None) -> Tensor:
        """Guided instantaneous velocity, shape and dtype of `z`; one pass of the model if both prompts are of one length, else two.

        `positive`, of one sample or as many as `z` has, takes the place of the teacher's own.
        """
        positive = (positive or self.positive).expanded(len(z))
        if self.scale == 1.0:
            return self.model(z, lr, positive, t, t)
        assert self.negative is not None
        negative = self.negative.expanded(len(z))
        if token_count(negative) == token_count(positive):
            both = joined([negative, positive])
            away, toward = self.model(_twice(z), _twice(lr), both, _twice(t), _twice(t)).chunk(2)
        else:
            away, toward = (self.model(z, lr, prompt, t, t) for prompt in (negative, positive))
        return away + self.scale * (toward - away)


def _twice(x: Tensor) -> Tensor:
    return torch.cat([x, x])


def load_compact_teacher(folder: Path) -> PromptedVelocity:
    """A compact teacher from a model folder, fp32, frozen, in evaluation mode.

    Raises:
        ModelError: the folder holds no usable compact model.
    """
    velocity = load_compact(folder, torch.device("cpu"), torch.float32)
    prompts = prompts_by_name(load_prompts(folder))
    teacher = PromptedVelocity(velocity, prompts)
    with torch.no_grad():
        teacher.prompts.weight.zero_()
        for name, prompt in prompts.items():
            teacher.prompts.weight[int(name)] = prompt.pooled[0]
    return teacher.requires_grad_(False).eval()
