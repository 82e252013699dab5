"""Resampling of float pictures to an exact size. Knows arrays and sizes, no files and no models."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.geometry import Size


def fit_to(pixels: NDArray[np.float32], size: Size) -> NDArray[np.float32]:
    """Resize to exactly `size` with a Lanczos kernel of three lobes.

    When reducing, the kernel is widened by the factor, so nothing aliases. Weights sum to one everywhere, borders
    included, so flat areas keep their value.

    Args:
        pixels: (H, W, 3) or (H, W) float32 0..1.
        size: size of the result.

    Returns:
        float32 clipped to 0..1 with the sides asked for; a copy even if the size is already right.
    """
    if (pixels.shape[1], pixels.shape[0]) == (size.width, size.height):
        return np.clip(pixels, 0.0, 1.0)
    if pixels.ndim == 2:
        return np.clip(_lanczos(pixels, size), 0.0, 1.0)
    result = np.empty((size.height, size.width, pixels.shape[2]), np.float32)
    for channel in range(pixels.shape[2]):
        np.clip(_lanczos(pixels[..., channel], size), 0.0, 1.0, out=result[..., channel])
    return result


def bicubic(pixels: NDArray[np.float32], factor: int) -> NDArray[np.float32]:
    """Enlarge by a whole factor with the cubic kernel a = -0.75, half-pixel centres and repeated edges.

    The same numbers as `torch.nn.functional.interpolate(mode="bicubic", align_corners=False)`; Pillow's kernel has
    a = -0.5 and renormalises at the edges instead. Not clipped: the kernel overshoots at edges.

    Args:
        pixels: (H, W, 3) or (H, W) float32.
        factor: at least 1.

    Returns:
        float32 with both sides `factor` times longer.
    """
    assert factor >= 1, f"bicubic only enlarges, factor {factor}"
    import cv2

    height, width = pixels.shape[:2]
    enlarged = cv2.resize(
        np.ascontiguousarray(pixels), (width * factor, height * factor), interpolation=cv2.INTER_CUBIC
    )
    return np.asarray(enlarged, np.float32)


def _lanczos(channel: NDArray[np.float32], size: Size) -> NDArray[np.float32]:
    image = Image.fromarray(np.ascontiguousarray(channel, np.float32))
    return np.asarray(image.resize((size.width, size.height), Image.Resampling.LANCZOS), np.float32)
