"""From a training run to a model folder that the program can use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch

from distill.config import ConditionalLatentObjective, MeanFlowObjective, Recipe
from distill.families import networks_of
from distill.networks.families import CompactNetworks
from distill.networks.prompted import PromptedNetwork, new_teacher
from distill.networks.teacher import TEACHER_STEPS
from distill.runs.record import training_table
from distill.training.assembly import compact_codec, compact_config, student_network, students_sampling
from distill.training.checkpoint import NEWEST, Chosen, load_checkpoint
from distill.training.conditional_latent import new_latent
from mfsr_engine.errors import RequestError
from mfsr_engine.models.card import (
    CodecTable,
    ConditionalLatent,
    FamilyName,
    ImageTable,
    ModelCard,
    ResidualPixels,
    Role,
    SamplingTable,
    read_card,
)
from mfsr_engine.models.codec import ResidualPixelCodec


def trained_network(
    recipe: Recipe, run_folder: Path, average: int = 0, checkpoint: Chosen = NEWEST
) -> tuple[PromptedNetwork, dict[str, Any]]:
    """The averaged weights of a run's checkpoint, and the checkpoint's numbers.

    Args:
        recipe: what was trained.
        run_folder: where its checkpoints are.
        average: which of the recipe's averages.
        checkpoint: the newest, the best by `run.best_by`, or that of a step.

    Raises:
        RequestError: the run has no such checkpoint.
    """
    state = load_checkpoint(run_folder, checkpoint)
    network = empty_network(recipe)
    network.load_state_dict(state["averages"]["averages"][average])
    return network.eval(), {"steps": state["step"], "hours": round(state["elapsed_s"] / 3600, 2)}


def export_codec(recipe: Recipe, run_folder: Path, folder: Path, average: int = 0, checkpoint: Chosen = NEWEST) -> None:
    """Write the networks of a conditional latent, which a teacher's recipe names as `network.codec` then.

    Args:
        recipe: what was trained.
        run_folder: where its checkpoints are.
        folder: gets a folder `codec`.
        average: which of the recipe's averages.
        checkpoint: the newest, or that of a step.

    Raises:
        RequestError: the run has no such checkpoint, or made something else.
    """
    if not isinstance(recipe.objective, ConditionalLatentObjective):
        raise RequestError(f"The recipe {recipe.name} makes a model, not a codec.")
    network = new_latent(recipe.objective, recipe.network, recipe.run.seed)
    network.load_state_dict(load_checkpoint(run_folder, checkpoint)["averages"]["averages"][average])
    network.write(folder)


def empty_network(recipe: Recipe) -> PromptedNetwork:
    """A network of the recipe's shape, weights not yet trained.

    Raises:
        RequestError: the recipe makes no model.
    """
    if isinstance(recipe.objective, ConditionalLatentObjective):
        raise RequestError(
            f"The recipe {recipe.name} makes a codec, not a model. Write it into a folder with -o, and name that as network.codec in a "
            "teacher's recipe."
        )
    if isinstance(recipe.objective, MeanFlowObjective):
        return student_network(recipe, torch.device("cpu"))
    codec = compact_codec(recipe.network, torch.device("cpu"))
    return new_teacher(compact_config(recipe.network, codec), recipe.run.seed)


def export(
    recipe: Recipe,
    run_folder: Path,
    folder: Path,
    *,
    title: str,
    guidance: float = 1.0,
    average: int = 0,
    checkpoint: Chosen = NEWEST,
    notes: dict[str, Any] | None = None,
) -> ModelCard:
    """Write the run's model as a model folder.

    Args:
        recipe: what was trained.
        run_folder: where its checkpoints are.
        folder: the model folder to write.
        title: name for people.
        guidance: scale a teacher is sampled with.
        average: which of the recipe's averages.
        checkpoint: the newest, the best by `run.best_by`, or that of a step.
        notes: more for the card's training table, for example measured quality.
    """
    network, numbers = trained_network(recipe, run_folder, average, checkpoint)
    training = training_table(recipe, run_folder, numbers) | (notes or {})
    card = _card(recipe, title, guidance, training)
    if isinstance(recipe.objective, MeanFlowObjective):
        teacher = recipe.objective.teacher
        networks_of(teacher).write(folder, card, network, teacher)
    else:
        CompactNetworks().write(folder, card, network, recipe.network.codec or folder)
    return card


def _card(recipe: Recipe, title: str, guidance: float, training: dict[str, Any]) -> ModelCard:
    source = f"trained by distill with the recipe {recipe.name}"
    if isinstance(recipe.objective, MeanFlowObjective):
        return _students_card(read_card(recipe.objective.teacher), recipe, title, source, training)
    return ModelCard(
        name=recipe.name,
        title=title,
        family=FamilyName.COMPACT,
        role=Role.TEACHER,
        licence=recipe.licence,
        attribution=recipe.attribution,
        summary=recipe.summary,
        source=source,
        image=ImageTable(tile_px=256, overlap_px=32, halo_px=12),
        codec=_codec_table(recipe),
        sampling=SamplingTable(default_steps=TEACHER_STEPS, max_steps=TEACHER_STEPS, guidance=guidance),
        training=training,
    )


def _codec_table(recipe: Recipe) -> CodecTable:
    codec = compact_codec(recipe.network, torch.device("cpu"))
    if isinstance(codec, ResidualPixelCodec):
        return ResidualPixels(factor=codec.factor, residual_scale=codec.residual_scale)
    return ConditionalLatent(factor=codec.factor, channels=codec.channels)


def _students_card(teacher: ModelCard, recipe: Recipe, title: str, source: str, training: dict[str, Any]) -> ModelCard:
    """What pictures it takes, its codec and its licence terms are the teacher's; its own weights tell its variant."""
    assert isinstance(recipe.objective, MeanFlowObjective)
    return teacher.model_copy(
        update={
            "name": recipe.name,
            "title": title,
            "variant": "",
            "role": Role.STUDENT,
            "source": source,
            "summary": recipe.summary or f"A student of {teacher.title}.",
            "sampling": students_sampling(recipe.objective),
            "training": training,
            "memory": {},
            "note": "",
        }
    )
