"""One training process: reads a recipe, builds what it names, trains. Start it alone, or under `accelerate launch -m`."""

from __future__ import annotations

import signal
from pathlib import Path

import torch
import typer

from distill.config import FlowMatchingObjective, MeanFlowObjective, Recipe, read_recipe
from distill.data import BatchStream, PackConfig, build_pack
from distill.endpoint import Adversary, EndPointJudge
from distill.networks import PromptedVelocity, PromptName, new_teacher, student_of
from distill.objectives import FlowMatching, MeanFlowDistillation, Objective
from distill.teacher import GuidedTeacher
from distill.trainer import Trainer, TrainerParts
from mfsr_engine.images import is_image_path
from mfsr_engine.models.codec import ResidualPixelCodec
from mfsr_engine.models.compact import CompactConfig
from mfsr_engine.progress import Progress


def build_trainer(recipe: Recipe, folder: Path, pack_folder: Path, progress: Progress, workers: int = 1) -> Trainer:
    """Everything a recipe names, ready to train or resume."""
    torch.manual_seed(recipe.run.seed)
    data = recipe.data
    photos = sorted(path for path in data.photos.rglob("*") if is_image_path(path))
    pack_config = PackConfig(data.crop_px, data.crops_per_photo, data.versions, data.degradation, recipe.run.seed)
    pack = build_pack(photos, pack_folder, pack_config, progress, workers)
    stream = BatchStream(pack, data.patch_px, data.batch_size, recipe.run.seed, _process_index())
    network, objective, adversary = _built(recipe)
    folder.mkdir(parents=True, exist_ok=True)
    return Trainer(folder, recipe.run, recipe.optimizer, TrainerParts(network, objective, stream, adversary))


def _built(recipe: Recipe) -> tuple[PromptedVelocity, Objective, Adversary | None]:
    codec = ResidualPixelCodec()
    if isinstance(recipe.objective, FlowMatchingObjective):
        shape = recipe.network
        config = CompactConfig(codec.channels, shape.width, shape.blocks, shape.embedding)
        return new_teacher(config, recipe.run.seed), FlowMatching(recipe.objective, codec), None
    return _built_student(recipe.objective, codec)


def _built_student(
    recipe: MeanFlowObjective, codec: ResidualPixelCodec
) -> tuple[PromptedVelocity, Objective, Adversary | None]:
    from distill.endpoint import perceptual_losses
    from distill.teacher import load_compact_teacher

    teacher = load_compact_teacher(recipe.teacher)
    student = student_of(teacher)
    guided = GuidedTeacher(
        teacher.velocity, teacher.prompt(PromptName.CLEAN), teacher.prompt(PromptName.DEGRADED), recipe.guidance
    )
    losses = recipe.end_point
    is_judged = any((losses.pixel, losses.lpips, losses.features, losses.adversarial))
    adversary = Adversary.create(torch.device("cpu")) if losses.adversarial else None
    judge = EndPointJudge(losses, codec, student, perceptual_losses(losses), adversary) if is_judged else None
    return student, MeanFlowDistillation(recipe, codec, guided, student, judge), adversary


def _process_index() -> int:
    from accelerate import PartialState

    return int(PartialState().process_index)


def main(
    recipe: Path, folder: Path | None = None, pack: Path | None = None, workers: int = 1, threads: int = 0
) -> None:
    """Train RECIPE in FOLDER (default runs/NAME), going on from its newest checkpoint; SIGTERM saves and stops."""
    if threads:
        torch.set_num_threads(threads)
    settings = read_recipe(recipe)
    run_folder = folder or Path("runs") / settings.name
    progress = Progress()
    signal.signal(signal.SIGTERM, lambda *_: progress.cancel())
    trainer = build_trainer(settings, run_folder, pack or run_folder / "pack", progress, workers)
    trainer.resume()
    trainer.train(progress)


if __name__ == "__main__":
    typer.run(main)
