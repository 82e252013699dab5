"""The endless, resumable stream of batches. A batch is a pure function of seed, process and step, so a resumed run goes on where it
stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from distill.data.pack import Cut, Pack, Patch
from distill.data.sources import FACTOR
from mfsr_engine.errors import RequestError


@dataclass(frozen=True)
class Batch:
    """Training pictures, -1..1 float32 sRGB."""

    high: Tensor
    """(B, 3, S, S) good patches."""
    low: Tensor
    """(B, 3, S / 4, S / 4) damaged patches."""
    soft: Tensor | None = None
    """(B, 3, S, S) worse patches of full size, where there are any."""
    x: Tensor | None = None
    """(B, C, h, w) float32 latents of the good patches, where they are kept."""
    lr: Tensor | None = None
    """(B, C, h, w) float32 latents of the enlarged damaged patches, where they are kept."""
    peer: Tensor | None = None
    """(B, 3, S, S) what another upscaler made of the damaged patches; NaN where it was not asked."""
    photos: Tensor | None = None
    """(B,) int64 numbers of the photographs that the patches are of, where they are known."""
    pooled: Tensor | None = None
    """(B, P) float32 pooled prompts of their captions, where captions are used."""
    tokens: Tensor | None = None
    """(B, N, C) float32 token embeddings of the same."""

    def to(self, device: torch.device) -> Batch:
        """The same batch on a device; the copy may still be under way if it is in page-locked memory."""
        return self._each(lambda part: part.to(device, non_blocking=True))

    def pin_memory(self) -> Batch:
        """The same batch in page-locked memory, from which copies to a graphics card do not hold up anything."""
        return self._each(Tensor.pin_memory)

    def _each(self, change: Callable[[Tensor], Tensor]) -> Batch:
        parts = {part.name: getattr(self, part.name) for part in fields(self)}
        return Batch(**{name: None if part is None else change(part) for name, part in parts.items()})  # type: ignore[arg-type]


class Batches(Protocol):
    """Where a trainer's batches come from."""

    @property
    def batch_size(self) -> int:
        """Patches per batch and process."""

    def batch(self, step: int) -> Batch:
        """The batch of that step, the same at every call."""


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
    peer_share: float = 0.0
    """Share of patches that are drawn from everyday damage of which the pack has a peer's results."""
    camera_share: float = 0.0
    """Share of patches that are drawn from crops with a camera's damage, the others then from those with everyday damage; with 0 crops
    are drawn as they come.
    """

    def __post_init__(self) -> None:
        """Raises:
        RequestError: a patch does not fit into a crop, or the pack has no crops of a kind that is asked for.
        """
        check_patch(self.pack, self.patch_px)
        if self.camera_share and not (len(self._crops_of(True)) and len(self._crops_of(False))):
            raise RequestError(
                "These crops are not of both kinds of damage, so that data.camera_share has nothing to choose from. Set it to 0, or "
                'data.degradation = "everyday".'
            )

    def batch(self, step: int) -> Batch:
        """The batch of that step."""
        generator = np.random.default_rng([self.seed, self.process, step])
        return batch_of(self.pack, [self._drawn(generator) for _ in range(self.batch_size)], self.patch_px)

    def _drawn(self, generator: np.random.Generator) -> Cut:
        versions, count, low_px = self.pack.low.shape[:3]
        version, number = int(generator.integers(versions)), int(generator.integers(count))
        peered = self._everyday_peers
        drawn = generator.random() if peered or self.camera_share else 1.0
        if peered and drawn < self.peer_share:
            version, number = peered[int(generator.integers(len(peered)))]
        elif self.camera_share:
            crops = self._crops_of(drawn >= 1 - self.camera_share)
            number = int(crops[generator.integers(len(crops))])
        y, x = generator.integers(0, low_px - self.patch_px // FACTOR + 1, size=2)
        return Cut(number, version, int(y), int(x), int(generator.integers(4)), bool(generator.integers(2)))

    @cached_property
    def _everyday_peers(self) -> list[tuple[int, int]]:
        """Version and crop of the peer's results, but for those of a camera's damage, which come with `camera_share`."""
        everyday = self.pack.is_everyday
        return [key for key in self.pack.peers if everyday is None or everyday[key[1]]]

    def _crops_of(self, is_camera: bool) -> NDArray[np.intp]:
        """Numbers of the crops with a camera's damage, or with everyday damage."""
        everyday = self.pack.is_everyday
        kinds = np.zeros(len(self.pack.high), bool) if everyday is None else everyday
        return np.flatnonzero(~kinds if is_camera else kinds)


def check_patch(pack: Pack, patch_px: int) -> None:
    """Raises:
    RequestError: a patch does not fit into a crop.
    """
    side = pack.high.shape[1]
    if patch_px > side or patch_px % FACTOR:
        raise RequestError(
            f"A patch of {patch_px} pixels cannot be cut from crops of {side}; "
            f"choose at most that, and a multiple of {FACTOR}."
        )


def batch_of(pack: Pack, places: Sequence[Cut], patch_px: int) -> Batch:
    """The patches at these places."""
    batch = batch_of_patches([pack.cut(place, patch_px) for place in places])
    photos = None if pack.photos is None else torch.tensor([int(pack.photos[place.crop]) for place in places])
    return replace(batch, peer=_peer(pack, places, patch_px) if pack.peers else None, photos=photos)


def batch_of_patches(patches: Sequence[Patch]) -> Batch:
    """These patches, uint8 sRGB, as one batch."""
    high, low = (_tensor(np.stack(part)) for part in ([p[0] for p in patches], [p[1] for p in patches]))
    softer = [patch[2] for patch in patches if patch[2] is not None]
    return Batch(high, low, _tensor(np.stack(softer)) if softer else None)


def _peer(pack: Pack, places: Sequence[Cut], patch_px: int) -> Tensor:
    none = torch.full((3, patch_px, patch_px), torch.nan)
    cut = [pack.cut_peer(place, patch_px) for place in places]
    return torch.stack([none if patch is None else _tensor(patch[None])[0] for patch in cut])


def _tensor(patches: NDArray[np.uint8]) -> Tensor:
    return torch.from_numpy(patches.transpose(0, 3, 1, 2).astype(np.float32) / 127.5 - 1)
