"""Processor time of a training step of the bundled student's recipe, and which parts of it take that time.

    taskset -c 0 env OMP_NUM_THREADS=1 python -m benchmarks.training_step [--steps 12] [--recipe FILE] [--trace]

Random patches stand in for photographs, so that reading and damaging have no part in it. Steps differ, as walks of several lengths are
drawn; the seed makes them the same steps in every run. Two steps before the first that counts are left out.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import torch
import typer
from torch import nn

from distill.data import Batch
from distill.runs.recipe_file import read_recipe
from distill.training.assembly import assemble

if TYPE_CHECKING:
    from distill.config import Recipe
    from distill.training.assembly import Assembly

RECIPE = Path(__file__).resolve().parent.parent / "resources" / "recipes" / "pixel-student.toml"
WARM_UP_STEPS = 2


def main(
    steps: Annotated[int, typer.Option(help="Steps that count.")] = 12,
    recipe: Annotated[Path, typer.Option(exists=True, help="Recipe of a student.")] = RECIPE,
    trace: Annotated[bool, typer.Option(help="Print the operations that take most time, too.")] = False,
) -> None:
    """Print median and mean of the steps, and the share of each part."""
    work = parts_of(recipe)
    for number in range(WARM_UP_STEPS):
        work.step(number)
    taken_s = []
    for number in range(steps):
        began_s = time.process_time()
        work.step(number)
        taken_s.append(time.process_time() - began_s)
    name = work.settings.name
    print(f"{steps} steps of {name}: median {np.median(taken_s):.2f}, mean {np.mean(taken_s):.2f} s of processor")
    _print_parts(work, steps)
    if trace:
        with torch.profiler.profile() as profile:
            for number in range(steps):
                work.step(number)
        print(profile.key_averages().table(sort_by="self_cpu_time_total", row_limit=25, max_name_column_width=60))


@dataclass(frozen=True)
class Work:
    """A training, without its data."""

    settings: Recipe
    """Its recipe."""
    assembly: Assembly
    """What the recipe names."""
    optimizer: torch.optim.Optimizer
    """Of the network's parameters."""

    def step(self, number: int) -> None:
        """One step on random patches, the same for the same number."""
        data, generator = self.settings.data, torch.Generator().manual_seed(number)
        high = torch.rand(data.batch_size, 3, data.patch_px, data.patch_px, generator=generator) * 2 - 1
        batch = Batch(high, nn.functional.avg_pool2d(high, 4))
        loss = self.assembly.objective(self.assembly.network, batch, number, generator).loss
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.assembly.network.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)


def parts_of(recipe: Path) -> Work:
    """A training as its recipe says, on the processor."""
    settings = read_recipe(recipe)
    torch.manual_seed(0)
    assembly = assemble(settings, torch.device("cpu"))
    trained = [p for p in assembly.network.parameters() if p.requires_grad]
    return Work(settings, assembly, torch.optim.AdamW(trained, 1e-5))


def _print_parts(work: Work, steps: int) -> None:
    """Time inside of each loss on the picture, forward."""
    spent_s: dict[str, float] = defaultdict(float)
    end_point: Any = work.assembly.objective.end_point  # type: ignore[attr-defined]
    named: dict[str, Any] = dict(end_point.perceptual)
    end_point.perceptual = {name: _timed(name, loss, spent_s) for name, loss in named.items()}
    began_s = time.process_time()
    for number in range(steps):
        work.step(number)
    whole_s = time.process_time() - began_s
    end_point.perceptual = named
    for name, seconds in spent_s.items():
        print(f"{name}, forward: {seconds / steps:.2f} s a step ({100 * seconds / whole_s:.0f} %)")


def _timed(name: str, call: Any, spent_s: dict[str, float]) -> Any:
    def timed(*arguments: Any) -> Any:
        began_s = time.process_time()
        result = call(*arguments)
        spent_s[name] += time.process_time() - began_s
        return result

    return timed


if __name__ == "__main__":
    typer.run(main)
