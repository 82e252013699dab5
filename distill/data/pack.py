"""A pack: square crops of photographs beside several damaged versions of each, as arrays that are read without decoding."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from distill.degrade import degrade, draws_everyday, preset, soften, stages, target
from mfsr_engine import images
from mfsr_engine.errors import ImageReadError, RequestError
from mfsr_engine.geometry import Size
from mfsr_engine.progress import Progress

FACTOR = 4
EVERYDAY_FILE = "everyday.npy"
PEER_FOLDER = "peer"
"""Optional folder of a pack: results of another upscaler as VERSION-CROP.png."""


_Patch = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
"""A good patch, its damaged version, and the worse picture of full size."""


@dataclass(frozen=True)
class _Example:
    """One crop of a pack."""

    high: NDArray[np.uint8]
    low: NDArray[np.uint8]
    soft: NDArray[np.uint8]
    is_everyday: bool


@dataclass(frozen=True)
class PackConfig:
    """What a pack is made of; the same configuration and photographs give the same pack to the byte."""

    crop_px: int = 384
    """Side of a crop, a multiple of 4."""
    crops_per_photo: int = 8
    """Most crops cut from one photograph, spread over it."""
    versions: int = 4
    """Damaged versions of each crop."""
    degradation: str = "mixed"
    """Preset of the damage."""
    seed: int = 0
    """Seed of all randomness."""
    enlargement: float = 1.0
    """Most a crop is enlarged before it is damaged, at least 1; the factor is drawn evenly from 1 to this."""


@dataclass(frozen=True)
class Cut:
    """Where a patch lies in a pack, and how it is turned."""

    crop: int
    """Number of the crop."""
    version: int
    """Which of its damaged versions."""
    y: int
    """Upper edge, in pixels of the damaged version."""
    x: int
    """Left edge, likewise."""
    turns: int
    """Quarter turns, before the flip."""
    is_flipped: bool
    """Whether left and right change places."""


@dataclass(frozen=True)
class Pack:
    """A pack on disk, opened for reading. Arrays are memory-mapped."""

    high: NDArray[np.uint8]
    """(N, S, S, 3) good crops."""
    low: NDArray[np.uint8]
    """(V, N, S / 4, S / 4, 3) damaged versions."""
    soft: NDArray[np.uint8]
    """(N, S, S, 3) worse pictures of full size, for the "degraded" prompt."""
    identity: str = ""
    """A hash of what it was made of; empty for a pack in memory."""
    is_everyday: NDArray[np.bool_] | None = None
    """(N,) whether a crop met everyday damage (`distill.degrade.kinds`); None if the pack is of before there was any."""
    peers: dict[tuple[int, int], Path] = field(default_factory=dict)
    """Files (S, S, 3) of what another upscaler made of some of the damaged versions, by version and crop."""

    @staticmethod
    def open(folder: Path) -> Pack:
        """Open a finished pack.

        Raises:
            RequestError: the folder holds no finished pack.
        """
        if not (folder / "pack.json").is_file():
            raise RequestError(f"{folder} holds no finished pack of training crops; build it again.")
        high, low, soft = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ("high", "low", "soft"))
        identity = hashlib.sha256((folder / "pack.json").read_bytes()).hexdigest()
        everyday = np.load(folder / EVERYDAY_FILE) if (folder / EVERYDAY_FILE).is_file() else None
        return Pack(high, low, soft, identity, everyday, _peers(folder / PEER_FOLDER))

    def cut(self, place: Cut, side_px: int) -> _Patch:
        """A patch, turned and flipped, uint8 sRGB: the good one (S, S, 3), its damaged version (S / 4, S / 4, 3), and the
        worse one (S, S, 3).

        Args:
            place: where; it must lie inside of the crop.
            side_px: S, a multiple of 4.
        """
        side = side_px // FACTOR
        y, x = place.y, place.x
        large = _large(place, side_px)
        low = self.low[place.version, place.crop, y : y + side, x : x + side]
        high, soft = self.high[place.crop][large], self.soft[place.crop][large]
        return _turned(high, place), _turned(low, place), _turned(soft, place)

    def cut_peer(self, place: Cut, side_px: int) -> NDArray[np.uint8] | None:
        """The peer's result for the patch that `cut` gives, (S, S, 3) uint8 sRGB, or None if it was not asked."""
        file = self.peers.get((place.version, place.crop))
        if file is None:
            return None
        with Image.open(file) as image:
            return _turned(np.asarray(image)[_large(place, side_px)], place)


def _peers(folder: Path) -> dict[tuple[int, int], Path]:
    names = sorted(folder.glob("*-*.png"))
    return {(int(version), int(crop)): name for name in names for version, crop in [name.stem.split("-")]}


def _large(place: Cut, side_px: int) -> tuple[slice, slice]:
    """Rows and columns of a patch in the large picture."""
    top, left = place.y * FACTOR, place.x * FACTOR
    return slice(top, top + side_px), slice(left, left + side_px)


def _turned(patch: NDArray[np.uint8], place: Cut) -> NDArray[np.uint8]:
    turned = np.rot90(patch, place.turns)
    return turned[:, ::-1] if place.is_flipped else turned


