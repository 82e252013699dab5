"""Pictures of how far a student is: after each checkpoint the same few validation crops beside teacher and truth, and their scores."""

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
from distill.metrics import weights
from distill.metrics.fidelity import psnr_y
from distill.metrics.lpips import Lpips
from distill.networks.prompted import PromptName
from distill.networks.teacher import TEACHER_STEPS
from distill.runs.runs import PREVIEW_FOLDER
from distill.runs.text_file import write_whole
from distill.training.assembly import Assembly
from mfsr_engine.upscale import sampling
from mfsr_engine.upscale.resample import enlarge

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


class Previews:
    """Paints previews of a network in training. Called with the step after each checkpoint."""

    def __init__(
        self,
        folder: Path,
        pairs: Sequence[SamplePair],
        assembly: Assembly,
        device: torch.device,
        *,
        is_writer: bool = True,
    ) -> None:
        """`pairs` are of one size, a multiple of what the network needs; what is no writer only lends its part of a network."""
        self._folder, self._assembly, self._device, self._is_writer = folder, assembly, device, is_writer
        self._truth = _tensor([pair.truth for pair in pairs]).to(device)
        self._enlarged = enlarge(_tensor([pair.damaged for pair in pairs]).to(device) * 2 - 1, 4)
        self._lpips = Lpips().to(device) if is_writer and weights.is_fetched() else None
        self._teacher: Tensor | None = None

    def __call__(self, step: int) -> None:
        """Write `previews/step-N.png` and a line of `validation.jsonl`. Training goes on where they cannot be written."""
        try:
            self._paint(step)
        except OSError as error:
            _LOG.warning("The preview of step %d is left out: %s. Training goes on.", step, error)

    @torch.no_grad()
    def _paint(self, step: int) -> None:
        is_teacher = self._assembly.teacher is None
        counts = (TEACHER_STEPS,) if is_teacher else STUDENT_STEPS
        pictures = [self._painted(self._network(is_teacher=is_teacher), count) for count in counts]
        if not self._is_writer:
            return
        columns = {"bicubic": self._enlarged / 2 + 0.5}
        if is_teacher:
            columns["teacher in training, 40 steps"] = pictures[0]
        else:
            columns["teacher, 40 guided steps"] = self._teachers_pictures()
            columns |= {f"student, {n} step{'s' * (n > 1)}": p for n, p in zip(STUDENT_STEPS, pictures, strict=True)}
        columns["original"] = self._truth
        grid = zip(*(_arrays(batch) for batch in columns.values()), strict=True)
        write_sheet(list(columns), [list(row) for row in grid], self._folder / PREVIEW_FOLDER / f"step-{step:08d}.png")
        self._log(ValidationEvent(step, *self._scores(pictures[0])))

    def _teachers_pictures(self) -> Tensor:
        if self._teacher is None:
            teacher = self._assembly.teacher
            assert teacher is not None
            self._teacher = self._painted(lambda lr: lambda z, r, t: teacher.velocity(z, lr, t), TEACHER_STEPS)
        return self._teacher

    def _network(self, *, is_teacher: bool) -> Callable[[Tensor], sampling.MeanVelocity]:
        network = self._assembly.network
        names = torch.full((len(self._truth),), int(PromptName.CLEAN), device=self._device)
        return lambda lr: lambda z, r, t: network(z, lr, names, t, t if is_teacher else r)

    def _painted(self, bound: Callable[[Tensor], sampling.MeanVelocity], steps: int) -> Tensor:
        codec = self._assembly.codec
        lr = codec.encode_condition(self._enlarged)
        height, width = lr.shape[-2:]
        generator = torch.Generator().manual_seed(0)
        noise = torch.randn(len(lr), codec.channels, height, width, generator=generator).to(self._device)
        z = sampling.meanflow(bound(lr), noise, sampling.times("linear", steps))
        return (codec.decode(z.float(), lr).float() / 2 + 0.5).clamp(0, 1)

    def _scores(self, picture: Tensor) -> tuple[float, float | None]:
        lpips = None if self._lpips is None else float(self._lpips(picture, self._truth).mean())
        return float(psnr_y(picture.cpu(), self._truth.cpu()).mean()), lpips

    def _log(self, event: ValidationEvent) -> None:
        kept = [known for known in read_validation(self._folder) if known.step < event.step]
        text = "".join(json.dumps(asdict(known)) + "\n" for known in [*kept, event])
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
