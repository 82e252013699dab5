"""Enlarging and reducing of pictures as tensors, the same in training and inference. Pure functions."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

ENLARGE_REACH_PX = 2
"""Input pixels on each side that an enlarged pixel depends on."""
REDUCE_REACH_PX = 2
"""The same for a reduced one, counted in reduced pixels."""


def enlarge(picture: Tensor, factor: int) -> Tensor:
    """Bicubic enlargement by a whole factor: cubic kernel with a = -0.75, half-pixel centres, edges repeated, not
    clipped.

    Args:
        picture: (B, C, H, W) float32.
        factor: 1 or more.

    Returns:
        (B, C, H factor, W factor) float32.
    """
    if factor == 1:
        return picture
    return F.interpolate(picture, scale_factor=factor, mode="bicubic", align_corners=False)


def reduce(picture: Tensor, factor: int) -> Tensor:
    """Bicubic reduction by a whole factor with the kernel widened by it, so that nothing aliases (a = -0.5).

    Args:
        picture: (B, C, H, W) float32, H and W multiples of `factor`.
        factor: 1 or more.

    Returns:
        (B, C, H / factor, W / factor) float32, not clipped.
    """
    if factor == 1:
        return picture
    size = (picture.shape[2] // factor, picture.shape[3] // factor)
    return F.interpolate(picture, size=size, mode="bicubic", align_corners=False, antialias=True)
