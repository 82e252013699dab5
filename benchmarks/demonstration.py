"""What each part of the method gives at the bundled models' scale: five objectives from one start, in one time, on one set of patches.

    mfsr distill fetch                                            once: weights of the metrics
    python -m benchmarks.demonstration PHOTOS VALIDATION          5 objectives x 3 seeds x 3 minutes, then the table
    python -m benchmarks.demonstration PHOTOS VALIDATION --minutes 20 --seeds 3 --teacher mfsr-small-teacher --folder runs/demonstration

    python -m benchmarks.demonstration PHOTOS VALIDATION --compare derivatives --steps 60
                                                                  ways to have the target's derivative instead, equal steps

Every run starts as its teacher, sees the same patches in the same order as the others of its seed, and has the same processor time:
a few steps of each objective are timed first, and cheaper ones then take more steps, so that other work on the computer falls on
none of them. No pretrained features are used in training. Steps and processor seconds of each run stand in the table. A stopped
command goes on with the first run that is not finished.

Scores are of the averaged weights on the middle of each validation picture, damaged as in training with a seed of its own. KID is of
patches and VGG16 features, times 1,000; map distance is from the teacher's 40 guided steps, root mean square in the codec's space,
beside it the same of a network that was not trained (the start). After +- stands half the range over seeds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from rich.console import Console
from rich.table import Table

from benchmarks.memory import processor
from distill.config import MeanFlowObjective, Recipe
from distill.data.samples import sample_pairs
from distill.data.sources import find_photos
from distill.evaluation.export import trained_network
from distill.networks.teacher import TEACHER_STEPS
from distill.runs.recipe_file import resolved
from distill.training.assembly import assemble, students_sampling
from distill.training.train import build_trainer
from distill.training.validation import StepScores, Validation
from mfsr_engine.errors import MfsrError
from mfsr_engine.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OBJECTIVES: dict[str, dict[str, Any]] = {
    "L1": {"weight": 0.0, "end_point": {"pixel": 1.0}},
    "L1 + GAN": {"weight": 0.0, "end_point": {"pixel": 1.0, "adversarial": 0.05}},
    "MeanFlow": {},
    "MeanFlow + 0.1 L1": {"end_point": {"pixel": 0.1}},
    "MeanFlow, e - x": {"target": "data"},
}
"""Parts of each objective that differ from the recipe's defaults."""
DERIVATIVES: dict[str, dict[str, Any]] = {
    "exact (JVP)": {"derivative": "jvp"},
    "secant, .02": {"derivative": "secant", "secant_step": 0.02},
    "secant, .05": {"derivative": "secant", "secant_step": 0.05},
    "midpoint, .02": {"derivative": "midpoint", "secant_step": 0.02},
    "midpoint, .05": {"derivative": "midpoint", "secant_step": 0.05},
}
"""The same of ways to have the target's derivative."""
COMPARED = {"objectives": OBJECTIVES, "derivatives": DERIVATIVES}
PATCH_PX, BATCH = 96, 8
RESULT_FILE = "demonstration.json"
VALIDATION_SEED = 20_000
_WALKED_SHARE = 0.25
_TIMED_STEPS = (3, 11)


@dataclass(frozen=True)
class Result:
    """What came of one run."""

    objective: str
    """A key of what is compared, or the name of a reference."""
    seed: int
    steps_trained: int
    """Optimizer steps done in the time."""
    cpu_s: float
    """Processor seconds of all threads in training."""
    scores: tuple[StepScores, ...]
    """At 1, 2 and 4 steps of the network."""
    identity_residual: float | None = None
    seed_spread: float | None = None


