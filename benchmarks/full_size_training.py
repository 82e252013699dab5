"""Memory and speed of distilling the full-size model: which parts learn, and how the derivative is had.

Random latents stand in for pictures, so that the autoencoder and the data have no part in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

import torch

from benchmarks import full_size_networks as networks
from benchmarks.full_size_report import Row
from benchmarks.rates import synchronize
from distill.meanflow.target import (
    Flow,
    Interval,
    Target,
    TargetOptions,
    adaptively_weighted,
    bounded_target,
    identity_by_jvp,
    identity_by_secant,
    squared_error,
)
from distill.networks.full_size import PromptedTransformer, student_of
from distill.networks.prompted import PromptName
from distill.networks.teacher import GuidedTeacher

if TYPE_CHECKING:
    from torch import Tensor

    from benchmarks.full_size_bench import Bench

PARTS: tuple[Literal["control", "lora", "all"], ...] = ("control", "lora", "all")
DERIVATIVES: tuple[Literal["secant", "jvp"], ...] = ("secant", "jvp")
GUIDANCE = 2.0
SECANT_STEP = 0.02


@dataclass(frozen=True)
class _Recipe:
    """The fields of a student's recipe; the recipe itself would need pydantic."""

    parts: str
    lora_rank: int = 64
    gradient_checkpointing: bool = True
    time_unit: str = "teacher"
    lr_keys: str = "teacher"


def measure(bench: Bench) -> None:
    """A step of each kind, for each batch, until memory runs out or time is up."""
    config = replace(bench.scale.config, has_interval=False, time_unit=1000.0)
    velocity = networks.transformer(config, bench.device, bench.dtype)
    prompts = {name: networks.prompt(config, bench.device, bench.dtype) for name in PromptName}
    teacher = PromptedTransformer(velocity, prompts).requires_grad_(False).eval()
    for parts in PARTS:
        if not bench.has_time:
            return
        recipe: Any = _Recipe(parts)
        student = student_of(teacher, recipe, bench.dtype).to(bench.device)
        learning = [p for p in student.parameters() if p.requires_grad]
        optimizer = torch.optim.AdamW(learning, lr=1e-5)
        count = sum(p.numel() for p in learning) / 1e6
        for derivative in DERIVATIVES:
            for batch in bench.scale.batches:
                step = _Step(bench, teacher, student, optimizer, derivative, batch)
                row = Row(f"training, {batch} samples", f"{parts} ({count:.0f} M), {derivative}", "step", None)
                if bench.measure(row, step.run) is None:
                    break
        optimizer.zero_grad(set_to_none=True)
        del student, learning, optimizer, step
        synchronize(bench.device)
        if bench.device.type == "cuda":
            torch.cuda.empty_cache()


class _Step:
    """One training step on random latents of a tile."""

    def __init__(
        self,
        bench: Bench,
        teacher: PromptedTransformer,
        student: PromptedTransformer,
        optimizer: torch.optim.Optimizer,
        derivative: Literal["secant", "jvp"],
        batch: int,
    ) -> None:
        cells = bench.scale.small_px // 2
        shape = (batch, 16, cells, cells)
        self._z, self._lr = (torch.randn(shape, device=bench.device) for _ in range(2))
        self._t = torch.linspace(0.5, 1.0, batch, device=bench.device)
        self._r = torch.zeros(batch, device=bench.device)
        self._names = torch.full((batch,), int(PromptName.CLEAN), device=bench.device)
        prompts = teacher.prompts()
        positive, negative = prompts[PromptName.CLEAN], prompts[PromptName.DEGRADED]
        self._teacher = GuidedTeacher(teacher.velocity, positive, negative, GUIDANCE)
        self._student, self._optimizer = student, optimizer
        self._target: Target = identity_by_jvp if derivative == "jvp" else identity_by_secant(SECANT_STEP)
        self._device, self._dtype = bench.device, bench.dtype

    def run(self) -> None:
        """Teacher, target, loss, gradient, step."""
        with torch.autocast(self._device.type, self._dtype, enabled=self._dtype != torch.float32):
            v = self._teacher.velocity(self._z, self._lr, self._t)
            options = TargetOptions(clamp=5.0)
            u = cache(self._present)
            flow = Flow(self._u, lambda z, t: self._teacher.velocity(z, self._lr, t))
            at = Interval(self._z, v, self._r, self._t, lambda: u().detach())
            target = bounded_target(self._target, flow, at, options)
            error = squared_error(u(), target)
            loss = adaptively_weighted(error, 1.0, 1e-3).mean()
        loss.backward()
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)

    def _present(self) -> Tensor:
        with torch.enable_grad():  # also where the target asks for it
            return self._u(self._z, self._r, self._t)

    def _u(self, z: Tensor, r: Tensor, t: Tensor) -> Tensor:
        return self._student(z, self._lr, self._names, t, r)  # type: ignore[no-any-return]
