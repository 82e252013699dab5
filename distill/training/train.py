"""A training process: reads a recipe, prepares its pictures, trains. Start it alone, or under `accelerate launch -m
distill.training.train`.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Annotated

import torch
import typer

from distill.config import FlowMatchingObjective, MeanFlowObjective, Recipe
from distill.data import Batches, Pack, PackConfig, build_pack
from distill.data.folder_lock import turn_at
from distill.data.path_list import PathList
from distill.data.photo_stream import PhotoStream
from distill.data.samples import sample_pairs
from distill.data.scan import settled_photos
from distill.data.sources import find_photos
from distill.launch import is_bundled
from distill.runs.events import StepEvent
from distill.runs.progress_log import ProgressLog
from distill.runs.recipe_file import read_recipe
from distill.runs.record import DataSummary, keep_summary
from distill.runs.runs import RECIPE_FILE, keep_recipe, usual_folder
from distill.runs.status import Phase, RunProgress, RunStatus, StopRequest, claim, release, stop_request, write_status
from distill.training.assembly import assemble
from distill.training.precision import AUTO, settled, with_precision
from distill.training.previews import PREVIEW_PX, Previews
from distill.training.recipe_checks import check
from distill.training.sharding import this_process
from distill.training.streams import batches, captioned
from distill.training.trainer import Trainer, TrainerParts
from distill.training.validation import Validation
from mfsr_engine.compute.devices import use_threads
from mfsr_engine.errors import Cancelled, MfsrError, RequestError
from mfsr_engine.progress import Progress

PREVIEWED_PHOTOS = 4


def build_trainer(
    recipe: Recipe,
    folder: Path,
    pack_folder: Path,
    progress: Progress,
    workers: int = 1,
    on_event: Callable[[StepEvent], None] | None = None,
) -> Trainer:
    """Everything a recipe names, ready to train or resume; `on_event` is told what is logged.

    Raises:
        RequestError: the recipe contradicts itself, or its photographs cannot be used.
        ModelError: its teacher cannot be used.
        Cancelled: stopped while pictures were prepared.
    """
    check(recipe)
    torch.manual_seed(recipe.run.seed)
    data, state = recipe.data, this_process()
    recipe = settled(recipe, state.device)
    is_shared = recipe.run.shard and state.num_processes > 1
    if is_shared:
        _check_rollouts(recipe)
    assembly = assemble(recipe, state.device)
    photos = settled_photos(data, folder, progress, workers)
    stream: Batches
    crops = 0
    if data.streaming:
        stream = _photo_stream(photos.training, recipe, int(state.process_index), workers)
    else:
        pack = build_pack(photos.training, pack_folder, _pack_config(recipe), progress, workers)
        crops = len(pack.high)
        with turn_at(pack_folder, progress):  # latents are computed by one process
            stream = batches(recipe, assembly, pack, pack_folder, state.device, progress, int(state.process_index))
    if data.captions:
        with turn_at(pack_folder, progress):  # text encoders take much memory
            stream = captioned(stream, photos.training, recipe, pack_folder, progress)
    folder.mkdir(parents=True, exist_ok=True)
    if state.is_main_process:
        keep_summary(folder, DataSummary(len(photos.training), len(photos.validation), crops, data.versions))
    parts = TrainerParts(assembly.network, assembly.objective, stream, assembly.adversary, on_event=on_event)
    if photos.validation and (state.is_main_process or is_shared):
        side = min(PREVIEW_PX, data.crop_px) // assembly.side_multiple * assembly.side_multiple
        pairs = sample_pairs(
            photos.validation, side, data.degradation, recipe.run.seed, progress, most=PREVIEWED_PHOTOS
        )
        if pairs:
            is_writer = bool(state.is_main_process)
            validation = Validation(pairs, assembly, state.device, scores=is_writer)
            parts.after_save = Previews(folder, validation, best_by=recipe.run.best_by)
    return Trainer(folder, recipe.run, recipe.optimizer, parts)


def build_training_pack(recipe: Recipe, pack_folder: Path, progress: Progress, workers: int = 1) -> Pack:
    """The crops of a recipe without validation, prepared before its run so that something can be added to them.

    Raises:
        RequestError: its photographs cannot be used.
        Cancelled: stopped.
    """
    return build_pack(find_photos(recipe.data.photos), pack_folder, _pack_config(recipe), progress, workers)


def _photo_stream(photos: Sequence[Path], recipe: Recipe, process: int, workers: int) -> PhotoStream:
    if not photos:
        raise RequestError(f"There is no photograph to train on in {recipe.data.photos}. Choose another folder.")
    data = recipe.data
    return PhotoStream(
        PathList(photos),
        _pack_config(recipe),
        data.patch_px,
        data.batch_size,
        data.patches_per_photo,
        recipe.run.seed,
        process,
        loader_workers=0 if is_bundled() else workers,  # a bundle's executable cannot be started as a loader process
    )


def _pack_config(recipe: Recipe) -> PackConfig:
    data = recipe.data
    return PackConfig(
        data.crop_px,
        data.crops_per_photo,
        data.versions,
        data.degradation,
        recipe.run.seed,
        data.enlargement,
        has_soft=isinstance(recipe.objective, FlowMatchingObjective),
    )


def _check_rollouts(recipe: Recipe) -> None:
    """Every process draws rollouts of its own length, and one that goes further would wait for the others' parts for ever."""
    objective = recipe.objective
    if isinstance(objective, MeanFlowObjective) and objective.end_point.is_used and objective.end_point.rollout_share:
        raise RequestError(
            "With a network that is shared out (run.shard) a student cannot take steps of its own before it is judged. "
            "Set objective.end_point.rollout_share = 0."
        )


