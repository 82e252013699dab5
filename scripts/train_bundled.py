"""Makes the bundled teacher and student from photographs: one command, resumable, the recipes in `resources/recipes`.

    python -m scripts.train_bundled PHOTOS [--folder runs/bundled] [--minutes N] [--workers 2]

Interrupted, it goes on from its newest checkpoints. `--minutes` replaces the recipes' own lengths, a third for the teacher.
The two model folders lie in FOLDER/models at the end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from distill.config import MeanFlowObjective, Recipe, read_recipe
from distill.export import export
from distill.metrics.weights import fetch, is_fetched
from distill.train import train

RECIPES = Path(__file__).parent.parent / "resources" / "recipes"
TEACHER_SHARE = 1 / 3


def main(
    photos: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of photographs.")],
    folder: Annotated[Path, typer.Option(help="Checkpoints, crops and the finished models.")] = Path("runs/bundled"),
    minutes: Annotated[float | None, typer.Option(help="Length of both runs together.")] = None,
    workers: Annotated[int, typer.Option(help="Threads that prepare crops.")] = 1,
) -> None:
    """Train the teacher, then its student, and write both as model folders."""
    if not is_fetched():
        fetch()
    models, pack = folder / "models", folder / "pack"
    teacher = _recipe("small-teacher", photos, None if minutes is None else minutes * TEACHER_SHARE)
    train(teacher, folder / "teacher", pack, workers)
    student = _recipe("small-student", photos, None if minutes is None else minutes * (1 - TEACHER_SHARE))
    assert isinstance(student.objective, MeanFlowObjective)
    teacher_folder = models / teacher.name
    export(teacher, folder / "teacher", teacher_folder, title="MFSR small teacher", guidance=student.objective.guidance)
    objective = student.objective.model_copy(update={"teacher": teacher_folder.resolve()})
    student = student.model_copy(update={"objective": objective})
    train(student, folder / "student", pack, workers)
    export(student, folder / "student", models / student.name, title="MFSR small")
    typer.echo(f"The models are in {models}.")


def _recipe(name: str, photos: Path, minutes: float | None) -> Recipe:
    recipe = read_recipe(RECIPES / f"{name}.toml")
    run = recipe.run if minutes is None else recipe.run.model_copy(update={"minutes": minutes})
    return recipe.model_copy(update={"data": recipe.data.model_copy(update={"photos": photos.resolve()}), "run": run})


if __name__ == "__main__":
    typer.run(main)
