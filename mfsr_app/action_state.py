"""Offers of the window's actions only what would do something now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

if TYPE_CHECKING:
    from mfsr_app.actions import Actions
    from mfsr_app.compare.page import CompareStates


class Offering(QObject):
    """Follows the states of the compare page."""

    def __init__(self, states: CompareStates, parent: QObject) -> None:
        super().__init__(parent)
        self._states = states
        self._actions: Actions | None = None
        upscaling = states.upscaling
        states.document.opened.connect(self._on_opened)
        for changed in (upscaling.activity_changed, upscaling.shown_changed, states.support.changed):
            changed.connect(self._show)
        for changed in (states.spread.changed, states.sweep.changed):
            changed.connect(self._show)

    def use(self, actions: Actions) -> None:
        """Take care of these from now on."""
        self._actions = actions
        actions.set_has_picture(self._states.document.current is not None)
        self._show()

    @Slot()
    def _on_opened(self) -> None:
        if self._actions is not None:
            self.use(self._actions)

    @Slot()
    def _show(self) -> None:
        states, actions = self._states, self._actions
        if actions is None:
            return
        upscaling, is_open = states.upscaling, states.document.current is not None
        is_whole = upscaling.shown is not None and upscaling.shown.is_whole
        is_busy = upscaling.activity is not None or states.sweep.is_running or states.spread.is_running
        actions["upscale"].setEnabled(is_open and not is_whole)
        actions["cancel"].setEnabled(is_busy)
        actions["spread"].setChecked(states.spread.is_wanted)
        actions["close_sweep"].setEnabled(states.sweep.is_open)
        actions["support"].setChecked(states.support.is_wanted)
