"""Batches cropped and degraded on the fly, for sets too large, or changed too often, to prepare."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from distill.data.crops import example_at
from distill.data.pack import Cut, Pack
from distill.data.path_list import PathList
from distill.data.sources import FACTOR, Photo, read_photo
from distill.data.stream import Batch, batch_of_patches
from distill.degrade import preset
from mfsr_engine.errors import ImageReadError, RequestError

if TYPE_CHECKING:
    from distill.data.crops import PackConfig
    from distill.data.pack import Patch

MARGIN_PX = 32
"""Damaged around a patch and cut away, so that no filter sees an edge that is not there."""
_MOST_TRIES = 100


@dataclass(frozen=True)
class PhotoStream:
    """Random patches of photographs, each with damage of its own; a pure function of seed, process and step."""

    photos: PathList
    """Where they are cut from."""
    config: PackConfig
    """What is done to them; sizes and numbers of crops are not used."""
    patch_px: int
    """Side of a good patch, a multiple of 4."""
    batch_size: int
    """Patches per batch and process."""
    per_photo: int = 1
    """Patches of a batch that are cut from one photograph, which is read once for them."""
    seed: int = 0
    """Seed of the stream."""
    process: int = 0
    """Rank of this process; each has its own stream."""
    loader_workers: int = 0
    """Processes that make batches ahead."""

    def batch(self, step: int) -> Batch:
        """The batch of that step.

        Raises:
            RequestError: hardly any photograph can be read and is as large as a patch.
        """
        patches: list[Patch] = []
        photos: list[int] = []
        while len(patches) < self.batch_size:
            generator = np.random.default_rng([self.seed, self.process, step, len(patches)])
            number, photo = self._drawn(generator)
            few = min(self.per_photo, self.batch_size - len(patches))
            patches += [self._patch(photo, generator) for _ in range(few)]
            photos += [number] * few
        return replace(batch_of_patches(patches), photos=torch.tensor(photos))

    def _drawn(self, generator: np.random.Generator) -> tuple[int, Photo]:
        for _ in range(_MOST_TRIES):
            number = int(generator.integers(len(self.photos)))
            try:
                photo = read_photo(self.photos[number])
            except ImageReadError:
                continue
            if min(photo.pixels.shape[:2]) >= self.patch_px:
                return number, photo
        raise RequestError(
            f"Of {_MOST_TRIES} photographs that were drawn none can be read and has {self.patch_px} pixels on both sides. "
            "Set data.scan = true to leave such out."
        )

    def _patch(self, photo: Photo, generator: np.random.Generator) -> Patch:
        lengths = photo.pixels.shape[:2]
        step = 1 if photo.small is None else FACTOR
        corner = [int(generator.integers((length - self.patch_px) // step + 1)) * step for length in lengths]
        side = self._damaged_px(min(lengths))
        insets = [_inset(at, length, side, self.patch_px) for at, length in zip(corner, lengths, strict=True)]
        place = (corner[0] - insets[0], corner[1] - insets[1])
        config, damage = replace(self.config, versions=1), preset(self.config.degradation)
        example = example_at(photo, place, side, config, damage, generator)
        soft = None if example.soft is None else example.soft[None]
        pack = Pack(example.high[None], example.low[:, None], soft)
        y, x = (inset // FACTOR for inset in insets)
        cut = Cut(0, 0, y, x, int(generator.integers(4)), bool(generator.integers(2)))
        return pack.cut(cut, self.patch_px)

    def _damaged_px(self, length: int) -> int:
        """Side of the square that is damaged: the patch with its margin, where the photograph has room for it."""
        return max(self.patch_px, min(self.patch_px + 2 * MARGIN_PX, (length - FACTOR + 1) // FACTOR * FACTOR))


def _inset(at: int, length: int, side: int, patch: int) -> int:
    """How far inside of the damaged square a patch begins, a multiple of 4: the margin, or less towards an edge of the photograph."""
    least = -(-max(0, at + side - length) // FACTOR) * FACTOR
    most = min(at, side - patch) // FACTOR * FACTOR
    return min(max(MARGIN_PX, least), most)
