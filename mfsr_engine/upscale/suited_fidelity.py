"""Chooses the fidelity that suits a picture: measures how noisy it is and how much the blocks of its JPEG show, without knowing the
undamaged one. Pure functions. Knows no torch: the window asks it too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from mfsr_engine.images.quantise import to_float

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.api import UpscaleSettings

SUITED = ((1.2, 0.5), (3.0, 0.25))
"""Noise up to which a fidelity suits, in levels of 255, and that fidelity; above the last, none. Measured; see HONESTY.md."""
SUITED_FIDELITIES = (0.0, *(fidelity for _, fidelity in SUITED))
"""All that can come of it."""
MOST_BLOCKINESS = 2.0
"""Above it a picture's blocks would come back with fidelity, in levels of 255."""
_PATCH_PX, _PATCHES_ALONG = 64, 8
_LEAST_PX = 16
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_BLOCK_PX = 8
_NORMAL_MEDIAN = 0.6745
"""Median of the absolute values of a normal distribution with standard deviation 1."""
_QUIET_PX, _QUIET_SHARE = 16, 10
"""Side of the pieces, and the percentile of them that tells the noise: above it, texture passes for noise."""
_QUIET_BIAS = 0.86
"""What that percentile comes to for pieces of that size that hold nothing but noise of standard deviation 1."""
_DARKEST, _BRIGHTEST = 12.0, 243.0
"""Levels of 255 beyond which noise is cut off: pieces with such a mean say nothing of it."""


@dataclass(frozen=True)
class Damage:
    """What was measured of a picture."""

    noise: float = 0.0
    """Standard deviation of the noise of its green, in levels of 255; 0 where there is nothing to measure. Fine texture counts."""
    blockiness: float = 0.0
    """How much larger steps of luma are where blocks of 8 x 8 meet than within them, in levels of 255; 0 is none."""


def measured_damage(pixels: NDArray[Any]) -> Damage:
    """Measure a bounded number of patches, so that the time does not grow with the picture.

    Args:
        pixels: (H, W, 3) sRGB: float 0..1, or unsigned samples.
    """
    side = min(_PATCH_PX, *pixels.shape[:2])
    if side < _LEAST_PX:
        return Damage()
    patches = _patches(pixels, side)
    return Damage(_noise(patches[..., 1]), _blockiness(patches @ _LUMA))


def suited_fidelity(damage: Damage) -> float:
    """A clean picture gains by a result that agrees with it; with a damaged one, its noise and blocks would come back.

    More would suit pictures that were only reduced, but soft ones of a camera measure alike, and lose by it.
    """
    if damage.blockiness > MOST_BLOCKINESS:
        return 0.0
    return next((fidelity for noise, fidelity in SUITED if damage.noise <= noise), 0.0)


def with_suited_fidelity(settings: UpscaleSettings, pixels: NDArray[Any]) -> tuple[UpscaleSettings, tuple[str, ...]]:
    """The settings with a number for fidelity, and what was measured in words; unchanged if a number was asked for.

    Args:
        settings: the user's.
        pixels: (H, W, 3) of the whole picture, see `UpscaleRequest`.
    """
    if not settings.is_fidelity_auto:
        return settings, ()
    damage = measured_damage(pixels)
    fidelity = suited_fidelity(damage)
    note = f"Fidelity {fidelity:g} was chosen: noise {damage.noise:.0f}, blocks {damage.blockiness:.0f} of 255."
    return replace(settings, fidelity=fidelity, is_fidelity_auto=False), (note,)


def _patches(pixels: NDArray[Any], side: int) -> NDArray[np.float32]:
    """(N, side, side, 3) in levels of 255, spread evenly over the picture and aligned with each other's blocks."""
    rows, columns = (
        np.unique(np.linspace(0, length - side, _PATCHES_ALONG).astype(int) // _BLOCK_PX * _BLOCK_PX).tolist()
        for length in pixels.shape[:2]
    )
    found = [pixels[y : y + side, x : x + side] for y in rows for x in columns]
    return to_float(np.stack(found)) * np.float32(255)


def _noise(patches: NDArray[np.float32]) -> float:
    """From the finest diagonal Haar coefficients, which hold little but noise (Donoho and Johnstone 1994, Biometrika 81:425)."""
    count, along = len(patches), patches.shape[1] // _QUIET_PX
    even = patches[:, : along * _QUIET_PX, : along * _QUIET_PX].reshape(count, along, _QUIET_PX, along, _QUIET_PX)
    pieces = even.transpose(0, 1, 3, 2, 4).reshape(-1, _QUIET_PX, _QUIET_PX)
    across = pieces[:, 0::2] - pieces[:, 1::2]
    diagonal = np.abs(across[:, :, 0::2] - across[:, :, 1::2]) / 2
    mean = pieces.mean(axis=(1, 2))
    sigma = np.median(diagonal, axis=(1, 2)) / (_NORMAL_MEDIAN * _QUIET_BIAS)
    is_flat = np.ptp(pieces, axis=(1, 2)) == 0  # a bar or a cut-out's ground, which no camera has seen
    usable = sigma[(mean > _DARKEST) & (mean < _BRIGHTEST) & ~is_flat]
    return float(np.percentile(usable, _QUIET_SHARE)) if len(usable) else 0.0


def _blockiness(patches: NDArray[np.float32]) -> float:
    """The mean over both directions; wherever the grid of blocks begins, as cropping moves it."""
    return float(np.mean([_blockiness_across(patches), _blockiness_across(patches.transpose(0, 2, 1))]))


def _blockiness_across(patches: NDArray[np.float32]) -> float:
    """How far a step at one place of the grid exceeds its neighbors' mean, against what it does elsewhere."""
    step = np.abs(np.diff(patches, axis=2))
    excess = (step[:, :, 1:-1] - (step[:, :, :-2] + step[:, :, 2:]) / 2).mean(axis=(0, 1))
    at = [excess[place::_BLOCK_PX].mean() for place in range(_BLOCK_PX)]
    found = float(max(at) - np.median(at))
    return max(0.0, found)
