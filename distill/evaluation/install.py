"""Installs a run's model into the user's store, atomically."""

from __future__ import annotations

from typing import TYPE_CHECKING

from distill.config import ConditionalLatentObjective
from distill.evaluation.export import export, export_codec
from distill.training.checkpoint import NEWEST, Chosen
from mfsr_engine.errors import RequestError
from mfsr_engine.files.atomic import atomic_folder
from mfsr_engine.hub.install import installing, write_checksums
from mfsr_engine.models.card import CARD_FILE
from mfsr_engine.models.families import check_model_folder
from mfsr_engine.progress import Progress

if TYPE_CHECKING:
    from pathlib import Path

    from distill.config import Recipe


def install(
    recipe: Recipe,
    run_folder: Path,
    root: Path,
    *,
    name: str | None = None,
    title: str | None = None,
    guidance: float = 1.0,
    average: int = 0,
    checkpoint: Chosen = NEWEST,
    overwrite: bool = False,
) -> Path:
    """Export a run's checkpoint into the store and check it as every import is checked.

    Args:
        recipe: what was trained.
        run_folder: where its checkpoints are.
        root: folder of the user's models.
        name: of the model; the recipe's if not given.
        title: name for people; the model's name if not given.
        guidance: scale a teacher is sampled with.
        average: which of the recipe's averages.
        checkpoint: the newest, the best, or that of a step.
        overwrite: whether it takes the place of a model of this name, once it is whole and checked.

    Returns:
        The model's folder.

    Raises:
        RequestError: there is no checkpoint.
        ModelError: a model of this name is installed already, or what came out cannot be used.
    """
    named = recipe if name is None else recipe.model_copy(update={"name": name})
    with installing(root, named.name, overwrite=overwrite) as staging:
        export(
            named,
            run_folder,
            staging,
            title=title or named.name,
            guidance=guidance,
            average=average,
            checkpoint=checkpoint,
        )
        check_model_folder(staging)
        write_checksums(staging, Progress())
    return root / named.name


def export_to(
    recipe: Recipe,
    run_folder: Path,
    folder: Path,
    *,
    title: str | None = None,
    guidance: float = 1.0,
    average: int = 0,
    checkpoint: Chosen = NEWEST,
    overwrite: bool = False,
) -> Path:
    """Export a run's checkpoint into a folder, whole or not at all; of a codec's run that is no model but its networks.

    Raises:
        RequestError: there is no checkpoint; the folder is not empty, and holds no model that may be replaced; or it cannot
            be written.
    """
    if folder.exists() and any(folder.iterdir()):
        if not overwrite:
            raise RequestError(f"{folder} is not empty. Name a new folder, or add --overwrite to replace a model.")
        if not (folder / CARD_FILE).is_file():
            raise RequestError(f"{folder} holds something that is no model, and is left as it is. Name another folder.")
    try:
        with atomic_folder(folder) as staging:
            if isinstance(recipe.objective, ConditionalLatentObjective):
                export_codec(recipe, run_folder, staging, average, checkpoint)
                return folder
            export(
                recipe,
                run_folder,
                staging,
                title=title or recipe.name,
                guidance=guidance,
                average=average,
                checkpoint=checkpoint,
            )
    except OSError as error:
        raise RequestError(
            f"{folder} cannot be written: {error.strerror or error}. Free space or permit writing there, and try again."
        ) from error
    return folder
