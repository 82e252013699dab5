"""Decides whether the window may close: the user is asked first if a result is not saved yet or the queue is running."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from mfsr_app.desktop.background import Background
from mfsr_app.queue.queue import Phase
from mfsr_app.ui.close_question import CloseAnswer, QueueAnswer, ask_about_queue, ask_before_closing
from mfsr_engine.settings.settings import AtClose

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from mfsr_app.compare.saving import SavingState
    from mfsr_app.queue.queue import QueueState
    from mfsr_app.settings.settings import SettingsState


class CloseGuard(QObject):
    """If a save waits or is on its way the user is asked, and the window may close later, once the file is written. A running queue
    may go on in the background, and the window closes at its end.
    """

    def __init__(self, saving: SavingState, queue: QueueState, settings: SettingsState, window: QWidget) -> None:
        super().__init__(window)
        self._saving, self._queue, self._settings, self._window = saving, queue, settings, window
        self._closes_when_saved = self._was_saved = False
        self.background = Background(window)
        self.is_settled = False
        """Whether it closes in any case, and nothing is asked."""
        self.ask: Callable[[], CloseAnswer] = lambda: ask_before_closing(window)
        """Asks the user; tests put their answer here."""
        self.ask_about_queue: Callable[[], QueueAnswer] = lambda: ask_about_queue(window)
        """Asks what becomes of the queue; tests put their answer here."""
        saving.saved.connect(self._on_saved)
        saving.not_saved.connect(self._on_not_saved)
        queue.changed.connect(self._on_queue)
        self.background.end_asked.connect(self._on_end_asked)

    @property
    def is_agreed(self) -> bool:
        """Whether nothing is lost by closing now, or the user wants to; asks if need be."""
        is_free = self.is_settled or self._queue.phase is not Phase.RUNNING
        return self.may_log_out and (is_free or self._may_stop_queue())

    @property
    def may_log_out(self) -> bool:
        """The same where the program cannot go on in the background; a queue that stops loses nothing."""
        return self.is_settled or not self._saving.is_busy or self._is_wanted()

    def _is_wanted(self) -> bool:
        self._closes_when_saved = self._was_saved = False
        answer, is_busy = self.ask(), self._saving.is_busy
        self._closes_when_saved = answer is CloseAnswer.WAIT and is_busy
        has_ended_well = self._was_saved and not is_busy  # while the question was open
        return self.is_settled or answer is CloseAnswer.DISCARD or (answer is CloseAnswer.WAIT and has_ended_well)

    def _may_stop_queue(self) -> bool:
        choice: AtClose | None = self._settings.current.queue_at_close
        if choice is AtClose.ASK:
            answer = self.ask_about_queue()
            choice = answer.choice
            if answer.is_for_good:
                self._settings.change(queue_at_close=answer.choice)
        if (
            choice is AtClose.BACKGROUND and self._queue.phase is Phase.RUNNING
        ):  # it may have ended while the question was open
            self.background.enter(self.tr("MFSR: the queue is running"))
            return False
        return self.is_settled or choice is not None

    @Slot()
    def _on_queue(self) -> None:
        if not self.background.is_in_use or self._queue.phase is not Phase.IDLE:
            return
        self.background.end()
        if not self._window.isVisible() or self._window.isMinimized():  # else someone has brought it back
            QTimer.singleShot(0, self._window.close)

    @Slot()
    def _on_end_asked(self) -> None:
        self.is_settled = True
        self.background.end()
        self._window.close()

    @Slot()
    def _on_saved(self) -> None:
        self._was_saved = True
        if self._closes_when_saved and not self._saving.is_busy:
            QTimer.singleShot(0, self._window.close)

    @Slot()
    def _on_not_saved(self) -> None:
        """The user should see why, and can try again."""
        self._closes_when_saved = self._was_saved = False
