"""A pack: square crops of photographs with several degraded versions of each, stored as shards of arrays that need no decoding."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from distill.data.crops import Example, PackConfig, examples_of
from distill.data.folder_lock import turn_at
from distill.data.shards import ARRAYS, Crops, ShardedCrops, index_file, join_indices, write_shard
from distill.data.shared_work import finish_together, in_order
from distill.data.sources import FACTOR, file_size, read_photo
from distill.degrade import DegradationConfig, preset
from distill.runs.text_file import write_whole
from mfsr_engine.errors import ImageReadError, RequestError
from mfsr_engine.files.claims import UseMark, is_used
from mfsr_engine.progress import Progress

SHARD_BYTES = 128 << 20
"""About the most a shard has, and what a stop or crash costs in work."""
EVERYDAY_FILE = "everyday.npy"
PEER_FOLDER = "peer"
"""Optional folder of a pack: results of another upscaler as VERSION-CROP.png."""
_CROPS = "crops-"


Patch = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8] | None]
"""A good patch, its damaged version, and the worse picture of full size if there is one."""
_ABOUT, _INDEX = "pack.json", "index.npy"


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

    high: Crops
    """(N, S, S, 3) uint8 good crops."""
    low: Crops
    """(V, N, S / 4, S / 4, 3) uint8 damaged versions."""
    soft: Crops | None
    """(N, S, S, 3) uint8 worse pictures of full size, for the "degraded" prompt; None in packs for students."""
    identity: str = ""
    """A hash of what it was made of; empty for a pack in memory."""
    is_everyday: NDArray[np.bool_] | None = None
    """(N,) whether a crop met everyday damage (`distill.degrade.kinds`); None if the pack is of before there was any."""
    peers: dict[tuple[int, int], Path] = field(default_factory=dict)
    """Files (S, S, 3) of what another upscaler made of some of the damaged versions, by version and crop."""
    photos: NDArray[np.int32] | None = None
    """(N,) the photograph of each crop, by its number among those the pack was made of; None in packs that do not say."""
    use: UseMark | None = None
    """Keeps its shards from being removed by another run while this exists."""

    @staticmethod
    def open(folder: Path) -> Pack:
        """Open a finished pack.

        Raises:
            RequestError: the folder holds no finished pack.
        """
        if not (folder / _ABOUT).is_file():
            raise RequestError(f"{folder} holds no finished pack of training crops; build it again.")
        about = (folder / _ABOUT).read_bytes()
        identity, peers = hashlib.sha256(about).hexdigest(), _peers(folder / PEER_FOLDER)
        crops = _crops_folder(folder, about)
        if not crops.is_dir():  # of before there were shards
            high, low, soft = (np.load(folder / f"{name}.npy", mmap_mode="r") for name in ARRAYS)
            everyday = np.load(folder / EVERYDAY_FILE) if (folder / EVERYDAY_FILE).is_file() else None
            return Pack(high, low, soft, identity, everyday, peers)
        index = np.load(crops / _INDEX, mmap_mode="r")
        high, low = (ShardedCrops(crops, index, name) for name in ("high", "low"))
        soft = ShardedCrops(crops, index, "soft") if index["soft"][0] else None
        numbers = np.array(index["photo"]) if "photo" in (index.dtype.names or ()) else None
        return Pack(high, low, soft, identity, np.array(index["is_everyday"]), peers, numbers, _use_mark(crops))

    def cut(self, place: Cut, side_px: int) -> Patch:
        """A patch, turned and flipped, uint8 sRGB: the good one (S, S, 3), its damaged version (S / 4, S / 4, 3), and the
        worse one (S, S, 3) if there is one.

        Args:
            place: where; it must lie inside of the crop.
            side_px: S, a multiple of 4.
        """
        side = side_px // FACTOR
        y, x = place.y, place.x
        large = _large(place, side_px)
        low = self.low[place.version, place.crop][y : y + side, x : x + side]
        high = self.high[place.crop][large]
        soft = None if self.soft is None else _turned(self.soft[place.crop][large], place)
        return _turned(high, place), _turned(low, place), soft

    def cut_peer(self, place: Cut, side_px: int) -> NDArray[np.uint8] | None:
        """The peer's result for the patch that `cut` gives, (S, S, 3) uint8 sRGB, or None if it was not asked."""
        file = self.peers.get((place.version, place.crop))
        if file is None:
            return None
        with Image.open(file) as image:
            return _turned(np.asarray(image)[_large(place, side_px)], place)


