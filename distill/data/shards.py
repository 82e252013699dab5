"""Shards of crops: WebDataset tar files of arrays that any loader of that format reads, with an index for random access."""

from __future__ import annotations

import os
import tarfile
import uuid
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from webdataset.writer import TarWriter

from mfsr_engine.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from distill.data.crops import Example

ARRAYS = ("high", "low", "soft")
INDEX = np.dtype([("shard", "<i4"), ("photo", "<i4"), *((name, "<i8") for name in ARRAYS), ("is_everyday", "?")])
"""A crop's shard, the number of its photograph, where each of its arrays begins in the shard, in bytes (0 if it has none), and its kind of
damage.
"""


class Crops(Protocol):
    """Pictures of a pack, an array or read one by one from shards."""

    @property
    def shape(self) -> tuple[int, ...]:
        """As of an array."""

    def __len__(self) -> int:
        """Length of the first axis."""

    def __getitem__(self, key: Any, /) -> Any:
        """A whole crop, uint8, by all its numbers."""


class ShardedCrops:
    """The arrays of one name in all shards of a folder, read one by one, so that neither memory nor open files grow."""

    def __init__(self, folder: Path, index: NDArray[np.void], name: str) -> None:
        self._folder, self._name = folder, name
        self._shards, self._offsets = index["shard"], index[name]
        self._one = self._read(0).shape

    dtype = np.dtype(np.uint8)

    @property
    def shape(self) -> tuple[int, ...]:
        """(N, S, S, 3), or (V, N, S / 4, S / 4, 3) of damaged versions."""
        return (
            (len(self._offsets), *self._one)
            if len(self._one) == 3
            else (self._one[0], len(self._offsets), *self._one[1:])
        )

    def __len__(self) -> int:
        """Length of the first axis."""
        return self.shape[0]

    def __getitem__(self, key: int | tuple[int, int]) -> NDArray[np.uint8]:
        """The crop of that number; of damaged versions, by version and crop."""
        if isinstance(key, tuple):
            version, crop = key
            damaged: NDArray[np.uint8] = self._read(crop)[version]
            return damaged
        assert len(self._one) == 3, "damaged versions are read by version and crop"
        return self._read(key)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """All of them in memory, for packs that are known to be small."""
        whole = np.stack([self._read(number) for number in range(len(self._offsets))], axis=len(self._one) - 3)
        return whole if dtype is None else whole.astype(dtype)

    def _read(self, number: int) -> NDArray[np.uint8]:
        path = shard_file(self._folder, int(self._shards[number]))
        try:
            with path.open("rb") as file:
                file.seek(int(self._offsets[number]))
                pixels: NDArray[np.uint8] = np.load(file, allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise RequestError(
                f"Cannot read training crops from {path} ({error}). If the file is damaged, delete {self._folder.parent} "
                "and start again."
            ) from error
        return pixels


def shard_file(folder: Path, number: int) -> Path:
    """The tar file of that number."""
    return folder / f"{number:06d}.tar"


def index_file(folder: Path, number: int) -> Path:
    """The index beside it, written last: a shard is finished if it is there."""
    return folder / f"{number:06d}.npy"


def write_shard(folder: Path, number: int, examples: Iterable[tuple[str, Example]]) -> None:
    """Write a shard and its index, each whole or not at all. The same examples give the same bytes.

    Args:
        folder: of all shards.
        number: of this one.
        examples: name and crop; the names differ, have no dots, and begin with the number of the photograph and a dash.

    Raises:
        OSError: it cannot be written; nothing is left behind.
    """
    target = shard_file(folder, number)
    partial = target.with_suffix(f".{uuid.uuid4().hex[:8]}.partial")
    try:
        everyday = []
        with partial.open("wb") as file:
            # Without owner and time, so that the same crops are the same file.
            writer = TarWriter(file, user="", group="", mode=0o644, mtime=0)
            for name, example in examples:
                writer.write(_sample(name, example))
                everyday.append(example.is_everyday)
            writer.close()
            file.flush()
            os.fsync(file.fileno())
        index = _index_of(partial, number, everyday)
        partial.replace(target)
        with partial.open("wb") as file:
            np.save(file, index)
        partial.replace(index_file(folder, number))
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def join_indices(folder: Path, count: int) -> NDArray[np.void]:
    """The indices of all shards of a folder, one after the other."""
    return np.concatenate([np.load(index_file(folder, number)) for number in range(count)] or [np.zeros(0, INDEX)])


def _sample(name: str, example: Example) -> dict[str, object]:
    arrays = {"high.npy": example.high, "low.npy": example.low}
    if example.soft is not None:
        arrays["soft.npy"] = example.soft
    return {"__key__": name, **arrays, "everyday.cls": int(example.is_everyday)}


def _index_of(path: Path, shard: int, everyday: Sequence[bool]) -> NDArray[np.void]:
    index = np.zeros(len(everyday), INDEX)
    index["shard"], index["is_everyday"] = shard, everyday
    numbers: dict[str, int] = {}
    with tarfile.open(path, "r:") as tar:
        for member in tar:
            crop, name = member.name.split(".")[:2]
            number = numbers.setdefault(crop, len(numbers))
            index["photo"][number] = int(crop.partition("-")[0])
            if name in ARRAYS:
                index[name][number] = member.offset_data
    return index
