"""Counts, without a device, what a training step of the full-size model keeps in memory: `python -m benchmarks.full_size_memory`.

Weights, gradients, moments and averages follow from the number of parameters; activations are counted on the meta device in 16 bits,
with fused attention and recomputed blocks. The exact derivative, with plain attention, is counted in 32 bits and halved, since the
meta device has no autocast. Workspaces of libraries, the autoencoder and what the system takes are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import torch
import typer
from torch import Tensor

from benchmarks import full_size_networks as networks
from benchmarks.counting import LiveMemory
from distill.config import StudentRecipe
from distill.meanflow.target import (
    Flow,
    Interval,
    MeanVelocity,
    TargetOptions,
    bounded_target,
    exact_derivative,
    identity_by_secant,
    squared_error,
)
from distill.networks.full_size import PromptedTransformer, student_of
from distill.networks.prompted import PromptName
from distill.networks.teacher import GuidedTeacher

if TYPE_CHECKING:
    from benchmarks.full_size_networks import Scale

META = torch.device("meta")
GIB = 2**30
LEARNED_BYTES = 4 + 4 + 8 + 4 + 2
"""Of a parameter that learns: weight, gradient, two moments, one average in fp32, and its 16-bit copy under autocast."""
FROZEN_BYTES = 2
CELLS = 64
"""Side of a latent: a patch of 512 pixels."""

Parts = Literal["all", "control", "lora"]
Derivative = Literal["secant", "jvp"]


@dataclass(frozen=True)
class TrainingMemory:
    """What a process holds at the peak of a step, bytes."""

    learned: int
    """Parameters that learn (a count)."""
    frozen: int
    """Parameters of the student that do not (a count)."""
    teacher: int
    """Parameters of the teacher (a count)."""
    activations: int
    """Live tensors at the peak, weights left out (bytes)."""

    def total(self, processes: int = 1) -> int:
        """All of it; with more processes the student is shared out among them (`run.shard`)."""
        student = self.learned * LEARNED_BYTES + self.frozen * FROZEN_BYTES
        return self.teacher * FROZEN_BYTES + student // processes + self.activations


class _FusedAttention(torch.autograd.Function):
    """Shapes of fused attention: it keeps what goes in and what comes out, and no scores."""

    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """(B, heads, N, d) three times to the same."""
        out = torch.empty_like(query)
        ctx.save_for_backward(query, key, value, out)
        return out

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, ...]:
        """Gradients of the three."""
        return tuple(torch.empty_like(saved) for saved in ctx.saved_tensors[:3])


def _fused(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return _FusedAttention.apply(query, key, value)  # type: ignore[no-any-return,no-untyped-call]


def _plain(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = query @ key.transpose(-1, -2) * query.shape[-1] ** -0.5
    return scores.softmax(dim=-1) @ value


def count_training(
    scale: Scale, parts: Parts, derivative: Derivative, batch: int, cells: int = CELLS
) -> TrainingMemory:
    """Count one step of guided MeanFlow distillation in 16 bits with recomputed blocks."""
    config = replace(scale.config, has_interval=False, time_unit=1000.0)
    velocity = networks.transformer(config, META, torch.bfloat16)
    prompts = {name: networks.prompt(config, META, torch.bfloat16) for name in PromptName}
    teacher = PromptedTransformer(velocity, prompts).requires_grad_(False).eval()
    recipe = StudentRecipe(parts=parts, gradient_checkpointing=True, time_unit="teacher")
    student = student_of(teacher, recipe, torch.bfloat16).to(torch.bfloat16)
    learned = sum(p.numel() for p in student.parameters() if p.requires_grad)
    z, lr = (torch.empty(batch, config.in_channels, cells, cells, device=META) for _ in range(2))
    activations = _peak_of_step(teacher, student, z, lr)
    if derivative == "jvp":
        activations = max(activations, _peak_of_exact_derivative(student.float(), z, lr) // 2)
    everything = sum(p.numel() for p in student.parameters())
    return TrainingMemory(learned, everything - learned, sum(p.numel() for p in teacher.parameters()), activations)


def _peak_of_step(teacher: PromptedTransformer, student: PromptedTransformer, z: Tensor, lr: Tensor) -> int:
    """Teacher, target by the secant, loss and gradient."""
    for parameter in student.parameters():
        if parameter.requires_grad:
            parameter.register_post_accumulate_grad_hook(_drop_gradient)  # type: ignore[no-untyped-call]
    teacher.velocity.attention = student.velocity.attention = _fused
    prompts = teacher.prompts()
    guided = GuidedTeacher(teacher.velocity, prompts[PromptName.CLEAN], prompts[PromptName.DEGRADED], 2.0)
    t = torch.empty(len(z), device=META)
    u, memory = _bound(student, lr), _memory(teacher, student)
    with memory:
        v = guided.velocity(z, lr, t)
        mean = u(z, t, t)
        flow = Flow(u, lambda state, time: guided.velocity(state, lr, time))
        at = Interval(z, v, t, t, mean.detach)
        target = bounded_target(identity_by_secant(0.02), flow, at, TargetOptions())
        squared_error(mean, target).mean().backward()  # type: ignore[no-untyped-call]
    return memory.peak


def _peak_of_exact_derivative(student: PromptedTransformer, z: Tensor, lr: Tensor) -> int:
    """The target alone; its peak passes before the gradient's."""
    student.velocity.attention = _plain
    t, memory = torch.empty(len(z), device=META), _memory(student)
    with memory, torch.no_grad():
        v = torch.empty_like(z)
        exact_derivative(_bound(student, lr), Interval(z, v, t, t, lambda: z))
    return memory.peak


def _bound(student: PromptedTransformer, lr: Tensor) -> MeanVelocity:
    names = torch.full((len(lr),), int(PromptName.CLEAN))
    return lambda z, r, t: student(z, lr, names, t, r)


def _memory(*networks_used: torch.nn.Module) -> LiveMemory:
    memory = LiveMemory()
    for network in networks_used:
        memory.leave_out([*network.parameters(), *network.buffers()])
    return memory


def _drop_gradient(parameter: Tensor) -> None:
    """Gradients are counted by the number of parameters."""
    parameter.grad = None


def main(
    batches: list[int] = typer.Option([1, 4], help="Samples of a step."),
    tiny: bool = typer.Option(False, help="A very small network, to rehearse."),
) -> None:
    """Print a Markdown table."""
    scale = networks.TINY if tiny else networks.FULL
    typer.echo(
        "| learns | du/dt | samples | activations | one card | each of 8, shared out |\n| --- | --- | ---: | ---: | ---: | ---: |"
    )
    for parts in ("lora", "control", "all"):
        for derivative in ("secant", "jvp"):
            for batch in batches:
                found = count_training(scale, parts, derivative, batch)
                sizes = (found.activations, found.total(), found.total(8))
                cells = " | ".join(f"{size / GIB:.2f} GiB" for size in sizes)
                typer.echo(f"| {parts} ({found.learned / 1e6:.0f} M) | {derivative} | {batch} | {cells} |")


if __name__ == "__main__":
    typer.run(main)
