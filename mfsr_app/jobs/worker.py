"""A thread with a queue of calls. Whoever submits one gets a job, which says in the GUI thread what becomes of it. Knows nothing of what
is called.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal, Slot

from mfsr_app.jobs.failure import failure_of
from mfsr_engine.errors import Cancelled
from mfsr_engine.progress import FinishedTile, Progress, ProgressReport

if TYPE_CHECKING:
    from mfsr_app.jobs.failure import Failure

T = TypeVar("T")


@dataclass(eq=False)
class _Task:
    """A job as its thread sees it, which must hold no QObject: the last to let go of one destroys it."""

    call: Callable[[Progress], Any] | None
    makes_way: bool
    progress: Progress = field(init=False)
    is_held: bool = False


class Job(QObject):
    """One call, from when it is submitted to its end. Signals come in the GUI thread, none before its event loop runs again: there is
    time to connect. A job that was cancelled says only that it has ended.
    """

    reported = Signal(object)
    """ProgressReport"""
    tile = Signal(object)
    """What `on_tile` made of a finished tile."""
    done = Signal(object)
    """What the call gave back."""
    failed = Signal(object)
    """Failure"""
    ended = Signal()
    """Done, failed or cancelled: nothing more will come."""

    def __init__(
        self,
        task: _Task,
        wake: Callable[[], None],
        on_done: Callable[[Any], object] | None,
        on_failed: Callable[[Failure], object] | None,
    ) -> None:
        super().__init__()
        self._task, self._wake = task, wake
        self._on_done, self._on_failed = on_done, on_failed
        self.is_cancelled = False
        """Whether `cancel` was called."""

    def cancel(self) -> None:
        """Stop within one tile, or before it begins; what it has sent and still sends is dropped. Does nothing once it has ended."""
        self.is_cancelled = True
        self._task.progress.cancel()
        self._wake()

    def hold(self) -> None:
        """Let a job that makes way wait after the tile in hand, with all that it has."""
        self._task.is_held = True

    def release(self) -> None:
        """Let a held job continue."""
        self._task.is_held = False
        self._wake()

    def finish(self, answer: object) -> None:
        """Say that the call gave this back."""
        if self._on_done is not None:
            self._on_done(answer)
        self.done.emit(answer)

    def fail(self, failure: Failure) -> None:
        """Say that the call failed."""
        if self._on_failed is not None:
            self._on_failed(failure)
        self.failed.emit(failure)


Said = Callable[[Job], None]
"""What a thread has to say of a job, as a call to be made in the GUI thread."""


class Worker(QObject):
    """Does one call after the other, in the order in which they were submitted. The thread begins with the first.

    `stop` or `finish` must be called before the worker goes.
    """

    _said = Signal(object, object)
    _ended = Signal(object, object)

    def __init__(self, name: str, prepare: Callable[[], object] | None = None, parent: QObject | None = None) -> None:
        """Make a thread that begins later.

        Args:
            name: of the thread.
            prepare: called in the thread before its first job, for what all its jobs need.
            parent: as of any QObject.
        """
        super().__init__(parent)
        self._prepare = prepare
        self._jobs: dict[_Task, Job] = {}
        self._waiting: deque[_Task] = deque()
        self._changed = threading.Condition()
        self._is_ending = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._said.connect(self._on_said, Qt.ConnectionType.QueuedConnection)
        self._ended.connect(self._on_ended, Qt.ConnectionType.QueuedConnection)

    def submit(
        self,
        call: Callable[[Progress], T],
        on_done: Callable[[T], object] | None = None,
        on_failed: Callable[[Failure], object] | None = None,
        *,
        makes_way: bool = False,
        on_tile: Callable[[FinishedTile], object] | None = None,
    ) -> Job:
        """Queue a call. To be called in the GUI thread, as are `on_done` and `on_failed`.

        Args:
            call: what to do; tells and asks its progress how far it is and whether it should stop.
            on_done: gets what the call gave back, just before `Job.done` is sent.
            on_failed: gets what went wrong, just before `Job.failed` is sent.
            makes_way: for work that nobody looks at: jobs that come while it runs are done between two of its tiles,
                and nothing of it is lost. Such a job can be held.
            on_tile: gets each tile in this worker's thread, and gives back what `Job.tile` sends. Without it no tiles are made
                for display.
        """
        task = _Task(call, makes_way)

        def on_report(report: ProgressReport) -> None:
            self._say(task, lambda job: job.reported.emit(report))
            if task.makes_way:
                self._make_way(task)

        def on_finished_tile(tile: FinishedTile) -> None:
            made = on_tile(tile) if on_tile is not None else None
            self._say(task, lambda job: job.tile.emit(made))

        task.progress = Progress(on_report, None if on_tile is None else on_finished_tile)
        job = Job(task, self._wake, on_done, on_failed)
        if not self._is_ending:
            self._jobs[task] = job
            self._waiting.append(task)
            if not self._thread.ident:
                self._thread.start()
            self._wake()
        return job

    def finish(self) -> None:
        """Let all that was submitted end (no file to be written is lost), answer nothing any more, and end the thread."""
        self._jobs.clear()
        self._is_ending = True
        self._wake()
        if self._thread.ident:
            self._thread.join()

    def stop(self) -> None:
        """Cancel all jobs, answer nothing any more, and end the thread."""
        for job in self._jobs.values():
            job.cancel()
        self.finish()

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _say(self, task: _Task, said: Said) -> None:
        self._said.emit(task, said)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_ending)
                if not self._waiting:
                    return
                task = self._waiting.popleft()
            self._do(task)
            del task  # which may hold a picture

    def _make_way(self, task: _Task) -> None:
        """Do every job that came meanwhile, inside of the one that runs, and wait while that is held."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._is_ending or not self._waits(task))
                if task.progress.is_cancelled or not self._waiting:
                    return
                other = self._waiting.popleft()
            self._do(other)

    def _waits(self, task: _Task) -> bool:
        return task.is_held and not task.progress.is_cancelled

    def _do(self, task: _Task) -> None:
        said = self._outcome(task)
        task.call = None  # task and progress hold each other
        self._ended.emit(task, said)

    def _outcome(self, task: _Task) -> Said | None:
        """Make the call of a job; what is to be said of it, whatever it raises."""
        assert task.call is not None, "a job is done once"
        try:
            task.progress.check()
            if self._prepare is not None:
                self._prepare()
                self._prepare = None
            answer = task.call(task.progress)
        except Cancelled:
            return None
        except Exception as error:
            failure = failure_of(error)
            return lambda job: job.fail(failure)
        return lambda job: job.finish(answer)

    @Slot(object, object)
    def _on_said(self, task: _Task, said: Said) -> None:
        job = self._jobs.get(task)
        if job is not None and not job.is_cancelled:
            said(job)

    @Slot(object, object)
    def _on_ended(self, task: _Task, said: Said | None) -> None:
        job = self._jobs.pop(task, None)
        if job is None:  # the worker has ended
            return
        try:
            if said is not None and not job.is_cancelled:
                said(job)
        finally:
            job.ended.emit()
