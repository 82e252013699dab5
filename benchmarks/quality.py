"""Measures picture quality on pairs and prints a table of means.

    mfsr distill fetch; python -m benchmarks.peers     once: weights of the metrics and of the peer
    python -m benchmarks.quality                                    bicubic, Real-ESRGAN x4plus, student and teacher
    python -m benchmarks.quality --models bicubic mfsr-small --steps 1 --limit 10
    python -m benchmarks.quality --models runs/mine/student@2 --json mine.json --grid mine.png
    python -m benchmarks.degraded_pairs PHOTOS KINDS --kinds        pairs of every kind of damage, once; then each kind measured:
    python -m benchmarks.quality --kinds KINDS --models bicubic x4plus mfsr-small --steps 1

Results are rounded to 8 bits before they are scored. PSNR and SSIM are on the Y of BT.601 without a border cut. Seconds
are wall-clock on this computer, models loaded; the peer's are from the run that filled its cache (see `--recompute`).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from PIL import Image
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks import grid, methods, pairs
from benchmarks.scores import BenchmarkScores, Judge, mean
from mfsr_engine.api import BUNDLED_MODEL
from mfsr_engine.errors import MfsrError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.methods import Method
    from mfsr_engine.api import Upscaler

DEFAULT_PAIRS = Path(__file__).resolve().parents[2] / "shared" / "bench" / "realsr_canon"
_BOOTSTRAPS = 2000
_SHOWN_PER_KIND = 2
DEFAULT_MODELS = (methods.BICUBIC, methods.X4PLUS, BUNDLED_MODEL, f"{BUNDLED_MODEL}-teacher")


@dataclass
class Row:
    """One method's results, collected picture by picture."""

    name: str
    scores: dict[str, BenchmarkScores] = field(default_factory=dict)
    """By picture."""
    seconds: dict[str, float] = field(default_factory=dict)
    """By picture."""
    shown: dict[str, NDArray[np.uint8]] = field(default_factory=dict)
    """Results for the sheet, by picture."""

    @property
    def mean(self) -> BenchmarkScores:
        """Means over the pictures."""
        return mean(list(self.scores.values()))

    @property
    def mean_seconds(self) -> float:
        """Mean time of a picture."""
        return statistics.fmean(self.seconds.values())


def measure(
    rivals: Sequence[Method],
    files: Sequence[Path],
    judge: Judge,
    *,
    save: Path | None = None,
    show: Sequence[str] = (),
    console: Console,
) -> list[Row]:
    """Let every method upscale every picture; `save` gets the results, `show` names those kept for the sheet."""
    rows = []
    for rival in rivals:
        row = Row(rival.name)
        for file in track(files, rival.name, console=console, transient=True):
            pair = pairs.read(file)
            result = rival.upscale(pair.lr)
            row.scores[pair.name] = judge.score(result.pixels, pair.hr)
            row.seconds[pair.name] = result.seconds
            if save is not None:
                _save(result.pixels, save / _folder_name(rival.name) / f"{pair.name}.png")
            if pair.name in show:
                row.shown[pair.name] = result.pixels
        rows.append(row)
    return rows


def table(rows: Sequence[Row], title: str) -> Table:
    """The table of means."""
    sheet = Table("", "PSNR-Y", "SSIM-Y", "LPIPS", "DISTS", "NIQE", "s/picture", title=title)
    for column in sheet.columns[1:]:
        column.justify = "right"
    for row in rows:
        score = row.mean
        perceptual = (f"{score.lpips:.4f}", f"{score.dists:.4f}", "" if score.niqe is None else f"{score.niqe:.2f}")
        sheet.add_row(row.name, f"{score.psnr_y:.2f}", f"{score.ssim_y:.3f}", *perceptual, f"{row.mean_seconds:.3f}")
    return sheet


def kinds_table(kinds: Mapping[str, Sequence[Row]], title: str) -> Table:
    """A row for each kind and method; behind LPIPS and DISTS the difference from the kind's first method, paired by picture."""
    sheet = Table("kind", "", "PSNR-Y", "LPIPS", "", "DISTS", "", "grain", title=title)
    for column in sheet.columns[2:]:
        column.justify = "right"
    for kind, rows in kinds.items():
        for row in rows:
            score, is_first = row.mean, row is rows[0]
            lpips, dists = ("" if is_first else _difference(row, rows[0], name) for name in ("lpips", "dists"))
            figures = f"{score.lpips:.4f}", lpips, f"{score.dists:.4f}", dists, f"{score.grain:.2f}"
            sheet.add_row(
                kind if is_first else "", row.name, f"{score.psnr_y:.2f}", *figures, end_section=row is rows[-1]
            )
    return sheet


def _difference(row: Row, other: Row, name: str) -> str:
    """Mean difference of a score and its 95 % interval over pictures (bootstrap)."""
    found = np.array(
        [getattr(row.scores[picture], name) - getattr(other.scores[picture], name) for picture in row.scores]
    )
    draws = np.random.default_rng(0).choice(found, (_BOOTSTRAPS, len(found))).mean(axis=1)
    low, high = np.quantile(draws, (0.025, 0.975))
    return f"{found.mean():+.3f} ({low:+.3f} to {high:+.3f})"


def report(rows: Sequence[Row], folder: Path, seed: int) -> dict[str, object]:
    """Everything measured, as plain data for JSON."""
    return {
        "pairs": folder.name,
        "pictures": len(rows[0].scores) if rows else 0,
        "seed": seed,
        "machine": {"cpus": os.cpu_count(), "processor": platform.machine(), "torch": torch.__version__},
        "rows": [
            {"name": row.name, "mean": asdict(row.mean) | {"seconds": row.mean_seconds}, "pictures": _by_picture(row)}
            for row in rows
        ],
    }


