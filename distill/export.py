"""From a training run to a model folder that the program can use."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from distill.checkpoint import load_latest
from distill.config import FlowMatchingObjective, MeanFlowObjective, Recipe
from distill.networks import PromptedVelocity, PromptName, new_teacher, student_of
from distill.teacher import load_compact_teacher
from mfsr_engine.errors import RequestError
from mfsr_engine.hub.card import Family, ImageTable, ModelCard, ResidualPixels, Role, SamplingTable, read_card
from mfsr_engine.models.codec import ResidualPixelCodec
from mfsr_engine.models.compact import CompactConfig
from mfsr_engine.models.loading import write_compact_model
from mfsr_engine.models.prompts import Prompts

TEACHER_STEPS = 40
LICENCE = "CC-BY-SA-4.0"


def trained_network(recipe: Recipe, run_folder: Path, average: int = 0) -> tuple[PromptedVelocity, dict[str, Any]]:
    """The averaged weights of a run's newest checkpoint, and the checkpoint's numbers.

    Args:
        recipe: what was trained.
        run_folder: where its checkpoints are.
        average: which of the recipe's averages.

    Raises:
        RequestError: the run has no checkpoint yet.
    """
    state = load_latest(run_folder)
    if state is None:
        raise RequestError(f"{run_folder} holds no checkpoint yet; train first.")
    network = empty_network(recipe)
    network.load_state_dict(state["averages"]["averages"][average])
    return network.eval(), {"steps": state["step"], "hours": round(state["elapsed_s"] / 3600, 2)}


def empty_network(recipe: Recipe) -> PromptedVelocity:
    """A network of the recipe's shape, weights not yet trained."""
    if isinstance(recipe.objective, MeanFlowObjective):
        return student_of(load_compact_teacher(recipe.objective.teacher))
    shape, channels = recipe.network, ResidualPixelCodec().channels
    return new_teacher(CompactConfig(channels, shape.width, shape.blocks, shape.embedding), recipe.run.seed)


def export(
    recipe: Recipe,
    run_folder: Path,
    folder: Path,
    *,
    title: str,
    guidance: float = 1.0,
    average: int = 0,
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
        notes: more for the card's training table, for example measured quality.
    """
    network, numbers = trained_network(recipe, run_folder, average)
    training = _training_table(recipe, numbers) | (notes or {})
    card = _card(recipe, title, guidance, training)
    prompts = Prompts(*(network.prompt(name) for name in (PromptName.CLEAN, PromptName.DEGRADED, PromptName.NULL)))
    write_compact_model(folder, card, network.velocity, prompts)
    return card


def _card(recipe: Recipe, title: str, guidance: float, training: dict[str, Any]) -> ModelCard:
    is_teacher = isinstance(recipe.objective, FlowMatchingObjective)
    steps = TEACHER_STEPS if is_teacher else 1
    licence, attribution = LICENCE, "The MFSR developers and the photographers of the training pictures"
    if isinstance(recipe.objective, MeanFlowObjective):
        inherited = read_card(recipe.objective.teacher)
        licence, attribution = inherited.licence, inherited.attribution
    return ModelCard(
        name=recipe.name,
        title=title,
        family=Family.COMPACT,
        role=Role.TEACHER if is_teacher else Role.STUDENT,
        licence=licence,
        attribution=attribution,
        source=f"trained by distill with the recipe {recipe.name}",
        image=ImageTable(tile_px=256, overlap_px=48, halo_px=20),
        codec=ResidualPixels(factor=4, residual_scale=ResidualPixelCodec().residual_scale),
        sampling=SamplingTable(default_steps=steps, max_steps=max(8, steps), guidance=guidance),
        training=training,
    )


def _training_table(recipe: Recipe, numbers: dict[str, Any]) -> dict[str, Any]:
    batch = recipe.data.batch_size * recipe.optimizer.accumulate
    table: dict[str, Any] = {
        "date": date.today().isoformat(),
        "degradation": recipe.data.degradation,
        "patch_px": recipe.data.patch_px,
        "trained_images": numbers["steps"] * batch,
        **numbers,
    }
    if isinstance(recipe.objective, MeanFlowObjective):
        table |= {"teacher": read_card(recipe.objective.teacher).name, "guidance": recipe.objective.guidance}
    return table
