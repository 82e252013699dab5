"""The order of the wizard's steps, and what must be resolved before each can be left. Pure functions of a draft. Loads no torch."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from distill.runs.status import Phase
from distill.wizard.draft import Draft, Step
from distill.wizard.estimate import refusals
from mfsr_engine.errors import RequestError

if TYPE_CHECKING:
    from distill.config import Recipe
    from distill.runs.runs import Run
    from distill.wizard.draft import ChosenTeacher

LEAST_PHOTOS = 4
FEW_PHOTOS = 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def next_step(draft: Draft) -> Step:
    """The first step that still has problems; done if none has. With a run, what comes before it is settled."""
    steps = list(Step) if draft.run_folder is None else [Step.RUN, Step.RESULT]
    return next((step for step in steps if problems(draft, step)), Step.DONE)


def reattached(run: Run) -> Draft:
    """The draft of a run that was started earlier, by any program, to go on with at its page."""
    is_over = run.status().phase is Phase.FINISHED and not run.is_alive()
    return Draft(name=run.name, run_folder=run.folder, is_trained=is_over)


def open_runs(runs: Sequence[Run], installed: Collection[str]) -> list[Run]:
    """Runs worth going on with: alive, or with something saved that is not installed yet."""
    return [run for run in runs if run.name not in installed and (run.is_alive() or run.has_checkpoint())]


def problems(draft: Draft, step: Step) -> tuple[str, ...]:
    """What keeps the user from leaving a step, one plain sentence each; empty if nothing does."""
    return _CHECKS[step](draft)


def advice(draft: Draft, step: Step) -> tuple[str, ...]:
    """What the user should know at a step though it keeps nobody from going on."""
    notes = []
    if step is Step.TEACHER and draft.teacher is not None:
        notes += [draft.teacher.card.note] if draft.teacher.card.note else []
        notes += [without_negative(draft.teacher)] if draft.goes_without_negative else []
        notes.append(f"The student inherits the teacher's licence: {draft.teacher.card.licence}.")
    if step is Step.PHOTOS and draft.photos is not None and len(draft.photos.usable) < FEW_PHOTOS:
        notes.append(f"With fewer than {FEW_PHOTOS} photographs the student only learns what those show.")
    if step is Step.RECIPE and not draft.computer.has_perceptual:
        notes.append(
            "Training on what the eye sees needs the weights of LPIPS and DISTS. "
            "Without them the student is softer. They are fetched once: mfsr distill fetch"
        )
    return tuple(notes)


def lacking(teacher: ChosenTeacher) -> str:
    """That a teacher lacks a negative prompt."""
    return f"{teacher.card.title} has no negative prompt, which guidance needs."


def without_negative(teacher: ChosenTeacher) -> str:
    """What it means to continue with a teacher that lacks a negative prompt."""
    if teacher.prompts.has_null:
        return "Without a negative prompt, guidance leads away from the teacher's null prompt."
    return "Without encoded prompts, the student learns from the teacher's null prompt alone, without guidance: softer pictures."


def recipe_of(draft: Draft) -> Recipe:
    """The recipe that a draft stands for.

    Raises:
        RequestError: teacher, photographs, preset or name are not chosen yet.
    """
    from distill.wizard.presets import preset_recipe

    missing = [p for step in (Step.TEACHER, Step.PHOTOS, Step.RECIPE) for p in problems(draft, step)]
    if missing:
        raise RequestError(missing[0])
    assert draft.teacher is not None
    assert draft.photos is not None
    if draft.advanced is not None:
        recipe = draft.advanced.model_copy(update={"name": draft.name})
    else:
        assert draft.preset is not None
        recipe = preset_recipe(
            draft.preset, draft.name, draft.teacher, draft.photos.folder, draft.degradation, draft.computer
        )
    if draft.minutes is None:
        return recipe
    return recipe.model_copy(update={"run": recipe.run.model_copy(update={"minutes": draft.minutes})})


def _teacher(draft: Draft) -> tuple[str, ...]:
    if draft.teacher is None:
        return ("Choose a teacher.",)
    from distill.training.recipe_checks import role_fault

    if fault := role_fault(draft.teacher.card):
        return (fault,)
    if draft.teacher.lacks_negative and not draft.goes_without_negative:
        return ("The teacher's prompts are not encoded yet. Encode them, or continue without.",)
    return ()


def _photos(draft: Draft) -> tuple[str, ...]:
    if draft.photos is None:
        return ("Choose a folder of photographs.",)
    if len(draft.photos.usable) < LEAST_PHOTOS:
        return (f"{draft.photos.summary()} At least {LEAST_PHOTOS} are needed; choose another folder.",)
    return ()


def _recipe(draft: Draft) -> tuple[str, ...]:
    found = []
    if draft.preset is None and draft.advanced is None:
        found.append("Choose how much is trained.")
    if not _NAME.fullmatch(draft.name):
        found.append("Give the student a name of letters, digits, dots and dashes.")
    elif draft.name in draft.taken_names:
        found.append(f"The name {draft.name} is taken; choose another.")
    return tuple(found)


def _check(draft: Draft) -> tuple[str, ...]:
    if draft.starts_anyway:
        return ()
    if draft.estimate is None:
        return ("The trial has not run yet.",)
    return refusals(draft.estimate) or (() if draft.is_check_passed else ("Look at the estimate and agree to it.",))


def _run(draft: Draft) -> tuple[str, ...]:
    if draft.run_folder is None:
        return ("Training has not begun.",)
    return () if draft.is_trained else ("Training is not finished.",)


def _result(draft: Draft) -> tuple[str, ...]:
    return () if draft.model_folder is not None else ("The student is not installed yet.",)


_CHECKS: Mapping[Step, Callable[[Draft], tuple[str, ...]]] = {
    Step.TEACHER: _teacher,
    Step.PHOTOS: _photos,
    Step.RECIPE: _recipe,
    Step.CHECK: _check,
    Step.RUN: _run,
    Step.RESULT: _result,
    Step.DONE: lambda draft: (),
}