def train(recipe: Recipe, folder: Path, pack: Path | None = None, workers: int = 1) -> None:
    """Train a recipe in a run folder from its newest checkpoint, and say there and on stderr how it goes. SIGTERM saves and
    stops.

    Raises:
        TrainingStopped: asked to stop; the state is saved.
        MfsrError: anything a user can meet; the run folder's status says the same.
    """
    is_main = bool(this_process().is_main_process)
    recipe = settled(_with_kept_precision(recipe, folder), this_process().device)
    if is_main:
        claim(folder)
        _tell(folder, RunStatus(Phase.PREPARING), is_main)  # and no longer paused, or what it was before
    log = ProgressLog(_say)
    progress = RunProgress(folder, is_main, also=log.report)

    def stop(number: int, frame: FrameType | None) -> None:
        progress.cancel()

    before = [(number, signal.signal(number, stop)) for number in (signal.SIGTERM, signal.SIGINT)]
    try:
        if is_main:
            keep_recipe(recipe, folder)
        trainer = build_trainer(recipe, folder, pack or folder / "pack", progress, workers, log.step)
        trainer.resume()
        trainer.train(progress)
        _tell(folder, RunStatus(Phase.FINISHED, done=trainer.step, total=trainer.step), is_main)
    except Cancelled as error:
        phase = Phase.PAUSED if stop_request(folder) is StopRequest.PAUSE else Phase.STOPPED
        _tell(folder, RunStatus(phase, message=str(error)), is_main)
        raise
    except MfsrError as error:
        _tell(folder, RunStatus(Phase.FAILED, message=str(error)), is_main)
        raise
    except Exception as error:
        _tell(folder, RunStatus(Phase.FAILED, message=f"{type(error).__name__}: {error}"), is_main)
        raise
    finally:
        if is_main:
            release(folder)
        for number, handler in before:
            signal.signal(number, handler)


def _with_kept_precision(recipe: Recipe, folder: Path) -> Recipe:
    """A run goes on in the precision it began in, even if another measurement would say otherwise."""
    with suppress(RequestError):
        kept = read_recipe(folder / RECIPE_FILE).run.precision
        return with_precision(recipe, kept) if recipe.run.precision == AUTO else recipe
    return recipe


def _say(line: str) -> None:
    with suppress(OSError):  # who listened has gone; the training has not
        typer.echo(line, err=True)


def _tell(folder: Path, status: RunStatus, is_main: bool) -> None:
    if is_main and folder.is_dir():
        with suppress(OSError):  # a full disk: the error itself says so
            write_status(folder, status)


def main(
    recipe: Path,
    folder: Path | None = None,
    pack: Path | None = None,
    workers: int = 1,
    threads: Annotated[int, typer.Option(min=0)] = 0,
    changes: Annotated[list[str] | None, typer.Option("--set", metavar="FIELD=VALUE")] = None,
) -> None:
    """Train RECIPE in FOLDER (default runs/NAME), going on from its newest checkpoint; SIGTERM saves and stops."""
    use_threads(threads)
    settings = read_recipe(recipe, changes or ())
    try:
        train(settings, folder or usual_folder(settings, recipe), pack, workers)
    except MfsrError as error:
        sys.stderr.write(f"mfsr: {error}\n")
        raise typer.Exit(130 if isinstance(error, Cancelled) else 1) from error
    finally:
        this_process().destroy_process_group()  # a connection that is open when the interpreter ends can abort the process


if __name__ == "__main__":
    typer.run(main)
