"""Follows a training run through the files it writes, and passes requests on to it. The run needs no window."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from distill.runs.status import Phase, StopRequest
from mfsr_app.desktop.messages import MessageKind
from mfsr_app.distill.work import Pictures, RunView

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.desktop.messages import Messages
    from mfsr_app.distill.wizard import DistillState
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import Worker

LOOK_EVERY_MS = 1000
RETRY_MS = 5000
LOOK_SHARE = 20
"""Looking takes at most one part in so many of the time: the metrics of a long run take longer to read."""
LOOK_AT_LEAST_EVERY_MS = 10_000
"""But nobody waits longer than this for what has changed."""


class RunFollower(QObject):
    """Tells the wizard's state when the run has ended."""

    changed = Signal()
    """The run moved on, or another one is followed."""

    def __init__(self, state: DistillState, worker: Worker, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._worker, self._messages = state, worker, messages
        self.folder: Path | None = None
        self.view: RunView | None = None
        self.previews: Pictures | None = None
        self.request: StopRequest | None = None
        self._shown_grid: Path | None = None
        self._is_looking = False
        self._has_looked = False
        """Whether a look has ended: the first one loads what all others need, and says nothing of their time."""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._look)
        state.run_begun.connect(self._follow)

    @property
    def can_go_on(self) -> bool:
        """Whether the run stands still before its end."""
        view = self.view
        return view is not None and not view.is_alive and view.phase is not Phase.FINISHED

    @property
    def can_take(self) -> bool:
        """Whether a run that stands still has something to show."""
        return self.can_go_on and self.view is not None and self.view.has_checkpoint

    def pause(self) -> None:
        """Save and end for now."""
        self._ask(StopRequest.PAUSE)

    def stop(self) -> None:
        """Save and end, and take the student as it is."""
        self._ask(StopRequest.STOP)

    def resume(self) -> None:
        """Resume from the newest checkpoint."""
        folder = self.folder
        if folder is not None and self.can_go_on:
            self.request = None
            self._state.set_trained(is_trained=False)
            self._worker.submit(lambda _: self._state.work.go_on(folder), lambda _: self._look(), self._messages.fail)

    def take(self) -> None:
        """Use the student of the current checkpoint."""
        if self.can_take:
            self._state.set_trained(is_trained=True)

    def close(self) -> None:
        """Look no longer."""
        self._timer.stop()
        self.folder = None

    def _ask(self, request: StopRequest) -> None:
        folder = self.folder
        if folder is None:
            return
        self.request = request
        self._worker.submit(lambda _: self._state.work.ask_to_stop(folder, request), on_failed=self._on_not_asked)
        self.changed.emit()

    def _on_not_asked(self, failure: Failure) -> None:
        self.request = None
        self._messages.fail(failure)
        self.changed.emit()

    @Slot(object)
    def _follow(self, folder: Path) -> None:
        self.folder, self.view, self.previews, self.request, self._shown_grid = folder, None, None, None, None
        self.changed.emit()
        self._look()

    @Slot()
    def _look(self) -> None:
        folder = self.folder
        if folder is not None and not self._is_looking:
            self._is_looking = True
            self._worker.submit(lambda _: self._timed_look(folder), self._on_seen, self._on_not_seen)

    def _timed_look(self, folder: Path) -> tuple[RunView, float]:
        """A look, and the milliseconds that it took."""
        began_s = time.monotonic()
        return self._state.work.look(folder), 1000 * (time.monotonic() - began_s)

    def _on_seen(self, seen: tuple[RunView, float]) -> None:
        view, took_ms = seen
        self._is_looking = False
        if view.folder != self.folder:
            self._look()
            return
        if self.view is not None and self.view.is_alive and not view.is_alive:
            self._tell_end(view)
        self.view = view
        if view.preview is not None and view.preview != self._shown_grid:
            self._shown_grid = preview = view.preview
            self._worker.submit(lambda _: self._state.work.pictures(preview), self._show_previews, self._messages.fail)
        if not view.is_alive and view.phase in (Phase.FINISHED, Phase.STOPPED):
            self._state.set_trained(is_trained=view.has_checkpoint)
        if view.is_alive or view.phase is Phase.NEW:
            rest_ms = LOOK_SHARE * took_ms if self._has_looked else 0.0
            self._timer.start(round(min(max(LOOK_EVERY_MS, rest_ms), max(LOOK_EVERY_MS, LOOK_AT_LEAST_EVERY_MS))))
            self._has_looked = True
        else:
            self.request = None
        self.changed.emit()

    def _tell_end(self, view: RunView) -> None:
        if view.phase is Phase.FINISHED:
            self._messages.tell(self.tr("{0} has finished training.").format(view.name), MessageKind.DONE)
        elif view.phase is Phase.FAILED:
            self._messages.tell(f"{view.name}: {view.message}", MessageKind.ERROR)

    def _show_previews(self, pictures: Pictures) -> None:
        self.previews = pictures
        self.changed.emit()

    def _on_not_seen(self, failure: Failure) -> None:
        """A file that is being replaced can be read a little later."""
        self._is_looking = False
        self._timer.start(RETRY_MS)
        self._messages.fail(failure)
