"""The training loop: batches in, weights out, on one process or many. Knows neither what is minimised nor where the run came from."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from distill.checkpoint import load_latest, save_checkpoint
from distill.config import OptimizerRecipe, RunRecipe
from distill.data import BatchStream
from distill.ema import WeightAverages
from distill.endpoint import Adversary
from distill.events import EventLog, StepEvent, is_healthy
from distill.objectives import Objective
from distill.schedule import finished_share, learning_rate
from mfsr_engine.errors import MfsrError
from mfsr_engine.progress import Progress


class TrainingDivergedError(MfsrError):
    """The loss stopped being a number."""


@dataclass
class TrainerParts:
    """What a trainer works with."""

    network: nn.Module
    """Bare network; only parameters that require a gradient are trained."""
    objective: Objective
    """What is minimised."""
    stream: BatchStream
    """Batches of this process."""
    adversary: Adversary | None = None
    """Its discriminator, if the objective has one; kept in checkpoints."""


class Trainer:
    """Runs a recipe from wherever its folder's newest checkpoint stands."""

    def __init__(self, folder: Path, run: RunRecipe, optimizer: OptimizerRecipe, parts: TrainerParts) -> None:
        precision = {"fp32": "no"}.get(run.precision, run.precision)
        self._accelerator = Accelerator(mixed_precision=precision, gradient_accumulation_steps=1)
        self._folder, self._run, self._recipe, self._parts = folder, run, optimizer, parts
        self._bare = parts.network
        trained = [p for p in parts.network.parameters() if p.requires_grad]
        self._optimizer = torch.optim.AdamW(
            trained, optimizer.learning_rate, betas=optimizer.betas, weight_decay=optimizer.weight_decay
        )
        self._network, self._optimizer = self._accelerator.prepare(parts.network, self._optimizer)
        self.averages = WeightAverages(self._bare, optimizer.ema)
        self._log = EventLog(folder)
        self.step, self._elapsed_s = 0, 0.0

    def resume(self) -> bool:
        """Go on from the newest checkpoint; False if there is none."""
        state = load_latest(self._folder)
        if state is None:
            return False
        self._bare.load_state_dict(state["network"])
        self.averages.load_state_dict(state["averages"])
        self._optimizer.load_state_dict(state["optimizer"])
        if self._parts.adversary is not None and state["adversary"]:
            self._parts.adversary.discriminator.load_state_dict(state["adversary"]["network"])
            self._parts.adversary.optimizer.load_state_dict(state["adversary"]["optimizer"])
        self.step, self._elapsed_s = state["step"], state["elapsed_s"]
        return True

    def train(self, progress: Progress) -> None:
        """Train to the end of the recipe, or until `progress` says stop; a checkpoint is written in either case.

        Raises:
            Cancelled: stopped; the state is saved.
            TrainingDivergedError: a loss is not a number; the last checkpoint is from before.
            CheckpointError: a checkpoint cannot be written.
        """
        began_s, saved_s = time.monotonic() - self._elapsed_s, time.monotonic()
        sums: dict[str, Tensor] = {}
        since = 0
        while (share := finished_share(self._run, self.step, self._elapsed_s)) < 1 and not progress.is_cancelled:
            rate = learning_rate(self._recipe, self.step, share)
            for name, value in self._one_step(rate).items():
                sums[name] = sums.get(name, torch.zeros(())) + value.cpu()
            since += 1
            self.step += 1
            self._elapsed_s = time.monotonic() - began_s
            if self.step % self._run.log_every == 0:
                self._report(progress, rate, {name: float(total) / since for name, total in sums.items()})
                sums, since = {}, 0
            if time.monotonic() - saved_s > 60 * self._run.checkpoint_minutes:
                self.save()
                saved_s = time.monotonic()
        self.save()
        progress.check()

    def save(self) -> None:
        """Write a checkpoint (main process only)."""
        if not self._accelerator.is_main_process:
            return
        adversary = self._parts.adversary
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
        }
        save_checkpoint(self._folder, self.step, state, self._run.keep_checkpoints)

    def _one_step(self, rate: float) -> dict[str, Tensor]:
        for group in self._optimizer.param_groups:
            group["lr"] = rate
        parts: dict[str, Tensor] = {}
        for micro in range(self._recipe.accumulate):
            number = self.step * self._recipe.accumulate + micro
            batch = self._parts.stream.batch(number).to(self._accelerator.device)
            generator = torch.Generator().manual_seed(self._step_seed(number))
            with self._accelerator.autocast():
                report = self._parts.objective(self._network, batch, self.step, generator)
            self._accelerator.backward(report.loss / self._recipe.accumulate)
            parts = {name: value / self._recipe.accumulate + parts.get(name, 0) for name, value in report.parts.items()}
        norm = self._accelerator.clip_grad_norm_(self._bare.parameters(), self._recipe.clip)
        if torch.isfinite(norm):
            self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)
        self.averages.update(self._bare)
        return parts | {"gradient_norm": norm.detach()}

    def _step_seed(self, number: int) -> int:
        words = np.random.SeedSequence([self._run.seed, self._accelerator.process_index, number]).generate_state(2)
        return int(words[0]) << 31 | int(words[1]) >> 1

    def _report(self, progress: Progress, rate: float, losses: dict[str, float]) -> None:
        if not is_healthy({k: v for k, v in losses.items() if k != "gradient_norm"}):
            raise TrainingDivergedError(
                f"A loss stopped being a number at step {self.step}. Lower the learning rate or the guidance, then resume "
                "from the last checkpoint."
            )
        if self._accelerator.is_main_process:
            seen = self.step * self._parts.stream.batch_size * self._recipe.accumulate * self._accelerator.num_processes
            share = finished_share(self._run, self.step, self._elapsed_s)
            self._log.append(StepEvent(self.step, seen, self._elapsed_s, share, rate, losses))
        if not progress.is_cancelled:
            progress.report("Training", self.step, self._run.steps)
