"""The guided teacher: its velocity under a positive prompt, led away from a negative one. Never has a gradient."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from distill.networks import PromptedVelocity, PromptName
from mfsr_engine.errors import ModelError
from mfsr_engine.models.compact_files import load_compact
from mfsr_engine.models.prompts import load_prompts
from mfsr_engine.models.velocity import Prompt, VelocityModel

TEACHER_STEPS = 40
"""Steps a teacher is sampled with, wherever it is compared or used."""


@dataclass(frozen=True)
class GuidedTeacher:
    """v(z, t) = v(negative) + w (v(positive) - v(negative)) (classifier-free guidance with a negative prompt)."""

    model: VelocityModel
    """The teacher, in evaluation mode, frozen."""
    positive: Prompt
    """What the student shall give."""
    negative: Prompt
    """What it shall stay away from."""
    scale: float
    """w; 1 is the positive prompt alone."""

    @torch.no_grad()
    def velocity(self, z: Tensor, lr: Tensor, t: Tensor) -> Tensor:
        """Guided instantaneous velocity, shape and dtype of `z`; one pass of the model for both prompts."""
        positive = self.positive.expanded(len(z))
        if self.scale == 1.0:
            return self.model(z, lr, positive, t, t)
        both = _joined(self.negative.expanded(len(z)), positive)
        away, toward = self.model(_twice(z), _twice(lr), both, _twice(t), _twice(t)).chunk(2)
        return away + self.scale * (toward - away)


def _twice(x: Tensor) -> Tensor:
    return torch.cat([x, x])


def _joined(a: Prompt, b: Prompt) -> Prompt:
    tokens = None if a.tokens is None or b.tokens is None else torch.cat([a.tokens, b.tokens])
    return Prompt(torch.cat([a.pooled, b.pooled]), tokens)


def load_compact_teacher(folder: Path) -> PromptedVelocity:
    """A compact teacher from a model folder, fp32, frozen, in evaluation mode.

    Raises:
        ModelError: the folder holds no usable compact model, or lacks a prompt.
    """
    velocity = load_compact(folder, torch.device("cpu"), torch.float32)
    prompts = load_prompts(folder)
    teacher = PromptedVelocity(velocity)
    with torch.no_grad():
        for name, prompt in zip(PromptName, (prompts.positive, prompts.negative, prompts.null), strict=True):
            if prompt is None:
                raise ModelError(f'{folder} has no "{name.name.lower()}" prompt; guidance needs all three.')
            teacher.prompts.weight[int(name)] = prompt.pooled[0]
    return teacher.requires_grad_(False).eval()
