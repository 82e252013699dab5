"""The queue's state: what waits, what runs, and the outcome of each picture. One picture at a time, each a job that makes way for
previews.
"""

from __future__ import annotations

import sqlite3
import tempfile
import time
from contextlib import suppress
from dataclasses import replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from mfsr_app.desktop.messages import MessageKind
from mfsr_app.jobs.failure import Failure, failure_of
from mfsr_app.queue.loading import (
    Added,
    AddedOpen,
    Adding,
    Opened,
    add_open,
    add_paths,
    import_run,
    lock_beside,
    masks_beside,
    opened,
    plan_of,
)
from mfsr_app.queue.output import fidelity_text
from mfsr_app.queue.time_left import Clock, Tally
from mfsr_engine.batch.journal import ItemState, QueueItem
from mfsr_engine.files.tables import as_json
from mfsr_engine.progress import Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from PySide6.QtCore import QLockFile

    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.engine import EngineWorker
    from mfsr_app.jobs.worker import Job, Worker
    from mfsr_app.queue.output import QueueOutput
    from mfsr_app.queue.table import QueueTable
    from mfsr_engine.api import MaskedAreas, Upscaler
    from mfsr_engine.batch.journal import Journal
    from mfsr_engine.batch.run_plan import RunPlan
    from mfsr_engine.geometry import Size
    from mfsr_engine.progress import Progress, ProgressReport


class Move(Enum):
    """Where pictures are moved."""

    TOP = "top"
    UP = "up"
    DOWN = "down"
    BOTTOM = "bottom"


def moved(items: Sequence[QueueItem], chosen: Collection[int], where: Move) -> tuple[list[QueueItem], slice]:
    """Move the chosen pictures together.

    Returns:
        The list in its new order, and the part of it that is touched.
    """
    rows = [row for row, item in enumerate(items) if item.number in chosen]
    if not rows:
        return list(items), slice(0, 0)
    span = _span(rows, len(items), where)
    together = [item for item in items[span] if item.number in chosen]
    rest = [item for item in items[span] if item.number not in chosen]
    changed = list(items)
    changed[span] = [*together, *rest] if where in (Move.TOP, Move.UP) else [*rest, *together]
    return changed, span


def _span(rows: list[int], count: int, where: Move) -> slice:
    match where:
        case Move.TOP:
            return slice(0, rows[-1] + 1)
        case Move.UP:
            return slice(max(0, rows[0] - 1), rows[-1] + 1)
        case Move.DOWN:
            return slice(rows[0], min(count, rows[-1] + 2))
        case Move.BOTTOM:
            return slice(rows[0], count)


