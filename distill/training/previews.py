"""Previews at each checkpoint: validation crops beside teacher and truth, their scores, and the best checkpoint so far."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from distill.image_grid import ImageGrid
from distill.networks.teacher import TEACHER_STEPS
from distill.runs.runs import PREVIEW_FOLDER
from distill.runs.text_file import write_whole
from distill.training.checkpoint import CheckpointError, keep_as_best
from distill.training.validation import Measured, StepScores, Validation

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

PREVIEW_PX = 256
"""Longest side of a preview crop."""
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
    """See `StepScores`. Students only."""
    identity_residual: float | None = None
    """See `Measured`. Students only."""
    seed_spread: float | None = None
    """See `Measured`. Students only."""
    kid: float | None = None
    """See `StepScores`."""
    more_steps: tuple[StepScores, ...] = ()
    """Scores at more than one step. Students only."""

    @staticmethod
    def of(step: int, measured: Measured) -> ValidationEvent:
        """The line of a checkpoint."""
        one, *more = measured.scores
        return ValidationEvent(
            step,
            one.psnr_y,
            one.lpips,
            one.dists,
            one.map_distance,
            measured.identity_residual,
            measured.seed_spread,
            one.kid,
            tuple(more),
        )

    def badness(self, measure: str) -> float:
        """What `run.best_by` names, so that lower is better; PSNR where there is no such score."""
        scores = {"lpips": self.lpips, "dists": self.dists, "map": self.map_distance}
        found = scores.get(measure)
        return -self.psnr_y if found is None else found


class Previews:
    """Writes previews of a network in training. Called with the step after each checkpoint, the averaged weights in place."""

    def __init__(self, folder: Path, validation: Validation, *, best_by: str = "lpips") -> None:
        """`best_by` is the recipe's."""
        self._folder, self._validation, self._best_by = folder, validation, best_by

    def __call__(self, step: int) -> Path | None:
        """Write `previews/step-N.png` and a line of `validation.jsonl`, and say where the picture is. Training goes on where they cannot
        be written.
        """
        measured = self._validation.measure()
        if measured is None:
            return None
        try:
            return self._write(step, measured)
        except OSError as error:
            _LOG.warning("The preview of step %d is left out: %s. Training goes on.", step, error)
            return None

    def _write(self, step: int, measured: Measured) -> Path:
        """Write the pictures and the scores; keep the checkpoint if it is the best."""
        columns = self._columns(measured)
        rows = zip(*(_arrays(batch) for batch in columns.values()), strict=True)
        place = self._folder / PREVIEW_FOLDER / f"step-{step:08d}.png"
        ImageGrid.of(list(columns), rows).write(place)
        event = ValidationEvent.of(step, measured)
        earlier = [known for known in read_validation(self._folder) if known.step < step]
        self._log([*earlier, event])
        if all(event.badness(self._best_by) < known.badness(self._best_by) for known in earlier):
            try:
                keep_as_best(self._folder, step)
            except CheckpointError as error:
                _LOG.warning("%s Training goes on.", error)
        return place

    def _columns(self, measured: Measured) -> dict[str, Tensor]:
        columns = {"bicubic": self._validation.enlarged / 2 + 0.5}
        if self._validation.assembly.teacher is None:
            columns[f"teacher in training, {TEACHER_STEPS} steps"] = measured.pictures[TEACHER_STEPS]
        else:
            columns[f"teacher, {TEACHER_STEPS} guided steps"] = self._validation.teachers_picture()
            columns |= {f"student, {n} step{'s' * (n > 1)}": picture for n, picture in measured.pictures.items()}
        return columns | {"original": self._validation.truth}

    def _log(self, events: Sequence[ValidationEvent]) -> None:
        text = "".join(json.dumps(asdict(event)) + "\n" for event in events)
        write_whole(self._folder / VALIDATION_FILE, text)


def read_validation(folder: Path) -> list[ValidationEvent]:
    """Scores at the checkpoints so far."""
    path = folder / VALIDATION_FILE
    if not path.is_file():
        return []
    return [_event(json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def _event(values: dict[str, object]) -> ValidationEvent:
    more = values.pop("more_steps", ())
    return ValidationEvent(**values, more_steps=tuple(StepScores(**scores) for scores in more))  # type: ignore[arg-type, attr-defined]


def _arrays(batch: Tensor) -> list[NDArray[np.float32]]:
    return list(batch.cpu().permute(0, 2, 3, 1).numpy())
