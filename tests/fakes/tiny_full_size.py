"""A full-size student at a few thousand parameters with its guided teacher, ready for the trainer; the same at every call."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from distill.config import MeanFlowObjective, StudentRecipe
from distill.data import BatchStream
from distill.networks.full_size import PromptedTransformer, student_of
from distill.networks.prompted import PromptName
from distill.networks.teacher import GuidedTeacher
from distill.training.objectives import MeanFlowDistillation
from distill.training.trainer import TrainerParts
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.models.prompts import Prompt
from tests.fakes.tiny_training import make_pack
from tests.fakes.tiny_transformer import CONFIG


class AveragingCodec:
    """Pictures as means of 8 x 8 pixels, three colours and their sum: what an autoencoder's latents have in common with it is the shape."""

    factor, channels = 8, 4

    def encode_condition(self, enlarged: Tensor) -> Tensor:
        """(B, 3, H, W) to (B, 4, H / 8, W / 8)."""
        means = F.avg_pool2d(enlarged, 8)
        return torch.cat([means, means.sum(dim=1, keepdim=True)], dim=1)

    def encode_target(self, picture: Tensor, condition: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """The picture's own means."""
        return self.encode_condition(picture)

    def decode(self, z: Tensor, condition: Tensor) -> Tensor:
        """The means, 8 x 8 times each."""
        return F.interpolate(z[:, :3], scale_factor=8)


def make_full_stream(process: int = 0) -> BatchStream:
    """Batches of two 32 px patches."""
    return BatchStream(make_pack(), patch_px=32, batch_size=2, process=process)


def make_full_teacher() -> PromptedTransformer:
    """Random weights, prompts far apart."""
    torch.manual_seed(5)
    velocity = VelocityTransformer(dataclasses.replace(CONFIG, has_interval=False))
    prompts = {name: Prompt(torch.randn(1, 10), torch.randn(1, 3, 12)) for name in PromptName}
    return PromptedTransformer(velocity, prompts).requires_grad_(False).eval()


def make_full_parts(stream: object = None, student: dict[str, object] | None = None, **recipe: object) -> TrainerParts:
    """A student under its teacher at guidance 2; `student` as in a recipe, the rest as in its objective."""
    settings = MeanFlowObjective.model_validate(
        {"teacher": Path("teacher"), "guidance": 2.0, "derivative": "secant", **recipe}
    )
    teacher, codec = make_full_teacher(), AveragingCodec()
    torch.manual_seed(6)
    network = student_of(teacher, StudentRecipe.model_validate(student or {}), torch.float32)
    prompts = teacher.prompt(PromptName.CLEAN), teacher.prompt(PromptName.DEGRADED)
    guided = GuidedTeacher(teacher.velocity, *prompts, settings.guidance)
    objective = MeanFlowDistillation(settings, codec, guided, network)
    return TrainerParts(network, objective, stream or make_full_stream())
