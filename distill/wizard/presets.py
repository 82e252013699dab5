"""Recipe presets of the wizard, for each family of teachers. Loads no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from distill.config import Recipe
from distill.wizard.draft import ChosenTeacher, Computer, Degradation, Preset
from mfsr_engine.models.card import Family

if TYPE_CHECKING:
    from pathlib import Path

_TRY_MINUTES, _GOOD_MINUTES, _PAPER_MINUTES = 5, 8 * 60, 3 * 24 * 60

_COMPACT_WEIGHT = 0.05
"""Weight of the adaptive MeanFlow loss beside losses on the picture, which have a twentieth of its gradient and less: at 1 a short
training leaves one step noisy or tinted. As in the recipe of the bundled student.
"""

_COMPACT: dict[Preset, dict[str, Any]] = {
    Preset.TRY: {
        "data": {"crop_px": 256, "crops_per_photo": 6, "versions": 3, "patch_px": 64, "batch_size": 8},
        "objective": {"weight": _COMPACT_WEIGHT, "end_point": {"pixel": 1.0}, "whole_share": 0.3},
        "optimizer": {"learning_rate": 2e-4, "warmup_steps": 20, "ema_widths": [0.1, 0.05]},
        "run": {"minutes": _TRY_MINUTES, "steps": 1_000_000, "checkpoint_minutes": 1, "log_every": 5},
    },
    Preset.GOOD: {
        "data": {"crop_px": 384, "crops_per_photo": 16, "versions": 6, "patch_px": 96, "batch_size": 48},
        "objective": {
            "weight": _COMPACT_WEIGHT,
            "end_point": {"pixel": 1.0, "adversarial": 0.05, "batch_size": 24},
        },
        "optimizer": {"learning_rate": 4e-4, "ema_widths": [0.1, 0.05]},
        "run": {"minutes": _GOOD_MINUTES, "steps": 10_000_000},
    },
    Preset.PAPER: {
        "data": {"crop_px": 512, "crops_per_photo": 32, "versions": 8, "patch_px": 128, "batch_size": 48},
        "objective": {
            "weight": _COMPACT_WEIGHT,
            "end_point": {"pixel": 1.0, "adversarial": 0.05, "batch_size": 24},
        },
        "optimizer": {"learning_rate": 4e-4, "ema_widths": [0.1, 0.05]},
        "run": {"minutes": _PAPER_MINUTES, "steps": 10_000_000},
    },
}

_FULL_SIZE: dict[Preset, dict[str, Any]] = {
    Preset.TRY: {
        "data": {"crop_px": 512, "crops_per_photo": 2, "versions": 2, "patch_px": 256, "batch_size": 1},
        "student": {"parts": "lora", "lora_rank": 16, "gradient_checkpointing": True},
        "optimizer": {"learning_rate": 1e-4, "warmup_steps": 10, "ema_widths": [0.1]},
        "run": {"minutes": _TRY_MINUTES, "steps": 1_000_000, "checkpoint_minutes": 2, "log_every": 1},
    },
    Preset.GOOD: {
        "data": {"crop_px": 768, "crops_per_photo": 8, "versions": 4, "patch_px": 512, "batch_size": 2},
        "student": {"parts": "control", "gradient_checkpointing": True},
        "optimizer": {"learning_rate": 2e-5, "accumulate": 8, "ema_widths": [0.1]},
        "run": {"minutes": _GOOD_MINUTES, "steps": 1_000_000, "checkpoint_minutes": 30, "log_every": 10},
    },
    Preset.PAPER: {
        "data": {"crop_px": 1024, "crops_per_photo": 16, "versions": 6, "patch_px": 512, "batch_size": 4},
        "student": {"parts": "all", "gradient_checkpointing": True},
        "optimizer": {"learning_rate": 1e-5, "accumulate": 4, "ema_widths": [0.1]},
        "run": {
            "minutes": _PAPER_MINUTES,
            "steps": 1_000_000,
            "checkpoint_minutes": 60,
            "log_every": 10,
            "shard": True,
        },
    },
}

_PERCEPTUAL = {"lpips": 1.0}


def least_photo_px(preset: Preset, family: Family) -> int:
    """Least length of both sides of a photograph that a preset can use."""
    return int(_table(family)[preset]["data"]["crop_px"])


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
    chosen = _table(teacher.card.family)[preset]
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


def _table(family: Family) -> dict[Preset, dict[str, Any]]:
    return _COMPACT if family is Family.COMPACT else _FULL_SIZE
