"""Pictures in the form Qt draws fastest: 32-bit pixels with mipmaps. Made off the GUI thread; knows no widgets."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, cast

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QRegion

from mfsr_engine.geometry import Rect, Size

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from numpy.typing import NDArray

    from mfsr_app.imaging.display_color import ToScreen

SMALLEST_LEVEL_PX = 512
"""Levels are halved until the longer side is at most this."""
COARSER = (2, 4, 8)
"""How many times smaller the coarse pictures of a growing one are."""
OVERLAY_COLOR = (255, 0, 200)
"""Magenta, red green blue: hardly any photograph holds it, unlike orange, which is in skin, fur and evening light."""
OVERLAY_FROM, OVERLAY_TO, OVERLAY_OPACITY = 0.02, 0.10, 0.8
"""Residuals below 2 % (5 of 255 levels) are not seen; from 10 % on the overlay is strongest."""
VARIANCE_COLOR = (0, 240, 255)
"""Cyan, which no residual has."""
VARIANCE_FROM, VARIANCE_TO = 0.02, 0.08
"""Standard deviations: seeds of the bundled model are 0.5 to 2 % apart in the middle, 3 to 5 % in textures."""
BAND_ROWS = 512
"""Rows converted at once, so that converting needs little memory beyond its result."""


@dataclass(frozen=True)
class OverlayLook:
    """How a map of doubt is drawn."""

    color: tuple[int, int, int]
    """Red, green, blue."""
    begin: float
    """Up to this value nothing is drawn."""
    full: float
    """From this value on it is strongest."""


RESIDUAL_OVERLAY = OverlayLook(OVERLAY_COLOR, OVERLAY_FROM, OVERLAY_TO)
VARIANCE_OVERLAY = OverlayLook(VARIANCE_COLOR, VARIANCE_FROM, VARIANCE_TO)


class Layer(Protocol):
    """Something a canvas can draw: a picture, finished or still growing."""

    @property
    def images(self) -> tuple[QImage, ...]:
        """Full size first, then smaller and smaller ones."""

    @property
    def size(self) -> Size:
        """Pixels of the full size."""

    @property
    def covered(self) -> QRegion | None:
        """Part that may be shown, or None for all of it."""


@dataclass(frozen=True)
class Raster:
    """A finished picture. Holds the arrays beside the images, because a QImage over an array does not own it."""

    levels: tuple[NDArray[np.uint8], ...]
    """(H, W, 4) uint8 in Qt's 32-bit order (blue, green, red, opacity); full size first."""
    images: tuple[QImage, ...]
    """The same pixels for Qt."""
    covered: None = field(default=None, init=False)
    """All of it may be shown."""

    @cached_property
    def size(self) -> Size:
        """Pixels of the full size."""
        return Size(self.levels[0].shape[1], self.levels[0].shape[0])

    @property
    def memory_bytes(self) -> int:
        """Memory held by all levels; those that lie on disk hold none."""
        return sum(level.nbytes for level in self.levels if not isinstance(level, np.memmap))

    def small(self, side_px: int) -> QImage:
        """A copy whose longer side is at most this, from the level next above it, so that it takes no longer for a large picture."""
        level = next((image for image in reversed(self.images) if max(image.width(), image.height()) >= side_px), None)
        if level is None or max(level.width(), level.height()) == side_px:
            return (self.images[0] if level is None else level).copy()  # its pixels belong to the raster
        ways = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        return level.scaled(side_px, side_px, *ways)

    def on_disk(self, path: Path) -> Raster:
        """The same picture, written to files that begin with this name and mapped: it can be drawn at once, and the
        system reads of it what is drawn.
        """
        levels = tuple(_mapped(level, path.with_name(f"{path.name}-{n}.npy")) for n, level in enumerate(self.levels))
        has_alpha = self.images[0].hasAlphaChannel()
        return Raster(levels, tuple(_image_over(level, has_alpha=has_alpha) for level in levels))


