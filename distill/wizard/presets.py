"""Recipe presets of the wizard, from the family of a teacher. Loads no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from distill.config import Recipe
from distill.families import training_of
from distill.preset import Preset

if TYPE_CHECKING:
    from pathlib import Path

    from distill.wizard.draft import ChosenTeacher, Computer, Degradation
    from mfsr_engine.models.card import ModelCard

_PERCEPTUAL = {"lpips": 1.0}


def least_photo_px(preset: Preset, teacher: ModelCard) -> int:
    """Least length of both sides of a photograph that a preset can use."""
    return int(training_of(teacher).presets[preset]["data"]["crop_px"])


def preset_recipe(
    preset: Preset,
    name: str,
    teacher: ChosenTeacher,
    photos: Path,
    degradation: Degradation,
    computer: Computer,
) -> Recipe:
    """The recipe of a preset for this teacher on this computer.

    Args:
        preset: how much is trained.
        name: of the student.
        teacher: its family decides what is trained, its card and prompts how it is guided.
        photos: folder of photographs.
        degradation: kind of damage.
        computer: its precision is taken; perceptual losses are used if it has their weights (compact students only).
    """
    chosen = training_of(teacher.card).presets[preset]
    objective: dict[str, Any] = {
        "kind": "meanflow",
        "teacher": teacher.folder,
        "guidance": teacher.card.sampling.guidance,
    }
    if teacher.lacks_negative:
        objective |= {"negative_prompt": "null"} if teacher.prompts.has_null else {"guidance": 1.0}
    objective |= chosen.get("objective", {})
    if computer.has_perceptual and "end_point" in objective:
        objective["end_point"] = objective["end_point"] | _PERCEPTUAL
    data = {"photos": photos, "degradation": degradation, "validation_share": 0.1, "scan": True}
    return Recipe.model_validate(
        {
            **chosen,
            "name": name,
            "data": data | chosen["data"],
            "objective": objective,
            "run": {"precision": computer.precision} | chosen["run"],
        }
    )
