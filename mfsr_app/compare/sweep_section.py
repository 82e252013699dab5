"""Connects the sweep to its strip on the compare page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from mfsr_app.compare.sweep_strip import Frame, SweepStrip
from mfsr_app.ui.layout import column
from mfsr_app.ui.text import duration

if TYPE_CHECKING:
    from mfsr_app.actions import Actions
    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.sweep import Stop, SweepState
    from mfsr_app.ui.theme import Colors


class SweepSection(QWidget):
    """Hidden until a sweep is begun."""

    def __init__(self, sweep: SweepState, choices: Choices, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sweep, self._choices = sweep, choices
        self.strip = SweepStrip(actions["sweep"], actions["close_sweep"])
        column(self).addWidget(self.strip)
        self.strip.chosen.connect(sweep.choose)
        sweep.changed.connect(self._show)
        choices.changed.connect(self._show)
        self._show()

    def set_colors(self, colors: Colors) -> None:
        """Use the theme's colours."""
        self.strip.set_empty_color(colors.raised)

    @Slot()
    def _show(self) -> None:
        sweep = self._sweep
        self.setVisible(sweep.is_open)
        if not sweep.is_open:
            return
        self.strip.set_words(self.tr("Part in view at every number of steps"), self._words())
        now = 0 if sweep.is_outdated else self._choices.settings.steps or 1
        frames = [Frame(stop.steps, self._words_for(stop), stop.picture) for stop in sweep.stops]
        self.strip.set_frames(frames, now)

    def _words(self) -> str:
        sweep = self._sweep
        if sweep.is_outdated:
            return self.tr("Of other settings. Compute again to see those in use.")
        if sweep.done < len(sweep.stops):
            return self.tr("{0} of {1} computed").format(sweep.done, len(sweep.stops))
        return self.tr("All computed: click one to see it large")

    def _words_for(self, stop: Stop) -> str:
        steps = self.tr("1 step") if stop.steps == 1 else self.tr("{0} steps").format(stop.steps)
        if stop.seconds is not None:
            return self.tr("{0} · {1}").format(steps, duration(stop.seconds))
        if stop.steps == self._sweep.running_steps:
            return self.tr("{0} · computing").format(steps)
        return steps
