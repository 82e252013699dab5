"""Two training processes over gloo that share a full-size student out between them, each writing what it saw.

Started by a test with a folder as its argument; writes `rank-0.pt` and `rank-1.pt` there, and the checkpoints of every case in a
folder of its name. The ranks are forked from this process, so that the libraries are loaded only once.
"""

import dataclasses
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import torch
import torch._dynamo
from torch.distributed.tensor import DTensor
from torch.optim.optimizer import register_optimizer_step_pre_hook

from distill.config import EndPointLosses, OptimizerRecipe
from distill.training.endpoint import EndPointLoss
from distill.training.trainer import Trainer, TrainerParts, TrainingStopped
from mfsr_engine.errors import MfsrError
from mfsr_engine.progress import Progress
from tests.distill.processes import forked
from tests.fakes.tiny_full_size import AveragingCodec, make_full_parts, make_full_stream
from tests.fakes.tiny_training import FAST, drawn_from_the_sample, make_parts, make_run, make_stream

STEPS = 3


def trained(
    folder: Path,
    parts: TrainerParts,
    steps: int = STEPS,
    optimizer: OptimizerRecipe = FAST,
    stop_at: int | None = None,
) -> dict[str, object]:
    """Train, or stop on the way, and say what this process was given at the first step and what it holds at the end."""
    gradients: dict[str, torch.Tensor] = {}
    names = [name for name, p in parts.network.named_parameters() if p.requires_grad]

    def look(used: torch.optim.Optimizer, *_: object) -> None:
        if not gradients:
            found = [p.grad for p in used.param_groups[0]["params"]]
            gradients.update(dict(zip(names, [g.full_tensor() for g in found], strict=True)))

    hook = register_optimizer_step_pre_hook(look)
    trainer = Trainer(folder, make_run(steps, shard=True, log_every=1), optimizer, parts)
    resumed = trainer.resume()
    progress = Progress(on_report=lambda report: progress.cancel() if report.done == stop_at else None)
    with suppress(TrainingStopped):
        trainer.train(progress)
    hook.remove()
    moments = [moment["exp_avg"] for moment in trainer._optimizer.state_dict()["state"].values()]
    held = list(parts.network.parameters())
    return {
        "gradients": gradients,
        "resumed": resumed,
        "is_split": all(isinstance(p, DTensor) for p in held),
        "held": sum(p.to_local().numel() for p in held),
        "kept_for_moments": sum(m.to_local().untyped_storage().nbytes() // m.element_size() for m in moments),
        "held_moments": sum(m.to_local().numel() for m in moments),
        "held_average": sum(v.to_local().numel() for v in trainer.averages.average().values()),
    }


def judged(stream: object) -> TrainerParts:
    """An end-point loss beside the MeanFlow one: the network is called twice before one backward pass."""
    parts = make_full_parts(stream=stream)
    end_point = EndPointLoss(EndPointLosses(pixel=1.0, rollout_share=0.0), AveragingCodec(), parts.network, {})
    objective = dataclasses.replace(parts.objective, end_point=end_point)
    return dataclasses.replace(parts, objective=objective)


def by_clocks(folder: Path, parts: TrainerParts, rank: int) -> list[int]:
    """The steps that were saved when only the main process's clock says that it is time."""
    saved: list[int] = []
    parts.after_save = saved.append
    run = make_run(STEPS, shard=True, log_every=1, checkpoint_minutes=1e-9 if rank == 0 else 60)
    Trainer(folder, run, FAST, parts).train(Progress())
    return saved


def refused(folder: Path, parts: TrainerParts) -> str:
    """Why it is not trained."""
    try:
        Trainer(folder, make_run(1, shard=True), FAST, parts)
    except MfsrError as error:
        return str(error)
    return ""


def cases(folder: Path, rank: int) -> dict[str, Callable[[], object]]:
    """Everything to try, by name."""
    stream = make_full_stream(rank)

    def plain(**recipe: object) -> TrainerParts:
        return drawn_from_the_sample(make_full_parts(stream=stream, instantaneous_share=0.25, **recipe))

    found: dict[str, Callable[[], object]] = {}
    for kind in ("jvp", "secant"):
        found[kind] = lambda kind=kind: trained(folder / kind, plain(derivative=kind))
    recomputing = {"gradient_checkpointing": True}
    found["recomputing"] = lambda: trained(folder / "recomputing", plain(student=recomputing))
    for parts in ("control", "lora"):
        student = {"parts": parts, "lora_rank": 2, "gradient_checkpointing": True}
        found[parts] = lambda parts=parts, student=student: trained(folder / parts, plain(student=student))
    found["accumulated"] = lambda: trained(
        folder / "accumulated", plain(), 1, OptimizerRecipe(accumulate=2, clip=1e9, warmup_steps=0)
    )
    found["clipped"] = lambda: trained(folder / "clipped", plain(), 1, OptimizerRecipe(clip=1e-3))
    found["judged"] = lambda: trained(folder / "judged", judged(stream))
    found["halves, first"] = lambda: trained(folder / "halves", plain(), stop_at=2)
    found["halves, second"] = lambda: trained(folder / "halves", plain())
    found["clocks"] = lambda: by_clocks(folder / "clocks", plain(), rank)
    found["compact"] = lambda: refused(folder / "compact", make_parts(stream=make_stream(rank)))
    return found


def work(folder: Path, rank: int) -> dict[str, object]:
    """What one process does and sees."""
    seen: dict[str, object] = {}
    for name, case in cases(folder, rank).items():
        torch.manual_seed(7)
        seen[name] = case()
    return seen


if __name__ == "__main__":
    sys.exit(forked.run(work, 2, Path(sys.argv[1])))
