"""Connects the sweep to its strip on the compare page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from mfsr_app.compare.sweep_strip import Frame, SweepStrip
from mfsr_app.ui.layout import column
from mfsr_app.ui.text import duration

if TYPE_CHECKING:
    from mfsr_app.actions import Actions
    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.model_sweep import ModelSweepState
    from mfsr_app.compare.sweep import Stop, SweepState
    from mfsr_app.ui.theme import Colors


class SweepSection(QWidget):
    """Hidden until a sweep is begun."""

    ACTIONS = ("sweep", "close_sweep")
    """Actions that compute it again and close it."""

    def __init__(self, sweep: SweepState, choices: Choices, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sweep, self._choices = sweep, choices
        again, close = self.ACTIONS
        self.strip = SweepStrip(actions[again], actions[close])
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
        self._show_frames()

    def _show_frames(self) -> None:
        sweep = self._sweep
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
        return self._with_state(self._steps_words(stop), stop)

    def _steps_words(self, stop: Stop) -> str:
        return self.tr("1 step") if stop.steps == 1 else self.tr("{0} steps").format(stop.steps)

    def _with_state(self, words: str, stop: Stop) -> str:
        """With how long it took, or that it is being computed."""
        if stop.seconds is not None:
            return self.tr("{0} · {1}").format(words, duration(stop.seconds))
        if self._sweep.is_running and stop.settings == self._sweep.running:
            return self.tr("{0} · computing").format(words)
        return words


class ModelSweepSection(SweepSection):
    """The same for models: a click takes one."""

    ACTIONS = ("model_sweep", "close_model_sweep")

    def __init__(
        self, sweep: ModelSweepState, choices: Choices, actions: Actions, parent: QWidget | None = None
    ) -> None:
        self._models = sweep
        super().__init__(sweep, choices, actions, parent)
        self.variants = QCheckBox(self.tr("Variants"))
        self.variants.setToolTip(self.tr("Also other steps and fidelities of every model"))
        self.variants.setAccessibleName(self.variants.toolTip())
        self.variants.toggled.connect(sweep.set_has_variants)
        self.strip.add_option(self.variants)

    def _show_frames(self) -> None:
        sweep = self._models
        self.strip.set_words(self.tr("Part in view with every installed model"), self._words())
        frames = []
        for number, stop in enumerate(sweep.stops):
            info = sweep.model_of(stop)
            title = stop.settings.model if info is None else info.title
            words = f"{title}, {self._steps_words(stop)}"
            if sweep.has_variants:
                words += "\n" + self.tr("fidelity {0} %").format(round(stop.settings.fidelity * 100))
            frames.append(Frame(number, self._with_state(words, stop), stop.picture))
        chosen = sweep.chosen
        self.strip.set_frames(frames, -1 if chosen is None else chosen)
