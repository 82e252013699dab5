"""Checks of a recipe beyond its fields: its photographs, its teacher, and whether they fit together. Loads no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from distill.config import ConditionalLatentObjective, MeanFlowObjective, Recipe
from distill.families import training_of
from distill.runs.recipe_faults import nearest
from mfsr_engine.errors import ModelError, RequestError
from mfsr_engine.hub.catalogue import Catalogue
from mfsr_engine.hub.parts import caption_problem
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.card import ModelCard, read_card
from mfsr_engine.models.families import family_of
from mfsr_engine.models.prompt_files import StoredPrompts

if TYPE_CHECKING:
    from pathlib import Path

TEACHER_IN_PIXELS = "A teacher is trained in pixels, so there are no latents to keep: set data.latent_patches = 0."
CODEC_ALONE = "A codec gives no picture by itself that could be compared: set data.validation_share = 0."
NO_TEXT = "Only a student of a full-size teacher takes captions: set data.captions = false."


def check(recipe: Recipe) -> None:
    """Refuse what cannot be trained, before anything is prepared.

    Raises:
        RequestError: names everything that is wrong.
    """
    photos = recipe.data.photos
    missing = () if photos.is_dir() else (f"There is no folder {photos}. Choose a folder of photographs.",)
    _refuse((*missing, *teacher_faults(recipe)))


def check_teacher(recipe: Recipe) -> None:
    """Refuse a teacher that cannot be used as the recipe says. Looks at no photograph.

    Raises:
        RequestError: names everything that is wrong.
    """
    _refuse(teacher_faults(recipe))


def teacher_faults(recipe: Recipe) -> tuple[str, ...]:
    """What is wrong with a recipe's teacher and what is asked of it, a sentence or two each; empty if nothing is."""
    objective = recipe.objective
    if not isinstance(objective, MeanFlowObjective):
        is_codec = isinstance(objective, ConditionalLatentObjective)
        found = [
            TEACHER_IN_PIXELS * (recipe.data.latent_patches > 0),
            NO_TEXT * recipe.data.captions,
            CODEC_ALONE * (is_codec and recipe.data.validation_share > 0),
        ]
        return tuple(filter(None, found))
    try:
        card = read_card(objective.teacher)
        training, prompts = training_of(card), family_of(card).prompts_in(objective.teacher)
    except (ModelError, RequestError) as error:
        return (f"{error} {_found_elsewhere(objective.teacher)}".strip(),)
    multiple, patch_px = card.image.size_multiple * card.image.scale, recipe.data.patch_px
    found = [
        role_fault(card),
        guidance_fault(objective, card, prompts) if card.is_teacher else "",
        f"data.patch_px must be a multiple of {multiple} with this teacher, not {patch_px}."
        * (patch_px % multiple > 0),
    ]
    parts = recipe.student.parts
    if not training.has_parts:
        found.append(
            f'A compact student is trained whole; student.parts "{parts}" is for full size.' if parts != "all" else ""
        )
    found.append(training.no_latents if recipe.data.latent_patches else "")
    if recipe.data.captions:
        found.append(_captions_fault(card))
    return tuple(filter(None, found))


def _captions_fault(card: ModelCard) -> str:
    text = family_of(card).text
    if text is None:
        return NO_TEXT
    problem = caption_problem(text)
    return f"Captions cannot be encoded: {problem}. Or set data.captions = false." if problem else ""


def role_fault(card: ModelCard) -> str:
    """Why a model cannot be a teacher; empty if it can."""
    if card.is_teacher:
        return ""
    return (
        f"{card.title} is a student: guidance is built into it and would be applied twice. Choose a many-step teacher."
    )


def guidance_fault(objective: MeanFlowObjective, card: ModelCard, prompts: StoredPrompts) -> str:
    """Why a teacher cannot be guided as asked, and what to do; empty if it can."""
    wants_null = objective.negative_prompt == "null"
    if objective.guidance == 1 or (prompts.has_null if wants_null else prompts.has_negative):
        return ""
    if wants_null:
        found = [
            f"{card.title} has no null prompt besides its positive one, so guidance has nothing to lead away from."
        ]
    else:
        found = [f"{card.title} has no negative prompt for guidance to lead away from."]
    if family_of(card).text is not None:
        found.append(f"Encode its prompts with `mfsr prompts encode --model {_handle(objective.teacher, card)}`.")
    if prompts.has_null and not wants_null:
        found.append('Or set objective.negative_prompt = "null" to lead away from its null prompt.')
    found.append("Or set objective.guidance = 1 to train without guidance.")
    return " ".join(found)


def _found_elsewhere(teacher: Path) -> str:
    """Where a teacher may be had that is not there; empty if it is there, or nothing is named like it."""
    if teacher.exists():
        return ""
    fetched = [entry.name for entry in Catalogue.default().models if entry.card is not None and entry.card.is_teacher]
    if teacher.name in fetched:
        return f"`mfsr models pull {teacher.name}` fetches the teacher of this name."
    installed = [model.card.name for model in ModelStore.default().installed() if model.card.is_teacher]
    like = nearest(teacher.name, [*installed, *fetched])
    return f"Did you mean {like}?" if like else ""


def _handle(folder: Path, card: ModelCard) -> str:
    """What a command calls a model: its name if it is installed, else its folder."""
    installed = {model.folder.resolve() for model in ModelStore.default().installed() if model.card.name == card.name}
    return card.name if folder.resolve() in installed else str(folder)


def _refuse(faults: tuple[str, ...]) -> None:
    if faults:
        raise RequestError(" ".join(faults))