def recipe_of(objective: str, seed: int, steps: int, options: argparse.Namespace) -> Recipe:
    """The recipe of one run of so many optimizer steps."""
    changes = COMPARED[options.compare].get(objective, {})
    learned: dict[str, Any] = {"kind": "meanflow", "teacher": options.teacher, "guidance": options.guidance} | changes
    if "end_point" in learned:
        learned["end_point"] = {"batch_size": BATCH, "rollout_share": _WALKED_SHARE} | learned["end_point"]
    data = {"photos": options.photos, "degradation": options.degradation, "crop_px": options.crop, "patch_px": PATCH_PX}
    recipe = Recipe.model_validate(
        {
            "name": "demonstration",
            "data": data | {"batch_size": BATCH, "crops_per_photo": 2, "versions": 2},
            "objective": learned,
            "optimizer": {"learning_rate": 2e-4, "warmup_steps": 20},
            "run": {
                "steps": steps,
                "precision": "fp32",
                "seed": seed,
                "checkpoint_minutes": 1e6,
                "keep_checkpoints": 1,
            },
        }
    )
    return resolved(recipe, Path.cwd())


def steps_in(objective: str, cpu_s: float, options: argparse.Namespace) -> int:
    """How many optimizer steps fit into that processor time, from the time of a few."""
    taken = {steps: _seconds(objective, steps, options) for steps in _TIMED_STEPS}
    few, many = _TIMED_STEPS
    return max(1, round(cpu_s * (many - few) / (taken[many] - taken[few])))


def _seconds(objective: str, steps: int, options: argparse.Namespace) -> float:
    """Processor seconds of a short training, whatever it begins with included; crops are there already."""
    recipe = recipe_of(objective, 0, steps, options)
    with tempfile.TemporaryDirectory() as folder:
        trainer = build_trainer(recipe, Path(folder), options.folder / "pack-0", Progress())
        began_s = time.process_time()
        trainer.train(Progress())
        return time.process_time() - began_s


def run(objective: str, seed: int, steps: int, validation: Validation, options: argparse.Namespace) -> Result:
    """Train one and measure it, or read what was measured before."""
    names = list(COMPARED[options.compare])
    folder = options.folder / f"{names.index(objective)}-{seed}"
    if (folder / RESULT_FILE).is_file():
        return _read(folder / RESULT_FILE)
    recipe = recipe_of(objective, seed, steps, options)
    trainer = build_trainer(recipe, folder, options.folder / f"pack-{seed}", Progress())
    began_s = time.process_time()
    trainer.resume()
    trainer.train(Progress())
    cpu_s = time.process_time() - began_s
    network, numbers = trained_network(recipe, folder)
    assert isinstance(recipe.objective, MeanFlowObjective)
    grid = students_sampling(recipe.objective)
    validation.assembly = replace(validation.assembly, network=network, sampling=grid)
    measured = validation.measure()
    assert measured is not None
    result = Result(
        objective, seed, numbers["steps"], cpu_s, measured.scores, measured.identity_residual, measured.seed_spread
    )
    (folder / RESULT_FILE).write_text(json.dumps(asdict(result)), encoding="utf-8")
    return result


def references(validation: Validation) -> list[Result]:
    """Bicubic, the teacher, and the start of every run: the teacher's network, asked for mean velocities."""
    bicubic = validation.score(0, (validation.enlarged / 2 + 0.5).clamp(0, 1))
    teacher = validation.score(TEACHER_STEPS, validation.teachers_picture(), 0.0)
    start = validation.measure()
    assert start is not None
    return [
        Result("bicubic", 0, 0, 0, (bicubic,)),
        Result("teacher, guided", 0, 0, 0, (teacher,)),
        Result("start", 0, 0, 0, start.scores, start.identity_residual, start.seed_spread),
    ]


