"""Runs the engine in its own thread, one job at a time. It is built there too: the window never imports torch."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QThread, Signal, Slot

from mfsr_app.imaging.display_color import ToScreen
from mfsr_app.imaging.pixel_values import plain_values
from mfsr_app.imaging.raster import display_pixels, display_tile
from mfsr_app.jobs.failure import failure_of
from mfsr_engine.api import Upscaler, UpscaleRequest, UpscaleSettings
from mfsr_engine.errors import Cancelled
from mfsr_engine.progress import FinishedTile, Progress, ProgressReport

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mfsr_engine.geometry import Rect

Work = Callable[[Upscaler, Progress], object]
"""A job: gets the engine and its progress, gives back anything."""
OnTile = Callable[["ShownTile"], None]
"""What is done with a tile in the engine's thread, before it is told in the GUI thread."""
HELD_POLL_S = 0.02
"""How often a held job looks whether others want the engine."""


@dataclass(frozen=True)
class ShownTile:
    """A finished part of a result, ready to be drawn."""

    area: Rect
    """Where it lies, in result pixels."""
    pixels: NDArray[np.uint8]
    """(height, width, 4) uint8 in Qt's order and the screen's colours."""
    values: NDArray[np.uint8] | None
    """(height, width, 3) uint8 RGB as in a file; None if `pixels` say the same."""


def shown_part(pixels: NDArray[np.float32], area: Rect, convert: ToScreen | None) -> ShownTile:
    """A part of a result, (height, width, 3) float32 0..1, made ready to be drawn. Not for the GUI thread if large."""
    return ShownTile(area, display_pixels(pixels, None, convert), None if convert is None else plain_values(pixels))


@dataclass(frozen=True)
class _Job:
    number: int
    work: Work
    progress: Progress


class _EngineWorker(QObject):
    """Lives in the engine's thread."""

    reported = Signal(int, object)
    tile_finished = Signal(int, object)
    finished = Signal(int, object)
    failed = Signal(int, object)
    cancelled = Signal(int)

    def __init__(self, factory: Callable[[], Upscaler]) -> None:
        super().__init__()
        self._factory = factory
        self._upscaler: Upscaler | None = None

    @Slot(object)
    def run(self, job: Any) -> None:
        """Do one job; whatever it raises becomes a signal."""
        try:
            job.progress.check()
            if self._upscaler is None:
                from mfsr_app.jobs import shared_imports  # noqa: F401, in turn with the other threads

                self._upscaler = self._factory()
            answer = job.work(self._upscaler, job.progress)
        except Cancelled:
            self.cancelled.emit(job.number)
        except Exception as error:
            self.failed.emit(job.number, failure_of(error))
        else:
            self.finished.emit(job.number, answer)

    def make_way(self, progress: Progress, gate: threading.Event) -> None:
        """Do every job that came meanwhile, inside of the one that runs, and wait while the gate is shut."""
        while True:
            QCoreApplication.sendPostedEvents(self, QEvent.Type.MetaCall.value)
            if progress.is_cancelled or gate.wait(HELD_POLL_S if not gate.is_set() else 0):
                return


