"""The training loop, for one process or many. Knows neither what is minimised nor where the run came from."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable
from contextlib import closing, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator, DistributedType
from torch import Tensor

from distill.config import OptimizerRecipe, RunRecipe
from distill.data import Batches
from distill.data.prefetch import Prefetch
from distill.networks.prompted import TrainedNetwork
from distill.runs.charts import Charts
from distill.runs.events import EventLog, StepEvent, is_healthy
from distill.training import sharding
from distill.training.checkpoint import CheckpointError, load_latest, save_checkpoint
from distill.training.ema import WeightAverages
from distill.training.endpoint import Adversary, LossOutput
from distill.training.objectives import Objective
from mfsr_engine.errors import Cancelled, MfsrError, RequestError
from mfsr_engine.progress import Progress


def finished_share(run: RunRecipe, step: int, elapsed_s: float) -> float:
    """Share of the run that is over, 0..1: by steps, and by minutes where the recipe limits them, whichever is further."""
    by_steps = step / run.steps
    by_time = elapsed_s / (60 * run.minutes) if run.minutes else 0.0
    return min(1.0, max(by_steps, by_time))


def learning_rate(recipe: OptimizerRecipe, step: int, share: float) -> float:
    """Linear warm-up by steps, then cosine decay by the finished share."""
    warmth = min(1.0, (step + 1) / recipe.warmup_steps) if recipe.warmup_steps else 1.0
    cosine = 0.5 * (1 + math.cos(math.pi * share))
    return warmth * (recipe.final_learning_rate + (recipe.learning_rate - recipe.final_learning_rate) * cosine)


class RunningMean:
    """Sums detached scalars by name; each has its own count, since not every step has every number."""

    def __init__(self) -> None:
        self._sums: dict[str, Tensor] = {}
        self._counts: dict[str, int] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nothing was added since the last `take`."""
        return not self._sums

    def add(self, values: dict[str, Tensor]) -> None:
        """Take in one step's scalars; no device is waited for."""
        for name, value in values.items():
            self._sums[name] = self._sums[name] + value if name in self._sums else value
            self._counts[name] = self._counts.get(name, 0) + 1

    def take(self) -> dict[str, Tensor]:
        """The means by name, in the order of first appearance, and start anew."""
        means = {name: total / self._counts[name] for name, total in self._sums.items()}
        self._sums, self._counts = {}, {}
        return means


class TrainingDivergedError(MfsrError):
    """The loss stopped being a number."""


class TrainingStopped(Cancelled):
    """The user or the system stopped the training; the state is saved."""


@dataclass
class TrainerParts:
    """What a trainer works with."""

    network: TrainedNetwork
    """Bare network; only parameters that require a gradient are trained."""
    objective: Objective
    """What is minimised."""
    stream: Batches
    """Batches of this process."""
    adversary: Adversary | None = None
    """Its discriminator, if the objective has one; kept in checkpoints."""
    after_save: Callable[[int], Path | None] | None = None
    """Called with the step after every checkpoint, while the network has its averaged weights; gives the preview that it wrote, if it did.
    On the main process only, unless the network is shared out.
    """
    on_event: Callable[[StepEvent], None] | None = None
    """Told on the main process what is logged."""


@dataclass(frozen=True)
class _Moment:
    """Where the run stands, the same on all processes."""

    share: float
    """Finished share, 0..1."""
    is_stopped: bool
    """Whether any process was asked to stop."""


