"""Latents of training patches, computed once and stored beside their pack, so that training needs no autoencoder at each step.

A latent cannot be cut, flipped or turned: its cells see beyond their own pixels. So whole patches are encoded, each cut, turned and
flipped first, a few for every crop; what training draws from is finite, and each draw is what it would have computed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill.data.pack import Cut, Pack
from distill.data.sources import FACTOR
from distill.data.stream import Batch, batch_of, check_patch
from distill.runs.text_file import write_whole
from mfsr_engine.errors import RequestError
from mfsr_engine.progress import Progress

AT_ONCE = 4
"""Patches encoded between two looks at the progress."""
_ABOUT, _WHOLE, _PARTIAL = "about.json", "latents.bin", "latents.partial"
_STREAM = 0x1A7E57
"""Keeps the draws of places apart from all others of the same seed."""

Encode = Callable[[Batch], tuple[Tensor, Tensor]]
"""A batch to its data points x and conditions lr, each (B, C, h, w)."""


@dataclass(frozen=True)
class LatentConfig:
    """What latents are made of; the same configuration and pack give the same ones, whenever they are made."""

    patch_px: int
    """Side of a patch."""
    per_crop: int
    """Patches of each crop, each at a place, with a damage, turn and flip of its own."""
    shape: tuple[int, int, int]
    """(C, h, w) of a latent."""
    codec: str
    """A hash of the autoencoder; latents of another one are never used."""
    precision: str
    """In which the autoencoder works."""
    seed: int = 0
    """Seed of the places."""


@dataclass(frozen=True)
class LatentStream:
    """Batches of patches whose latents are kept; a pure function of seed, process and step, as `BatchStream` is."""

    pack: Pack
    """Where the pixels are cut from."""
    latents: NDArray[np.float16]
    """(N, 2, C, h, w) of data point and condition."""
    config: LatentConfig
    """How they were made."""
    batch_size: int
    """Patches per batch and process."""
    seed: int = 0
    """Seed of the stream."""
    process: int = 0
    """Rank of this process; each has its own stream."""

    def batch(self, step: int) -> Batch:
        """The batch of that step, with its latents."""
        drawn = np.random.default_rng([self.seed, self.process, step]).integers(len(self.latents), size=self.batch_size)
        pixels = batch_of(self.pack, [place_of(self.pack, self.config, int(n)) for n in drawn], self.config.patch_px)
        x, lr = torch.from_numpy(self.latents[drawn].astype(np.float32)).unbind(dim=1)
        return replace(pixels, x=x, lr=lr)


def build_latents(
    pack: Pack, folder: Path, config: LatentConfig, encode: Encode, progress: Progress
) -> NDArray[np.float16]:
    """Encode the patches, unless they are there; goes on where an earlier call was stopped or killed.

    Args:
        pack: of crops.
        folder: where the pack lies; each configuration has a folder of its own in it.
        config: what to make.
        encode: the autoencoder, without gradient.
        progress: told of each few patches.

    Returns:
        (N, 2, C, h, w) data points and conditions, memory-mapped; N is the number of crops times `per_crop`.

    Raises:
        RequestError: a patch does not fit into a crop, or the latents cannot be written; what is done is kept.
        Cancelled: stopped; what is done is kept.
    """
    check_patch(pack, config.patch_px)
    about = {"pack": pack.identity, "type": "float16", **asdict(config), "shape": list(config.shape)}
    text = json.dumps(about, indent=1)
    place = folder / f"latents-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    count = len(pack.high) * config.per_crop
    try:
        if not _is_of(place, text):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            write_whole(place / _ABOUT, text)
        if not _is_complete(place / _WHOLE, count * record_bytes(config)):
            _write_rest(pack, place, config, encode, progress)
    except OSError as error:
        raise RequestError(
            f"Cannot write latents to {place}: {error.strerror or error}. What is done is kept; make room and start again."
        ) from error
    return np.memmap(place / _WHOLE, np.float16, "r", shape=(count, 2, *config.shape))


def place_of(pack: Pack, config: LatentConfig, number: int) -> Cut:
    """Where the patch of that number lies. Those of one crop take its damaged versions in turn."""
    versions, _, low_px = pack.low.shape[:3]
    crop, place = divmod(number, config.per_crop)
    generator = np.random.default_rng([config.seed, _STREAM, number])
    y, x = generator.integers(0, low_px - config.patch_px // FACTOR + 1, size=2)
    return Cut(
        crop, place % versions, int(y), int(x), int(generator.integers(4)), is_flipped=bool(generator.integers(2))
    )


def record_bytes(config: LatentConfig) -> int:
    """Room on disk for the latents of one patch."""
    return 2 * int(np.prod(config.shape)) * np.dtype(np.float16).itemsize


def _write_rest(pack: Pack, place: Path, config: LatentConfig, encode: Encode, progress: Progress) -> None:
    """Append to what an earlier call wrote; a record that was cut short is written again."""
    count, size = len(pack.high) * config.per_crop, record_bytes(config)
    with (place / _PARTIAL).open("ab") as file:
        done = min(file.tell() // size, count)
        file.truncate(done * size)
        _append(file, range(done, count), pack, config, encode, progress)
        os.fsync(file.fileno())
    (place / _PARTIAL).replace(place / _WHOLE)


def _append(
    file: BinaryIO, numbers: range, pack: Pack, config: LatentConfig, encode: Encode, progress: Progress
) -> None:
    for start in range(numbers.start, numbers.stop, AT_ONCE):
        progress.report("Encoding training patches", start, numbers.stop)
        some = range(start, min(start + AT_ONCE, numbers.stop))
        batch = batch_of(pack, [place_of(pack, config, number) for number in some], config.patch_px)
        with torch.no_grad():
            latents = torch.stack(encode(batch), dim=1)
        assert tuple(latents.shape[2:]) == config.shape
        file.write(latents.to("cpu", torch.float16).numpy().tobytes())
        file.flush()


def _is_of(place: Path, text: str) -> bool:
    try:
        return (place / _ABOUT).read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


def _is_complete(file: Path, size: int) -> bool:
    return file.is_file() and file.stat().st_size == size
