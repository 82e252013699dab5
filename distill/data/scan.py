"""A look at every photograph of a folder before training: which can serve, which cannot and why, and which are kept for validation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from distill.runs.text_file import write_whole
from mfsr_engine import images
from mfsr_engine.batch.planning import sources_in
from mfsr_engine.errors import ImageReadError, RequestError
from mfsr_engine.progress import Progress

if TYPE_CHECKING:
    from distill.config import DataRecipe

THUMBNAIL_PX = 16
SAME_PICTURE = 0.01
"""Mean difference of two thumbnails, 0..1, below which they show the same picture; JPEG and resizing stay below it."""
FLAT_DEVIATION = 0.01
"""A picture is flat if in nine of ten of its parts the standard deviation of luma, 0..1, is below this."""
_PART_PX = 32
_STAGE = "Looking at the photographs"


class Fault(StrEnum):
    """Why a photograph does not serve."""

    TOO_SMALL = "too small"
    BROKEN = "broken"
    DUPLICATE = "duplicate"
    FLAT = "flat"


@dataclass(frozen=True)
class RejectedPhoto:
    """A photograph that is left out."""

    path: Path
    """Its file."""
    fault: Fault
    """What is wrong with it."""
    detail: str
    """The same for people, for example "120 x 90 pixels; 256 are needed on both sides"."""


@dataclass(frozen=True)
class ScanReport:
    """What a scan found."""

    folder: Path
    """Where it looked."""
    usable: tuple[Path, ...]
    """Photographs that serve, in the order of their paths."""
    rejected: tuple[RejectedPhoto, ...]
    """Photographs that do not."""

    def counts(self) -> dict[Fault, int]:
        """Number of rejected photographs by fault; faults that did not occur are left out."""
        faults = [photo.fault for photo in self.rejected]
        return {fault: faults.count(fault) for fault in Fault if fault in faults}

    def summary(self) -> str:
        """One line for people."""
        left_out = ", ".join(f"{count} {fault}" for fault, count in self.counts().items())
        return f"{len(self.usable)} photographs can be used" + (f"; left out: {left_out}." if left_out else ".")


@dataclass(frozen=True)
class PhotoSplit:
    """Photographs by what they are for."""

    training: tuple[Path, ...]
    """Seen in training."""
    validation: tuple[Path, ...]
    """Never seen in training."""


def find_photos(folder: Path) -> list[Path]:
    """All picture files of a folder and its subfolders, in the order of their paths; results of this program are left out.

    Raises:
        RequestError: the folder is missing.
    """
    if not folder.is_dir():
        raise RequestError(f"There is no folder {folder}. Choose a folder of photographs.")
    return sorted(source.path for source in sources_in(folder) if source.path.is_file())


def scan(folder: Path, least_px: int, progress: Progress) -> ScanReport:
    """Look at every photograph of a folder.

    Args:
        folder: searched with its subfolders.
        least_px: least length of both sides.
        progress: told of each photograph.

    Raises:
        RequestError: the folder is missing.
        Cancelled: stopped.
    """
    photos = find_photos(folder)
    usable: list[Path] = []
    rejected: list[RejectedPhoto] = []
    seen = np.zeros((len(photos), THUMBNAIL_PX**2), np.float32)
    for done, path in enumerate(photos):
        progress.report(_STAGE, done, len(photos))
        try:
            luma = _luma(images.read(path).pixels)
        except ImageReadError as error:
            rejected.append(RejectedPhoto(path, Fault.BROKEN, str(error)))
            continue
        thumbnail = _thumbnail(luma)
        found = _fault(luma, least_px) or _copy_of(thumbnail, seen[: len(usable)], usable)
        if found is None:
            seen[len(usable)] = thumbnail
            usable.append(path)
        else:
            rejected.append(RejectedPhoto(path, *found))
    progress.report(_STAGE, len(photos), len(photos))
    return ScanReport(folder, tuple(usable), tuple(rejected))


def split_photos(photos: Sequence[Path], folder: Path, share: float) -> PhotoSplit:
    """Set about `share` of the photographs aside, by a hash of their paths below `folder`, so that a file stays where it was put.

    With a share above 0 and at least two photographs, at least one is set aside and at least one is left.
    """
    if share <= 0 or len(photos) < 2:
        return PhotoSplit(tuple(photos), ())
    ranks = {path: _rank(path, folder) for path in photos}
    by_rank = sorted(photos, key=ranks.__getitem__)
    chosen = {path for path in by_rank[:-1] if ranks[path] < share} or {by_rank[0]}
    return PhotoSplit(tuple(p for p in photos if p not in chosen), tuple(p for p in photos if p in chosen))


def _rank(path: Path, folder: Path) -> float:
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.name
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64


def _luma(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(pixels @ np.array([0.299, 0.587, 0.114], np.float32), np.float32)


def _thumbnail(luma: NDArray[np.float32]) -> NDArray[np.float32]:
    small: NDArray[np.float32] = cv2.resize(luma, (THUMBNAIL_PX, THUMBNAIL_PX), interpolation=cv2.INTER_AREA)
    return small.reshape(-1)


def _fault(luma: NDArray[np.float32], least_px: int) -> tuple[Fault, str] | None:
    height, width = luma.shape
    if min(height, width) < least_px:
        return Fault.TOO_SMALL, f"{width} x {height} pixels; {least_px} are needed on both sides"
    rows, columns = max(1, height // _PART_PX), max(1, width // _PART_PX)
    cut = luma[: rows * (height // rows), : columns * (width // columns)]
    parts = cut.reshape(rows, height // rows, columns, width // columns)
    if np.quantile(parts.std(axis=(1, 3)), 0.9) < FLAT_DEVIATION:
        return Fault.FLAT, "nothing to see in nine of ten parts of it"
    return None


def _copy_of(
    thumbnail: NDArray[np.float32], seen: NDArray[np.float32], photos: Sequence[Path]
) -> tuple[Fault, str] | None:
    if not len(seen):
        return None
    differences = np.abs(seen - thumbnail).mean(axis=1)
    nearest = int(differences.argmin())
    if differences[nearest] >= SAME_PICTURE:
        return None
    return Fault.DUPLICATE, f"shows the same as {photos[nearest].name}"


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
