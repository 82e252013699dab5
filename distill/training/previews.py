"""How far a student is: after each checkpoint the same few validation crops beside teacher and truth, their scores, and which checkpoint
is the best so far. All with the weights and the grid that ship.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from distill.image_grid import write_sheet
from distill.meanflow import measures
from distill.metrics import weights
from distill.metrics.dists import Dists
from distill.metrics.fidelity import psnr_y
from distill.metrics.lpips import Lpips
from distill.networks.prompted import PromptName
from distill.networks.teacher import TEACHER_STEPS
from distill.runs.runs import PREVIEW_FOLDER
from distill.runs.text_file import write_whole
from distill.training.assembly import Assembly
from distill.training.checkpoint import CheckpointError, keep_as_best
from mfsr_engine.upscale import sampling
from mfsr_engine.upscale.resample import enlarge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from distill.data.samples import SamplePair

PREVIEW_PX = 256
"""Longest side of a preview crop."""
STUDENT_STEPS = (1, 4)
VALIDATION_FILE = "validation.jsonl"
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class ValidationEvent:
    """Scores of the preview crops at one checkpoint, one step of the network (40 for a teacher in training)."""

    step: int
    """Optimizer steps done."""
    psnr_y: float
    """Decibel on luma; higher is closer."""
    lpips: float | None
    """AlexNet, v0.1; lower looks closer. None where its weights are not there."""
    dists: float | None = None
    """Lower looks closer, texture for texture. None where its weights are not there."""
    map_distance: float | None = None
    """How far its ends are from those of the guided teacher's 40 steps from the same noise, see `map_distance`. Students only."""
    identity_residual: float | None = None
    """How far it is from fulfilling the MeanFlow identity over the whole way, see `identity_residual`. Students only."""
    seed_spread: float | None = None
    """Standard deviation of the picture over two seeds; how much is invented. Students only."""

    def badness(self, measure: str) -> float:
        """What `run.best_by` names, so that lower is better; PSNR where there is no such score."""
        scores = {"lpips": self.lpips, "dists": self.dists, "map": self.map_distance}
        found = scores.get(measure)
        return -self.psnr_y if found is None else found


@dataclass(frozen=True)
class _Scorers:
    """The networks of the scores that need weights."""

    lpips: Lpips
    dists: Dists


