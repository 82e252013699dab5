"""The methods an evaluation compares: bicubic, the teacher, and the student at several numbers of steps, run through the engine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from distill.config import MeanFlowObjective, Recipe
from distill.data.samples import sample_pairs
from distill.data.scan import settled_photos
from distill.data.sources import find_photos
from distill.evaluation.evaluate import Evaluation, Method, evaluate
from distill.evaluation.export import export
from distill.evaluation.scores import Scorer
from distill.networks.teacher import TEACHER_STEPS
from distill.runs.runs import GRID_FILE, TABLE_FILE
from distill.runs.text_file import write_whole
from distill.training.checkpoint import NEWEST, Chosen
from mfsr_engine.api import DeviceChoice, UpscaleRequest, UpscaleSettings
from mfsr_engine.models.prompts import load_prompts
from mfsr_engine.models.resample import enlarge
from mfsr_engine.upscale.captioning import Captioned, CaptionPrompts
from mfsr_engine.upscale.engine import Engine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from mfsr_engine.hub.store import InstalledModel
    from mfsr_engine.progress import Progress

STUDENT_STEPS = (1, 2, 4, 8)
MODEL_FOLDER = "model"
"""In a run folder: the checkpoint that was measured, as a model folder."""


def evaluate_run(
    recipe: Recipe,
    run_folder: Path,
    progress: Progress,
    *,
    photos: Path | None = None,
    most: int = 24,
    device: DeviceChoice = DeviceChoice.AUTO,
    checkpoint: Chosen = NEWEST,
) -> Evaluation:
    """Compare a run's checkpoint; writes `evaluation.json`, `evaluation.png` and the checkpoint's model folder.

    Args:
        recipe: what was trained.
        run_folder: where its checkpoints are.
        progress: told of each picture.
        photos: folder to compare on; None is what the recipe kept for validation.
        most: most pictures.
        device: where to compute.
        checkpoint: the newest, the best, or that of a step.

    Raises:
        RequestError: there is no such checkpoint, or no picture to compare on.
        ModelError: the teacher cannot be used.
        Cancelled: stopped.
    """
    model = run_folder / MODEL_FOLDER
    is_teacher = not isinstance(recipe.objective, MeanFlowObjective)
    guidance = 2.0 if is_teacher else 1.0
    card = export(recipe, run_folder, model, title=recipe.name, guidance=guidance, checkpoint=checkpoint)
    data, seed = recipe.data, recipe.run.seed
    files = settled_photos(data, run_folder, progress).validation if photos is None else find_photos(photos)
    pairs = sample_pairs(files, data.crop_px, data.degradation, seed, progress, most=most)
    methods = methods_of(recipe, model, device)
    grid = run_folder / GRID_FILE
    result = evaluate(pairs, methods, Scorer(), grid, progress, degradation=data.degradation, seed=seed)
    result = replace(result, trained_steps=card.training["steps"])
    write_whole(run_folder / TABLE_FILE, result.to_json())
    return result


def methods_of(recipe: Recipe, model: Path, device: DeviceChoice = DeviceChoice.AUTO) -> list[Method]:
    """Bicubic; then the teacher at 40 guided steps and the student at 1, 2, 4 and 8, or the teacher that was trained."""
    bicubic = Method("bicubic", 0, _bicubic)
    if not isinstance(recipe.objective, MeanFlowObjective):
        return [bicubic, *_through_engine("teacher", model, (TEACHER_STEPS,), recipe.run.seed, device)]
    objective = recipe.objective
    engine = Engine(captions=_AwayFromNull() if objective.negative_prompt == "null" else None)
    teacher = _through_engine(
        "teacher", objective.teacher, (TEACHER_STEPS,), recipe.run.seed, device, objective.guidance, engine
    )
    return [bicubic, *teacher, *_through_engine("student", model, STUDENT_STEPS, recipe.run.seed, device)]


class _AwayFromNull(CaptionPrompts):
    """A teacher's own prompts without its negative one, so that guidance leads away from the null prompt."""

    def find(self, model: InstalledModel, caption: str, progress: Progress) -> Captioned:
        """See `CaptionPrompts`."""
        return Captioned(replace(load_prompts(model.folder), negative=None))


def _through_engine(
    name: str,
    model: Path,
    counts: Sequence[int],
    seed: int,
    device: DeviceChoice,
    guidance: float | None = None,
    engine: Engine | None = None,
) -> list[Method]:
    engine = engine or Engine()

    def method(steps: int) -> Method:
        settings = UpscaleSettings(model=str(model), steps=steps, seed=seed, device=device, guidance=guidance)
        return Method(
            name, steps, lambda pixels, progress: engine.upscale(UpscaleRequest(pixels, settings), progress).pixels
        )

    return [method(steps) for steps in counts]


def _bicubic(pixels: NDArray[np.float32], progress: Progress) -> NDArray[np.float32]:
    batch = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1)[None]
    return enlarge(batch, 4)[0].clamp(0, 1).permute(1, 2, 0).numpy()
