"""Teachers to choose from: installed ones, those in the catalogue, and any model folder. Loads no torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from distill.training.recipe_checks import role_fault
from distill.wizard.draft import ChosenTeacher
from mfsr_engine.errors import ModelError
from mfsr_engine.models.card import ModelCard, read_card
from mfsr_engine.models.families import family_of
from mfsr_engine.models.prompt_files import ALL_PROMPTS, StoredPrompts

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_engine.hub.catalogue import Catalogue
    from mfsr_engine.hub.store import ModelStore


@dataclass(frozen=True)
class TeacherOption:
    """A teacher that can be chosen."""

    name: str
    """Name of the model."""
    title: str
    """Name for people."""
    licence: str
    """Licence, which the student inherits."""
    installed: ChosenTeacher | None
    """Where it lies; None if it must be fetched first."""
    notices: tuple[str, ...] = ()
    """Sentences to accept before it is fetched."""
    weights_mib: int = 0
    """Memory of its weights in 16-bit precision; 0 if unknown."""


def teacher_options(store: ModelStore, catalogue: Catalogue) -> list[TeacherOption]:
    """Installed teachers first, then those of the catalogue that are not installed."""
    teachers = [model for model in store.installed() if model.card.is_teacher]
    options = [
        TeacherOption(
            m.card.name, m.card.title, m.card.licence, ChosenTeacher(m.folder, m.card, _prompts(m.folder, m.card))
        )
        for m in teachers
    ]
    known = {option.name for option in options}
    for entry in catalogue.models:
        if entry.card is not None and entry.card.is_teacher and entry.name not in known:
            notices = tuple(f"{e.title}: {e.licence_notice} {e.licence_url}" for e in catalogue.with_needs(entry))
            options.append(TeacherOption(entry.name, entry.title, entry.licence, None, notices, entry.weights_mib))
    return options


def teacher_in(folder: Path) -> ChosenTeacher:
    """The teacher in a model folder.

    Raises:
        ModelError: it is no model folder, its model is a student, or its prompts are missing.
    """
    card = read_card(folder)
    if fault := role_fault(card):
        raise ModelError(fault)
    return ChosenTeacher(folder, card, family_of(card).prompts_in(folder))


def _prompts(folder: Path, card: ModelCard) -> StoredPrompts:
    """As far as they can be read; the check of the recipe says what is wrong with a model."""
    try:
        return family_of(card).prompts_in(folder)
    except ModelError:
        return ALL_PROMPTS
