"""Networks, pictures and objectives so small that a training step takes milliseconds; the same at every call."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import torch

from distill.config import MeanFlowObjective, OptimizerRecipe, RunRecipe
from distill.data import Batch, BatchStream, Pack
from distill.networks.families import CompactNetworks
from distill.networks.prompted import PromptedVelocity, PromptName, new_teacher, student_of
from distill.networks.teacher import GuidedTeacher
from distill.training.endpoint import LossOutput
from distill.training.objectives import MeanFlowDistillation
from distill.training.trainer import TrainerParts
from mfsr_engine.models.card import FamilyName, ImageTable, ModelCard, Role, SamplingTable
from mfsr_engine.models.codec import ResidualPixelCodec
from mfsr_engine.models.compact.network import CompactConfig

FAST = OptimizerRecipe(learning_rate=3e-3, warmup_steps=4)


def generator(seed: int = 0) -> torch.Generator:
    """Random numbers, the same at every call."""
    return torch.Generator().manual_seed(seed)


def make_pack() -> Pack:
    """Six 32 px crops with three damaged versions each, of random bytes, in memory."""
    random = np.random.default_rng(0)
    high, soft = (random.integers(0, 256, (6, 32, 32, 3), np.uint8) for _ in range(2))
    return Pack(high, random.integers(0, 256, (3, 6, 8, 8, 3), np.uint8), soft)


def make_stream(process: int = 0) -> BatchStream:
    """Batches of two 16 px patches."""
    return BatchStream(make_pack(), patch_px=16, batch_size=2, process=process)


def make_teacher() -> PromptedVelocity:
    """Width 8, two blocks, no parameter left at zero and prompts far apart, so that every input matters."""
    network = new_teacher(CompactConfig(width=8, blocks=2, embedding=16), seed=1)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in network.parameters():
            if not parameter.abs().sum():
                parameter.normal_(std=0.1, generator=generator)
        network.prompts.weight.normal_(generator=generator)
    return network


def write_teacher(folder: Path, network: PromptedVelocity | None = None, guidance: float = 1.0) -> Path:
    """A model folder of a compact teacher of three steps; of `make_teacher` if no other is given."""
    card = ModelCard(
        name="tiny-teacher",
        title="Tiny teacher",
        family=FamilyName.COMPACT,
        role=Role.TEACHER,
        licence="CC0-1.0",
        attribution="Nobody",
        image=ImageTable(tile_px=64, overlap_px=24, halo_px=10),
        sampling=SamplingTable(default_steps=3, max_steps=40, guidance=guidance),
    )
    CompactNetworks().write(folder, card, network or make_teacher(), folder)
    return folder


def make_parts(objective: object = None, stream: object = None, **recipe: object) -> TrainerParts:
    """A student whose interval already matters, under its teacher at guidance 2."""
    settings = MeanFlowObjective.model_validate(
        {"teacher": Path("teacher"), "guidance": 2.0, "derivative": "secant", **recipe}
    )
    teacher = make_teacher().requires_grad_(False)
    torch.manual_seed(3)
    student = student_of(teacher)
    torch.nn.init.constant_(student.velocity.interval_embedder[-1].weight, 0.01)
    prompts = teacher.prompt(PromptName.CLEAN), teacher.prompt(PromptName.DEGRADED)
    guided = GuidedTeacher(teacher.velocity, *prompts, settings.guidance)
    objective = objective or MeanFlowDistillation(settings, ResidualPixelCodec(), guided, student)
    return TrainerParts(student, objective, stream or make_stream())


def make_run(steps: int = 20, **changes: object) -> RunRecipe:
    """A run in fp32 that is not cut short by checkpoints."""
    settings = {"steps": steps, "precision": "fp32", "log_every": 5, "checkpoint_minutes": 60, **changes}
    return RunRecipe.model_validate(settings)


@dataclasses.dataclass(frozen=True)
class JoinedStream:
    """The batches that several sources give at one step, as one."""

    sources: tuple[BatchStream, ...]
    every: int = 1
    """Consecutive batches of each source joined as well."""

    @property
    def batch_size(self) -> int:
        """Patches in one joined batch."""
        return self.every * sum(source.batch_size for source in self.sources)

    def batch(self, step: int) -> Batch:
        """All of them, one source after the other."""
        parts = [source.batch(self.every * step + n) for source in self.sources for n in range(self.every)]
        return Batch(*(torch.cat([getattr(part, name) for part in parts]) for name in ("high", "low", "soft")))


class DrawnFromTheSample:
    """An objective whose noise and times depend on each sample alone, so that how a batch is split changes nothing."""

    def __init__(self, inner: MeanFlowDistillation) -> None:
        self._inner = inner

    def __call__(self, network: object, batch: Batch, step: int, generator: torch.Generator) -> LossOutput:
        """The mean of the samples' own losses."""
        losses = []
        for index, low in enumerate(batch.low):
            one = Batch(*(part[index : index + 1] for part in (batch.high, batch.low, batch.soft)))
            own = torch.Generator().manual_seed(int(((low.double() + 1) * 1000).sum()))
            losses.append(self._inner(network, one, step, own).loss)
        loss = torch.stack(losses).mean()
        return LossOutput(loss, {"meanflow": loss.detach()})


def drawn_from_the_sample(parts: TrainerParts) -> TrainerParts:
    """The same parts, each sample with its own draws."""
    return dataclasses.replace(parts, objective=DrawnFromTheSample(parts.objective))
