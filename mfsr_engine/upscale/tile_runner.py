"""Runs the tiles of one picture and recovers from failures: too little memory, overflow, faulty results."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from mfsr_engine.compute.devices import release_memory
from mfsr_engine.errors import ModelError, OutOfMemoryError
from mfsr_engine.geometry import Rect, Size
from mfsr_engine.images.opacity import spread_colors
from mfsr_engine.images.quantise import to_float
from mfsr_engine.models.tile_model import CONTEXT_PX, Recipe
from mfsr_engine.upscale import color, tiling
from mfsr_engine.upscale.blending import Canvas
from mfsr_engine.upscale.faults import Fault, find_faults, is_step, shift
from mfsr_engine.upscale.noise import noise_field
from mfsr_engine.upscale.pipeline import blended_areas, corrected, upscale_tiles
from mfsr_engine.upscale.tileable import repeated_noise

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from mfsr_engine.api import MaskedAreas
    from mfsr_engine.models.loading import LoadedModel
    from mfsr_engine.upscale.color import ChannelMap

MIN_TILE_PX = 32
"""A tile is not halved below this side, nor below the least that its model takes."""

_ROWS = 512
"""Rows of a picture that are compared at once."""
_MEMORY_WORDS = ("out of memory", "not enough memory", "can't allocate memory", "alloc_failed")


class PaddedSource:
    """A picture that goes on beyond its borders: mirrored up to a padded size, repeated beyond that.

    Stays in the depth of its file; only what is looked at becomes float. Colours below opacity 0 are never seen: those around
    take their place.
    """

    def __init__(
        self,
        pixels: NDArray[Any],
        padded: Size,
        alpha: NDArray[Any] | None = None,
        areas: MaskedAreas | None = None,
    ) -> None:
        """`pixels` is (H, W, 3), `alpha` (H, W); whole numbers stand for 0..1."""
        self._pixels, self._alpha = pixels, alpha
        self._padded = padded
        self.areas = areas
        """Parts of the picture that are made in another way."""

    @cached_property
    def is_gray(self) -> bool:
        """Whether the three channels are equal wherever the picture can be seen."""
        height = self._pixels.shape[0]
        return all(self._are_equal(slice(top, top + _ROWS)) for top in range(0, height, _ROWS))

    def window(self, area: Rect) -> Tensor:
        """(3, area.height, area.width) float32 0..1; `area` in input pixels, anywhere."""
        rows, columns = self._places(area)
        cut = _as_float(_cut(self._pixels, rows, columns))
        if self._alpha is not None:
            cut = spread_colors(cut, _as_float(_cut(self._alpha, rows, columns)))
        return torch.from_numpy(np.ascontiguousarray(cut.transpose(2, 0, 1)))

    def mask_window(self, area: Rect) -> Tensor:
        """(1, area.height, area.width) float32 0..1 of the mask, as `window`; there must be areas."""
        assert self.areas is not None
        cut = _as_float(_cut(self.areas.mask, *self._places(area)))
        return torch.from_numpy(np.ascontiguousarray(cut))[None]

    def _places(self, area: Rect) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows and columns that the pixels of an area come from."""
        rows = _indices(area.y, area.bottom, self._padded.height, self._pixels.shape[0])
        columns = _indices(area.x, area.right, self._padded.width, self._pixels.shape[1])
        return rows, columns

    def _are_equal(self, rows: slice) -> bool:
        red, green, blue = (self._pixels[rows, :, channel] for channel in range(3))
        are_equal = (red == green) & (green == blue)
        if self._alpha is not None:
            are_equal |= self._alpha[rows] <= 0
        return bool(are_equal.all())