class Phase(Enum):
    """What the queue does."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"


class QueueState(QObject):
    """Pictures, in the order in which they are worked through. The journal knows everything that this knows."""

    changed = Signal()
    """Phase, progress or what waits."""
    asked = Signal(list)
    """Paths are to be added, which the user has named."""
    ended = Signal(int, int)
    """A run came to its end: pictures done, pictures failed."""

    def __init__(
        self,
        table: QueueTable,
        output: QueueOutput,
        engine: EngineWorker,
        background: Worker,
        messages: Messages,
        journal: Journal,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.table, self.output = table, output
        self._engine, self._messages, self._journal = engine, messages, journal
        self._background = background
        self._lock: QLockFile | None = None
        self._own_masks: tempfile.TemporaryDirectory[str] | None = None
        self._unfinished: list[Adding] = []
        """Attempts to add, in the order in which they were asked for; the first is under way."""
        self._job: Job | None = None
        self._item: QueueItem | None = None
        self._plan: RunPlan | None = None
        self._tally, self._clock = Tally(), Clock(0.0)
        self._current_s: float | None = None
        self._goes_on = True
        self.phase = Phase.IDLE
        self._seen_broken: set[int] = set()
        """Pictures that a look has found broken and no run has come to."""
        self.adding = 0
        """How many calls still look for pictures."""
        self.resumed: RunPlan | None = None
        table.target_size = self._target_size
        table.plan_words = self._plan_words
        table.found_broken.connect(self._on_found_broken)
        output.changed.connect(table.refresh)

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
        """Read the journal; a second window gets a list of its own, in memory."""
        self._count_adding(1)
        path, journal = self._journal.path, self._journal
        try:
            self._lock = None if path is None else lock_beside(path)
        except OSError as error:
            journal.path = None
            self._tell_not_kept(failure_of(error))
        if path is not None and journal.path is not None and self._lock is None:
            journal.path = None
            self._messages.tell(self.tr("Another window keeps the queue. What you add here ends with this window."))
        self._background.submit(lambda _: opened(journal), self._on_opened, self._on_not_added)
        self._background.submit(lambda _: import_run())

    def add(self, paths: Sequence[Path]) -> None:
        """Put files, and folders with everything below them, at the end."""
        self.asked.emit(list(paths))
        plan, journal = self.output.plan, self._journal
        without = () if plan.folder_path is None else (plan.folder_path,)
        self._count_adding(1)
        adding = add_paths(paths, journal, without, include_results=plan.include_results)
        self._unfinished.append(adding)
        if len(self._unfinished) == 1:
            self._add_next()

    def _add_next(self) -> None:
        """The next portion; an attempt begins after the one before has ended, so that their pictures do not mix."""
        if not self._unfinished:
            return
        adding = self._unfinished[0]
        self._background.submit(
            lambda _: adding.next_portion(),
            lambda portion: self._on_portion(adding, portion),
            lambda failure: self._on_adding_failed(adding, failure),
        )

    def add_open(self, path: Path, areas: MaskedAreas | None) -> None:
        """Put the photograph that is open elsewhere at the end; with areas it keeps the settings and the output of now."""
        self.asked.emit([path])
        plan, journal, folder = self.output.run_plan, self._journal, self._masks_folder()
        self._count_adding(1)
        self._background.submit(
            lambda _: add_open(path, plan, areas, folder, journal),
            lambda added: self._on_added_open(path, added),
            self._on_not_added,
        )

    def _masks_folder(self) -> Path:
        """Beside the journal; one in memory only has its masks as long."""
        if self._journal.path is not None:
            return masks_beside(self._journal.path)
        if self._own_masks is None:
            self._own_masks = tempfile.TemporaryDirectory(prefix="mfsr-", ignore_cleanup_errors=True)
        return Path(self._own_masks.name)

    def close(self) -> None:
        """Add what is still to be added and let go of the journal; after the threads have ended."""
        try:
            for adding in self._unfinished:
                self._finish_adding(adding)
        finally:
            if self._own_masks is not None:
                self._own_masks.cleanup()
            self._journal.close()
            if self._lock is not None:
                self._lock.unlock()

    def _finish_adding(self, adding: Adding) -> None:
        """All of it or, where that cannot be, nothing; nobody is there any more who could be told."""
        try:
            adding.finish()
        except (sqlite3.Error, OSError):
            with suppress(sqlite3.Error):
                self._journal.remove(item.number for item in adding.so_far.items)

    def start(self) -> None:
        """Work through what waits, or go on after a pause. Settings and output stay as they are now until the end."""
        if self.phase is Phase.PAUSED:
            self._resume()
        elif self.phase is Phase.IDLE and self.output.problem and self.resumed is None:
            self._messages.tell(self.output.problem, MessageKind.ERROR)
        elif self.phase is Phase.IDLE and self.waiting:
            plan = self.resumed or self.output.run_plan
            if not self._is_noted(lambda: self._journal.set_plan_text(as_json(plan))):
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
                self._job.hold()
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
        rows = [self.table.row_of(number) for number in numbers]
        items = [item for item in (self.table.item(row) for row in rows if row is not None) if not item.is_open]
        if self._is_noted(lambda: self._journal.reset(item.number for item in items)) and items:
            for item in items:
                self._seen_broken.discard(item.number)
                self.table.replace(QueueItem(item.number, item.source, size=item.size, own_plan=item.own_plan))
            self.changed.emit()
            if self.phase is Phase.IDLE:
                self.start()

    def remove(self, numbers: Iterable[int]) -> None:
        """Take pictures out of the list; no file is touched."""
        gone = set(numbers)
        if self._is_noted(lambda: self._journal.remove(gone)):
            self.table.remove(gone)
            if self._item is not None and self._item.number in gone:
                self._drop_job()
            self._forget_done_run()
            self.changed.emit()

    def remove_finished(self) -> None:
        """Take out what is done or was skipped; what failed stays."""
        finished = (ItemState.DONE, ItemState.SKIPPED)
        self.remove([item.number for item in self.table.items if item.state in finished])

    def move(self, numbers: Iterable[int], where: Move) -> None:
        """Move pictures together to the top or bottom, or by one place."""
        items, touched = moved(self.table.items, set(numbers), where)
        if self._is_noted(lambda: self._journal.reorder([item.number for item in items[touched]])):
            self.table.set_order(items)

    def use_settings(self, numbers: Sequence[int], *, own: bool) -> None:
        """Work through these pictures with the settings and the output of now, whatever they are at the start; or, without
        `own`, as all others.
        """
        items = [self.table.item(row) for row in map(self.table.row_of, numbers) if row is not None]
        items = [item for item in items if item.state is not ItemState.RUNNING]
        texts: dict[str, list[QueueItem]] = {}
        plain = as_json(self.output.run_plan) if own else ""
        for item in items:
            texts.setdefault(self._own_text(item) if own and item.own_plan else plain, []).append(item)
        for text, alike in texts.items():
            if self._is_noted(partial(self._journal.set_own_plan, [item.number for item in alike], text)):
                for item in alike:
                    self.table.replace(replace(item, own_plan=text))
        self.changed.emit()

    def _own_text(self, item: QueueItem) -> str:
        """The settings and the output of now as a plan of one picture, with the areas that it has."""
        before = plan_of(item.own_plan)
        return as_json(replace(self.output.run_plan, areas=None if before is None else before.areas))

    @property
    def has_newer_settings(self) -> bool:
        """Whether the run goes on with other settings than those of now."""
        return self._plan is not None and self._plan != self.output.run_plan

    def follow(self) -> None:
        """Use the settings of now from the next picture on."""
        plan = self.output.run_plan
        if self.has_newer_settings and self._is_noted(lambda: self._journal.set_plan_text(as_json(plan))):
            self._plan = plan
            self.table.refresh()
            self.changed.emit()

    def _forget_done_run(self) -> None:
        """A run of which nothing is left is over, also for the next start."""
        if self.phase is Phase.IDLE and not self.waiting:
            self._is_noted(self._journal.forget_plan)
            self.resumed = None

    def _is_noted(self, note: Callable[[], None]) -> bool:
        """Change the journal first; whether that was possible. If not, the user is told, and nothing is done that the next
        start would not know.
        """
        try:
            note()
        except sqlite3.Error as error:
            self._messages.fail(failure_of(error))
            return False
        return True

    def _count_adding(self, by: int) -> None:
        self.adding += by
        self.changed.emit()

    def _on_opened(self, answer: Opened) -> None:
        if answer.failure is not None:
            self._tell_not_kept(answer.failure)
        if answer.was_damaged:
            self._messages.tell(self.tr("The list of the queue was damaged and was put aside; it begins anew."))
        self.table.append(answer.items)
        self._restore(answer.plan_text)
        self._count_adding(-1)
        if answer.interrupted:
            words = self.tr("The queue was interrupted; nothing half-written is left. It goes on when you start it.")
            self._messages.tell(words)

    def _tell_not_kept(self, failure: Failure) -> None:
        words = self.tr("The list of the queue cannot be used now. What you add here ends with this window.")
        self._messages.fail(Failure(words, failure.details))

    def _restore(self, plan_text: str | None) -> None:
        plan = plan_of(plan_text)
        if plan is not None and self.table.count(ItemState.WAITING, ItemState.RUNNING):
            self.output.restore(plan.output)
            self.resumed = plan

    def _on_portion(self, adding: Adding, portion: Added | None) -> None:
        if portion is not None:
            self.table.append(portion.items)
            QTimer.singleShot(
                0, self, self._add_next
            )  # rows are painted first, while nothing else wants the interpreter
            self._continue_run()
            return
        self._unfinished.remove(adding)
        self._add_next()
        self._count_adding(-1)
        self._continue_run()
        added = adding.so_far
        if added.unknown or added.repeated or added.results or not added.items:
            self._messages.tell(self._words_for_added(added))

    def _on_adding_failed(self, adding: Adding, failure: Failure) -> None:
        """Take back what was added before: all of it or nothing is in the list."""
        self._unfinished.remove(adding)
        if adding.so_far.items:
            self.remove([item.number for item in adding.so_far.items])
        self._add_next()
        self._on_not_added(failure)
        self._continue_run()

    def _continue_run(self) -> None:
        """A run that has done all that was there takes what has come, or ends if nothing more comes."""
        if self.phase is Phase.RUNNING and self._job is None:
            self._begin_next()

    def _words_for_added(self, added: Added) -> str:
        words = [self.tr("{0} pictures added.").format(len(added.items))]
        if added.unknown:
            words.append(self.tr("{0} files are no pictures and were left out.").format(added.unknown))
        if added.repeated:
            words.append(self.tr("{0} are waiting already.").format(added.repeated))
        if added.results:
            words.append(self.tr("{0} are results of this program and were left out.").format(added.results))
        return " ".join(words)

    def _on_added_open(self, path: Path, added: AddedOpen) -> None:
        self._count_adding(-1)
        item = added.item
        if item is None:
            self._messages.tell(self.tr("{0} was not added: it is in hand now, or no longer there.").format(path.name))
            return
        if added.is_new:
            self.table.append([item])
        elif self.table.row_of(item.number) is not None:
            self.table.replace(item)
        plan = plan_of(item.own_plan)
        words = self.tr("{0} waits in the queue.")
        if plan is not None and plan.areas is not None:
            words = self.tr("{0} waits in the queue, with its areas and the settings of now.")
        self._messages.tell(words.format(path.name), MessageKind.DONE)
        self.changed.emit()

    def _on_not_added(self, failure: Failure) -> None:
        self._count_adding(-1)
        self._messages.fail(failure)

    def _resume(self) -> None:
        self.phase = Phase.RUNNING
        self._clock.let_go(time.monotonic())
        self.table.set_held(False)
        if self._job is None:
            self._begin_next()
        else:
            self._job.release()
        self.changed.emit()

    def _begin_next(self) -> None:
        item = next((item for item in self.table.items if item.state is ItemState.WAITING), None)
        if item is None and self._unfinished:
            return
        if item is None:
            self._finish_broken()
            self._end()
            return
        if self.phase is not Phase.RUNNING:
            return
        plan, journal = plan_of(item.own_plan) or self._plan, self._journal
        assert plan is not None, "running without a plan"

        def work(upscaler: Upscaler, progress: Progress) -> QueueItem:
            from mfsr_engine.batch.queue_run import run_item

            return run_item(item, plan, journal, upscaler, progress)

        self._item = replace(item, state=ItemState.RUNNING, words="", details="")
        self._clock, self._current_s = Clock(time.monotonic()), None
        self.table.set_progress(item.number, "", None, None)
        self.table.replace(self._item)
        self._job = self._engine.run(work, self._on_done, self._on_failed, makes_way=True)
        self._job.reported.connect(self._on_reported)
        self.changed.emit()

    def _end(self) -> None:
        self.phase, self._plan, self._current_s = Phase.IDLE, None, None
        self._forget_done_run()
        self.table.set_held(False)
        self.changed.emit()
        if self._goes_on:
            self.ended.emit(self._tally.done, self._tally.failed)

    def _drop_job(self) -> None:
        """Stop the picture in hand; it waits again. No other is begun before the job has ended."""
        if self._job is not None and self._item is not None:
            dropped = self._item.number
            self._job.cancel()
            self._job.ended.connect(lambda: self._on_dropped(dropped))
            self.table.replace(replace(self._item, state=ItemState.WAITING))
            self._item = self._current_s = None

    def _target_size(self, source: Size, own_plan: str = "") -> Size | None:
        plan = plan_of(own_plan) or self._plan or self.resumed
        return self.output.target_size(source, None if plan is None else plan.settings)

    def _plan_words(self, own_plan: str) -> str:
        plan = plan_of(own_plan)
        if plan is None:
            return ""
        settings, words = plan.settings, self.tr("Model {0}, steps {1}, seed {2}, fidelity {3}, {4}")
        steps = settings.steps or self.tr("as the model was made for")
        fidelity = fidelity_text(settings.fidelity, is_auto=settings.is_fidelity_auto)
        said = words.format(settings.model, steps, settings.seed, fidelity, plan.output.format.value)
        if settings.passes > 1:
            said = self.tr("{0}, {1} passes").format(said, settings.passes)
        return said if plan.areas is None else self.tr("{0}, with areas").format(said)

    @Slot(object)
    def _on_reported(self, report: ProgressReport) -> None:
        assert self._item is not None, "a job that was dropped reports nothing"
        fraction = report.fraction if report.stage == Stage.UPSCALING else None
        self._current_s = self._clock.remaining_s(fraction, time.monotonic())
        self.table.set_progress(self._item.number, report.stage, fraction, self._current_s)
        self.changed.emit()

    @Slot(int, str)
    def _on_found_broken(self, number: int, words: str) -> None:
        """A look at a picture that waits has failed: what is known needs no run."""
        row = self.table.row_of(number)
        if row is not None and self.table.item(row).state is ItemState.WAITING:
            self._seen_broken.add(number)
            self.table.replace(replace(self.table.item(row), state=ItemState.FAILED, words=words))
            self.changed.emit()

    def _finish_broken(self) -> None:
        """What a look has found broken is of the run that would have come to it; a run that is killed leaves it to the next."""
        rows = [row for row in map(self.table.row_of, self._seen_broken) if row is not None]
        self._seen_broken.clear()
        for item in [self.table.item(row) for row in rows]:
            if item.state is ItemState.FAILED and self._is_noted(partial(self._journal.finish, item)):
                self._count(item)

    def _on_done(self, item: QueueItem) -> None:
        if item.state is ItemState.DONE and item.size is not None:
            self._tally.pace.add(item.size, self._clock.passed_s(time.monotonic()))
        self._take(item)

    def _on_failed(self, failure: Failure) -> None:
        assert self._item is not None, "a job that was dropped does not fail"
        failed = replace(self._item, state=ItemState.FAILED, words=failure.text, details=failure.details)
        # if that is not noted, the other pictures may still have room elsewhere
        self._is_noted(lambda: self._journal.finish(failed))
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

    def _on_dropped(self, number: int) -> None:
        """The job of a picture that was taken out of hand has ended."""
        self._job = None
        noted = self._journal.item(number)
        if noted is not None and not noted.is_open:  # it was finished just before it was stopped
            self._count(noted)
            self.table.replace(noted)
        if self.phase is not Phase.IDLE and self._goes_on:
            self._begin_next()
        self.changed.emit()