class EngineJobs(QObject):
    """The engine as the window sees it. Connect first, then submit; every signal carries the job's number."""

    reported = Signal(int, object)
    """number, ProgressReport"""
    tile_finished = Signal(int, object)
    """number, ShownTile"""
    finished = Signal(int, object)
    """number, what the work gave back"""
    failed = Signal(int, object)
    """number, Failure"""
    cancelled = Signal(int)
    """number"""
    _submitted = Signal(object)

    def __init__(self, factory: Callable[[], Upscaler], parent: QObject | None = None, *, name: str = "engine") -> None:
        super().__init__(parent)
        self._running: dict[int, Progress] = {}
        self._gates: dict[int, threading.Event] = {}
        self._count = 0
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._worker = _EngineWorker(factory)
        self._worker.moveToThread(self._thread)
        self._connect()
        self._thread.start()

    def list_models(self) -> int:
        """Ask which models are installed; builds the engine if this is the first job."""
        return self.submit(lambda upscaler, _: upscaler.models())

    def warm_up(self, settings: UpscaleSettings) -> int:
        """Load what these settings need, so that the next upscale starts at once."""
        return self.submit(lambda upscaler, progress: upscaler.warm_up(settings, progress))

    def upscale(self, request: UpscaleRequest, convert: ToScreen | None = None, on_tile: OnTile | None = None) -> int:
        """Upscale a picture; finished with an UpscaleResult. Tiles come in the screen's colours if `convert` is given."""
        return self.submit(
            lambda upscaler, progress: upscaler.upscale(request, progress), convert=convert, on_tile=on_tile
        )

    def submit(
        self, work: Work, *, makes_way: bool = False, convert: ToScreen | None = None, on_tile: OnTile | None = None
    ) -> int:
        """Queue a job and give back its number.

        Args:
            work: what to do.
            makes_way: for work that nobody looks at: jobs that come while it runs are done between two of its tiles,
                and nothing of it is lost. Such a job can be held.
            convert: from the picture's colours to the screen's, for tiles.
            on_tile: gets each tile in the engine's thread, for work that is too long for the GUI thread.
        """
        self._count += 1
        number = self._count
        if makes_way:
            self._gates[number] = threading.Event()
            self._gates[number].set()
        progress = self._progress_of(number, convert, on_tile)
        self._running[number] = progress
        self._submitted.emit(_Job(number, work, progress))
        return number

    def hold(self, number: int) -> None:
        """Let a job that makes way wait after the tile in hand, with all that it has."""
        if number in self._gates:
            self._gates[number].clear()

    def let_go(self, number: int) -> None:
        """Let a held job go on."""
        if number in self._gates:
            self._gates[number].set()

    def cancel(self, number: int) -> None:
        """Stop a job within one tile, or before it starts; unknown and finished numbers are ignored."""
        if number in self._running:
            self._running[number].cancel()

    def stop(self) -> None:
        """Cancel everything and end the thread; to be called before the window goes."""
        for progress in self._running.values():
            progress.cancel()
        self._thread.quit()
        self._thread.wait()

    def _progress_of(self, number: int, convert: ToScreen | None, on_tile: OnTile | None) -> Progress:
        gate = self._gates.get(number)

        def on_report(report: ProgressReport) -> None:
            self._worker.reported.emit(number, report)
            if gate is not None:
                self._worker.make_way(progress, gate)

        def on_finished_tile(tile: FinishedTile) -> None:
            values = None if convert is None else tile.pixels
            shown = ShownTile(tile.area, display_tile(tile.pixels, convert), values)
            if on_tile is not None:
                on_tile(shown)
            self._worker.tile_finished.emit(number, shown)

        progress = Progress(on_report, on_finished_tile if gate is None else None)
        return progress

    def _connect(self) -> None:
        self._submitted.connect(self._worker.run)
        self._worker.reported.connect(self._on_reported)
        self._worker.tile_finished.connect(self._on_tile_finished)
        self._worker.finished.connect(self._on_finished)
        self._worker.failed.connect(self._on_failed)
        self._worker.cancelled.connect(self._on_cancelled)

    @Slot(int, object)
    def _on_reported(self, number: int, report: object) -> None:
        if self._is_wanted(number):
            self.reported.emit(number, report)

    @Slot(int, object)
    def _on_tile_finished(self, number: int, tile: object) -> None:
        if self._is_wanted(number):
            self.tile_finished.emit(number, tile)

    @Slot(int, object)
    def _on_finished(self, number: int, answer: object) -> None:
        if self._is_wanted(number):
            self._forget(number)
            self.finished.emit(number, answer)
        else:
            self._on_cancelled(number)

    @Slot(int, object)
    def _on_failed(self, number: int, failure: object) -> None:
        self._forget(number)
        self.failed.emit(number, failure)

    @Slot(int)
    def _on_cancelled(self, number: int) -> None:
        self._forget(number)
        self.cancelled.emit(number)

    def _forget(self, number: int) -> None:
        self._running.pop(number, None)
        self._gates.pop(number, None)

    def _is_wanted(self, number: int) -> bool:
        """False for a job that was cancelled after it had sent something: what it sent is out of date."""
        return number in self._running and not self._running[number].is_cancelled