class Trainer:
    """Runs a recipe from wherever its folder's newest checkpoint stands."""

    def __init__(self, folder: Path, run: RunRecipe, optimizer: OptimizerRecipe, parts: TrainerParts) -> None:
        """Raises:
        RequestError: the device does not know the precision, not all processes found each other, or the network cannot
            be shared out among them as asked.
        """
        self._accelerator = _accelerator(run)
        self._is_shared = run.shard and self._accelerator.num_processes > 1
        self._folder, self._run, self._recipe, self._parts = folder, run, optimizer, parts
        self._bare = parts.network
        if self._is_shared:
            within_node = run.shard_across == "node"
            sharding.shard(self._bare, self._bare.blocks(), self._accelerator.device, within_node=within_node)
        self._trained = [p for p in parts.network.parameters() if p.requires_grad]
        adamw = torch.optim.AdamW(
            self._trained, optimizer.learning_rate, betas=optimizer.betas, weight_decay=optimizer.weight_decay
        )
        self._network = self._accelerator.prepare_model(parts.network, evaluation_mode=self._is_shared)
        self._optimizer = self._accelerator.prepare_optimizer(adamw)
        self.averages = WeightAverages(self._bare, optimizer.ema_widths)
        self._batches: Batches = parts.stream
        self._log, self._means = EventLog(folder), RunningMean()
        self._charts = Charts(folder, run.wandb_project if self._accelerator.is_main_process else "")
        self.step, self._elapsed_s = 0, 0.0

    def resume(self) -> bool:
        """Go on from the newest checkpoint; False if there is none.

        Raises:
            CheckpointError: none can be read, or the newest is of another network.
        """
        state = load_latest(self._folder, is_mapped=self._is_shared)
        if state is not None:
            try:
                self._restore(state)
            except (RuntimeError, KeyError, ValueError) as error:
                raise CheckpointError(
                    f"The checkpoint in {self._folder} does not fit this recipe ({str(error).splitlines()[0]}). "
                    "Take the recipe it was made with, or another folder."
                ) from error
        if self._accelerator.is_main_process:
            self._log.rewind(self.step)
        return state is not None

    def train(self, progress: Progress) -> None:
        """Train to the end of the recipe, or until `progress` says stop; a checkpoint is written in either case.

        Raises:
            TrainingStopped: stopped; the state is saved.
            TrainingDivergedError: a loss is not a number; the last checkpoint is from before.
            CheckpointError: a checkpoint cannot be written.
        """
        with closing(self._charts), Prefetch(self._parts.stream, self._accelerator.device) as self._batches:
            self._train(progress)

    def _train(self, progress: Progress) -> None:
        began_s, saved_s = time.monotonic() - self._elapsed_s, time.monotonic()
        rate = 0.0
        while (moment := self._moment(progress)).share < 1 and not moment.is_stopped:
            rate = learning_rate(self._recipe, self.step, moment.share)
            self._means.add(self._one_step(rate))
            self.step += 1
            self._elapsed_s = time.monotonic() - began_s
            if self.step % self._run.log_every == 0:
                self._report(progress, rate)
            if self._is_due(time.monotonic() - saved_s > 60 * self._run.checkpoint_minutes):
                self._tell(progress, "Saving a checkpoint and a preview", 0, 0)
                self.save()
                saved_s = time.monotonic()
        if not self._means.is_empty:
            self._report(progress, rate)
        self._tell(progress, "Saving a checkpoint and a preview", 0, 0)
        try:
            self.save()
        finally:
            # A process that leaves cuts off what the others have not read yet, of its own last answer too.
            self._accelerator.wait_for_everyone()
        if moment.is_stopped:
            raise TrainingStopped(f"Stopped at step {self.step}. The checkpoint is saved; start again to go on.")

    def save(self) -> None:
        """Write a checkpoint, from the main process; the others help where the network is shared out.

        Raises:
            CheckpointError: it cannot be written; older ones are untouched.
        """
        is_main = bool(self._accelerator.is_main_process)
        if not is_main and not self._is_shared:
            return
        adversary, scaler = self._parts.adversary, self._accelerator.scaler
        judged: dict[str, Any] = {}
        if adversary is not None:
            judged = {"network": adversary.discriminator.state_dict(), "optimizer": adversary.optimizer.state_dict()}
        state = {
            "step": self.step,
            "elapsed_s": self._elapsed_s,
            "network": self._bare.state_dict(),
            "averages": self.averages.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "adversary": judged,
            "scaler": {} if scaler is None else scaler.state_dict(),
        }
        state = sharding.whole(state, is_main) if self._is_shared else state
        if is_main:
            save_checkpoint(self._folder, self.step, state, self._run.keep_checkpoints)
        if self._parts.after_save is not None:
            with self.averages.in_place(self._bare):
                preview = self._parts.after_save(self.step)
            if is_main and preview is not None:
                self._charts.picture(self.step, preview)

    def _restore(self, state: dict[str, Any]) -> None:
        if self._is_shared:
            sharding.load_whole(self._bare, state["network"])
            state["optimizer"] = sharding.optimizer_parts(state["optimizer"], self._trained)
        else:
            self._bare.load_state_dict(state["network"])
        self.averages.load_state_dict(state["averages"])
        self._optimizer.load_state_dict(state["optimizer"])
        if self._parts.adversary is not None and state["adversary"]:
            self._parts.adversary.discriminator.load_state_dict(state["adversary"]["network"])
            self._parts.adversary.optimizer.load_state_dict(state["adversary"]["optimizer"])
        if self._accelerator.scaler is not None and state.get("scaler"):
            self._accelerator.scaler.load_state_dict(state["scaler"])
        self.step, self._elapsed_s = state["step"], state["elapsed_s"]

    def _moment(self, progress: Progress) -> _Moment:
        """Clocks and signals differ between processes, and one that stops alone leaves the others waiting, so all agree."""
        share = finished_share(self._run, self.step, self._elapsed_s)
        if self._accelerator.num_processes == 1:
            return _Moment(share, progress.is_cancelled)
        mine = torch.tensor(
            [share if self._accelerator.is_main_process else 0.0, float(progress.is_cancelled)],
            dtype=torch.float64,
            device=self._accelerator.device,
        )
        total = self._accelerator.reduce(mine, "sum").tolist()
        return _Moment(total[0], total[1] > 0)

    def _is_due(self, is_due_here: bool) -> bool:
        """Whether to save now: as the main process's clock says where all must save together, else as each one's own."""
        if not self._is_shared:
            return is_due_here
        says = float(is_due_here and self._accelerator.is_main_process)
        said = self._accelerator.reduce(torch.tensor(says, device=self._accelerator.device), "sum")
        return bool(said > 0)

    def _one_step(self, rate: float) -> dict[str, Tensor]:
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        parts: dict[str, Tensor] = {}
        for micro in range(self._recipe.accumulate):
            is_last = micro == self._recipe.accumulate - 1
            with nullcontext() if is_last else self._accelerator.no_sync(self._network):
                report = self._backward(self.step * self._recipe.accumulate + micro)
            parts = {name: value / self._recipe.accumulate + parts.get(name, 0) for name, value in report.parts.items()}
        norm = sharding.together(self._accelerator.clip_grad_norm_(self._trained, self._recipe.clip).detach())
        is_finite = bool(torch.isfinite(norm))
        if is_finite or self._accelerator.scaler is not None:  # a scaler skips by itself, and must see why
            self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.averages.update(self._bare)
        return parts | {"skipped": torch.tensor(float(not is_finite))} | ({"gradient_norm": norm} if is_finite else {})

    def _backward(self, number: int) -> LossOutput:
        """Add the gradient of one batch; `number` counts batches of this process from the start of the run."""
        batch = self._batches.batch(number).to(self._accelerator.device)
        generator = torch.Generator().manual_seed(self._batch_seed(number))
        with self._accelerator.autocast():
            report = self._parts.objective(self._network, batch, self.step, generator)
        self._accelerator.backward(report.loss / self._recipe.accumulate)
        return report

    def _batch_seed(self, number: int) -> int:
        words = np.random.SeedSequence([self._run.seed, self._accelerator.process_index, number]).generate_state(2)
        return int(words[0]) << 31 | int(words[1]) >> 1

    def _report(self, progress: Progress, rate: float) -> None:
        losses = self._mean_losses()
        is_stuck = losses["skipped"] == 1 and self._accelerator.scaler is None
        if is_stuck or not is_healthy(losses):
            raise TrainingDivergedError(
                f"A loss stopped being a number at step {self.step}. Lower the learning rate or the guidance, then resume "
                "from the last checkpoint."
            )
        seen = self.step * self._parts.stream.batch_size * self._recipe.accumulate * self._accelerator.num_processes
        share = finished_share(self._run, self.step, self._elapsed_s)
        event = StepEvent(self.step, seen, self._elapsed_s, share, rate, losses)
        if self._accelerator.is_main_process:
            self._log.append(event)
            if self._parts.on_event is not None:
                self._parts.on_event(event)
        self._tell(progress, "Training", self.step, self._run.steps)
        if self._accelerator.is_main_process:
            self._charts.append(event)  # last: TensorBoard takes seconds to load

    def _tell(self, progress: Progress, stage: str, done: int, total: int) -> None:
        with suppress(Cancelled):  # the loop sees the request, and saves first
            progress.report(stage, done, total)

    def _mean_losses(self) -> dict[str, float]:
        """Means since the last report, over all processes, so that all of them see the same."""
        means = self._means.take()
        values = torch.stack([mean.to(self._accelerator.device, torch.float32) for mean in means.values()])
        return dict(zip(means, self._accelerator.reduce(values, "mean").tolist(), strict=True))


