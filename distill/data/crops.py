"""Makes training examples of a photograph: square crops, each with several degraded versions. Pure functions of pixels, configuration and
numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from distill.data.sources import FACTOR, Photo
from distill.degrade import degrade, draws_everyday, soften, stages, target
from mfsr_engine.geometry import Size

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from distill.degrade import DegradationConfig


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
    has_soft: bool = True
    """Whether each crop has a worse picture of full size too, which only teachers learn from."""


@dataclass(frozen=True)
class Example:
    """One crop of a pack."""

    high: NDArray[np.uint8]
    """(S, S, 3) the good crop."""
    low: NDArray[np.uint8]
    """(V, S / 4, S / 4, 3) its damaged versions."""
    soft: NDArray[np.uint8] | None
    """(S, S, 3) the worse picture of full size, if there is one."""
    is_everyday: bool
    """Whether it met everyday damage."""


def examples_of(photo: Photo, number: int, config: PackConfig, damage: DegradationConfig) -> list[Example]:
    """The crops of a photograph with their damage; none if it is smaller than a crop.

    Args:
        photo: its pixels. One of a pair keeps the small picture that was taken of it as its damage.
        number: its place among all; it decides, with the seed, what is drawn.
        config: what to make.
        damage: the preset that `config` names.
    """
    pixels, small = photo.pixels, photo.small
    if small is None:
        places = crop_places(pixels.shape[0], pixels.shape[1], config.crop_px, config.crops_per_photo)
    else:
        few = crop_places(small.shape[0], small.shape[1], config.crop_px // FACTOR, config.crops_per_photo)
        places = [(y * FACTOR, x * FACTOR) for y, x in few]
    return [
        example_at(photo, at, config.crop_px, config, damage, np.random.default_rng([config.seed, number, place]))
        for place, at in enumerate(places)
    ]


def example_at(
    photo: Photo,
    at: tuple[int, int],
    side_px: int,
    config: PackConfig,
    damage: DegradationConfig,
    generator: np.random.Generator,
) -> Example:
    """A square of a photograph with its damage.

    Args:
        photo: where it is cut from.
        at: its upper left corner (y, x), multiples of 4 in one of a pair.
        side_px: its side, a multiple of 4.
        config: what to make; its sizes and numbers of crops are not used.
        damage: the preset that `config` names.
        generator: all randomness comes from here.
    """
    y, x = at
    crop = np.ascontiguousarray(photo.pixels[y : y + side_px, x : x + side_px])
    if photo.small is None:
        return damaged(crop, config, damage, generator)
    y, x, side = y // FACTOR, x // FACTOR, side_px // FACTOR
    low = np.repeat(_bytes(photo.small[y : y + side, x : x + side])[None], config.versions, axis=0)
    soft = _bytes(soften(crop, generator)) if config.has_soft else None
    return Example(_bytes(crop), low, soft, is_everyday=False)


def damaged(
    crop: NDArray[np.float32], config: PackConfig, damage: DegradationConfig, generator: np.random.Generator
) -> Example:
    """A crop (S, S, 3) 0..1 with `config.versions` damaged versions; all randomness comes from the generator."""
    is_everyday = draws_everyday(damage, generator)
    good = target(crop if is_everyday else _enlarged(crop, config.enlargement, generator), damage)
    if damage.gray_share and generator.random() < damage.gray_share:
        good = stages.gray(good)
    versions = [degrade(good, damage, generator, FACTOR, is_everyday=is_everyday) for _ in range(config.versions)]
    low = np.stack([_bytes(version) for version in versions])
    soft = _bytes(soften(good, generator)) if config.has_soft else None  # last, so that it changes no other draw
    return Example(_bytes(good), low, soft, is_everyday)


def crops_of(pixels: NDArray[np.float32], side_px: int, most: int) -> list[NDArray[np.float32]]:
    """At most `most` square crops spread evenly over a picture (H, W, 3); none if it is smaller than a crop."""
    places = crop_places(pixels.shape[0], pixels.shape[1], side_px, most)
    return [np.ascontiguousarray(pixels[y : y + side_px, x : x + side_px]) for y, x in places]


def crop_places(height: int, width: int, side_px: int, most: int) -> list[tuple[int, int]]:
    """Upper left corners (y, x) of these crops."""
    rows, columns = height // side_px, width // side_px
    if rows * columns == 0:
        return []
    cells = np.arange(rows * columns)
    chosen = cells[np.linspace(0, len(cells) - 1, min(most, len(cells))).round().astype(int)]
    return [
        (
            int((height - side_px) * (c // columns) // max(1, rows - 1)),
            int((width - side_px) * (c % columns) // max(1, columns - 1)),
        )
        for c in chosen
    ]


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
