"""What was open at the end, on disk: a few words in JSON and the results' pixels beside them. Knows no widgets."""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from mfsr_app.compare.values import Mode
from mfsr_engine.api import UpscaleResult, UpscaleSettings
from mfsr_engine.batch.run_plan import RunPlan, plan_from_text
from mfsr_engine.errors import MfsrError
from mfsr_engine.files.atomic import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MAX_BYTES = 768 * 2**20
"""Pixels kept on disk, for all results together."""
LEVELS = 65535
"""Pixels are kept in 16 bits, as fine as the finest file they can be saved to."""
BAND_ROWS = 512
"""Rows converted at once."""
VERSION = 1


@dataclass(frozen=True)
class Place:
    """Where the panes looked."""

    zoom: float
    """Device pixels per result pixel."""
    center_x: float
    """Column of the source in the middle of a pane."""
    center_y: float
    """Row of the source in the middle of a pane."""


@dataclass(frozen=True)
class Workspace:
    """What was open at the end."""

    photo: Path
    """The photograph."""
    stamp: tuple[int, int]
    """Bytes and time of the photograph, by which one sees that it has changed."""
    settings: UpscaleSettings
    """The choices, with the size of the saved file."""
    mode: Mode
    """The way of comparing."""
    place: Place | None
    """Where the panes looked; None is all of the picture."""
    beside: Path | None = None
    """A file that was compared with."""
    results: tuple[tuple[UpscaleSettings, UpscaleResult], ...] = ()
    """Whole results, the most important one first, with what they were made with."""


def stamp_of(path: Path) -> tuple[int, int]:
    """Bytes and time of a file.

    Raises:
        OSError: It is gone.
    """
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def write_workspace(folder: Path, workspace: Workspace) -> None:
    """Write a workspace in place of an older one; results that do not fit are left out.

    Raises:
        OSError: No room, or no permission.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows, names, left = [], set[str](), MAX_BYTES
    for settings, result in workspace.results:
        size = sum(array.size * 2 for array in (result.pixels, result.alpha) if array is not None)
        if size > left:
            continue
        left -= size
        name = uuid.uuid4().hex
        rows.append(_row(settings, result) | {"name": name, "has_alpha": result.alpha is not None})
        for suffix, array in (("", result.pixels), ("-alpha", result.alpha)):
            if array is not None:
                _save(folder / f"{name}{suffix}.npy", array)
                names.add(f"{name}{suffix}.npy")
    write_text(folder / "workspace.json", json.dumps(_words(workspace) | {"results": rows}, indent=1))
    _remove_others(folder, names)


def read_workspace(folder: Path) -> Workspace | None:
    """The workspace that was written; None if there is none, it is damaged, or its photograph is gone or has changed."""
    try:
        table = json.loads((folder / "workspace.json").read_text(encoding="utf-8"))
        photo, place, beside = Path(table["photo"]), table["place"], table["beside"]
        if table["version"] != VERSION or stamp_of(photo) != tuple(table["stamp"]):
            return None
        return Workspace(
            photo,
            stamp_of(photo),
            plan_from_text(table["settings"]).settings,
            Mode(table["mode"]),
            None if place is None else Place(**place),
            None if beside is None else Path(beside),
            tuple(_result(folder, row) for row in table["results"]),
        )
    except (OSError, ValueError, KeyError, TypeError, MfsrError):
        return None


def forget_workspace(folder: Path) -> None:
    """Delete what was written."""
    with suppress(OSError):
        (folder / "workspace.json").unlink(missing_ok=True)
    _remove_others(folder, set())


def _words(workspace: Workspace) -> dict[str, Any]:
    place = workspace.place
    return {
        "version": VERSION,
        "photo": str(workspace.photo),
        "stamp": workspace.stamp,
        "settings": RunPlan(workspace.settings).to_text(),
        "mode": workspace.mode.value,
        "place": None if place is None else vars(place),
        "beside": None if workspace.beside is None else str(workspace.beside),
    }


def _row(settings: UpscaleSettings, result: UpscaleResult) -> dict[str, Any]:
    names = ("model", "steps", "seed", "device", "dtype", "seconds", "notes", "caption")
    facts = {name: getattr(result, name) for name in names}
    return {"settings": RunPlan(settings).to_text(), "facts": facts}


def _result(folder: Path, row: dict[str, Any]) -> tuple[UpscaleSettings, UpscaleResult]:
    name, facts = str(row["name"]), dict(row["facts"])
    pixels = _load(folder / f"{name}.npy")
    alpha = _load(folder / f"{name}-alpha.npy") if row["has_alpha"] else None
    result = UpscaleResult(pixels, alpha, **(facts | {"notes": tuple(facts["notes"])}))
    return plan_from_text(row["settings"]).settings, result


def _save(path: Path, values: NDArray[np.float32]) -> None:
    levels = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint16, shape=values.shape)
    for top in range(0, values.shape[0], BAND_ROWS):
        rows = slice(top, top + BAND_ROWS)
        levels[rows] = np.rint(np.clip(values[rows], 0.0, 1.0) * LEVELS)
    levels.flush()


def _load(path: Path) -> NDArray[np.float32]:
    levels = np.load(path, mmap_mode="r", allow_pickle=False)
    if levels.dtype != np.uint16:
        raise ValueError(f"{path} holds something else")
    values = np.empty(levels.shape, np.float32)
    for top in range(0, levels.shape[0], BAND_ROWS):
        rows = slice(top, top + BAND_ROWS)
        np.multiply(levels[rows], np.float32(1 / LEVELS), out=values[rows])
    return values


def _remove_others(folder: Path, kept: set[str]) -> None:
    for path in folder.glob("*.npy"):
        if path.name not in kept:
            with suppress(OSError):
                path.unlink()


def most_important(
    results: Sequence[tuple[UpscaleSettings, UpscaleResult]], in_use: UpscaleSettings
) -> tuple[tuple[UpscaleSettings, UpscaleResult], ...]:
    """Of results in the order of their use: the one in use now, then those used last."""
    newest_first = list(reversed(results))
    return tuple(sorted(newest_first, key=lambda one: one[0] != in_use))