class GrowingRaster:
    """A picture that fills tile by tile; untouched parts cost no memory. It is drawn and asked in the GUI thread. Only
    `fill` belongs elsewhere: the system clears memory that is touched first, which takes long for a row of tiles.
    """

    def __init__(self, size: Size) -> None:
        self._pixels = np.zeros((size.height, size.width, 4), np.uint8)
        self._coarse = tuple(np.zeros((-(-size.height // n), -(-size.width // n), 4), np.uint8) for n in COARSER)
        self._values: NDArray[np.uint8] | None = None
        self.size = size
        self.images = tuple(_image_over(level, has_alpha=False) for level in (self._pixels, *self._coarse))
        """Full size, and coarse ones for far views; proper half sizes are made when the picture is finished."""
        self.covered = QRegion()
        """Part filled so far."""

    @property
    def memory_bytes(self) -> int:
        """Memory that what is filled may hold: parts that were never touched take none."""
        filled = sum(part.width() * part.height() for part in rectangles(self.covered))
        return filled * (4 if self._values is None else 7)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filled yet."""
        return self.covered.isEmpty()

    def paste(self, pixels: NDArray[np.uint8], area: Rect, values: NDArray[np.uint8] | None = None) -> None:
        """Fill `area` and show it at once."""
        self.fill(pixels, area, values)
        self.cover(area)

    def cover(self, area: Rect) -> None:
        """Show `area`, which was filled."""
        inside = self._inside(area)
        if inside is not None:
            self.covered = self.covered.united(_qrect(inside))

    def fill(self, pixels: NDArray[np.uint8], area: Rect, values: NDArray[np.uint8] | None = None) -> None:
        """Write the pixels of `area`; what lies outside the picture is cut. For one thread at a time, whichever: they are
        not drawn before `cover`.

        Args:
            pixels: (H, W, 4) uint8 in Qt's order.
            area: where.
            values: (H, W, 3) uint8 RGB as they will be in a file, if the screen's colours are others.
        """
        inside = self._inside(area)
        if inside is None:
            return
        rows, columns = inside.slices(area)
        self._pixels[inside.slices()] = pixels[rows, columns]
        if values is not None:
            if self._values is None:
                self._values = np.zeros((self.size.height, self.size.width, 3), np.uint8)
            self._values[inside.slices()] = values[rows, columns]
        self._fill_coarse(inside)

    def _inside(self, area: Rect) -> Rect | None:
        return area.intersected(Rect(0, 0, self.size.width, self.size.height))

    def _fill_coarse(self, area: Rect) -> None:
        """Take every n-th pixel, counted from the corner of the whole picture."""
        right, bottom = area.right, area.bottom
        for n, coarse in zip(COARSER, self._coarse, strict=True):
            left, top = -(-area.x // n), -(-area.y // n)
            fine = self._pixels[top * n : bottom : n, left * n : right : n]
            coarse[top : top + fine.shape[0], left : left + fine.shape[1]] = fine

    def values(self, area: Rect, below: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 RGB of a part, as in a file; where nothing is filled yet, those of `below`."""
        out = below.copy()
        for part in rectangles(self.covered.intersected(_qrect(area))):
            filled = Rect(part.x(), part.y(), part.width(), part.height())
            found = self._pixels[filled.slices()][..., 2::-1] if self._values is None else self._values[filled.slices()]
            out[filled.slices(area)] = found
        return out

    def copied(self, area: Rect) -> NDArray[np.uint8]:
        """(height, width, 3) uint8 RGB of a covered part, as in a file; a copy. For any thread."""
        if self._values is not None:
            return self._values[area.slices()].copy()
        return self._pixels[area.slices()].copy()[..., 2::-1]

    def covers(self, area: Rect) -> bool:
        """Whether all of `area` is filled."""
        return QRegion(_qrect(area)).subtracted(self.covered).isEmpty()


def raster_of(
    pixels: NDArray[np.float32], alpha: NDArray[np.float32] | None = None, convert: ToScreen | None = None
) -> Raster:
    """Convert (H, W, 3) float32 0..1, with (H, W) opacity if there is one, and make the half sizes."""
    levels = _halved(display_pixels(pixels, alpha, convert))
    return Raster(levels, tuple(_image_over(level, has_alpha=alpha is not None) for level in levels))


def enlarged_raster(
    pixels: NDArray[np.float32],
    factor: int,
    convert: ToScreen | None = None,
    alpha: NDArray[np.float32] | None = None,
) -> Raster:
    """The picture `factor` times larger by bicubic interpolation: what one gets without a model."""
    import cv2

    small = display_pixels(pixels, alpha, convert)
    height, width = small.shape[:2]
    large = cv2.resize(small, (width * factor, height * factor), interpolation=cv2.INTER_CUBIC)
    if alpha is not None:  # colors are multiplied by the opacity; what overshoots it is no color
        np.minimum(large[..., :3], large[..., 3:], out=large[..., :3])
    levels = _halved(np.ascontiguousarray(large, np.uint8))
    return Raster(levels, tuple(_image_over(level, has_alpha=alpha is not None) for level in levels))


def overlay_raster(doubt: NDArray[np.float32], look: OverlayLook = RESIDUAL_OVERLAY) -> Raster:
    """A (H, W) map of 0..1 as an overlay."""
    strength = np.clip((doubt - look.begin) / (look.full - look.begin), 0.0, 1.0) * OVERLAY_OPACITY
    overlay = np.empty((*doubt.shape, 4), np.uint8)
    for channel, level in enumerate((*look.color[::-1], 255)):
        overlay[..., channel] = np.rint(strength * level)
    levels = _halved(overlay)
    return Raster(levels, tuple(_image_over(level, has_alpha=True) for level in levels))


def display_pixels(
    pixels: NDArray[np.float32], alpha: NDArray[np.float32] | None, convert: ToScreen | None = None
) -> NDArray[np.uint8]:
    """(H, W, 3) float32 0..1 as (H, W, 4) uint8 in Qt's order, in the screen's colours if `convert` is given, multiplied
    by the opacity if there is one.
    """
    height, width = pixels.shape[:2]
    out = np.full((height, width, 4), 255, np.uint8)
    for top in range(0, height, BAND_ROWS):
        rows = slice(top, min(height, top + BAND_ROWS))
        band = np.clip(pixels[rows], 0.0, 1.0) * np.float32(255.0)
        if convert is not None:
            band = convert(np.rint(band).astype(np.uint8)).astype(np.float32)
        if alpha is not None:
            opacity = np.clip(alpha[rows], 0.0, 1.0)
            band *= opacity[..., None]
            out[rows, :, 3] = np.rint(opacity * 255.0)
        out[rows, :, :3] = np.rint(band)[..., ::-1]
    return out


def display_tile(pixels: NDArray[np.uint8], convert: ToScreen | None = None) -> NDArray[np.uint8]:
    """(H, W, 3) uint8 RGB as (H, W, 4) uint8 in Qt's order, in the screen's colours if `convert` is given."""
    out = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    out[..., :3] = (pixels if convert is None else convert(pixels))[..., ::-1]
    return out


def _mapped(level: NDArray[np.uint8], path: Path) -> NDArray[np.uint8]:
    path.unlink(missing_ok=True)  # an older picture of this name may still be mapped, and must not be cut short
    np.save(path, level)
    mapped: NDArray[np.uint8] = np.load(path, mmap_mode="c")  # Qt asks for memory that could be written
    return mapped


def _halved(full: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    levels = [full]
    while max(levels[-1].shape[:2]) > SMALLEST_LEVEL_PX and min(levels[-1].shape[:2]) > 1:
        levels.append(_half(levels[-1]))
    return tuple(levels)


def _half(level: NDArray[np.uint8]) -> NDArray[np.uint8]:
    import cv2

    height, width = level.shape[:2]
    size = (max(1, (width + 1) // 2), max(1, (height + 1) // 2))
    return np.ascontiguousarray(cv2.resize(level, size, interpolation=cv2.INTER_AREA), np.uint8)


def _image_over(pixels: NDArray[np.uint8], *, has_alpha: bool) -> QImage:
    height, width = pixels.shape[:2]
    form = QImage.Format.Format_ARGB32_Premultiplied if has_alpha else QImage.Format.Format_RGB32
    return QImage(pixels.data, width, height, pixels.strides[0], form)


def rectangles(region: QRegion) -> list[QRect]:
    """The rectangles of a region; it can be walked, but its type stub does not say so."""
    return list(cast("Iterable[QRect]", region))


def _qrect(area: Rect) -> QRect:
    return QRect(area.x, area.y, area.width, area.height)
