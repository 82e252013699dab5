"""Which photographs a recipe trains on and which it validates on, settled once for a run folder."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from distill.data.scan import PhotoSplit, find_photos, scan, split_photos
from distill.runs.text_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from distill.config import DataRecipe
    from mfsr_engine.progress import Progress

PHOTOS_FILE = "photos.json"
"""In a run folder: what the scan of the photographs found."""


def settled_photos(recipe: DataRecipe, run_folder: Path, progress: Progress) -> PhotoSplit:
    """The photographs of a recipe, scanned if it says so, split for validation. A scan is kept in the run folder.

    Raises:
        RequestError: the folder of photographs is missing.
        Cancelled: stopped.
    """
    photos = find_photos(recipe.photos)
    if recipe.scan:
        photos = _scanned(photos, recipe, run_folder, progress)
    return split_photos(photos, recipe.photos, recipe.validation_share)


def _scanned(photos: Sequence[Path], recipe: DataRecipe, run_folder: Path, progress: Progress) -> list[Path]:
    identity = [recipe.crop_px, *([str(path), path.stat().st_size] for path in photos)]
    kept = run_folder / PHOTOS_FILE
    if kept.is_file() and (known := json.loads(kept.read_text(encoding="utf-8")))["identity"] == identity:
        usable = set(known["usable"])
        return [path for path in photos if str(path) in usable]
    report = scan(recipe.photos, recipe.crop_px, progress)
    table = {
        "summary": report.summary(),
        "identity": identity,
        "usable": [str(path) for path in report.usable],
        "rejected": [[str(photo.path), photo.fault, photo.detail] for photo in report.rejected],
    }
    run_folder.mkdir(parents=True, exist_ok=True)
    write_whole(kept, json.dumps(table, indent=1))
    return list(report.usable)
