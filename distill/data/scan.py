"""Checks every photograph of a folder before training: which are usable, which are not and why, and which are held out for validation."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from distill.data.duplicates import originals
from distill.data.jpeg_quality import jpeg_quality
from distill.data.shared_work import finish_together, in_order
from distill.data.sources import file_size, find_photos, read_photo
from distill.runs.text_file import write_whole
from mfsr_engine.errors import ImageReadError
from mfsr_engine.files import atomic
from mfsr_engine.progress import Progress

if TYPE_CHECKING:
    from distill.config import DataRecipe

THUMBNAIL_PX = 16
FLAT_DEVIATION = 0.01
"""A picture is flat if in nine of ten of its parts the standard deviation of luma, 0..1, is below this."""
LOW_QUALITY = 75
"""JPEG files below this quality are counted in the summary: a student learns to draw the blocks of its targets."""
_PART_PX = 32
_TOGETHER = 256
"""Photographs looked at before what was found is kept."""
_STAGE = "Looking at the photographs"
_FOUND = np.dtype([("height", "<i4"), ("width", "<i4"), ("contrast", "<f4"), ("quality", "<i2"), ("error", "S200"),
                   ("thumbnail", "u1", (THUMBNAIL_PX**2,))])  # fmt: skip
"""What one look finds: sides (0 if the picture is broken), the contrast that makes it flat or not, JPEG quality or 0, what is broken,
luma of a small copy.
"""


class Fault(StrEnum):
    """Why a photograph does not serve."""

    TOO_SMALL = "too small"
    BROKEN = "broken"
    DUPLICATE = "duplicate"
    FLAT = "flat"
    COMPRESSED = "too strongly compressed"


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
    low_quality: int = 0
    """How many of those that serve are JPEG files of a quality below `LOW_QUALITY`."""

    def counts(self) -> dict[Fault, int]:
        """Number of rejected photographs by fault; faults that did not occur are left out."""
        faults = [photo.fault for photo in self.rejected]
        return {fault: faults.count(fault) for fault in Fault if fault in faults}

    def summary(self) -> str:
        """One line for people."""
        left_out = ", ".join(f"{count} {fault}" for fault, count in self.counts().items())
        compressed = f" JPEG files of a quality below {LOW_QUALITY}: {self.low_quality}." if self.low_quality else ""
        whole = f"{len(self.usable)} photographs can be used" + (f"; left out: {left_out}." if left_out else ".")
        return whole + compressed


@dataclass(frozen=True)
class PhotoSplit:
    """Photographs by what they are for."""

    training: tuple[Path, ...]
    """Seen in training."""
    validation: tuple[Path, ...]
    """Never seen in training."""


def scan(
    folder: Path,
    least_px: int,
    progress: Progress,
    *,
    least_jpeg_quality: int = 0,
    workers: int = 1,
    kept: Path | None = None,
) -> ScanReport:
    """Look at every photograph of a folder.

    Args:
        folder: searched with its subfolders and shards.
        least_px: least length of both sides.
        progress: told of each photograph.
        least_jpeg_quality: least quality of a JPEG file, 1 to 100; 0 takes all.
        workers: threads that look.
        kept: folder for what was found, so that a scan that is stopped goes on, and several processes share one; nothing is
            kept if None.

    Raises:
        RequestError: the folder is missing.
        Cancelled: stopped.
    """
    photos = find_photos(folder)
    if kept is not None:
        found = _found(photos, kept, progress, workers)
    else:
        with tempfile.TemporaryDirectory() as temporary:
            found = _found(photos, Path(temporary), progress, workers)
    progress.report(_STAGE, len(photos), len(photos))
    faults = [_fault(look, least_px, least_jpeg_quality) for look in found]
    return _judged(folder, photos, found, faults)


def _found(photos: Sequence[Path], folder: Path, progress: Progress, workers: int) -> NDArray[np.void]:
    """One `_FOUND` for each photograph, looked at here or by another process."""
    parts = [range(start, min(start + _TOGETHER, len(photos))) for start in range(0, len(photos), _TOGETHER)]
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"{n:06d}-{_listing_hash([photos[i] for i in part])}.npy" for n, part in enumerate(parts)]

    def make(number: int) -> None:
        looks = in_order(_look, (photos[i] for i in parts[number]), workers)
        found = np.zeros(len(parts[number]), _FOUND)
        for place, look in enumerate(looks):
            progress.report(_STAGE, parts[number].start + place, len(photos))
            found[place] = look
        _save_whole(files[number], found)

    finish_together(files, make, lambda done: progress.report("Waiting for other processes", done, len(files)))
    return np.concatenate([np.load(file) for file in files] or [np.zeros(0, _FOUND)])


def _save_whole(path: Path, array: NDArray[np.void]) -> None:
    with atomic.replacing(path) as file:
        np.save(file, array)


def _look(path: Path) -> NDArray[np.void]:
    found = np.zeros((), _FOUND)
    try:
        luma = _luma(read_photo(path).pixels)
        found["quality"] = jpeg_quality(path) or 0
    except (ImageReadError, OSError) as error:
        found["error"] = str(error).encode()
        return found
    found["height"], found["width"] = luma.shape
    found["contrast"], found["thumbnail"] = _contrast(luma), _thumbnail(luma)
    return found


def _judged(
    folder: Path, photos: Sequence[Path], found: NDArray[np.void], faults: list[tuple[Fault, str] | None]
) -> ScanReport:
    """The report, once copies have got their fault too."""
    candidates = [number for number, fault in enumerate(faults) if fault is None]
    for number, original in zip(candidates, originals(found["thumbnail"][candidates]), strict=True):
        if original >= 0:
            faults[number] = Fault.DUPLICATE, f"shows the same as {photos[candidates[original]].name}"
    judged = list(zip(photos, faults, strict=True))
    quality = found["quality"][[fault is None for fault in faults]] if len(found) else np.zeros(0)
    return ScanReport(
        folder,
        tuple(path for path, fault in judged if fault is None),
        tuple(RejectedPhoto(path, *fault) for path, fault in judged if fault is not None),
        int(((quality > 0) & (quality < LOW_QUALITY)).sum()),
    )


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


def _thumbnail(luma: NDArray[np.float32]) -> NDArray[np.uint8]:
    small = cv2.resize(luma, (THUMBNAIL_PX, THUMBNAIL_PX), interpolation=cv2.INTER_AREA)
    thumbnail: NDArray[np.uint8] = np.rint(np.clip(small, 0, 1) * 255).astype(np.uint8)
    return thumbnail.reshape(-1)


def _contrast(luma: NDArray[np.float32]) -> float:
    """The standard deviation of luma that one in ten parts of the picture exceeds."""
    height, width = luma.shape
    rows, columns = max(1, height // _PART_PX), max(1, width // _PART_PX)
    cut = luma[: rows * (height // rows), : columns * (width // columns)]
    parts = cut.reshape(rows, height // rows, columns, width // columns)
    return float(np.quantile(parts.std(axis=(1, 3)), 0.9))


def _fault(look: NDArray[np.void], least_px: int, least_jpeg_quality: int) -> tuple[Fault, str] | None:
    height, width, quality = int(look["height"]), int(look["width"]), int(look["quality"])
    if not height:
        return Fault.BROKEN, bytes(look["error"]).decode(errors="ignore")
    if min(height, width) < least_px:
        return Fault.TOO_SMALL, f"{width} x {height} pixels; {least_px} are needed on both sides"
    if look["contrast"] < FLAT_DEVIATION:
        return Fault.FLAT, "nothing to see in nine of ten parts of it"
    if 0 < quality < least_jpeg_quality:
        return Fault.COMPRESSED, f"a JPEG file of quality {quality}; {least_jpeg_quality} is asked for"
    return None


PHOTOS_FILE = "photos.json"
"""In a run folder: what the scan of the photographs found, for people and other programs."""
SCAN_FOLDER = "scan"
"""In a run folder: the same, photograph by photograph."""


def settled_photos(recipe: DataRecipe, run_folder: Path, progress: Progress, workers: int = 1) -> PhotoSplit:
    """The photographs of a recipe, scanned if it says so, split for validation. A scan is kept in the run folder, and shared by all
    processes that need it.

    Raises:
        RequestError: the folder of photographs is missing.
        Cancelled: stopped; what was looked at is kept.
    """
    if not recipe.scan:
        return split_photos(find_photos(recipe.photos), recipe.photos, recipe.validation_share)
    report = scan(
        recipe.photos,
        recipe.crop_px,
        progress,
        least_jpeg_quality=recipe.least_jpeg_quality,
        workers=workers,
        kept=run_folder / SCAN_FOLDER,
    )
    table = {
        "summary": report.summary(),
        "usable": [str(path) for path in report.usable],
        "rejected": [[str(photo.path), photo.fault, photo.detail] for photo in report.rejected],
    }
    write_whole(run_folder / PHOTOS_FILE, json.dumps(table, indent=1))
    return split_photos(report.usable, recipe.photos, recipe.validation_share)


def _listing_hash(photos: Sequence[Path]) -> str:
    """Names a list of photographs by their places and sizes."""
    listing = "\n".join(f"{path} {file_size(path)}" for path in photos)
    return hashlib.sha256(listing.encode()).hexdigest()[:12]