def build_pack(photos: Sequence[Path], folder: Path, config: PackConfig, progress: Progress, workers: int = 1) -> Pack:
    """Cut and damage the photographs, unless the folder already holds exactly this pack.

    Args:
        photos: pictures; those smaller than a crop, and files that are none, are passed over.
        folder: where the pack lies; made if missing, replaced if it is another pack.
        config: what to make.
        progress: told of each photograph.
        workers: threads that share the work; 1 does it in this one.

    Returns:
        The opened pack.

    Raises:
        RequestError: no photograph is readable and large enough, or the pack cannot be written.
        Cancelled: stopped; nothing is left behind.
    """
    damage = hashlib.sha256(json.dumps(asdict(preset(config.degradation))).encode()).hexdigest()
    settings = asdict(config)
    if config.enlargement == 1:
        del settings["enlargement"]  # packs of before there was one are kept
    identity: dict[str, object] = {"config": settings, "photos": _fingerprint(photos), "damage": damage}
    if preset(config.degradation).sharpens_target:
        identity["target"] = "sharpened"
    if _holds(folder, identity):
        return Pack.open(folder)
    partial_folder = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial_folder, ignore_errors=True)
    try:
        partial_folder.mkdir(parents=True)
        _write_arrays(photos, partial_folder, config, progress, workers)
        (partial_folder / "pack.json").write_text(json.dumps(identity, indent=1))
        shutil.rmtree(folder, ignore_errors=True)
        partial_folder.rename(folder)
    except OSError as error:
        raise RequestError(
            f"Cannot write the training crops to {folder}: {error.strerror or error}. Make room there, or take another folder."
        ) from error
    finally:
        shutil.rmtree(partial_folder, ignore_errors=True)
    return Pack.open(folder)


def _write_arrays(photos: Sequence[Path], folder: Path, config: PackConfig, progress: Progress, workers: int) -> None:
    examples: list[_Example] = []
    with _each_photo(photos, config, workers) as jobs:
        for done, crops in enumerate(jobs):
            progress.report("Preparing training crops", done, len(photos))
            examples += crops
    if not examples:
        raise RequestError(
            f"No readable photograph is at least {config.crop_px} pixels on both sides; choose larger ones."
        )
    np.save(folder / "high.npy", np.stack([example.high for example in examples]))
    np.save(folder / "low.npy", np.stack([example.low for example in examples], axis=1))
    np.save(folder / "soft.npy", np.stack([example.soft for example in examples]))
    np.save(folder / EVERYDAY_FILE, np.array([example.is_everyday for example in examples]))


@contextmanager
def _each_photo(photos: Sequence[Path], config: PackConfig, workers: int) -> Iterator[Iterator[list[_Example]]]:
    """The crops of one photograph after the other; on leaving early, what was not begun is dropped."""
    work, numbered = partial(_damaged_crops, config=config), list(enumerate(photos))
    if workers <= 1:
        yield map(work, numbered)
        return
    # Threads, not processes: decoding, filters and noise leave the interpreter's lock, and a process that has run OpenMP or
    # Qt must not be forked (its children wait for locks that nobody holds).
    pool = ThreadPoolExecutor(workers)
    try:
        yield pool.map(work, numbered)
    finally:
        pool.shutdown(cancel_futures=True)


def _damaged_crops(numbered: tuple[int, Path], config: PackConfig) -> list[_Example]:
    number, photo = numbered
    damage = preset(config.degradation)
    try:
        pixels = images.read(photo).pixels
    except ImageReadError:
        return []
    found = []
    for place, crop in enumerate(crops_of(pixels, config.crop_px, config.crops_per_photo)):
        generator = np.random.default_rng([config.seed, number, place])
        is_everyday = draws_everyday(damage, generator)
        good = target(crop if is_everyday else _enlarged(crop, config.enlargement, generator), damage)
        if damage.gray_share and generator.random() < damage.gray_share:
            good = stages.gray(good)
        versions = [degrade(good, damage, generator, FACTOR, is_everyday=is_everyday) for _ in range(config.versions)]
        low = np.stack([_bytes(version) for version in versions])
        found.append(_Example(_bytes(good), low, _bytes(soften(good, generator)), is_everyday))
    return found


def crops_of(pixels: NDArray[np.float32], side_px: int, most: int) -> list[NDArray[np.float32]]:
    """At most `most` square crops spread evenly over a picture (H, W, 3); none if it is smaller than a crop."""
    height, width = pixels.shape[:2]
    rows, columns = height // side_px, width // side_px
    if rows * columns == 0:
        return []
    cells = np.arange(rows * columns)
    chosen = cells[np.linspace(0, len(cells) - 1, min(most, len(cells))).round().astype(int)]
    places = [
        (
            (height - side_px) * (c // columns) // max(1, rows - 1),
            (width - side_px) * (c % columns) // max(1, columns - 1),
        )
        for c in chosen
    ]
    return [np.ascontiguousarray(pixels[y : y + side_px, x : x + side_px]) for y, x in places]


def _enlarged(crop: NDArray[np.float32], most: float, generator: np.random.Generator) -> NDArray[np.float32]:
    """A part of the crop, enlarged to its size by 1 to `most`: as soft as a camera's own picture at 100 %, which was never reduced."""
    if most <= 1:
        return crop
    side = crop.shape[0]
    part = round(side / generator.uniform(1, most))
    y, x = generator.integers(0, side - part, size=2, endpoint=True)
    return np.clip(stages.resized(crop[y : y + part, x : x + part], Size(side, side), "bicubic"), 0, 1)


def _bytes(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    return (np.clip(pixels, 0, 1) * 255 + 0.5).astype(np.uint8)


def _fingerprint(photos: Sequence[Path]) -> str:
    listing = "\n".join(f"{p.name} {p.stat().st_size}" for p in photos)
    return hashlib.sha256(listing.encode()).hexdigest()


def _holds(folder: Path, identity: dict[str, object]) -> bool:
    description = folder / "pack.json"
    try:
        found = json.loads(description.read_text())
    except (OSError, ValueError):
        return False
    if not isinstance(found, dict):
        return False
    return {"damage": identity["damage"]} | found == identity  # older packs do not say what their damage was made of
