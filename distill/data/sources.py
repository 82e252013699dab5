"""Sources of training pictures: files of a folder, members of tar shards, and LR/HR pairs.

A member of a shard is named by a path below the tar file, as in `shards/0001.tar/harbour.jpg`. The good picture of a pair is named
by its file; the small one follows from its name.
"""

from __future__ import annotations

import re
import tarfile
import tempfile
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mfsr_engine import images
from mfsr_engine.batch.planning import sources_in
from mfsr_engine.errors import ImageReadError, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

FACTOR = 4
"""A student makes pictures this many times larger."""
SHARD_SUFFIX = ".tar"
_GOOD_FOLDER, _SMALL_FOLDERS = re.compile(r"(?:^|(?<=[_-]))(hr|gt)$", re.IGNORECASE), ("lr", "lq")
_GOOD_NAME, _SMALL_NAMES = re.compile(r"[_-](hr|x4)$", re.IGNORECASE), ("lr4", "x1", "lr")


@dataclass(frozen=True)
class Photo:
    """A photograph to learn from."""

    pixels: NDArray[np.float32]
    """(H, W, 3) float32 sRGB 0..1."""
    small: NDArray[np.float32] | None = None
    """(H / 4, W / 4, 3) what a camera made of the same with a shorter lens, if it is one of a pair."""


def find_photos(folder: Path) -> list[Path]:
    """All pictures of a folder and its subfolders, and of the tar shards in them, in the order of their paths.

    Results of this program are left out, and so are the small pictures of pairs.

    Raises:
        RequestError: the folder is missing.
    """
    if not folder.is_dir():
        raise RequestError(f"There is no folder {folder}. Choose a folder of photographs.")
    files = [source.path for source in sources_in(folder) if source.path.is_file()]
    there = set(files)
    small = {partner for path in files for partner in _possible_partners(path) if partner in there}
    members = [tar / name for tar in _shards(folder) for name in _members(tar) if images.is_image_path(Path(name))]
    return sorted([*(path for path in files if path not in small), *members])


def read_photo(path: Path) -> Photo:
    """Read a photograph, and the small picture beside it if it is one of a pair.

    Raises:
        ImageReadError: it cannot be read, or the two do not fit together.
    """
    partner = partner_of(path)
    pixels = _read(path)
    return Photo(pixels) if partner is None else _pair(pixels, _read(partner), path)


def partner_of(path: Path) -> Path | None:
    """The small picture of a pair, if the name of this one is a good one's and the file is there."""
    return next((partner for partner in _possible_partners(path) if partner.is_file()), None)


def file_size(path: Path) -> int:
    """Bytes of a photograph's file.

    Raises:
        OSError: it is not there.
    """
    tar = _shard_of(path)
    return path.stat().st_size if tar is None else _members(tar)[_name_in(tar, path)][1]


def head_of(path: Path, most_bytes: int) -> bytes:
    """The first bytes of a photograph's file.

    Raises:
        OSError: it is not there.
    """
    tar = _shard_of(path)
    if tar is None:
        with path.open("rb") as file:
            return file.read(most_bytes)
    return _content(tar, path, most_bytes)


def member_of(path: Path, most_bytes: int) -> bytes | None:
    """The first bytes of a member of a shard, none if the shard has no such member; None for a path that leads into no shard."""
    tar = _shard_of(path)
    if tar is None:
        return None
    return _content(tar, path, most_bytes) if _name_in(tar, path) in _members(tar) else b""


def _read(path: Path) -> NDArray[np.float32]:
    tar = _shard_of(path)
    if tar is None:
        return images.read(path).pixels
    with tempfile.TemporaryDirectory() as folder:  # decoders take files
        copy = Path(folder) / path.name
        try:
            copy.write_bytes(_content(tar, path))
        except (OSError, KeyError) as error:
            raise ImageReadError(f"{path} cannot be read ({error}). Get a complete copy of the shard.") from error
        return images.read(copy).pixels


def _pair(pixels: NDArray[np.float32], small: NDArray[np.float32], path: Path) -> Photo:
    height, width = (side // FACTOR for side in pixels.shape[:2])
    pixels = pixels[: height * FACTOR, : width * FACTOR]
    if small.shape[0] // FACTOR == height and small.shape[1] // FACTOR == width:
        # RealSR stores both at the size of the good one.
        reduced = cv2.resize(small[: height * FACTOR, : width * FACTOR], (width, height), interpolation=cv2.INTER_AREA)
        return Photo(pixels, np.asarray(reduced, np.float32))
    if small.shape[:2] == (height, width):
        return Photo(pixels, small)
    raise ImageReadError(
        f"{path.name} and its small picture do not fit: {pixels.shape[1]} x {pixels.shape[0]} and {small.shape[1]} x "
        f"{small.shape[0]} pixels. The small one must be a quarter as wide and high, or as large."
    )


def _possible_partners(path: Path) -> Iterator[Path]:
    """Where the small picture of a good one would lie: `A_LR4.png` of `A_HR.png` in one folder, or the same name, or `A_x1.png` of
    `A_x4.png`, in `train_LR` of `train_HR`.
    """
    parent, stem = path.parent, path.stem
    small_names = [stem[: found.start() + 1] + name for found in _GOOD_NAME.finditer(stem) for name in _SMALL_NAMES]
    small_names = [cased for name in small_names for cased in (name, _upper_end(name))]
    folder = _GOOD_FOLDER.search(parent.name)
    if folder is None:
        for name in small_names:
            yield path.with_name(name + path.suffix)
        return
    for small in _SMALL_FOLDERS:
        beside = parent.with_name(parent.name[: folder.start()] + (small.upper() if folder[1].isupper() else small))
        for name in (stem, *small_names):
            yield beside / (name + path.suffix)


def _upper_end(name: str) -> str:
    cut = max(name.rfind("_"), name.rfind("-")) + 1
    return name[:cut] + name[cut:].upper()


def _shards(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob(f"*{SHARD_SUFFIX}") if path.is_file())


def _shard_of(path: Path) -> Path | None:
    """The tar file that a path leads into, if it does."""
    return next((p for p in path.parents if p.suffix == SHARD_SUFFIX and p.is_file()), None)


def _name_in(tar: Path, path: Path) -> str:
    return path.relative_to(tar).as_posix()


def _content(tar: Path, path: Path, most_bytes: int | None = None) -> bytes:
    offset, size = _members(tar)[_name_in(tar, path)]
    with tar.open("rb") as file:
        file.seek(offset)
        return file.read(size if most_bytes is None else min(size, most_bytes))


@lru_cache(maxsize=4096)
def _members(tar: Path) -> dict[str, tuple[int, int]]:
    """Where each file of a tar file begins, and how long it is.

    Raises:
        RequestError: it is no plain tar file.
    """
    try:
        with tarfile.open(tar, "r:") as file:
            return {
                member.name.removeprefix("./"): (member.offset_data, member.size) for member in file if member.isfile()
            }
    except (OSError, tarfile.TarError) as error:
        raise RequestError(
            f"{tar} is no tar file that can be read ({error}). Get a complete copy of the shard."
        ) from error
