"""The training record in a model card: data, recipe, measured quality. Nothing of the computer it was made on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from distill.config import MeanFlowObjective, Recipe
from distill.runs.events import read_events
from distill.runs.runs import TABLE_FILE
from distill.runs.text_file import write_whole
from mfsr_engine.errors import RequestError
from mfsr_engine.models.card import read_card

if TYPE_CHECKING:
    from pathlib import Path

DATA_FILE = "data.json"
"""In a run folder: what was trained on, in numbers."""
_ROOMS = ("data", "student", "objective", "optimizer", "run", "network")


@dataclass(frozen=True)
class DataSummary:
    """What a run was trained on."""

    photographs: int
    """Photographs trained on."""
    validation_photographs: int
    """Photographs kept for validation."""
    crops: int
    """Crops cut from those trained on; 0 if patches were cut during training."""
    versions: int
    """Damaged versions of each crop."""


def keep_summary(folder: Path, summary: DataSummary) -> None:
    """Write it into a run folder.

    Raises:
        RequestError: it cannot be written.
    """
    try:
        write_whole(folder / DATA_FILE, json.dumps(asdict(summary)))
    except OSError as error:
        raise RequestError(f"Cannot write to the run folder {folder}: {error.strerror}. Make room there.") from error


def training_table(recipe: Recipe, run_folder: Path, numbers: dict[str, Any]) -> dict[str, Any]:
    """The card's `[training]`.

    Args:
        recipe: what was trained.
        run_folder: where its metrics, its data's summary and its evaluation are, as far as there are any.
        numbers: of the checkpoint: "steps" and "hours".
    """
    table: dict[str, Any] = {
        "date": date.today().isoformat(),
        "degradation": recipe.data.degradation,
        "patch_px": recipe.data.patch_px,
        "trained_images": _trained_images(recipe, run_folder, numbers["steps"]),
        **numbers,
    }
    if isinstance(recipe.objective, MeanFlowObjective):
        table |= {
            "teacher": read_card(recipe.objective.teacher).name,
            "guidance": recipe.objective.guidance,
            "parts": recipe.student.parts,
        }
    found = {"data": _data(run_folder), "scores": _scores(run_folder, numbers["steps"]), "recipe": _numbers_of(recipe)}
    return table | {name: value for name, value in found.items() if value}


def _trained_images(recipe: Recipe, run_folder: Path, steps: int) -> int:
    """As the metrics count them, over all processes; by the recipe where there are none."""
    counted = [event.trained_images for event in read_events(run_folder) if event.step == steps]
    return counted[-1] if counted else steps * recipe.data.batch_size * recipe.optimizer.accumulate


def _data(run_folder: Path) -> dict[str, Any]:
    return _read(run_folder / DATA_FILE)


def _scores(run_folder: Path, steps: int) -> dict[str, Any]:
    """The evaluation, if it is of this checkpoint: one table for each method, "student_1" for one step."""
    found = _read(run_folder / TABLE_FILE)
    if not found or found.get("trained_steps") != steps:
        return {}
    rows = {
        row["name"] + (f"_{row['steps']}" if row["steps"] else ""): {
            name: round(value, 4) for name, value in row["scores"].items() if value is not None
        }
        for row in found["rows"]
    }
    return {"pictures": found["pictures"], "degradation": found["degradation"], **rows}


def _numbers_of(recipe: Recipe) -> dict[str, Any]:
    """What differs from the defaults, without paths of this computer and without what the card says elsewhere."""
    table = recipe.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    kept = {room: dict(table[room]) for room in _ROOMS if room in table}
    kept["data"].pop("photos", None)
    kept["objective"] = {"kind": recipe.objective.kind, **kept["objective"]}
    kept["objective"].pop("teacher", None)
    return {room: numbers for room, numbers in kept.items() if numbers}


def _read(path: Path) -> dict[str, Any]:
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return table if isinstance(table, dict) else {}