def table_of(results: Iterable[Result]) -> Table:
    """One row for each objective and number of steps; mean over seeds, half their range behind it."""
    table = Table(title="Equal start, patches and time")
    for heading in (
        "",
        "steps",
        "PSNR-Y",
        "LPIPS",
        "DISTS",
        "KID x 1,000",
        "map distance",
        "seed spread x 1,000",
        "trained",
    ):
        table.add_column(heading, justify="left" if not heading else "right")
    groups: dict[tuple[str, int], list[tuple[Result, StepScores]]] = {}
    for result in results:
        for scores in result.scores:
            groups.setdefault((result.objective, scores.steps), []).append((result, scores))
    for (objective, steps), found in groups.items():
        each = [scores for _, scores in found]
        spreads = [result.seed_spread for result, _ in found] if steps == 1 else []
        trained = [(result.steps_trained, result.cpu_s) for result, _ in found if steps == 1 and result.steps_trained]
        table.add_row(
            objective if steps in (0, 1, TEACHER_STEPS) else "",
            str(steps) if steps else "",
            _mean([scores.psnr_y for scores in each], 2),
            _mean([scores.lpips for scores in each], 4),
            _mean([scores.dists for scores in each], 4),
            _mean([scores.kid for scores in each], 1, 1000),
            _mean([scores.map_distance for scores in each], 3),
            _mean(spreads, 1, 1000),
            ", ".join(f"{count} in {cpu_s:.0f} s" for count, cpu_s in trained),
        )
    return table


def _mean(values: Sequence[float | None], digits: int, factor: float = 1) -> str:
    known = [value * factor for value in values if value is not None]
    if not known:
        return ""
    spread = f" +- {(max(known) - min(known)) / 2:.{digits}f}" if len(known) > 1 else ""
    return f"{statistics.fmean(known):.{digits}f}{spread}"


def _read(path: Path) -> Result:
    values = json.loads(path.read_text(encoding="utf-8"))
    return Result(**values | {"scores": tuple(StepScores(**scores) for scores in values["scores"])})


def parse(words: Sequence[str] | None) -> argparse.Namespace:
    """The command's options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    add = parser.add_argument
    add("photos", type=Path, help="photographs to train on")
    add("validation", type=Path, help="photographs to measure on")
    add("--compare", choices=list(COMPARED), default="objectives", help="what differs between runs")
    add("--teacher", default="mfsr-small-teacher", help="an installed teacher, or its model folder")
    add("--guidance", type=float, default=1.5, help="scale of its guidance")
    add("--degradation", default="everyday", help="kind of damage, in training and validation")
    add("--minutes", type=float, default=3.0, help="processor minutes of each run")
    add("--steps", type=int, default=0, help="optimizer steps of each run instead of minutes")
    add("--seeds", type=int, default=3, help="runs of each objective")
    add("--pictures", type=int, default=24, help="validation pictures")
    add("--crop", type=int, default=256, help="side of the training crops, pixels")
    add("--side", type=int, default=128, help="side of the validation crops, pixels")
    add("--folder", type=Path, help="where the runs are kept, by default runs/demonstration-COMPARE")
    add("--threads", type=int, default=torch.get_num_threads(), help="processor threads")
    options = parser.parse_args(words)
    options.folder = options.folder or Path(f"runs/demonstration-{options.compare}")
    return options


def main(words: Sequence[str] | None = None) -> int:
    """Train, measure, print the table."""
    options = parse(words)
    torch.set_num_threads(options.threads)
    options.folder.mkdir(parents=True, exist_ok=True)
    try:
        photos = find_photos(options.validation)
        pairs = sample_pairs(photos, options.side, options.degradation, VALIDATION_SEED, Progress(), options.pictures)
        start = assemble(recipe_of("MeanFlow", 0, 1, options), torch.device("cpu"))
        validation = Validation(pairs, start, torch.device("cpu"))
        results = references(validation)
        compared = COMPARED[options.compare]
        steps = {name: options.steps or steps_in(name, 60 * options.minutes, options) for name in compared}
        for seed in range(options.seeds):
            results += [run(name, seed, steps[name], validation, options) for name in compared]
    except MfsrError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    order = {name: place for place, name in enumerate(result.objective for result in results)}
    results.sort(key=lambda result: order[result.objective])
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(f"{processor()}; {options.threads} threads; {len(pairs)} pictures of {options.side} pixels")
    console.print(table_of(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
