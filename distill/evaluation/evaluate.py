"""Evaluates a student at several numbers of steps against its teacher and bicubic on held-out pictures: scores, time and an image grid."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distill.data.samples import SamplePair
from distill.evaluation.scores import Scorer, Scores, mean
from distill.image_grid import ImageGrid
from distill.metrics.weights import FETCH_COMMAND
from mfsr_engine.errors import RequestError
from mfsr_engine.progress import Progress

GRID_ROWS = 6
_MISSING = "-"


@dataclass(frozen=True)
class Method:
    """One way to enlarge a picture."""

    name: str
    """For the table, for example "student"."""
    steps: int
    """Sampling steps; 0 where there are none."""
    upscale: Callable[[NDArray[np.float32], Progress], NDArray[np.float32]]
    """(h, w, 3) to (4 h, 4 w, 3), float32 sRGB 0..1."""

    @property
    def label(self) -> str:
        """Name and steps."""
        return self.name + (f", {self.steps} step{'s' * (self.steps > 1)}" if self.steps else "")


@dataclass(frozen=True)
class EvaluationRow:
    """How one method did, means over the pictures."""

    name: str
    """The method's name."""
    steps: int
    """Its sampling steps; 0 where there are none."""
    seconds: float
    """Time for one picture; the first one, which loads the model, does not count if there are more."""
    scores: Scores
    """Its quality."""


@dataclass(frozen=True)
class Evaluation:
    """A whole comparison."""

    rows: tuple[EvaluationRow, ...]
    """One for each method."""
    pictures: int
    """Pictures compared."""
    crop_px: int
    """Side of each picture."""
    degradation: str
    """Preset of the damage."""
    seed: int
    """Of damage and noise."""
    trained_steps: int = 0
    """Optimizer steps of the checkpoint that was measured; 0 if unknown."""
    notes: tuple[str, ...] = ()
    """What the reader should know, for example that a metric is missing."""

    def to_json(self) -> str:
        """Everything, as JSON."""
        return json.dumps(asdict(self), indent=1) + "\n"

    def table(self) -> str:
        """The rows as a Markdown table, notes below."""
        lines = ["| | steps | PSNR-Y | SSIM-Y | LPIPS | DISTS | NIQE | seconds |", "| --- |" + " ---: |" * 7]
        for row in self.rows:
            s = row.scores
            cells = [_cell(s.psnr_y, 2), *(_cell(v, 4) for v in (s.ssim_y, s.lpips, s.dists)), _cell(s.niqe, 2)]
            lines.append(f"| {row.name} | {row.steps or _MISSING} | {' | '.join(cells)} | {row.seconds:.2f} |")
        return "\n".join([*lines, *self.notes])


def evaluate(
    pairs: Sequence[SamplePair],
    methods: Sequence[Method],
    scorer: Scorer,
    grid: Path,
    progress: Progress,
    *,
    degradation: str,
    seed: int,
) -> Evaluation:
    """Let every method enlarge every picture, score the results, and draw some of them.

    Args:
        pairs: pictures of one size.
        methods: what is compared; the first one is shown first.
        scorer: measures.
        grid: PNG to write, methods side by side and the original last.
        progress: told of each result.
        degradation: preset of the damage, for the record.
        seed: of the damage, for the record.

    Raises:
        RequestError: there are no pictures.
        Cancelled: stopped.
    """
    if not pairs:
        raise RequestError(
            "There are no validation pictures. Set data.validation_share above 0, or name a folder of photographs."
        )
    rows, shown = [], [[] for _ in pairs[:GRID_ROWS]]  # type: list[EvaluationRow], list[list[NDArray[np.float32]]]
    for number, method in enumerate(methods):
        scores, seconds = [], []
        for place, pair in enumerate(pairs):
            progress.report(f"Comparing: {method.label}", place, len(pairs))
            began_s = time.perf_counter()
            result = method.upscale(pair.damaged, Progress())
            seconds.append(time.perf_counter() - began_s)
            scores.append(scorer.score(result, pair.truth))
            if place < GRID_ROWS:
                shown[place].append(result)
        progress.report("Comparing", number + 1, len(methods))
        counted = seconds[1:] or seconds
        rows.append(EvaluationRow(method.name, method.steps, sum(counted) / len(counted), mean(scores)))
    labels = [*(method.label for method in methods), "original"]
    ImageGrid.of(labels, ([*row, pair.truth] for row, pair in zip(shown, pairs, strict=False))).write(grid)
    notes = (
        () if scorer.has_perceptual else (f"LPIPS and DISTS need weights that are not here. Get them: {FETCH_COMMAND}",)
    )
    return Evaluation(tuple(rows), len(pairs), pairs[0].truth.shape[0], degradation, seed, notes=notes)


def _cell(value: float | None, digits: int) -> str:
    return _MISSING if value is None else f"{value:.{digits}f}"