def _by_picture(row: Row) -> dict[str, dict[str, float]]:
    return {name: asdict(score) | {"seconds": row.seconds[name]} for name, score in row.scores.items()}


def _folder_name(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-_." else "_" for letter in name)


def _save(pixels: NDArray[np.uint8], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(file)


def _sheet(rows: Sequence[Row], files: Sequence[Path], names: Sequence[str], crop_px: int) -> Image.Image:
    truths = {file.stem: pairs.read(file).hr for file in files if file.stem in names}
    pictures = {name: [*(row.shown[name] for row in rows), truth] for name, truth in truths.items()}
    return grid.draw(pictures, [*(row.name for row in rows), "truth"], crop_px)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.quality", description="Measures picture quality on pairs.")
    add = parser.add_argument
    add("--pairs", type=Path, default=DEFAULT_PAIRS, help="folder with lr and hr (default: %(default)s)")
    add(
        "--kinds",
        type=Path,
        metavar="DIR",
        help="folder of such folders, one for each kind of damage, each measured by itself",
    )
    add("--limit", type=int, help="only the first N pictures")
    add("--models", nargs="+", default=DEFAULT_MODELS, metavar="NAME", help="bicubic, x4plus, a model, MODEL@STEPS")
    add("--steps", nargs="+", type=int, default=methods.DEFAULT_STUDENT_STEPS, help="steps of students")
    add("--guidance", type=float, help="guidance scale; each model's own by default")
    add("--seed", type=int, default=0, help="seed of the noise")
    add("--recompute", action="store_true", help="compute the peer's results anew instead of taking kept ones")
    add("--json", type=Path, metavar="FILE", help="write everything measured")
    add("--save", type=Path, metavar="DIR", help="write the result pictures")
    add("--grid", type=Path, metavar="FILE", help="write a comparison picture")
    add("--grid-pictures", nargs="+", metavar="NAME", help="pictures on it, without suffix (default: the first three)")
    add("--grid-crop", type=int, default=256, metavar="PX", help="side of the middle part shown (default: %(default)s)")
    return parser


def run(arguments: Sequence[str], upscaler: Upscaler, console: Console, judge: Judge | None = None) -> list[Row]:
    """Measure as the command line says, with the given engine.

    Raises:
        MfsrError: Pairs, weights or a model are missing.
    """
    options = _parser().parse_args(arguments)
    if options.kinds:
        return _run_kinds(options, upscaler, console, judge or Judge())
    files = pairs.find(options.pairs, options.limit)
    shown = options.grid_pictures or [file.stem for file in files[:3]]
    rivals = _rivals(options, upscaler)
    show = shown if options.grid else ()
    rows = measure(rivals, files, judge or Judge(), save=options.save, show=show, console=console)
    console.print(table(rows, f"{len(files)} pairs of {options.pairs.name}, seed {options.seed}"))
    if options.json:
        text = json.dumps(report(rows, options.pairs, options.seed), indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")
    if options.grid:
        _sheet(rows, files, shown, options.grid_crop).save(options.grid)
    return rows


def _rivals(options: argparse.Namespace, upscaler: Upscaler) -> list[Method]:
    return methods.choose(
        options.models,
        upscaler,
        steps=options.steps,
        seed=options.seed,
        guidance=options.guidance,
        recompute=options.recompute,
    )


def _run_kinds(options: argparse.Namespace, upscaler: Upscaler, console: Console, judge: Judge) -> list[Row]:
    folders = sorted(folder for folder in options.kinds.iterdir() if (folder / "lr").is_dir())
    if not folders:
        raise pairs.PairsError(
            f"{options.kinds} holds no kinds: make them with python -m benchmarks.degraded_pairs --kinds."
        )
    rivals, kinds = _rivals(options, upscaler), {}
    for folder in folders:
        files = pairs.find(folder, options.limit)
        save = options.save and options.save / folder.name
        shown = [file.stem for file in files[: _SHOWN_PER_KIND if options.grid else 0]]
        kinds[folder.name] = measure(rivals, files, judge, save=save, show=shown, console=console)
    console.print(kinds_table(kinds, f"{options.kinds.name}, seed {options.seed}"))
    if options.json:
        reports = [report(rows, options.kinds / kind, options.seed) for kind, rows in kinds.items()]
        options.json.write_text(json.dumps(reports, indent=1) + "\n", encoding="utf-8")
    if options.grid:
        _kinds_sheet(kinds, options.kinds, options.grid_crop).save(options.grid)
    return [row for rows in kinds.values() for row in rows]


def _kinds_sheet(kinds: Mapping[str, Sequence[Row]], folder: Path, crop_px: int) -> Image.Image:
    pictures: dict[str, list[NDArray[np.uint8]]] = {}
    for kind, rows in kinds.items():
        for name in rows[0].shown:
            truth = pairs.read(folder / kind / "lr" / f"{name}.png").hr
            pictures[f"{kind}: {name}"] = [*(row.shown[name] for row in rows), truth]
    labels = [row.name for row in next(iter(kinds.values()))]
    return grid.draw(pictures, [*labels, "truth"], crop_px)


def main() -> None:
    """Measure with this program's engine."""
    from mfsr_engine.upscale.engine import Engine

    try:
        run(sys.argv[1:], Engine(), Console())
    except MfsrError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