class TileRunner:
    """Paints tiles of one picture with one model. Learns from memory that ran out: later tiles start smaller."""

    def __init__(
        self,
        model: LoadedModel,
        recipe: Recipe,
        source: PaddedSource,
        plain: LoadedModel,
        between_steps: Callable[[], None],
        period: Rect | None = None,
        *,
        is_draft: bool = False,
    ) -> None:
        """Nothing is painted yet.

        Args:
            model: what paints.
            recipe: how.
            source: the picture.
            plain: the same model without acceleration: it redoes in fp32 the tiles that fail in a lower precision.
            between_steps: called before every step; may raise to stop.
            period: part of the picture that is repeated around it, in input pixels.
            is_draft: whether tiles are left as the model painted them, without correction; only those that are no numbers are redone.
        """
        self._model, self._recipe, self._source = model, recipe, source
        self._is_draft = is_draft
        self.colors: ChannelMap | None = None
        """What AdaIN does to the whole picture; None takes each tile for a picture of its own."""
        self._plain, self._between_steps = plain, between_steps
        self._period = period
        self._longest_px: int | None = None
        self._judged_tiles, self._shift_sums = 0, [0.0, 0.0, 0.0]
        self.redone_tiles = 0
        """Tiles that had to be painted again in fp32."""
        self.drifted_tiles = 0
        """Tiles whose colours are far from the input's, also in fp32."""

    @property
    def reduced_tile_px(self) -> int | None:
        """Side that tiles were reduced to because memory ran out; None if they were not."""
        return self._longest_px

    def run(self, areas: Sequence[Rect]) -> list[NDArray[np.float32]]:
        """Paint tiles of one size, together if memory allows.

        Args:
            areas: in input pixels of the padded picture.

        Returns:
            For each, (height scale, width scale, 3) float32 0..1.

        Raises:
            OutOfMemoryError: not even the smallest tile fits.
            ModelError: the model gives no picture, also in fp32.
        """
        longest = max(areas[0].width, areas[0].height)
        if self._longest_px is None or longest <= self._longest_px:
            painted = self._attempt(areas)
            if painted is not None:
                return painted
            release_memory(self._model.device)
            if len(areas) == 1:
                self._longest_px = self._halved(longest)
        if len(areas) > 1:
            return [self.run([area])[0] for area in areas]
        return [self._in_parts(areas[0])]

    def finish(self, area: Rect, draft: NDArray[np.float32]) -> NDArray[np.float32]:
        """Correct and check a tile that was painted as a draft.

        Args:
            area: in input pixels of the padded picture.
            draft: (height scale, width scale, 3) float32.

        Returns:
            As `run` for this area.

        Raises:
            ModelError: as `run`.
        """
        source = self._windows([area])
        painted = torch.from_numpy(draft).permute(2, 0, 1)[None].to(self._model.device)
        results, faults = self._finished(painted, source, self._masks([area]))
        return results[0] if faults[0] is None else self._redone(area, results[0], faults[0])

    def _attempt(self, areas: Sequence[Rect]) -> list[NDArray[np.float32]] | None:
        """None if memory ran out. What the exception holds is free again when this returns."""
        try:
            return self._checked(areas)
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
            return None

    def _halved(self, longest: int) -> int:
        image = self._model.card.image
        half = longest // 2 // image.size_multiple * image.size_multiple
        if half < max(MIN_TILE_PX, image.least_tile_px):
            raise OutOfMemoryError(
                f"There is not enough memory on {self._model.device.type}, even for a tile of {longest} pixels. "
                "Close other programs, or compute on the CPU."
            )
        return half

    def _in_parts(self, area: Rect) -> NDArray[np.float32]:
        assert self._longest_px is not None
        image = self._model.card.image
        overlap = min(image.overlap_px, self._longest_px // 2)
        parts = tiling.plan(area.size, self._longest_px, overlap, image.size_multiple, image.halo_px)
        canvas = Canvas(parts, image.scale)
        whole = np.empty((canvas.area.height, canvas.area.width, 3), np.float32)
        for tile in parts.tiles():
            place = Rect(area.x + tile.area.x, area.y + tile.area.y, tile.area.width, tile.area.height)
            final = canvas.add(tile, self.run([place])[0])
            if final is not None:
                whole[final[0].slices()] = final[1]
        return whole

    def _checked(self, areas: Sequence[Rect]) -> list[NDArray[np.float32]]:
        painted, faults = self._run(self._model, areas)
        for index, fault in enumerate(faults):
            if fault is not None:
                painted[index] = self._redone(areas[index], painted[index], fault)
        return painted

    def _redone(self, area: Rect, first: NDArray[np.float32], fault: Fault) -> NDArray[np.float32]:
        if self._model.dtype != torch.float32:
            painted, faults = self._run(self._plain.in_fp32(), [area])
            first, again = painted[0], faults[0]
            self.redone_tiles += 1
        else:
            again = fault
        if again is Fault.DRIFTED:
            self.drifted_tiles += 1
        elif again is not None:
            title = self._model.card.title
            raise ModelError(f"{title} gave a tile that is {again}, also in fp32. Its weights may be damaged.")
        return first

    def _is_step(self, brighter: Sequence[float]) -> bool:
        """Whether a tile's difference from its input, for each channel, is far from that of the tiles before it, which would show as
        a border. Keeps numbers alone: a tensor for each tile would lie in the way of the next one's memory.
        """
        if self._judged_tiles:
            usual = [total / self._judged_tiles for total in self._shift_sums]
            if is_step(brighter, usual):
                return True
        self._judged_tiles += 1
        self._shift_sums = [total + one for total, one in zip(self._shift_sums, brighter, strict=True)]
        return False

    def _run(self, model: LoadedModel, areas: Sequence[Rect]) -> tuple[list[NDArray[np.float32]], list[Fault | None]]:
        cell = model.card.cell_px
        cells = [Rect(a.x // cell, a.y // cell, a.width // cell, a.height // cell) for a in areas]
        source = self._windows(areas)
        noise = torch.stack([self._noise(model, area) for area in cells]).to(model.device)
        if self._is_draft:
            painted = model.tile_model.upscale(source, noise, self._recipe, self._between_steps)
            is_finite = painted.sum(dim=(1, 2, 3)).isfinite().tolist()
            return _as_arrays(painted), [None if one else Fault.NOT_FINITE for one in is_finite]
        masks = self._masks(areas)
        if masks is not None:
            painted = model.tile_model.upscale(source, noise, self._recipe, self._between_steps)
            return self._finished(painted, source, masks)
        result = upscale_tiles(model, self._recipe, source, noise, self._between_steps, self.colors)
        return self._judged(result, source)

    def _finished(
        self, painted: Tensor, source: Tensor, masks: Tensor | None
    ) -> tuple[list[NDArray[np.float32]], list[Fault | None]]:
        """Correct and check what the model painted, then blend in what masked areas ask for: faults are those of the model."""
        scale = self._model.card.image.scale
        result = corrected(painted, self._recipe, source, scale, self.colors)
        if masks is None:
            return self._judged(result, source)
        areas = self._source.areas
        assert areas is not None
        blended = blended_areas(result, painted, self._recipe, source, masks, areas.fidelity, scale, self.colors)
        _, faults = self._judged(result, source)
        return _as_arrays(color.gray(blended) if self._source.is_gray else blended), faults

    def _masks(self, areas: Sequence[Rect]) -> Tensor | None:
        """(B, 1, height + 2 c, width + 2 c) of the mask, as `_windows`; None if nothing is masked there."""
        if self._source.areas is None:
            return None
        masks = torch.stack([self._source.mask_window(context_of(area)) for area in areas])
        return masks.to(self._model.device) if masks.any() else None

    def _windows(self, areas: Sequence[Rect]) -> Tensor:
        """(B, 3, height + 2 c, width + 2 c) of the picture, with c = `CONTEXT_PX`, on the model's device."""
        windows = [self._source.window(context_of(area)) for area in areas]
        return torch.stack(windows).to(self._model.device)

    def _judged(self, result: Tensor, source: Tensor) -> tuple[list[NDArray[np.float32]], list[Fault | None]]:
        """Tiles as arrays and what is wrong with them."""
        if self._source.is_gray:
            result = color.gray(result)
        inner = source[:, :, CONTEXT_PX:-CONTEXT_PX, CONTEXT_PX:-CONTEXT_PX]
        faults = find_faults(result, inner, self._model.card.image.scale)
        for index, brighter in enumerate(shift(result, inner).tolist()):
            if faults[index] in (None, Fault.DRIFTED) and self._is_step(brighter):
                faults[index] = Fault.STEP
        return _as_arrays(result), faults

    def _noise(self, model: LoadedModel, area: Rect) -> Tensor:
        """(C, area.height, area.width) of an area in cells; it repeats with the picture if that is a whole number of cells wide."""
        seed, channels, cell = self._recipe.seed, model.tile_model.noise_channels, model.card.cell_px
        p = self._period
        if p is None or p.width % cell or p.height % cell:
            return noise_field(seed, channels, area)
        return repeated_noise(seed, channels, area, Rect(p.x // cell, p.y // cell, p.width // cell, p.height // cell))


def context_of(area: Rect) -> Rect:
    """An area with what a model is given around it."""
    c = CONTEXT_PX
    return Rect(area.x - c, area.y - c, area.width + 2 * c, area.height + 2 * c)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error of Python or torch says that memory ran out."""
    text = str(error).lower()
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(words in text for words in _MEMORY_WORDS)


def _as_arrays(tiles: Tensor) -> list[NDArray[np.float32]]:
    """(B, 3, H, W) to B of (H, W, 3)."""
    return list(tiles.permute(0, 2, 3, 1).cpu().numpy())


def _as_float(samples: NDArray[Any]) -> NDArray[np.float32]:
    return samples if samples.dtype == np.float32 else to_float(samples)


def _cut(values: NDArray[Any], rows: NDArray[np.intp], columns: NDArray[np.intp]) -> NDArray[Any]:
    is_run = bool(np.all(np.diff(rows) == 1))
    cut: NDArray[Any] = (values[rows[0] : rows[-1] + 1] if is_run else values[rows])[:, columns]
    return cut


def _indices(begin: int, end: int, padded: int, length: int) -> NDArray[np.intp]:
    """Where the pixels begin..end - 1 of a padded side come from: repeated beyond the padding, mirrored within it."""
    wrapped = np.clip(np.arange(begin, end), 0, padded - 1) % (2 * length)
    return np.where(wrapped < length, wrapped, 2 * length - 1 - wrapped)
