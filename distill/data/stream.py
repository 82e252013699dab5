"""The endless stream of batches. A batch is a pure function of seed, process and step, so a resumed run goes on where it stopped."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill.data.pack import FACTOR, Pack
from mfsr_engine.errors import RequestError


@dataclass(frozen=True)
class Batch:
    """Training pictures, -1..1 float32 sRGB."""

    high: Tensor
    """(B, 3, S, S) good patches."""
    low: Tensor
    """(B, 3, S / 4, S / 4) damaged patches."""
    soft: Tensor
    """(B, 3, S, S) worse patches of full size."""

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device."""
        return Batch(self.high.to(device), self.low.to(device), self.soft.to(device))


@dataclass(frozen=True)
class BatchStream:
    """Random patches of a pack, with flips and quarter turns."""

    pack: Pack
    """Where they are cut from."""
    patch_px: int
    """Side of a good patch, a multiple of 4 and at most the crop's side."""
    batch_size: int
    """Patches per batch and process."""
    seed: int = 0
    """Seed of the stream."""
    process: int = 0
    """Rank of this process; each has its own stream."""

    def __post_init__(self) -> None:
        """Raises:
        RequestError: a patch does not fit into a crop.
        """
        side = self.pack.high.shape[1]
        if self.patch_px > side or self.patch_px % FACTOR:
            raise RequestError(
                f"A patch of {self.patch_px} pixels cannot be cut from crops of {side}; "
                f"choose at most that, and a multiple of {FACTOR}."
            )

    def batch(self, step: int) -> Batch:
        """The batch of that step."""
        generator = np.random.default_rng([self.seed, self.process, step])
        patches = [self._patch(generator) for _ in range(self.batch_size)]
        high, low, soft = (np.stack(part) for part in zip(*patches, strict=True))
        return Batch(_tensor(high), _tensor(low), _tensor(soft))

    def _patch(self, generator: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
        versions, count, low_px = self.pack.low.shape[:3]
        version, number = generator.integers(versions), generator.integers(count)
        side = self.patch_px // FACTOR
        y, x = generator.integers(0, low_px - side + 1, size=2)
        turns, flip = int(generator.integers(4)), bool(generator.integers(2))
        large = slice(y * FACTOR, (y + side) * FACTOR), slice(x * FACTOR, (x + side) * FACTOR)
        high, soft = self.pack.high[number][large], self.pack.soft[number][large]
        low = self.pack.low[version, number, y : y + side, x : x + side]
        return _turned(high, turns, flip), _turned(low, turns, flip), _turned(soft, turns, flip)


def _turned(patch: NDArray[np.uint8], turns: int, flip: bool) -> NDArray[np.uint8]:
    turned = np.rot90(patch, turns)
    return turned[:, ::-1] if flip else turned


def _tensor(patches: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(patches.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1)
