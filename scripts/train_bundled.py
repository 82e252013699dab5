"""Makes the bundled teacher and student from photographs: one command, resumable, the recipes in `resources/recipes`.

    python -m scripts.train_bundled PHOTOS [--folder runs/bundled] [--minutes N] [--workers 2]

Beside the photographs it trains on pictures of words that it draws itself (`scripts.draw_text_pictures`), about one for twelve
photographs. Interrupted, it goes on from its newest checkpoints. `--minutes` replaces the recipes' own lengths, a quarter for the teacher.
The two model folders lie in FOLDER/models at the end.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from distill.config import MeanFlowObjective, Recipe
from distill.data.scan import find_photos
from distill.export import export
from distill.metrics.weights import fetch, is_fetched
from distill.recipe_file import read_recipe
from distill.train import train
from scripts.draw_text_pictures import draw

RECIPES = Path(__file__).parent.parent / "resources" / "recipes"
TEACHER_SHARE = 1 / 4
TEXT_SHARE = 1 / 12
"""Pictures of words for every photograph."""


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
    pictures = with_text(photos, folder / "pictures")
    teacher = _recipe("small-teacher", pictures, None if minutes is None else minutes * TEACHER_SHARE)
    train(teacher, folder / "teacher", pack, workers)
    student = _recipe("small-student", pictures, None if minutes is None else minutes * (1 - TEACHER_SHARE))
    assert isinstance(student.objective, MeanFlowObjective)
    teacher_folder = models / teacher.name
    export(teacher, folder / "teacher", teacher_folder, title="MFSR small teacher", guidance=student.objective.guidance)
    objective = student.objective.model_copy(update={"teacher": teacher_folder.resolve()})
    student = student.model_copy(update={"objective": objective})
    train(student, folder / "student", pack, workers)
    export(student, folder / "student", models / student.name, title="MFSR small")
    typer.echo(f"The models are in {models}.")


def with_text(photos: Path, folder: Path) -> Path:
    """A folder of the photographs (hard links, or copies where these cannot be) and of pictures of words over some of them."""
    found = find_photos(photos)
    for photo in found:
        target = folder / "photos" / photo.relative_to(photos)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            continue
        try:
            os.link(photo, target)
        except OSError:
            shutil.copyfile(photo, target)
    draw(folder / "text", photos, round(TEXT_SHARE * len(found)))
    return folder


def _recipe(name: str, photos: Path, minutes: float | None) -> Recipe:
    recipe = read_recipe(RECIPES / f"{name}.toml")
    run = recipe.run if minutes is None else recipe.run.model_copy(update={"minutes": minutes})
    return recipe.model_copy(update={"data": recipe.data.model_copy(update={"photos": photos.resolve()}), "run": run})


if __name__ == "__main__":
    typer.run(main)