def _use_mark(folder: Path) -> UseMark | None:
    try:
        return UseMark(folder)
    except (OSError, NotImplementedError):  # nobody can change the folder, or it knows no locks
        return None


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

    Whole shards are kept when it is stopped or killed, and the next call goes on. Any number of processes may call it at the same
    time, with the same arguments, and share the work.

    Args:
        photos: pictures; those smaller than a crop, and files that are none, are passed over.
        folder: where the pack lies; made if missing, replaced if it is another pack, once the new one is finished.
        config: what to make.
        progress: told of each photograph.
        workers: threads that share the work of this process; 1 does it in the calling one.

    Returns:
        The opened pack.

    Raises:
        RequestError: no photograph is readable and large enough, or the pack cannot be written.
        Cancelled: stopped; finished shards are kept.
    """
    damage = preset(config.degradation)
    identity = _identity(photos, config, damage)
    if _holds(folder, identity):
        return Pack.open(folder)
    about = json.dumps(identity, indent=1)
    crops = _crops_folder(folder, about.encode())
    try:
        crops.mkdir(parents=True, exist_ok=True)
        count = _write_shards(photos, crops, config, damage, progress, workers)
        with turn_at(folder, progress):
            if not _holds(folder, identity):
                _finish(folder, crops, count, about, config)
    except OSError as error:
        raise RequestError(
            f"Cannot write the training crops to {folder}: {error.strerror or error}. What is done is kept; make room there and "
            "start again, or take another folder."
        ) from error
    return Pack.open(folder)


def _identity(photos: Sequence[Path], config: PackConfig, damage: DegradationConfig) -> dict[str, object]:
    settings = asdict(config)
    del settings["has_soft"]
    if config.enlargement == 1:
        del settings["enlargement"]  # packs of before there was one are kept
    numbers = hashlib.sha256(json.dumps(asdict(damage)).encode()).hexdigest()
    identity: dict[str, object] = {"config": settings, "photos": _fingerprint(photos), "damage": numbers}
    if damage.sharpens_target:
        identity["target"] = "sharpened"
    if not config.has_soft:
        identity["soft"] = False
    return identity


def _write_shards(
    photos: Sequence[Path],
    crops: Path,
    config: PackConfig,
    damage: DegradationConfig,
    progress: Progress,
    workers: int,
) -> int:
    """Write what is missing, and return the number of shards when all are there, whoever wrote them."""
    each = photos_per_shard(config)
    files = [index_file(crops, number) for number in range(-(-len(photos) // each))]

    def make(number: int) -> None:
        some = range(number * each, min((number + 1) * each, len(photos)))
        work = partial(_examples, photos, config=config, damage=damage)
        found = zip(some, in_order(work, some, workers), strict=True)
        write_shard(crops, number, _named(found, len(photos), progress))

    def wait(finished: int) -> None:
        progress.report("Waiting for other processes that prepare the same crops", finished, len(files))

    finish_together(files, make, wait)
    return len(files)


def photos_per_shard(config: PackConfig) -> int:
    """How many photographs a shard is made of, so that it has about `SHARD_BYTES`."""
    crop = 3 * config.crop_px**2
    one = crop * (1 + config.has_soft) + config.versions * crop // FACTOR**2
    return max(1, SHARD_BYTES // (config.crops_per_photo * one))


def _named(found: Iterable[tuple[int, list[Example]]], total: int, progress: Progress) -> Iterator[tuple[str, Example]]:
    for number, examples in found:
        progress.report("Preparing training crops", number, total)
        for place, example in enumerate(examples):
            yield f"{number:08d}-{place:04d}", example


def _examples(photos: Sequence[Path], number: int, config: PackConfig, damage: DegradationConfig) -> list[Example]:
    try:
        photo = read_photo(photos[number])
    except ImageReadError:
        return []
    return examples_of(photo, number, config, damage)


def _finish(folder: Path, crops: Path, count: int, about: str, config: PackConfig) -> None:
    """Make the shards the pack of this folder, and remove what was there before."""
    index = join_indices(crops, count)
    if not len(index):
        shutil.rmtree(crops, ignore_errors=True)
        raise RequestError(
            f"No readable photograph is at least {config.crop_px} pixels on both sides; choose larger ones."
        )
    (folder / _ABOUT).unlink(missing_ok=True)  # first, or a crash would leave the old pack's peers to the new one
    for path in folder.iterdir():
        if path == crops or (path.name.startswith(_CROPS) and is_used(path)):
            continue
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    np.save(crops / _INDEX, index)
    write_whole(folder / _ABOUT, about)


def _crops_folder(folder: Path, about: bytes) -> Path:
    return folder / f"{_CROPS}{hashlib.sha256(about).hexdigest()[:12]}"


def _fingerprint(photos: Sequence[Path]) -> str:
    listing = hashlib.sha256()
    for number, photo in enumerate(photos):
        listing.update(("\n" * (number > 0) + f"{photo.name} {file_size(photo)}").encode())
    return listing.hexdigest()


def _holds(folder: Path, identity: dict[str, object]) -> bool:
    try:
        found = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    if not isinstance(found, dict):
        return False
    if "soft" not in found:
        identity = {name: value for name, value in identity.items() if name != "soft"}  # more than is needed
    return {"damage": identity["damage"]} | found == identity  # older packs do not say what their damage was made of
