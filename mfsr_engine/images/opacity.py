"""Hidden colours under transparency: visible colours are spread under it, so that nothing hidden can show. Pure functions of arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEUTRAL = 0.5
"""Colour of a part in which nothing can be seen."""


def spread_colors(pixels: NDArray[np.float32], alpha: NDArray[np.float32]) -> NDArray[np.float32]:
    """Replace the colours below opacity 0 by those that can be seen nearest to them.

    Pull-push on a pyramid (Gortler et al. 1996, section 3.4): each level averages the visible colours of two by two pixels,
    weighted by opacity, until none is missing; on the way back what is missing is interpolated from the coarser level.

    Args:
        pixels: (H, W, 3) float32 0..1.
        alpha: (H, W) float32 0..1 opacity.

    Returns:
        (H, W, 3) float32 0..1, `pixels` itself where all of them can be seen. It does not depend on the hidden colours, and
        equal channels stay equal.
    """
    weights = np.maximum(alpha, np.float32(0))[..., None]
    if weights.min() > 0:
        return pixels
    if weights.max() <= 0:
        return np.full_like(pixels, NEUTRAL)
    visible = np.where(weights > 0, pixels, np.zeros_like(pixels))
    return _filled(visible, weights)


def _filled(pixels: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Colours everywhere, from those whose weight is above 0; at least one is."""
    is_visible = weights > 0
    if is_visible.all():
        return pixels
    total = _sums_of_four(weights)
    colors = _sums_of_four(pixels * weights) / np.where(total > 0, total, np.ones_like(total))
    coarse = _filled(np.asarray(colors, np.float32), np.minimum(total, np.float32(1)))
    height, width = pixels.shape[:2]
    fine = _doubled(_doubled(coarse, 0), 1)[:height, :width]
    return np.where(is_visible, pixels, fine)


def _sums_of_four(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """(ceil(H / 2), ceil(W / 2), C): sums over two by two pixels."""
    height, width = values.shape[:2]
    even = np.pad(values, ((0, height % 2), (0, width % 2), (0, 0)))
    sums: NDArray[np.float32] = even[::2, ::2] + even[::2, 1::2] + even[1::2, ::2] + even[1::2, 1::2]
    return sums


def _doubled(values: NDArray[np.float32], axis: int) -> NDArray[np.float32]:
    """Twice as long along an axis, linear between half-pixel centres, edges repeated."""
    along = np.moveaxis(values, axis, 0)
    before = np.concatenate([along[:1], along[:-1]])
    after = np.concatenate([along[1:], along[-1:]])
    doubled = np.stack([0.75 * along + 0.25 * before, 0.75 * along + 0.25 * after], axis=1)
    longer = doubled.reshape(2 * len(along), *along.shape[1:]).astype(np.float32, copy=False)
    return np.moveaxis(longer, 0, axis)