class Previews:
    """Paints previews of a network in training. Called with the step after each checkpoint, the averaged weights in place."""

    def __init__(
        self,
        folder: Path,
        pairs: Sequence[SamplePair],
        assembly: Assembly,
        device: torch.device,
        *,
        is_writer: bool = True,
        best_by: str = "lpips",
    ) -> None:
        """`pairs` are of one size, a multiple of what the network needs; what is no writer only lends its part of a network. `best_by`
        is the recipe's.
        """
        self._folder, self._assembly, self._device, self._is_writer = folder, assembly, device, is_writer
        self._truth = _tensor([pair.truth for pair in pairs]).to(device)
        self._enlarged = enlarge(_tensor([pair.damaged for pair in pairs]).to(device) * 2 - 1, 4)
        self._best_by = best_by
        has_scorers = is_writer and weights.is_fetched()
        self._scorers = _Scorers(Lpips().to(device), Dists().to(device)) if has_scorers else None
        self._teachers_end: Tensor | None = None

    def __call__(self, step: int) -> None:
        """Write `previews/step-N.png` and a line of `validation.jsonl`. Training goes on where they cannot be written."""
        try:
            self._paint(step)
        except OSError as error:
            _LOG.warning("The preview of step %d is left out: %s. Training goes on.", step, error)

    @torch.no_grad()
    def _paint(self, step: int) -> None:
        lr = self._assembly.codec.encode_condition(self._enlarged)
        if self._assembly.teacher is None:
            self._show(step, {"teacher in training, 40 steps": self._picture(self._end(lr, TEACHER_STEPS), lr)})
            return
        ends = {steps: self._end(lr, steps) for steps in STUDENT_STEPS}
        other = self._end(lr, 1, seed=1)
        residual = self._residual(lr)
        if not self._is_writer:
            return
        teacher = self._teachers(lr)
        pictures = {steps: self._picture(end, lr) for steps, end in ends.items()}
        columns = {"teacher, 40 guided steps": self._picture(teacher, lr)}
        columns |= {f"student, {n} step{'s' * (n > 1)}": picture for n, picture in pictures.items()}
        distance = float(measures.map_distance(ends[1], teacher).mean())
        spread = measures.seed_spread(torch.stack([pictures[1], self._picture(other, lr)]))
        self._show(step, columns, map_distance=distance, identity_residual=residual, seed_spread=spread)

    def _show(self, step: int, columns: dict[str, Tensor], **measured: float) -> None:
        """Write the sheet and the scores of what the network itself painted first; keep the checkpoint if it is the best."""
        if not self._is_writer:
            return
        judged = next(picture for name, picture in columns.items() if "guided" not in name)
        columns = {"bicubic": self._enlarged / 2 + 0.5} | columns | {"original": self._truth}
        grid = zip(*(_arrays(batch) for batch in columns.values()), strict=True)
        write_sheet(list(columns), [list(row) for row in grid], self._folder / PREVIEW_FOLDER / f"step-{step:08d}.png")
        event = ValidationEvent(step, *self._scores(judged), **measured)
        earlier = [known for known in read_validation(self._folder) if known.step < step]
        self._log([*earlier, event])
        if all(event.badness(self._best_by) < known.badness(self._best_by) for known in earlier):
            try:
                keep_as_best(self._folder, step)
            except CheckpointError as error:
                _LOG.warning("%s Training goes on.", error)

    def _teachers(self, lr: Tensor) -> Tensor:
        """Where the guided teacher ends from the same noise, on the even grid that it is compared with everywhere."""
        if self._teachers_end is None:
            teacher = self._assembly.teacher
            assert teacher is not None
            grid = sampling.times("linear", TEACHER_STEPS)
            velocity = teacher.velocity
            self._teachers_end = sampling.meanflow(lambda z, r, t: velocity(z, lr, t), self._noise(lr), grid)
        return self._teachers_end

    def _residual(self, lr: Tensor) -> float:
        teacher = self._assembly.teacher
        assert teacher is not None
        noise, t = self._noise(lr), torch.ones(len(lr), device=lr.device)
        v = teacher.velocity(noise, lr, t)
        return float(measures.identity_residual(self._network(lr), noise, v, torch.zeros_like(t), t).mean())

    def _network(self, lr: Tensor) -> sampling.MeanVelocity:
        network, is_teacher = self._assembly.network, self._assembly.teacher is None
        names = torch.full((len(self._truth),), int(PromptName.CLEAN), device=self._device)
        return lambda z, r, t: network(z, lr, names, t, t if is_teacher else r)

    def _end(self, lr: Tensor, steps: int, seed: int = 0) -> Tensor:
        """Where the network ends, in the codec's space."""
        table = self._assembly.sampling
        return sampling.meanflow(
            self._network(lr), self._noise(lr, seed), sampling.times(table.grid, steps, table.shift)
        )

    def _noise(self, lr: Tensor, seed: int = 0) -> Tensor:
        height, width = lr.shape[-2:]
        generator = torch.Generator().manual_seed(seed)
        noise = torch.randn(len(lr), self._assembly.codec.channels, height, width, generator=generator)
        return noise.to(self._device)

    def _picture(self, z: Tensor, lr: Tensor) -> Tensor:
        return (self._assembly.codec.decode(z.float(), lr).float() / 2 + 0.5).clamp(0, 1)

    def _scores(self, picture: Tensor) -> tuple[float, float | None, float | None]:
        psnr = float(psnr_y(picture.cpu(), self._truth.cpu()).mean())
        if self._scorers is None:
            return psnr, None, None
        judged = (scorer(picture, self._truth).mean() for scorer in (self._scorers.lpips, self._scorers.dists))
        lpips, dists = (float(score) for score in judged)
        return psnr, lpips, dists

    def _log(self, events: Sequence[ValidationEvent]) -> None:
        text = "".join(json.dumps(asdict(event)) + "\n" for event in events)
        write_whole(self._folder / VALIDATION_FILE, text)


def read_validation(folder: Path) -> list[ValidationEvent]:
    """Scores at the checkpoints so far."""
    path = folder / VALIDATION_FILE
    if not path.is_file():
        return []
    return [ValidationEvent(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _tensor(pictures: Sequence[NDArray[np.float32]]) -> Tensor:
    return torch.from_numpy(np.stack(pictures).transpose(0, 3, 1, 2).copy())


def _arrays(batch: Tensor) -> list[NDArray[np.float32]]:
    return list(batch.cpu().permute(0, 2, 3, 1).numpy())
