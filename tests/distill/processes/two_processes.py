"""Two training processes over gloo that try everything two processes can get wrong, each writing what it saw.

Started by a test with a folder as its argument; writes `rank-0.pt` and `rank-1.pt` there. The ranks are forked from this process,
so that the libraries are loaded only once.
"""

import dataclasses
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
import torch._dynamo
import torch.distributed
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor
from torch.optim.optimizer import register_optimizer_step_pre_hook

from distill.config import EndPointLosses, OptimizerRecipe
from distill.training.endpoint import Adversary, EndPointLoss, LossOutput
from distill.training.trainer import Trainer, TrainerParts
from mfsr_engine.errors import MfsrError
from mfsr_engine.models.codec import ResidualPixelCodec
from mfsr_engine.progress import Progress
from tests.distill.processes import forked
from tests.fakes.tiny_training import FAST, drawn_from_the_sample, make_parts, make_run, make_stream
from tests.fakes.tiny_transformer import distillation_loss, make_transformer

UNCLIPPED = OptimizerRecipe(clip=1e9)


def gradients(folder: Path, parts: TrainerParts, optimizer: OptimizerRecipe = UNCLIPPED) -> list[torch.Tensor]:
    """What the optimizer is given at the first step."""
    found: list[torch.Tensor] = []
    hook = register_optimizer_step_pre_hook(
        lambda optimizer, *_: found.extend(p.grad.clone() for p in optimizer.param_groups[0]["params"])
    )
    Trainer(folder, make_run(1), optimizer, parts).train(Progress())
    hook.remove()
    return found


def with_end_point(parts: TrainerParts) -> TrainerParts:
    """An end-point loss beside the MeanFlow one: the wrapped network is called twice before one backward pass."""
    end_point = EndPointLoss(EndPointLosses(pixel=1.0, rollout_share=0.0), ResidualPixelCodec(), parts.network, {})
    return dataclasses.replace(parts, objective=dataclasses.replace(parts.objective, end_point=end_point))


def discriminators(folder: Path, rank: int) -> dict[str, object]:
    """The adversary before and after three steps on this process's own pictures."""
    parts = make_parts(stream=make_stream(rank))
    torch.manual_seed(4)
    adversary = Adversary.create(torch.device("cpu"))
    recipe = EndPointLosses(adversarial=1.0, rollout_share=0.0)
    end_point = EndPointLoss(recipe, ResidualPixelCodec(), parts.network, {}, adversary)
    before = {name: value.clone() for name, value in adversary.discriminator.state_dict().items()}
    objective = dataclasses.replace(parts.objective, end_point=end_point)
    parts = dataclasses.replace(parts, objective=objective, adversary=adversary)
    end = ended(Trainer(folder, make_run(3), FAST, parts), Progress())
    return end | {"before": before, "after": adversary.discriminator.state_dict()}


def ended(trainer: Trainer, progress: Progress) -> dict[str, object]:
    """Where a training ended, and how."""
    try:
        trainer.train(progress)
    except MfsrError as error:
        return {"step": trainer.step, "error": type(error).__name__}
    return {"step": trainer.step, "error": None}


def stopped_by_one(folder: Path, rank: int) -> dict[str, object]:
    """Only the second process is asked to stop, after its fifth step."""
    progress = Progress(on_report=lambda report: progress.cancel() if rank == 1 and report.done == 5 else None)
    return ended(Trainer(folder, make_run(1000), FAST, make_parts(stream=make_stream(rank))), progress)


def timed(folder: Path, rank: int) -> dict[str, object]:
    """By wall-clock time, with one process slower to begin; the rates show whether they keep the same clock."""
    parts, rates = make_parts(stream=make_stream(rank)), []
    hook = register_optimizer_step_pre_hook(lambda optimizer, *_: rates.append(optimizer.param_groups[0]["lr"]))
    trainer = Trainer(folder, make_run(100_000, minutes=0.01), FAST, parts)
    time.sleep(0.2 * rank)
    end = ended(trainer, Progress())
    hook.remove()
    return end | {"rates": rates}


def poisoned_at_one(folder: Path, rank: int) -> dict[str, object]:
    """A loss that is no number on the second process only."""
    healthy = make_parts(stream=make_stream(rank))

    def objective(*arguments: object) -> LossOutput:
        report = healthy.objective(*arguments)
        return LossOutput(report.loss * float("nan"), {"meanflow": report.loss.detach() * float("nan")})

    parts = dataclasses.replace(healthy, objective=objective) if rank == 1 else healthy
    return ended(Trainer(folder, make_run(20), FAST, parts), Progress())


def sharded(derivative: str, rank: int) -> dict[str, object]:
    """The full-size model split over both processes: this one's loss and the whole gradients."""
    network, mesh = make_transformer(), init_device_mesh("cpu", (2,))
    for block in network.transformer_blocks:
        fully_shard(block, mesh=mesh)
    fully_shard(network, mesh=mesh)
    is_split = all(isinstance(p, DTensor) and p.to_local().numel() < p.numel() for p in network.parameters())
    loss = distillation_loss(network, derivative, slice(2 * rank, 2 * rank + 2))
    loss.backward()
    whole = {name: p.grad.full_tensor() for name, p in network.named_parameters() if p.grad is not None}
    return {"loss": loss.item(), "gradients": whole, "is_split": is_split}


def cases(folder: Path, rank: int) -> dict[str, Callable[[], object]]:
    """Everything to try, by name."""

    def plain(derivative: str) -> TrainerParts:
        return drawn_from_the_sample(
            make_parts(stream=make_stream(rank), derivative=derivative, instantaneous_share=0.25)
        )

    found: dict[str, Callable[[], object]] = {}
    for kind in ("jvp", "secant"):
        found[f"{kind} gradients"] = lambda kind=kind: gradients(folder / kind, plain(kind))
        found[f"{kind} sharded"] = lambda kind=kind: sharded(kind, rank)
        found[f"{kind} judged"] = lambda kind=kind: gradients(
            folder / f"judged-{kind}", with_end_point(make_parts(stream=make_stream(rank), derivative=kind))
        )
    twice = OptimizerRecipe(clip=1e9, accumulate=2)
    found["accumulated gradients"] = lambda: gradients(folder / "accumulated", plain("secant"), twice)
    found["discriminators"] = lambda: discriminators(folder / "discriminators", rank)
    found["stopped"] = lambda: stopped_by_one(folder / "stopped", rank)
    found["timed"] = lambda: timed(folder / "timed", rank)
    found["poisoned"] = lambda: poisoned_at_one(folder / "poisoned", rank)
    return found


def work(folder: Path, rank: int) -> dict[str, object]:
    """What one process does and sees."""
    seen: dict[str, object] = {}
    for name, case in cases(folder, rank).items():
        if name.endswith("sharded") and not torch.distributed.is_initialized():
            raise RuntimeError("the trainer comes first: accelerate opens the process group")
        seen[name] = case()
    seen["world size"] = torch.distributed.get_world_size()
    return seen


if __name__ == "__main__":
    sys.exit(forked.run(work, 2, Path(sys.argv[1])))
