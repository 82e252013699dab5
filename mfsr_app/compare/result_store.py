"""Where results are kept: those of the open picture, one per settings, in limited memory, from which they go to disk and come back; those
of photographs that were open before on disk, so that going back to one finds them.
"""

from __future__ import annotations

import os
import tempfile
import uuid
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mfsr_app.compare.values import Standing
from mfsr_app.imaging.pixel_values import Cells, cells_of
from mfsr_app.imaging.raster import GrowingRaster, Raster, raster_of
from mfsr_engine.framing import WHOLE, Framing
from mfsr_engine.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from mfsr_app.imaging.display_color import ToScreen
    from mfsr_app.jobs.worker import Worker
    from mfsr_engine.api import MaskedAreas, UpscaleResult, UpscaleSettings
    from mfsr_engine.geometry import Rect

LARGE_FILES = Path("/var/tmp")
"""Where Unix keeps large temporary files."""
SHOWN_AT_ONCE = 2
"""Sides of a comparison; so many results are used at the same time."""
DEFAULT_BOUND_BYTES = 2 * 1024**3
"""Memory for results other than the one shown."""
SHELF_BYTES = 4 * 1024**3
"""Pixels kept of all photographs together."""


@dataclass(eq=False)
class StoredResult:
    """One result: growing, whole in memory, or whole on disk. It changes, so it is equal to itself alone."""

    settings: UpscaleSettings
    """What it was made with."""
    growing: GrowingRaster | None = None
    """Tiles so far, until it is whole."""
    raster: Raster | None = None
    """For display, once whole and in memory."""
    result: UpscaleResult | None = None
    """As the engine gave it; its pixels may lie on disk (a memory map)."""

    @property
    def is_whole(self) -> bool:
        """Whether all of it was computed."""
        return self.result is not None

    @property
    def has_pixels(self) -> bool:
        """Whether any of it can be seen."""
        return self.is_whole or (self.growing is not None and not self.growing.is_empty)

    def cells(self, below: Cells | None) -> Cells | None:
        """What its pixels are; where it is not filled yet, those below."""
        if self.result is not None:
            height, width = self.result.pixels.shape[:2]
            return cells_of(self.result.pixels, Size(width, height))
        if self.growing is None or below is None or below.size != self.growing.size:
            return below
        growing = self.growing
        return Cells(growing.size, lambda area: growing.values(area, below.read(area)))

    @property
    def layer(self) -> Raster | GrowingRaster | None:
        """What can be shown now."""
        return self.raster or self.growing

    def standing(self, seen: Rect | None, source: Size) -> Standing:
        """How much of it is there, as far as it is in view; whoever knows what is being computed knows more.

        Args:
            seen: the part in view, in source pixels; None if nothing is.
            source: size of the picture. Results of different models and passes are different multiples of it.
        """
        if self.result is not None:
            return Standing.LOADING if self.layer is None else Standing.THERE
        if self.growing is None or self.growing.is_empty:
            return Standing.MISSING
        if seen is None:
            return Standing.PARTLY
        on_result = seen.scaled(self.growing.size.width // source.width)
        return Standing.THERE if self.growing.covers(on_result) else Standing.PARTLY

    @property
    def memory_bytes(self) -> int:
        """Memory it holds."""
        shown = self.layer.memory_bytes if self.layer else 0
        return shown + sum(a.nbytes for a in self._arrays() if not isinstance(a, np.memmap))

    def _arrays(self) -> list[NDArray[np.float32]]:
        if self.result is None:
            return []
        return [a for a in (self.result.pixels, self.result.alpha) if a is not None]


@dataclass(frozen=True)
class AtHand:
    """A result at one moment."""

    result: StoredResult
    """The result."""
    standing: Standing
    """How much of it was there, as far as it was in view: `THERE`, `LOADING` or `PARTLY`."""


@dataclass(frozen=True)
class Spilled:
    """A result whose pixels now lie on disk."""

    settings: UpscaleSettings
    """Which one."""
    result: UpscaleResult
    """With memory maps for pixels."""
    raster: Raster | None
    """The same for display, so that it can still be shown at once."""


class ResultStore:
    """Least recently shown results leave memory first. The work, `spill` and `restore`, is done off the GUI thread."""

    def __init__(self, bound_bytes: int = DEFAULT_BOUND_BYTES) -> None:
        self._bound_bytes = bound_bytes
        self._kept: OrderedDict[UpscaleSettings, StoredResult] = OrderedDict()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def get(self, settings: UpscaleSettings) -> StoredResult | None:
        """The result for these settings, marked as used just now."""
        if settings in self._kept:
            self._kept.move_to_end(settings)
        return self._kept.get(settings)

    def peek(self, settings: UpscaleSettings) -> StoredResult | None:
        """The result for these settings."""
        return self._kept.get(settings)

    def put(self, kept: StoredResult) -> None:
        """Keep a result, in place of an older one with equal settings."""
        self._kept[kept.settings] = kept
        self._kept.move_to_end(kept.settings)

    def all(self) -> tuple[StoredResult, ...]:
        """Every result, the most recently used last."""
        return tuple(self._kept.values())

    def at_hand(self, seen: Rect | None, source: Size) -> dict[UpscaleSettings, AtHand]:
        """Every result of which anything is there, the most recently used last. See `StoredResult.standing`."""
        now = {settings: AtHand(kept, kept.standing(seen, source)) for settings, kept in self._kept.items()}
        return {settings: found for settings, found in now.items() if found.standing is not Standing.MISSING}

    def clear(self) -> None:
        """Forget everything, on disk too."""
        self._kept.clear()
        self.close()

    def drop_display(self) -> None:
        """Forget what was made for display: that of whole results can be made anew, unfinished ones go."""
        for kept in list(self._kept.values()):
            kept.raster = None
            if not kept.is_whole:
                del self._kept[kept.settings]

    def close(self) -> None:
        """Remove what lies on disk."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def to_spill(self) -> list[StoredResult]:
        """Whole results that must leave memory, never the two used last. Unfinished ones in the way are dropped."""
        over = sum(kept.memory_bytes for kept in self._kept.values()) - self._bound_bytes
        victims = []
        for kept in list(self._kept.values())[:-SHOWN_AT_ONCE]:
            if over <= 0:
                break
            over -= kept.memory_bytes
            if kept.is_whole and kept.memory_bytes > 0:
                victims.append(kept)
            elif not kept.is_whole:
                del self._kept[kept.settings]
        return victims

    def spill_folder(self) -> Path:
        """A private folder for pixels, made on first need."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(
                prefix="mfsr-", dir=large_files_dir(), ignore_cleanup_errors=True
            )
        return Path(self._folder.name)

    def spilled(self, done: Spilled) -> None:
        """A result was written to disk: let go of its memory."""
        kept = self._kept.get(done.settings)
        if kept is not None and kept.is_whole:
            kept.result, kept.raster = done.result, done.raster


