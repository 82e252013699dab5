"""Where a picture's detail ends: how far it could be reduced and lose nothing that is to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PATCH_PX, _PATCHES_ALONG = 128, 8
_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_LOW, _HIGH = 0.03, 0.12
"""Frequencies, in cycles for each pixel, where every picture has detail."""
_LEAST_SHARE = 0.03
"""Of the power that a picture has there, once it is multiplied by the frequency squared, by which natural pictures are even."""
_ABOVE_NOISE = 1.6
"""How many times stronger than noise detail is."""
_LEAST_PX = 32


def detail_limit(pixels: NDArray[Any]) -> float:
    """The share of its sides that a picture could be reduced to before its detail suffers, from its spectrum.

    The spectrum of natural pictures falls evenly (Field 1987, J. Opt. Soc. Am. A 4:2379); of one that is blurred or was enlarged it
    breaks off earlier. Of overlapping patches the half with most detail counts.

    Args:
        pixels: (H, W, 3) of any type and range.

    Returns:
        0..1, about 1 for a picture that is sharp to its pixels or has no detail to judge by.
    """
    side = min(_PATCH_PX, *pixels.shape[:2])
    if side < _LEAST_PX:
        return 1.0
    power = np.stack([_power(patch) for patch in _patches(pixels, side)])
    energy = power[:, 1:, 1:].sum(axis=(1, 2))
    spectrum = _radial(power[energy >= np.median(energy)].mean(axis=0), side)
    frequency = np.arange(len(spectrum)) / side
    noise = spectrum[-max(2, side // 20) :].min()
    even = np.maximum(spectrum - noise, 0) * frequency**2
    typical = np.median(even[(frequency > _LOW) & (frequency < _HIGH)])
    if not typical > 0:
        return 1.0
    found = np.flatnonzero((even > _LEAST_SHARE * typical) & (spectrum > _ABOVE_NOISE * noise))
    return float(min(1.0, 2 * frequency[found[-1]])) if len(found) else 1.0


def _patches(pixels: NDArray[Any], side: int) -> list[NDArray[np.float32]]:
    """(side, side) luma, spread evenly over the picture."""
    places = (
        np.unique(np.linspace(0, length - side, _PATCHES_ALONG).astype(int)).tolist() for length in pixels.shape[:2]
    )
    rows, columns = places
    return [pixels[y : y + side, x : x + side].astype(np.float32) @ _LUMA for y in rows for x in columns]


def _power(patch: NDArray[np.float32]) -> NDArray[np.float64]:
    window = np.hanning(len(patch))
    power: NDArray[np.float64] = np.abs(np.fft.rfft2((patch - patch.mean()) * window[:, None] * window)) ** 2
    return power


def _radial(power: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """The mean for each frequency, whatever its direction, up to half a cycle for each pixel."""
    distance = np.rint(np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)) * side).astype(int).ravel()
    rings = side // 2 + 1
    count = np.bincount(distance, minlength=rings)[:rings]
    total = np.bincount(distance, power.ravel(), minlength=rings)[:rings]
    return np.asarray(total / np.maximum(1, count))
