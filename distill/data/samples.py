"""Pairs of a good crop and its degraded version, to preview a recipe and to measure students."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from distill.data.sources import FACTOR, Photo, read_photo
from distill.degrade import degrade, preset, stages
from mfsr_engine.progress import Progress


@dataclass(frozen=True)
class SamplePair:
    """A crop before and after the damage."""

    name: str
    """File it is from."""
    truth: NDArray[np.float32]
    """(S, S, 3) float32 sRGB 0..1."""
    damaged: NDArray[np.float32]
    """(S / 4, S / 4, 3) float32 sRGB 0..1, in 8-bit steps."""


def sample_pairs(
    photos: Sequence[Path], crop_px: int, degradation: str, seed: int, progress: Progress, most: int | None = None
) -> list[SamplePair]:
    """The middle of each photograph, damaged. The same arguments give the same pairs.

    Args:
        photos: readable pictures; those smaller than a crop are passed over.
        crop_px: side of a crop, a multiple of 4.
        degradation: name of a preset.
        seed: of the damage.
        progress: told of each photograph.
        most: stop after so many pairs.

    Raises:
        ImageReadError: a photograph cannot be read.
        RequestError: there is no such preset.
        Cancelled: stopped.
    """
    config = preset(degradation)
    pairs: list[SamplePair] = []
    for number, photo in enumerate(photos):
        if most is not None and len(pairs) >= most:
            break
        progress.report("Preparing validation pictures", number, len(photos))
        source = read_photo(photo)
        if min(source.pixels.shape[:2]) < crop_px:
            continue
        truth, small = _middle(source, crop_px)
        if small is None:
            small = degrade(truth, config, np.random.default_rng([seed, number]), FACTOR)
        pairs.append(SamplePair(photo.name, truth, small))
    return pairs


def _middle(source: Photo, crop_px: int) -> tuple[NDArray[np.float32], NDArray[np.float32] | None]:
    """The crop in the middle, and of a pair the small picture's part of the same place."""
    step = 1 if source.small is None else FACTOR
    top, left = ((side - crop_px) // 2 // step * step for side in source.pixels.shape[:2])
    crop = np.ascontiguousarray(source.pixels[top : top + crop_px, left : left + crop_px])
    if source.small is None:
        return crop, None
    y, x, side = top // FACTOR, left // FACTOR, crop_px // FACTOR
    return crop, stages.rounded(source.small[y : y + side, x : x + side])