def spill(kept: StoredResult, folder: Path) -> Spilled:
    """Write a result's pixels to disk and map them. For a background thread."""
    assert kept.result is not None, "only whole results are spilled"
    name = uuid.uuid4().hex  # never that of a file which someone may still be looking at
    result, shown = kept.result, kept.raster  # the GUI thread may take the picture away meanwhile
    pixels = _mapped(result.pixels, folder / f"{name}.npy")
    alpha = None if result.alpha is None else _mapped(result.alpha, folder / f"{name}-alpha.npy")
    raster = shown.on_disk(folder / f"{name}-shown") if shown is not None else None
    return Spilled(kept.settings, replace(result, pixels=pixels, alpha=alpha), raster)


def restore(kept: StoredResult, convert: ToScreen | None = None) -> Raster:
    """Make the display picture of a result anew. For a background thread."""
    assert kept.result is not None, "only whole results are restored"
    return raster_of(kept.result.pixels, kept.result.alpha, convert)


def large_files_dir() -> str | None:
    """A place for large files: the usual one for temporary files lies in memory on many systems."""
    return str(LARGE_FILES) if LARGE_FILES.is_dir() and os.access(LARGE_FILES, os.W_OK) else None


def _mapped(pixels: NDArray[np.float32], path: Path) -> NDArray[np.float32]:
    if isinstance(pixels, np.memmap):
        return pixels
    np.save(path, pixels)
    mapped: NDArray[np.float32] = np.load(path, mmap_mode="r")
    return mapped


@dataclass(frozen=True)
class PhotoKey:
    """A photograph as it was when its results were made."""

    path: Path
    """Its file."""
    stamp: tuple[int, int]
    """Bytes and time, by which one sees that it has changed."""
    framing: Framing = WHOLE
    """What of it was upscaled."""
    areas: MaskedAreas | None = None
    """Parts of it made in another way; two masks are never the same."""


class ResultShelf:
    """Only whole results are kept. Pixels are written in the background; until then they stay in memory."""

    def __init__(self, background: Worker, bound_bytes: int = SHELF_BYTES) -> None:
        self._background, self._bound_bytes = background, bound_bytes
        self._kept: OrderedDict[PhotoKey, dict[UpscaleSettings, UpscaleResult]] = OrderedDict()
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def put(self, photo: PhotoKey, results: Iterable[StoredResult]) -> None:
        """Keep the whole ones of these."""
        whole = {kept.settings: kept.result for kept in results if kept.result is not None}
        if not whole:
            return
        self._kept[photo] = whole
        self._keep_within_bound()
        for settings, result in self._kept.get(photo, {}).items():
            self._write(photo, StoredResult(settings, result=result))

    def take(self, photo: PhotoKey) -> tuple[StoredResult, ...]:
        """The results of a photograph, which leave the shelf."""
        return tuple(StoredResult(settings, result=result) for settings, result in self._kept.pop(photo, {}).items())

    def close(self) -> None:
        """Forget everything, on disk too."""
        self._kept.clear()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _write(self, photo: PhotoKey, kept: StoredResult) -> None:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(
                prefix="mfsr-", dir=large_files_dir(), ignore_cleanup_errors=True
            )
        folder = Path(self._folder.name)

        def on_done(done: Spilled) -> None:
            shelf = self._kept.get(photo, {})
            if shelf.get(kept.settings) is kept.result:
                shelf[kept.settings] = done.result

        # A disk that refuses costs only these results.
        self._background.submit(
            lambda _: _written(kept, folder), on_done, lambda failure: self._kept.pop(photo, None) and None
        )

    def _keep_within_bound(self) -> None:
        while self._kept and sum(_bytes(shelf) for shelf in self._kept.values()) > self._bound_bytes:
            self._kept.popitem(last=False)


def _bytes(shelf: dict[UpscaleSettings, UpscaleResult]) -> int:
    return sum(part.nbytes for r in shelf.values() for part in (r.pixels, r.alpha) if part is not None)


def _written(kept: StoredResult, folder: Path) -> Spilled:
    """The result with its pixels on disk. Its files have no names where the system allows that, and go with the last use."""
    done = spill(kept, folder)
    for file in folder.iterdir():
        with suppress(OSError):
            file.unlink()
    return done
