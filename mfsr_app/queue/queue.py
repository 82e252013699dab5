"""The queue: what waits, what runs, what became of each. One picture at a time, each a job that makes way for previews."""

from __future__ import annotations

import time
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal, Slot

from mfsr_app.queue.editing import QueueEditing
from mfsr_app.queue.filling import QueueFilling
from mfsr_app.queue.time_left import Clock, Tally
from mfsr_app.ui.messages import MessageKind
from mfsr_engine.batch.journal import ItemState
from mfsr_engine.progress import Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from mfsr_app.jobs.background import Background
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import EngineJobs
    from mfsr_app.queue.order import Move
    from mfsr_app.queue.output import QueueOutput
    from mfsr_app.queue.table import QueueTable
    from mfsr_app.ui.messages import Messages
    from mfsr_engine.api import Upscaler
    from mfsr_engine.batch.journal import Journal, QueueItem
    from mfsr_engine.batch.run_plan import RunPlan
    from mfsr_engine.geometry import Size
    from mfsr_engine.progress import Progress, ProgressReport


class Phase(Enum):
    """What the queue does."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"


class QueueState(QObject):
    """Pictures, in the order in which they are worked through. The journal knows everything that this knows."""

    changed = Signal()
    """Phase, progress or what waits."""
    ended = Signal(int, int)
    """A run came to its end: pictures done, pictures failed."""

    def __init__(
        self,
        table: QueueTable,
        output: QueueOutput,
        jobs: EngineJobs,
        background: Background,
        messages: Messages,
        journal: Journal,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.table, self.output = table, output
        self._jobs, self._messages, self._journal = jobs, messages, journal
        self._filling = QueueFilling(table, output, background, messages, journal, self)
        self._editing = QueueEditing(table, messages, journal)
        self._job: int | None = None
        self._item: QueueItem | None = None
        self._dropped: int | None = None
        self._plan: RunPlan | None = None
        self._tally, self._clock = Tally(), Clock(0.0)
        self._current_s: float | None = None
        self._goes_on = True
        self.phase = Phase.IDLE
        self.resumed: RunPlan | None = None
        table.target_size = self._target_size
        output.changed.connect(table.refresh)
        self._filling.changed.connect(self.changed)
        self._filling.interrupted.connect(self._on_interrupted)
        jobs.reported.connect(self._on_reported)
        jobs.finished.connect(self._on_finished)
        jobs.failed.connect(self._on_failed)
        jobs.cancelled.connect(self._on_cancelled)

    @property
    def adding(self) -> int:
        """How many calls still look for pictures."""
        return self._filling.under_way

    @property
    def has_other_settings(self) -> bool:
        """Whether an interrupted run would go on with other settings than those of now."""
        return self.resumed is not None and self.resumed.settings != self.output.run_plan.settings

    @property
    def waiting(self) -> int:
        """Pictures still to be done, the one in hand included."""
        return self.table.count(ItemState.WAITING, ItemState.RUNNING)

    @property
    def share(self) -> float:
        """Finished share 0..1 of this run, in pictures."""
        return self._tally.share(self.waiting)

    @property
    def position(self) -> tuple[int, int]:
        """Number of the picture in hand in this run, and how many the run has."""
        return self._tally.position(self.waiting)

    @property
    def remaining_s(self) -> float | None:
        """Seconds to the end of the run, or None while nothing is known."""
        sizes = [self.table.size_of(item) for item in self.table.items if item.state is ItemState.WAITING]
        return self._tally.remaining_s(sizes, self._current_s, has_one_in_hand=self._item is not None)

    def load(self) -> None:
        """Read the journal, in the background; a second window gets a list of its own, in memory."""
        self._filling.load()

    def close(self) -> None:
        """Let go of the journal; after the threads have ended."""
        self._filling.close()

    def add(self, paths: Sequence[Path]) -> None:
        """Put files, and folders with everything below them, at the end."""
        self._filling.add(paths)

    def start(self) -> None:
        """Work through what waits, or go on after a pause. Settings and output stay as they are now until the end."""
        if self.phase is Phase.PAUSED:
            self._resume()
        elif self.phase is Phase.IDLE and self.output.problem and self.resumed is None:
            self._messages.tell(self.output.problem, MessageKind.ERROR)
        elif self.phase is Phase.IDLE and self.waiting:
            plan = self.resumed or self.output.run_plan
            if not self._editing.is_noted(lambda: self._journal.set_plan_text(plan.to_text())):
                return
            self._plan, self.resumed = plan, None
            self._tally = Tally()
            self._goes_on, self.phase = True, Phase.RUNNING
            if self._job is None:
                self._begin_next()
            self.changed.emit()

    def pause(self) -> None:
        """Wait after the tile in hand; nothing that was computed is lost."""
        if self.phase is Phase.RUNNING:
            self.phase = Phase.PAUSED
            self._clock.hold(time.monotonic())
            if self._job is not None:
                self._jobs.hold(self._job)
            self.table.set_held(True)
            self.changed.emit()

    def stop(self) -> None:
        """End the run within one tile; the picture in hand waits again."""
        if self.phase is not Phase.IDLE:
            self._goes_on = False
            self._drop_job()
            self._end()

    def forget_resumed(self) -> None:
        """Use the settings as they are now for what an interrupted run left."""
        self.resumed = None
        self.table.refresh()
        self.changed.emit()

    def retry_failed(self) -> None:
        """Let every failed picture wait again, and start."""
        self.retry([item.number for item in self.table.items if item.state is ItemState.FAILED])

    def retry(self, numbers: Sequence[int]) -> None:
        """Let finished pictures wait again, and start."""
        if self._editing.reset(numbers):
            self.changed.emit()
            if self.phase is Phase.IDLE:
                self.start()

    def remove(self, numbers: Iterable[int]) -> None:
        """Take pictures out of the list; no file is touched."""
        gone = set(numbers)
        if self._editing.remove(gone):
            if self._item is not None and self._item.number in gone:
                self._drop_job()
            self.changed.emit()

    def remove_finished(self) -> None:
        """Take out what is done or was skipped; what failed stays."""
        finished = (ItemState.DONE, ItemState.SKIPPED)
        self.remove([item.number for item in self.table.items if item.state in finished])

    def move(self, numbers: Iterable[int], where: Move) -> None:
        """Move pictures together to the top or bottom, or by one place."""
        self._editing.move(numbers, where)

    def _resume(self) -> None:
        self.phase = Phase.RUNNING
        self._clock.let_go(time.monotonic())
        self.table.set_held(False)
        if self._job is None:
            self._begin_next()
        else:
            self._jobs.let_go(self._job)
        self.changed.emit()

    def _begin_next(self) -> None:
        item = next((item for item in self.table.items if item.state is ItemState.WAITING), None)
        if item is None:
            self._end()
            return
        if self.phase is not Phase.RUNNING:
            return
        plan, journal = self._plan, self._journal
        assert plan is not None, "running without a plan"

        def work(upscaler: Upscaler, progress: Progress) -> object:
            from mfsr_engine.batch.queue_run import run_item

            return run_item(item, plan, journal, upscaler, progress)

        self._item = replace(item, state=ItemState.RUNNING, words="", details="")
        self._clock, self._current_s = Clock(time.monotonic()), None
        self.table.set_progress(item.number, "", None, None)
        self.table.replace(self._item)
        self._job = self._jobs.submit(work, makes_way=True)
        self.changed.emit()

    def _end(self) -> None:
        self.phase, self._plan, self._current_s = Phase.IDLE, None, None
        self.table.set_held(False)
        self.changed.emit()
        if self._goes_on:
            self.ended.emit(self._tally.done, self._tally.failed)

    def _drop_job(self) -> None:
        """Stop the picture in hand; it waits again. What the job still sends is not listened to, but its end is."""
        if self._job is not None and self._item is not None:
            self._jobs.cancel(self._job)
            self.table.replace(replace(self._item, state=ItemState.WAITING))
            self._dropped, self._item, self._current_s = self._item.number, None, None

    def _target_size(self, source: Size) -> Size | None:
        plan = self._plan or self.resumed
        return self.output.target_size(source, None if plan is None else plan.settings.size)

    @Slot(object)
    def _on_interrupted(self, plan: RunPlan) -> None:
        self.resumed = plan

    @Slot(int, object)
    def _on_reported(self, number: int, report: ProgressReport) -> None:
        if number != self._job or self._item is None:
            return
        fraction = report.fraction if report.stage == Stage.UPSCALING else None
        self._current_s = self._clock.remaining_s(fraction, time.monotonic())
        self.table.set_progress(self._item.number, report.stage, fraction, self._current_s)
        self.changed.emit()

    @Slot(int, object)
    def _on_finished(self, number: int, answer: Any) -> None:
        if number == self._job:
            if answer.state is ItemState.DONE:
                self._tally.pace.add(answer.size, self._clock.passed_s(time.monotonic()))
            self._take(answer)

    @Slot(int, object)
    def _on_failed(self, number: int, failure: Failure) -> None:
        if self._item is None:  # it was stopped, and failed on its way out
            self._on_cancelled(number)
        elif number == self._job:
            failed = replace(self._item, state=ItemState.FAILED, words=failure.text, details=failure.details)
            # if that is not noted, the other pictures may still have room elsewhere
            self._editing.is_noted(lambda: self._journal.finish(failed))
            self._take(failed)

    def _count(self, item: QueueItem) -> None:
        """Count what became of a picture, unless it was taken out meanwhile."""
        if self.table.row_of(item.number) is not None:
            self._tally.count(item.state)

    def _take(self, item: QueueItem) -> None:
        self._job = self._item = self._current_s = None
        self._count(item)
        self.table.replace(item)
        self._begin_next()
        self.changed.emit()

    @Slot(int)
    def _on_cancelled(self, number: int) -> None:
        if number == self._job:
            dropped, self._job, self._dropped = self._dropped, None, None
            noted = None if dropped is None else self._journal.item(dropped)
            if noted is not None and not noted.is_open:  # it was finished just before it was stopped
                self._count(noted)
                self.table.replace(noted)
            if self.phase is not Phase.IDLE and self._goes_on:
                self._begin_next()
            self.changed.emit()
