"""Makes the bundled teacher and student from photographs: one command, resumable, the recipes in `resources/recipes`.

    python -m scripts.train_bundled PHOTOS [--folder runs/bundled] [--minutes N] [--workers 2]

Three runs: the teacher, its student, and the student trained on with everyday damage and a peer's results as a second target
(`scripts.peer_targets`). Next to the photographs it trains on pictures of words that it draws itself (`scripts.draw_text_pictures`),
about one for twelve photographs. Photographs under the GPL or LGPL, as SOURCES.tsv next to PHOTOS or above it says, are left out.
Interrupted, it continues from its newest checkpoints. `--minutes` replaces the recipes' own lengths in their proportions. The two model
folders are in FOLDER/models at the end.
"""

from __future__ import annotations

import csv
import os
import shutil
from pathlib import Path
from typing import Annotated

import typer

from benchmarks import peers
from distill.config import MeanFlowObjective, Recipe
from distill.data.sources import find_photos
from distill.evaluation.export import export
from distill.metrics.weights import fetch, is_fetched
from distill.runs.recipe_file import read_recipe
from distill.training.train import build_training_pack, train
from mfsr_engine.hub.install import write_checksums
from mfsr_engine.progress import Progress
from scripts.draw_text_pictures import draw
from scripts.peer_targets import add_peers

RECIPES = Path(__file__).parent.parent / "resources" / "recipes"
SHARES = {"small-teacher": 0.09, "small-student": 0.6, "small-everyday": 0.31}
"""What part of `--minutes` each run gets."""
PEER_MINUTES = 15.0
"""Time for the second targets, if `--minutes` does not say otherwise."""
TEXT_SHARE = 1 / 12
"""Pictures of words for every photograph."""
SOURCES_FILE = "SOURCES.tsv"


def main(
    photos: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="Folder of photographs.")],
    folder: Annotated[Path, typer.Option(help="Checkpoints, crops and the finished models.")] = Path("runs/bundled"),
    minutes: Annotated[float | None, typer.Option(help="Length of the three runs together.")] = None,
    workers: Annotated[int, typer.Option(help="Threads that prepare crops.")] = 1,
) -> None:
    """Train the teacher, then its student in two runs, and write both as model folders."""
    if not is_fetched():
        fetch()
    peers.fetch()
    models, pictures = folder / "models", with_text(photos, folder / "pictures")
    teacher = _recipe("small-teacher", pictures, minutes)
    train(teacher, folder / "teacher", folder / "pack", workers)
    student = _recipe("small-student", pictures, minutes)
    assert isinstance(student.objective, MeanFlowObjective)
    teacher_folder = models / teacher.name
    export(teacher, folder / "teacher", teacher_folder, title="MFSR small teacher", guidance=student.objective.guidance)
    student = _under(student, teacher_folder)
    train(student, folder / "student", folder / "pack", workers)
    first = folder / "first" / student.name
    export(student, folder / "student", first, title="MFSR small")
    everyday = _under(_recipe("small-everyday", pictures, minutes), teacher_folder)
    everyday = everyday.model_copy(update={"student": everyday.student.model_copy(update={"start": first.resolve()})})
    build_training_pack(everyday, folder / "pack-everyday", Progress(), workers)
    peer_minutes = PEER_MINUTES if minutes is None else min(PEER_MINUTES, minutes * SHARES["small-everyday"])
    add_peers(folder / "pack-everyday", peers.TorchX4Plus(), peer_minutes)
    train(everyday, folder / "everyday", folder / "pack-everyday", workers)
    export(everyday, folder / "everyday", models / everyday.name, title="MFSR small")
    for made in (teacher_folder, models / everyday.name):
        write_checksums(made, Progress())
    typer.echo(f"The models are in {models}.")


def with_text(photos: Path, folder: Path) -> Path:
    """A folder of the photographs (hard links, or copies where these cannot be) and of pictures of words over some of them."""
    left_out = _under_gpl(photos)
    found = [photo for photo in find_photos(photos) if photo.name not in left_out]
    for photo in found:
        target = folder / "photos" / photo.relative_to(photos)
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            continue
        try:
            os.link(photo, target)
        except OSError:
            shutil.copyfile(photo, target)
    draw(folder / "text", folder / "photos", round(TEXT_SHARE * len(found)))
    return folder


def _under_gpl(photos: Path) -> set[str]:
    """Names of photographs under the GPL or LGPL, as the table of sources says; empty if there is none."""
    table = next((file for file in (photos / SOURCES_FILE, photos.parent / SOURCES_FILE) if file.is_file()), None)
    if table is None:
        return set()
    with table.open(encoding="utf-8", newline="") as file:
        return {Path(row["file"]).name for row in csv.DictReader(file, delimiter="\t") if "GPL" in row["licence"]}


def _recipe(name: str, photos: Path, minutes: float | None) -> Recipe:
    recipe = read_recipe(RECIPES / f"{name}.toml")
    run = recipe.run if minutes is None else recipe.run.model_copy(update={"minutes": minutes * SHARES[name]})
    return recipe.model_copy(update={"data": recipe.data.model_copy(update={"photos": photos.resolve()}), "run": run})


def _under(student: Recipe, teacher: Path) -> Recipe:
    return student.model_copy(update={"objective": student.objective.model_copy(update={"teacher": teacher.resolve()})})


if __name__ == "__main__":
    typer.run(main)
