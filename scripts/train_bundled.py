"""Makes the bundled teacher and student from photographs: one command, resumable, the recipes in `resources/recipes`.

    python -m scripts.train_bundled PHOTOS [--folder runs/bundled] [--minutes N] [--workers 2]

Five runs: a teacher and a student in pixel space; the codec, whose decoder starts as that student and has a peer's results and the
student's own as second targets (`scripts.peer_targets`); then the teacher and the student in the codec's latent. Next to the
photographs it trains on pictures of words that it draws itself (`scripts.draw_text_pictures`), about one for twelve photographs.
Photographs under the GPL or LGPL, as SOURCES.tsv next to PHOTOS or above it says, are left out. Interrupted, it continues from its
newest checkpoints. `--minutes` replaces the recipes' own lengths in their proportions. The models that are shipped today are in
FOLDER/pixel-models after the first two runs, those of the second generation in FOLDER/models at the end.
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
from distill.evaluation.export import export, export_codec
from distill.metrics.weights import fetch, is_fetched
from distill.runs.recipe_file import read_recipe
from distill.training.train import build_training_pack, train
from mfsr_engine.hub.install import write_checksums
from mfsr_engine.progress import Progress
from scripts.draw_text_pictures import draw
from scripts.peer_targets import EarlierModel, add_earlier, add_peers

RECIPES = Path(__file__).parent.parent / "resources" / "recipes"
SHARES = {
    "pixel-teacher": 0.08,
    "pixel-student": 0.55,
    "small-codec": 0.25,
    "small-teacher": 0.06,
    "small-student": 0.06,
}
"""What part of `--minutes` each run gets."""
PEER_MINUTES = 35.0
"""Time for the peer's results, if `--minutes` does not say otherwise."""
PEER_SHARE = 0.1
"""That time as a part of `--minutes`, on top of it."""
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
    pictures = with_text(photos, folder / "pictures")
    start = _pixel_student(folder, pictures, minutes, workers)
    codec = _codec(folder, pictures, start, minutes, workers)
    teacher = _recipe("small-teacher", pictures, minutes)
    teacher = teacher.model_copy(update={"network": teacher.network.model_copy(update={"codec": codec.resolve()})})
    models = folder / "models"
    train(teacher, folder / "teacher", folder / "pack-teacher", workers)
    export(teacher, folder / "teacher", models / teacher.name, title="MFSR small teacher")
    student = _under(_recipe("small-student", pictures, minutes), models / teacher.name)
    train(student, folder / "student", folder / "pack-student", workers)
    export(student, folder / "student", models / student.name, title="MFSR small")
    for made in (models / teacher.name, models / student.name):
        write_checksums(made, Progress())
    typer.echo(f"The models are in {models}.")


def _pixel_student(folder: Path, pictures: Path, minutes: float | None, workers: int) -> Path:
    """The model folder of a student in pixel space, in one step."""
    teacher, models = _recipe("pixel-teacher", pictures, minutes), folder / "pixel-models"
    train(teacher, folder / "pixel-teacher", folder / "pack-pixels", workers)
    student = _recipe("pixel-student", pictures, minutes)
    assert isinstance(student.objective, MeanFlowObjective)
    guidance = student.objective.guidance
    export(teacher, folder / "pixel-teacher", models / teacher.name, title="Pixel teacher", guidance=guidance)
    student = _under(student, models / teacher.name)
    train(student, folder / "pixel-student", folder / "pack-pixels", workers)
    export(student, folder / "pixel-student", models / student.name, title="Pixel student")
    return models / student.name


def _codec(folder: Path, pictures: Path, start: Path, minutes: float | None, workers: int) -> Path:
    """The folder of the codec."""
    recipe = _recipe("small-codec", pictures, minutes)
    recipe = recipe.model_copy(update={"objective": recipe.objective.model_copy(update={"start": start.resolve()})})
    pack = folder / "pack-codec"
    build_training_pack(recipe, pack, Progress(), workers)
    add_earlier(pack, EarlierModel(start))
    add_peers(pack, peers.TorchX4Plus(), PEER_MINUTES if minutes is None else minutes * PEER_SHARE)
    train(recipe, folder / "codec-run", pack, workers)
    export_codec(recipe, folder / "codec-run", folder / "codec")
    return folder / "codec"


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
