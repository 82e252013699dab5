"""Resamples float pictures to an exact size, whole or strip by strip. Knows arrays and sizes, no files and no models."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image

from mfsr_engine.geometry import Rect, Size
from mfsr_engine.images.quantise import to_float, to_uint16
from mfsr_engine.strips import Piece, joined, restacked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

_LOBES = 3
_LOW_ROWS = 64
"""Rows in which the picture is looked at, so that the rows held are few beyond those needed."""
_STRIP_VALUES = 1 << 22
"""Values of a strip of the result that are computed at once: enough that the rows which strips share cost little."""


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
    return _lanczos(pixels, size, (0, 0, pixels.shape[1], pixels.shape[0]))


def resized(pieces: Iterable[Piece], source: Size, target: Size) -> Iterator[Piece]:
    """`fit_to` for a picture that comes in pieces: the same pixels within 1 / 65535, and no more than a strip in memory.

    Args:
        pieces: of the picture.
        source: its size.
        target: size of the result.

    Yields:
        Pieces as wide as the result.
    """
    if source == target:
        yield from pieces
        return
    strips = restacked(joined(((piece.area, _deep(piece)) for piece in pieces), source.width), _LOW_ROWS)
    rows = max(16, _STRIP_VALUES // (3 * target.width))
    step = source.height / target.height
    reach = _LOBES * max(step, 1.0) + 1
    window = _RowWindow(strips)
    for top in range(0, target.height, rows):
        bottom = min(target.height, top + rows)
        first, last = max(0, math.floor(top * step - reach)), min(source.height, math.ceil(bottom * step + reach))
        around = to_float(window.rows(first, last))
        box = (0.0, top * step - first, float(source.width), min(bottom * step - first, float(last - first)))
        strip = _lanczos(around, Size(target.width, bottom - top), box)
        alpha = strip[..., 3] if strip.shape[2] == 4 else None
        yield Piece(Rect(0, top, target.width, bottom - top), strip[..., :3], alpha)
    rest = next(strips, None)  # whoever makes the pieces is to come to the end
    assert rest is None, "a strip too many"


class _RowWindow:
    """Rows of a picture that comes in strips, as far back as they are still asked for."""

    def __init__(self, strips: Iterator[NDArray[Any]]) -> None:
        self._strips = strips
        self._held: NDArray[Any] | None = None
        self._first = 0

    def rows(self, first: int, last: int) -> NDArray[Any]:
        """Rows `first` to `last` - 1; neither may fall from call to call, and earlier rows are forgotten."""
        held = [] if self._held is None else [self._held[first - self._first :]]
        end = first + sum(map(len, held))
        while end < last:
            held.append(next(self._strips))
            end += len(held[-1])
        self._held, self._first = np.concatenate(held), first  # a copy: a view would hold all of a strip
        return self._held[: last - first]


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


def _deep(piece: Piece) -> NDArray[np.uint16]:
    """(H, W, 3 or 4) uint16: half the memory of floats, at a cost far below what any file keeps."""
    pixels = to_uint16(piece.pixels)
    return pixels if piece.alpha is None else np.dstack([pixels, to_uint16(piece.alpha)])


def _lanczos(pixels: NDArray[np.float32], size: Size, box: tuple[float, float, float, float]) -> NDArray[np.float32]:
    """The part in `box` (left, top, right, bottom) resampled, clipped to 0..1; the kernel reaches beyond the box."""
    channels = pixels[..., None] if pixels.ndim == 2 else pixels
    result = np.empty((size.height, size.width, channels.shape[2]), np.float32)
    for channel in range(channels.shape[2]):
        image = Image.fromarray(np.ascontiguousarray(channels[..., channel], np.float32))
        shrunk = image.resize((size.width, size.height), Image.Resampling.LANCZOS, box=box)
        np.clip(np.asarray(shrunk), 0.0, 1.0, out=result[..., channel])
    return result[..., 0] if pixels.ndim == 2 else result
