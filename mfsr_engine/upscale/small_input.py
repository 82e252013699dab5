"""Pictures smaller than a model was trained for: enlarged first, as the public code of those models does."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mfsr_engine.geometry import Size
from mfsr_engine.images.opacity import spread_colors
from mfsr_engine.images.quantise import to_float

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.api import UpscaleRequest
    from mfsr_engine.models.card import ImageTable


MOST_PX = 4096
"""A picture whose longer side would exceed this is so thin that it is mirrored up to the least size instead."""


def fitting_size(size: Size, image: ImageTable) -> Size:
    """The size a picture is given to a model in: its own, or so much larger that the shorter side has the least."""
    shorter = min(size.width, size.height)
    longer = max(size.width, size.height)
    if not image.enlarges_small or shorter >= image.min_px or longer * image.min_px > MOST_PX * shorter:
        return size
    return Size(*(side * image.min_px // shorter for side in (size.width, size.height)))


def enlarged_request(request: UpscaleRequest, size: Size) -> UpscaleRequest:
    """A request for all of the same picture in another size, by Pillow's bicubic kernel (a = -0.5), clipped to 0..1."""
    if request.areas is not None:
        areas = replace(request.areas, mask=_resized(request.areas.mask, size))
        large = enlarged_request(replace(request, areas=None), size)
        return replace(large, areas=areas)
    if request.alpha is None:
        return replace(request, pixels=_resized(request.pixels, size), region=None)
    pixels = spread_colors(_as_float(request.pixels), _as_float(request.alpha))  # nothing hidden is blended in
    return replace(request, pixels=_resized(pixels, size), alpha=_resized(request.alpha, size), region=None)


def _as_float(values: NDArray[Any]) -> NDArray[np.float32]:
    return values if values.dtype == np.float32 else to_float(values)


def _resized(values: NDArray[Any], size: Size) -> NDArray[np.float32]:
    """(H, W) or (H, W, C) of whole numbers or floats to float32 0..1."""
    planes = np.atleast_3d(_as_float(values))
    out = np.empty((size.height, size.width, planes.shape[2]), np.float32)
    for channel in range(planes.shape[2]):
        plane = Image.fromarray(np.ascontiguousarray(planes[..., channel]))
        out[..., channel] = np.asarray(plane.resize((size.width, size.height), Image.Resampling.BICUBIC))
    return np.clip(out[..., 0] if values.ndim == 2 else out, 0, 1)
