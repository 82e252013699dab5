"""Keeps the result up to date with document, choices and view: the visible part first, then the whole picture."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mfsr_app.compare.result_store import ResultStore, StoredResult
from mfsr_app.compare.results import Placement, Results
from mfsr_app.compare.values import Standing
from mfsr_app.compare.view import is_worth_it, part_in_view
from mfsr_app.desktop.messages import Subject
from mfsr_engine.api import UpscaleRequest, UpscaleSettings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.document import Document, DocumentState
    from mfsr_app.compare.result_store import AtHand
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.engine import EngineWorker, ShownTile
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import Job, Worker
    from mfsr_engine.api import UpscaleResult
    from mfsr_engine.geometry import Rect
    from mfsr_engine.progress import ProgressReport

LONG_S = 3.0
"""A job for all of the picture that needs longer than this makes way for a part that comes into view."""


@dataclass(frozen=True)
class CurrentJob:
    """A job of the engine."""

    job: Job
    """To stop it."""
    settings: UpscaleSettings
    """Of its result."""
    part: Part
    """What it computes, for people."""
    region: Rect | None
    """What it computes, in source pixels; None is all."""
    placement: Placement
    """Where its tiles go."""

    def is_overtaken(self, region: Rect | None, report: ProgressReport | None, *, is_asked_for: bool) -> bool:
        """Whether it should make way for a part in view: if that lies outside of the region it computes, or if it computes
        all, unasked, and has long to go.

        Args:
            region: the part in view, if it is missing.
            report: how far the job is.
            is_asked_for: whether the user wants all of the picture now.
        """
        if region is None:
            return False
        if self.region is None:
            return not is_asked_for and _has_long_to_go(report)
        return self.region.intersected(region) != region


def _has_long_to_go(report: ProgressReport | None) -> bool:
    return report is None or report.remaining_s is None or report.remaining_s > LONG_S


class Part(Enum):
    """What a job computes."""

    REGION = "region"
    WHOLE = "whole"


@dataclass(frozen=True)
class Activity:
    """What is being computed, for the progress strip."""

    part: Part
    """The part in view, or all."""
    report: ProgressReport | None
    """How far, once the engine has said so."""


@dataclass(frozen=True)
class Snapshot:
    """What there is of the results at one moment: found out once for each change, and handed to whoever shows it."""

    settings: UpscaleSettings
    """Those in use."""
    standing: Standing
    """How much of the result for them is there, or whether it is being computed."""
    shown: StoredResult | None
    """That result, perhaps unfinished; None while nothing of it is there."""
    results: Mapping[UpscaleSettings, AtHand]
    """Every result of which anything is there, the most recently used last."""
    pixels: int
    """Another number whenever a result has other pixels."""
    is_running: bool = field(compare=False)
    """Whether anything is being computed; snapshots that differ in this alone are equal, as they look the same."""

    @property
    def in_view(self) -> tuple[UpscaleSettings, ...]:
        """Settings of the results that have everything in view."""
        is_in_view = (Standing.THERE, Standing.LOADING)
        return tuple(settings for settings, found in self.results.items() if found.standing in is_in_view)


SETTLE_MS = 120
"""Wait after a change before computing, so that dragging a slider does not start a job at every stop."""


class UpscalingState(QObject):
    """Decides what to compute next. Anything a cancelled job still sends is dropped."""

    changed = Signal(object)
    """Results have other pixels, others are at hand or in use, or computing began or ended; carries the `Snapshot`."""
    progressed = Signal(object)
    """What is being computed began or moved on; carries the `Activity`."""
    finished = Signal(object)
    """The whole picture was computed; carries its StoredResult."""
    stopped = Signal()
    """Computing ended early: cancelled or failed."""

    def __init__(
        self,
        document: DocumentState,
        choices: Choices,
        view: ViewModel,
        engine: EngineWorker,
        background: Worker,
        messages: Messages,
        store: ResultStore | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._view = document, choices, view
        self._engine, self._messages = engine, messages
        self._store = store or ResultStore()
        self.results = Results(document, choices, view, self._store, background, messages, self)
        self._running: CurrentJob | None = None
        self._wants_whole = False
        self._is_held = False
        self._waiters = 0
        self.computes_whole = True
        self.activity: Activity | None = None
        self._pixels = 0
        self._is_gathering = False
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.timeout.connect(self._compute)
        self._told = self.snapshot()
        self._connect()

    @property
    def shown(self) -> StoredResult | None:
        """The result for the settings in use, perhaps unfinished."""
        return self._store.peek(self._choices.settings)

    def snapshot(self) -> Snapshot:
        """What there is now."""
        settings, results = self._choices.settings, self._store.at_hand(self._view.visible, self._view.source)
        found = results.get(settings)
        standing = found.standing if found else Standing.MISSING
        if standing in (Standing.PARTLY, Standing.MISSING) and self._is_coming:
            standing = Standing.COMPUTING
        shown = found.result if found else None
        return Snapshot(settings, standing, shown, results, self._pixels, is_running=self.activity is not None)

    @contextmanager
    def one_change(self) -> Iterator[None]:
        """Send `changed` once at the end, whatever happens within."""
        was_gathering, self._is_gathering = self._is_gathering, True
        try:
            yield
        finally:
            self._is_gathering = was_gathering
            self._tell()

    def begin(self, document: Document, *, keeps_view: bool = False) -> None:
        """Another picture is open: let go of the results of the one before, look at all of it, and compute.

        Args:
            document: the picture.
            keeps_view: whether the place one looks at stays, as only the picture's areas are others.
        """
        self._drop_running()
        self.results.begin(document)
        self._wants_whole = self._is_held = False
        if not keeps_view:
            self._view.set_source(document.size, self._choices.factor)
        self._settle.start(0)
        self._on_results()

    def compute_whole(self) -> None:
        """Compute all of the picture, whatever is in view."""
        self._wants_whole, self._is_held = True, False
        self._compute()

    def set_computes_whole(self, wanted: bool) -> None:
        """Whether all of the picture follows by itself after the part in view."""
        self.computes_whole = wanted
        if wanted:
            self._is_held = False
            self._compute()

    def cancel(self) -> None:
        """Stop; nothing more is computed until something changes or is asked for. What is finished stays."""
        self._is_held = True
        self._settle.stop()
        self._drop_running()
        self._tell()
        self.stopped.emit()

    def wait(self) -> None:
        """Compute nothing until `go_on`, because something else is to be computed first. Calls add up."""
        self._waiters += 1
        self._drop_running()

    def go_on(self) -> None:
        """Compute again what is missing."""
        self._waiters -= 1
        self._settle.start(0)

    @property
    def awaits_view(self) -> bool:
        """Whether something in view is missing that will be computed by itself."""
        shown = self.shown
        return self._will_come and (shown is None or not self.is_in_view(shown))

    @property
    def _will_come(self) -> bool:
        """Whether what is missing in view is computed by itself."""
        return not self._is_held and (self.computes_whole or self._wants_whole or is_worth_it(self._view))

    @property
    def _is_coming(self) -> bool:
        """Whether what is missing in view is being computed, or will be."""
        return self._document.current is not None and (self.activity is not None or self._will_come)

    def is_in_view(self, kept: StoredResult) -> bool:
        """Whether everything in view is there, so that this result can be shown at once."""
        standing = kept.standing(self._view.visible, self._view.source)
        return standing in (Standing.THERE, Standing.LOADING)

    def close(self) -> None:
        """Let go of everything."""
        self._drop_running()
        self.results.clear()

    def _connect(self) -> None:
        self._document.recolored.connect(self._on_recolored)
        self._choices.changed.connect(self._on_chosen)
        self._view.changed.connect(self._on_looked)
        self.results.changed.connect(self._on_results)
        self.results.whole.connect(self._on_whole)
        self.results.failed.connect(self._on_lost)

    @Slot()
    def _on_recolored(self) -> None:
        """Whole results come back in the screen's colours by themselves; parts are computed again."""
        document = self._document.current
        self._drop_running()
        self.results.recolor(document.convert if document else None)
        self._settle.start(0)
        self._on_results()

    @Slot()
    def _on_chosen(self) -> None:
        with self.one_change():
            self._drop_running()
            self._wants_whole = self._is_held = False
            self._view.set_factor(self._choices.factor)
            self.results.get(self._choices.settings)
            self._settle.start(SETTLE_MS)
        self.stopped.emit()

    @Slot()
    def _on_looked(self) -> None:
        if not self._is_held:
            self._settle.start(SETTLE_MS if self.shown else 0)
        self._tell()

    @Slot()
    def _on_results(self) -> None:
        self._pixels += 1
        self._tell()

    @Slot()
    def _compute(self) -> None:
        """Start the job that is due, if any: the part in view if it is missing, else the whole if it is wanted."""
        document = self._document.current
        if document is None or self._is_held or self._waiters or self._is_done:
            return
        region = self._missing_region()
        if region is None and not (self.computes_whole or self._wants_whole):
            return
        report = self.activity.report if self.activity else None
        running = self._running
        if running is not None and not running.is_overtaken(region, report, is_asked_for=self._wants_whole):
            return
        self._drop_running()
        self._start(region)

    @property
    def _is_done(self) -> bool:
        settings = self._choices.settings
        shown = self._store.peek(settings)
        return self.results.is_due(settings) or (shown is not None and shown.is_whole)

    def _start(self, region: Rect | None) -> None:
        document = self._document.current
        assert document is not None, "nothing to compute"
        settings = self._choices.settings
        growing = self.results.growing(settings)
        if growing is None:
            return
        placement = Placement(growing, None if region is None else self._on_result(region))
        self._messages.settle(Subject.COMPUTING)
        picture = document.picture
        request = UpscaleRequest(document.seen_by_models, settings, picture.alpha, region, document.areas)
        part = Part.WHOLE if region is None else Part.REGION
        job = self._engine.upscale(
            request, self._on_done, self._on_failed, convert=document.convert, on_tile=placement.fill
        )
        job.reported.connect(self._on_reported)
        job.tile.connect(self._on_tile)
        self._running = CurrentJob(job, settings, part, region, placement)
        self._go_to(Activity(part, None))

    def _missing_region(self) -> Rect | None:
        """The part in view if it is worth computing apart and not there yet."""
        if not is_worth_it(self._view):
            return None
        shown = self.shown
        if shown is not None and self.is_in_view(shown):
            return None
        return part_in_view(self._view)

    @Slot(object)
    def _on_reported(self, report: ProgressReport) -> None:
        assert self._running is not None, "a job that was dropped reports nothing"
        self._go_to(Activity(self._running.part, report))

    @Slot(object)
    def _on_tile(self, tile: ShownTile) -> None:
        """Show a tile that the engine's thread has filled in."""
        running = self._running
        assert running is not None, "a job that was dropped sends no tiles"
        kept = self._store.peek(running.settings)
        if kept is not None and kept.growing is running.placement.growing:
            running.placement.cover(tile.area)
            self._on_results()

    def _on_done(self, result: UpscaleResult) -> None:
        running, self._running = self._running, None
        assert running is not None, "a job that was dropped gives no result"
        if running.region is None:
            self.results.keep_whole(running.settings, result)
        else:
            with self.one_change():
                self.results.keep_region(running.placement.growing, running.region, result)
                self.activity = None
                self._compute()

    def _on_failed(self, failure: Failure) -> None:
        self._messages.fail(failure, Subject.COMPUTING)
        self._running = None
        self._is_held = True
        self.activity = None
        self._tell()
        self.stopped.emit()

    def _on_result(self, area: Rect) -> Rect:
        return area.scaled(self._view.factor)

    @Slot(object)
    def _on_whole(self, kept: StoredResult) -> None:
        if self._running is None:
            self.activity = None
        self._on_results()
        self.finished.emit(kept)

    @Slot(object)
    def _on_lost(self, settings: UpscaleSettings) -> None:
        if settings == self._choices.settings:  # otherwise what is computed now is another result
            self._is_held = True
            self.activity = None
            self._tell()
            self.stopped.emit()

    def _drop_running(self) -> None:
        if self._running is not None:
            self._running.job.cancel()
            self._running = None
        if self.activity is not None:
            self.activity = None
            self._tell()

    def _go_to(self, activity: Activity) -> None:
        """Computing has come to this."""
        has_begun = self.activity is None
        self.activity = activity
        if has_begun:
            self._tell()
        self.progressed.emit(activity)

    def _tell(self) -> None:
        """Send `changed` if anything is another."""
        if self._is_gathering:
            return
        before, self._told = self._told, self.snapshot()
        if self._told != before or self._told.is_running != before.is_running:
            self.changed.emit(self._told)
