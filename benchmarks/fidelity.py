"""Measures what the fidelity setting does, from one end to the other, and prints a table of means.

    python -m benchmarks.fidelity FOLDER --limit 12 --side 96 --steps 1

FOLDER holds pairs (`lr/`, `hr/`). Of each the middle is taken, `--side` pixels of the small picture wide and high. Columns: how
far the result, reduced again, departs from the input (mean and 99th percentile, in levels of 255), how much of the detail
beyond the input's resolution is left (standard deviation, as a share of that at 0), and scores against the truth.
"""

from __future__ import annotations

import argparse
import statistics
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import pairs
from benchmarks.scores import Judge
from mfsr_engine.api import BUNDLED_MODEL, UpscaleRequest, UpscaleSettings
from mfsr_engine.images.quantise import to_uint8
from mfsr_engine.models.resample import enlarge, reduce
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.engine import Engine
from mfsr_engine.upscale.fidelity import residual_map

if TYPE_CHECKING:
    from numpy.typing import NDArray

FIDELITIES = (0.0, 0.25, 0.5, 0.75, 1.0)
COLUMNS = ("departure", "99 %", "detail left", "PSNR-Y", "SSIM-Y", "LPIPS")


def fine_detail(result: NDArray[np.float32]) -> float:
    """Standard deviation of what the input's resolution cannot hold."""
    picture = torch.from_numpy(result.transpose(2, 0, 1).copy())[None]
    return float((picture - enlarge(reduce(picture, pairs.SCALE), pairs.SCALE)).std())


def measure(engine: Engine, judge: Judge, pair: pairs.Pair, settings: UpscaleSettings) -> list[float]:
    """All figures of one result, in the order of `COLUMNS`; the detail not yet as a share."""
    result = engine.upscale(UpscaleRequest(pair.lr, settings), Progress()).pixels
    departure = residual_map(result, pair.lr, pairs.SCALE, Progress()) * 255
    scores = judge.score(to_uint8(result), pair.hr)
    ends = [float(departure.mean()), float(np.percentile(departure, 99))]
    return [*ends, fine_detail(result), scores.psnr_y, scores.ssim_y, scores.lpips]


def middle(pair: pairs.Pair, side: int) -> pairs.Pair:
    """The middle of both pictures."""
    top, left = ((length - side) // 2 for length in pair.lr.shape[:2])
    small = np.ascontiguousarray(pair.lr[top : top + side, left : left + side])
    s = pairs.SCALE
    large = np.ascontiguousarray(pair.hr[top * s : (top + side) * s, left * s : (left + side) * s])
    return pairs.Pair(pair.name, small, large)


def main() -> None:
    """Read the arguments, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--model", default=BUNDLED_MODEL)
    parser.add_argument("--steps", type=int, default=1)
    parser.add_argument("--limit", type=int, default=12)
    parser.add_argument("--side", type=int, default=96)
    arguments = parser.parse_args()
    engine, judge = Engine(), Judge()
    found: dict[float, list[list[float]]] = {fidelity: [] for fidelity in FIDELITIES}
    for file in track(pairs.find(arguments.folder, arguments.limit), "Measuring"):
        pair = middle(pairs.read(file), arguments.side)
        for fidelity in FIDELITIES:
            settings = UpscaleSettings(arguments.model, steps=arguments.steps, fidelity=fidelity)
            found[fidelity].append(measure(engine, judge, pair, settings))
    table = Table("fidelity", *COLUMNS)
    means = {
        fidelity: [statistics.fmean(column) for column in zip(*rows, strict=True)] for fidelity, rows in found.items()
    }
    all_detail = means[0.0][2]
    for fidelity, row in means.items():
        row[2] /= all_detail
        table.add_row(f"{fidelity:g}", *(f"{value:.3f}" for value in row))
    Console().print(table)


if __name__ == "__main__":
    main()
