"""Progress reports, finished parts, and cancellation of long work. Knows no thread library but Event."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mfsr_engine.errors import Cancelled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mfsr_engine.geometry import Rect


class Stage(StrEnum):
    """Stages whose units someone makes more of than a share. What they are called is for people, like any other stage."""

    DOWNLOADING = "Downloading"
    """Units are bytes."""
    UPSCALING = "Upscaling"
    """Units are steps of tiles."""


@dataclass(frozen=True)
class ProgressReport:
    """A moment of a running job."""

    stage: str
    """What is being done, for people: "Loading the model", "Writing"; one of `Stage` where more is made of it."""
    done: int
    """Finished units of `total`."""
    total: int
    """Units in this stage; 0 if unknown."""
    elapsed_s: float
    """Seconds since the stage began."""

    @property
    def fraction(self) -> float | None:
        """Finished share 0..1, or None while the total is unknown."""
        return self.done / self.total if self.total else None

    @property
    def per_second(self) -> float | None:
        """Units finished in a second since the stage began, or None at its beginning."""
        return self.done / self.elapsed_s if self.elapsed_s else None

    @property
    def remaining_s(self) -> float | None:
        """Estimated seconds left in this stage, or None before the first unit is done."""
        if not self.total or not self.done:
            return None
        return self.elapsed_s * (self.total - self.done) / self.done


@dataclass(frozen=True)
class FinishedTile:
    """A part of the result that is final and may be shown."""

    area: Rect
    """Where it lies on the result, in result pixels (before a last resize to an exact size)."""
    pixels: NDArray[np.uint8]
    """(area.height, area.width, 3) uint8 sRGB."""


class Progress:
    """Carries reports and tiles out of a job, and the wish to stop into it. One per job; `cancel` may be called from any thread."""

    def __init__(
        self,
        on_report: Callable[[ProgressReport], None] | None = None,
        on_tile: Callable[[FinishedTile], None] | None = None,
    ) -> None:
        self._on_report = on_report
        self._on_tile = on_tile
        self._stop = threading.Event()
        self._stage = ""
        self._stage_began_s = time.monotonic()

    @property
    def wants_tiles(self) -> bool:
        """Whether finished tiles are listened to; if not, they need not be converted for display."""
        return self._on_tile is not None

    def cancel(self) -> None:
        """Ask the job to stop; it raises `Cancelled` within one tile."""
        self._stop.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._stop.is_set()

    def check(self) -> None:
        """Raise `Cancelled` if the job shall stop. Called between units of work.

        Raises:
            Cancelled: `cancel` was called.
        """
        if self._stop.is_set():
            raise Cancelled

    def report(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Say how far the job is, and stop here if asked to.

        Raises:
            Cancelled: `cancel` was called.
        """
        self.check()
        now = time.monotonic()
        if stage != self._stage:
            self._stage, self._stage_began_s = stage, now
        if self._on_report is not None:
            self._on_report(ProgressReport(stage, done, total, now - self._stage_began_s))

    def tile(self, tile: FinishedTile) -> None:
        """Hand out a finished part of the result."""
        if self._on_tile is not None:
            self._on_tile(tile)
