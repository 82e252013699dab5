"""What fills the queue: its journal at the start, and files and folders that are added. Reads them in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mfsr_app.jobs.failure import Failure, failure_of
from mfsr_app.queue.loading import Added, add_paths
from mfsr_app.queue.opening import Opened, lock_beside, opened
from mfsr_engine.batch.journal import ItemState
from mfsr_engine.batch.run_plan import RunPlan, plan_from_text
from mfsr_engine.errors import MfsrError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtCore import QLockFile

    from mfsr_app.jobs.background import Background
    from mfsr_app.queue.output import QueueOutput
    from mfsr_app.queue.table import QueueTable
    from mfsr_app.ui.messages import Messages
    from mfsr_engine.batch.journal import Journal


class QueueFilling(QObject):
    """Puts pictures into the table as soon as the journal has them."""

    changed = Signal()
    """More or less is being added, or was."""
    interrupted = Signal(object)
    """Pictures of a run that was broken off are in the table, its output is in use; carries its RunPlan."""

    def __init__(
        self,
        table: QueueTable,
        output: QueueOutput,
        background: Background,
        messages: Messages,
        journal: Journal,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._table, self._output = table, output
        self._background, self._messages, self._journal = background, messages, journal
        self._lock: QLockFile | None = None
        self.under_way = 0
        """How many calls still read."""

    def load(self) -> None:
        """Read the journal; a second window gets a list of its own, in memory."""
        self._count(1)
        path, journal = self._journal.path, self._journal
        try:
            self._lock = None if path is None else lock_beside(path)
        except OSError as error:
            journal.path = None
            self._tell_not_kept(failure_of(error))
        if path is not None and journal.path is not None and self._lock is None:
            journal.path = None
            self._messages.tell(self.tr("Another window keeps the queue. What you add here ends with this window."))
        self._background.submit(lambda: opened(journal), self._on_opened, self._on_not_added)

    def add(self, paths: Sequence[Path]) -> None:
        """Put files, and folders with everything below them, at the end."""
        folder = self._output.plan.folder_path
        self._count(1)
        self._background.submit(
            lambda: add_paths(paths, self._journal, () if folder is None else (folder,)),
            self._on_added,
            self._on_not_added,
        )

    def close(self) -> None:
        """Let go of the journal; after the threads have ended."""
        self._journal.close()
        if self._lock is not None:
            self._lock.unlock()

    def _count(self, by: int) -> None:
        self.under_way += by
        self.changed.emit()

    def _on_opened(self, answer: Opened) -> None:
        if answer.failure is not None:
            self._tell_not_kept(answer.failure)
        if answer.was_damaged:
            self._messages.tell(self.tr("The list of the queue was damaged and was put aside; it begins anew."))
        self._table.append(answer.items)
        self._restore(answer.plan_text)
        self._count(-1)
        if answer.interrupted:
            words = self.tr("The queue was interrupted; nothing half-written is left. It goes on when you start it.")
            self._messages.tell(words)

    def _tell_not_kept(self, failure: Failure) -> None:
        words = self.tr("The list of the queue cannot be used now. What you add here ends with this window.")
        self._messages.fail(Failure(words, failure.details))

    def _restore(self, plan_text: str | None) -> None:
        plan = _plan_of(plan_text)
        if plan is not None and self._table.count(ItemState.WAITING, ItemState.RUNNING):
            self._output.restore(plan.output)
            self.interrupted.emit(plan)

    def _on_added(self, added: Added) -> None:
        self._table.append(added.items)
        self._count(-1)
        if added.unknown or added.repeated or not added.items:
            self._messages.tell(self._words_for(added))

    def _words_for(self, added: Added) -> str:
        words = [self.tr("{0} pictures added.").format(len(added.items))]
        if added.unknown:
            words.append(self.tr("{0} files are no pictures and were left out.").format(added.unknown))
        if added.repeated:
            words.append(self.tr("{0} are waiting already.").format(added.repeated))
        return " ".join(words)

    def _on_not_added(self, failure: Failure) -> None:
        self._count(-1)
        self._messages.fail(failure)


def _plan_of(text: str | None) -> RunPlan | None:
    """The plan in a journal, or None where there is none that this version reads."""
    try:
        return None if text is None else plan_from_text(text)
    except (ValueError, KeyError, TypeError, MfsrError):
        return None