def _accelerator(run: RunRecipe) -> Accelerator:
    precision = run.precision
    try:
        accelerator = Accelerator(mixed_precision={"fp32": "no"}.get(precision, precision))
    except ValueError as error:
        raise RequestError(f"Cannot train in {precision} here: {error} Choose another precision.") from error
    if precision == "fp16" and accelerator.scaler is None:  # accelerate would train in fp32 and not say so
        raise RequestError(f"Cannot train in fp16 on {accelerator.device.type}. Choose bf16 or fp32.")
    expected = int(os.environ.get("WORLD_SIZE", "1"))
    if accelerator.num_processes != expected:
        raise RequestError(
            f"{expected} processes were started, but this one sees {accelerator.num_processes}. "
            "Start them with torchrun or accelerate launch, and check its settings."
        )
    _check_sharing(run, accelerator)
    return accelerator


def _check_sharing(run: RunRecipe, accelerator: Accelerator) -> None:
    """The recipe alone says whether the network is shared out, so that it is so on every kind of device."""
    kind = accelerator.distributed_type.value
    asks = os.environ.get("ACCELERATE_USE_FSDP", "").lower() == "true"  # on processors accelerate passes over it
    if asks or (kind != DistributedType.NO.value and not kind.startswith("MULTI_")):
        raise RequestError(
            f"accelerate is set up to split the network itself ({'FSDP' if asks else kind}), which checkpoints here "
            'do not go with. Run "accelerate config" again, choose neither FSDP nor DeepSpeed, and write shard = true '
            "below [run] in the recipe: then the processes share the network out among them."
        )
    if run.shard and run.precision == "fp16" and accelerator.num_processes > 1:
        raise RequestError("A network that is shared out (run.shard) cannot be trained in fp16. Choose bf16 or fp32.")
