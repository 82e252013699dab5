"""Results of photographs that were open before, on disk, so that going back to one finds them. The oldest photographs leave first."""

from __future__ import annotations

import tempfile
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mfsr_app.compare.result_store import StoredResult, large_files_dir, spill
from mfsr_engine.framing import WHOLE, Framing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mfsr_app.compare.result_store import Spilled
    from mfsr_app.jobs.worker import Worker
    from mfsr_engine.api import MaskedAreas, UpscaleResult, UpscaleSettings

SHELF_BYTES = 4 * 1024**3
"""Pixels kept of all photographs together."""


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
