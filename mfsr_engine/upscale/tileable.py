"""Textures that repeat: each border is upscaled as if the opposite one lay beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from mfsr_engine.files.scratch import scratch_array
from mfsr_engine.geometry import Rect
from mfsr_engine.upscale.noise import noise_field

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from mfsr_engine.api import UpscaleRequest


_ROWS = 512
"""Rows of a picture that are copied at once."""


def wrapped(request: UpscaleRequest, margin_px: int) -> tuple[UpscaleRequest, Rect | None]:
    """A request for the same part of a picture that has a margin from its opposite sides.

    Args:
        request: of a picture, or of a part of it.
        margin_px: width of the margin in input pixels; what the model sees beyond a border.

    Returns:
        The request, and where in its picture the one without margin lies; None if the part lies outside.
    """
    size = request.source_size
    whole = Rect(0, 0, size.width, size.height)
    region = whole if request.region is None else whole.intersected(request.region)
    if region is None:
        return request, None  # which is refused as any other
    areas = request.areas
    wide = replace(
        request,
        pixels=_padded(request.pixels, margin_px),
        alpha=None if request.alpha is None else _padded(request.alpha, margin_px),
        areas=None if areas is None else replace(areas, mask=_padded(areas.mask, margin_px)),
        region=Rect(region.x + margin_px, region.y + margin_px, region.width, region.height),
    )
    return wide, Rect(margin_px, margin_px, size.width, size.height)


def repeated_noise(seed: int, channels: int, area: Rect, period: Rect) -> Tensor:
    """`noise_field` that repeats as the picture does: without that, what the noise becomes would end at the border.

    Args:
        seed: as `noise_field`.
        channels: as `noise_field`.
        area: in cells.
        period: the part that is repeated, in cells.

    Returns:
        (C, area.height, area.width) float32.
    """
    field = torch.empty(channels, area.height, area.width)
    for y in _copies(area.y, area.bottom, period.y, period.height):
        for x in _copies(area.x, area.right, period.x, period.width):
            part = Rect(x, y, period.width, period.height).intersected(area)
            assert part is not None
            origin = Rect(part.x - x, part.y - y, part.width, part.height)
            rows, columns = part.slices(area)
            field[:, rows, columns] = noise_field(seed, channels, origin)
    return field


def _copies(begin: int, end: int, origin: int, length: int) -> range:
    """Where the copies begin that have a part of begin..end - 1."""
    return range(begin - (begin - origin) % length, end, length)


def _padded(values: NDArray[Any], margin_px: int) -> NDArray[Any]:
    """The same with a margin; a large one lies in a file, as the result of a first pass does."""
    height, width = values.shape[:2]
    rows, columns = (np.arange(-margin_px, side + margin_px) % side for side in (height, width))
    padded = scratch_array((len(rows), len(columns), *values.shape[2:]), values.dtype)
    for top in range(0, len(rows), _ROWS):
        padded[top : top + _ROWS] = values[rows[top : top + _ROWS]][:, columns]
    return padded
