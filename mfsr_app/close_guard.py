"""Decides whether the window may close: the user is asked first if a result is not saved yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Slot

from mfsr_app.ui.close_question import CloseAnswer, ask_before_closing

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from mfsr_app.compare.saving import SavingState


class CloseGuard(QObject):
    """If a save waits or is on its way the user is asked, and the window may close later, once the file is written."""

    def __init__(self, saving: SavingState, window: QWidget) -> None:
        super().__init__(window)
        self._saving, self._window = saving, window
        self._closes_when_saved = self._was_saved = False
        self.is_settled = False
        """Whether it closes in any case, and nothing is asked."""
        self.ask: Callable[[], CloseAnswer] = lambda: ask_before_closing(window)
        """Asks the user; tests put their answer here."""
        saving.saved.connect(self._on_saved)
        saving.not_saved.connect(self._on_not_saved)

    @property
    def is_agreed(self) -> bool:
        """Whether nothing is lost by closing now, or the user wants to; asks if need be."""
        return self.is_settled or not self._saving.is_busy or self._is_wanted()

    def _is_wanted(self) -> bool:
        self._closes_when_saved = self._was_saved = False
        answer, is_busy = self.ask(), self._saving.is_busy
        self._closes_when_saved = answer is CloseAnswer.WAIT and is_busy
        has_ended_well = self._was_saved and not is_busy  # while the question was open
        return self.is_settled or answer is CloseAnswer.DISCARD or (answer is CloseAnswer.WAIT and has_ended_well)

    @Slot()
    def _on_saved(self) -> None:
        self._was_saved = True
        if self._closes_when_saved and not self._saving.is_busy:
            QTimer.singleShot(0, self._window.close)

    @Slot()
    def _on_not_saved(self) -> None:
        """The user should see why, and can try again."""
        self._closes_when_saved = self._was_saved = False
