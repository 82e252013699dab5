"""Step 4 of the wizard: what training will take on this computer, from a measured trial, and what makes it impossible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QFrame, QLabel, QWidget

from distill.wizard.estimate import disturbance, needed_time
from mfsr_app.distill.pieces import card, paragraph, say
from mfsr_app.distill.wizard import TaskKind
from mfsr_app.ui.layout import column, label, number_field, push_button, row
from mfsr_app.ui.text import device_words, duration, rough_duration, size
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from distill.wizard.estimate import Estimate
    from mfsr_app.distill.wizard import DistillState

MIB = 2**20
MOST_FIELD_MINUTES = 60 * 24 * 60
"""Two months; longer ones are a number of the recipe."""
MINUTES_PX = 140


class CheckStep(QWidget):
    """Complete when the trial has been measured and nothing stands in the way."""

    def __init__(self, state: DistillState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._values: dict[str, QLabel] = {}
        self._more: dict[str, QLabel] = {}
        self._again = push_button(self.tr("Measure again"), state.measure)
        self.anyway = push_button(self.tr("Start anyway"), state.start_anyway)
        self.minutes = number_field(self.tr("Time to train, in minutes"), 1, MOST_FIELD_MINUTES, follows_typing=True)
        self.minutes.setSuffix(self.tr(" min"))
        self.minutes.setFixedWidth(MINUTES_PX)
        self.minutes.valueChanged.connect(state.choose_minutes)
        self.needed, self._busy = paragraph(), paragraph()
        self._status, self.refusals = paragraph(""), paragraph("fault")
        self._after = paragraph()
        self._lay_out()

    def refresh(self) -> None:
        """Show the state."""
        state, found = self._state, self._state.draft.estimate
        is_measuring = state.is_doing(TaskKind.MEASURE)
        self._again.setEnabled(not is_measuring)
        self._show_time(found)
        words = self._words(found) if found else dict.fromkeys(self._values, ("–", ""))
        titles = self._titles()
        for name, (large, small) in words.items():
            self._values[name].setText(large)
            self._values[name].setAccessibleName(f"{titles[name]}: {large}")
            self._more[name].setText(small)
        status = self.tr("A few real training steps are measured. This takes a minute.") if is_measuring else ""
        say(self._status, [status] if status else [])
        refused = state.problems if found else ((state.fault,) if state.fault else ())
        say(self.refusals, refused)
        say(self._busy, [disturbance(found)] if found and disturbance(found) else [])
        self.anyway.setVisible(bool(refused) and state.recipe() is not None and state.activity is None)
        fine = self.tr("Nothing stands in the way. Training goes on if the window is closed; pause it at any time.")
        say(self._after, [fine] if found and not refused else [])

    def _lay_out(self) -> None:
        inside = column(self, 0, Space.M)
        inside.addWidget(label(self.tr("What training will take on this computer, measured."), "lead"))
        across = row(Space.M)
        for name, title in self._titles().items():
            across.addWidget(self._tile(name, title), 1)
        inside.addLayout(across)
        frame, within = card()
        within.addWidget(label(self.tr("Time to train"), "section"))
        line = row(Space.M)
        line.addWidget(self.minutes)
        line.addWidget(self.needed, 1)
        within.addLayout(line)
        inside.addWidget(frame)
        foot = row()
        foot.addWidget(self._again)
        foot.addWidget(self.anyway)
        foot.addWidget(self._status, 1)
        foot.addStretch()
        inside.addLayout(foot)
        inside.addWidget(self._busy)
        inside.addWidget(self.refusals)
        inside.addWidget(self._after)
        inside.addStretch()

    def _show_time(self, found: Estimate | None) -> None:
        """The field, and what a number of steps worth having takes."""
        recipe = self._state.recipe()
        minutes = None if recipe is None else recipe.run.minutes
        if minutes is None and found is not None:
            minutes = found.minutes
        self.minutes.setEnabled(recipe is not None)
        if minutes is not None and not self.minutes.hasFocus():
            with QSignalBlocker(self.minutes):
                self.minutes.setValue(max(1, round(minutes)))
        needed = needed_time(found) if found else None
        words = []
        if needed is not None:
            steps, needed_minutes = needed
            words = [self.tr("About {0} for {1} steps.").format(rough_duration(60 * needed_minutes), steps)]
        say(self.needed, words)

    def _tile(self, name: str, title: str) -> QFrame:
        frame, within = card()
        value, more = label("–", "display"), label("", "muted")
        self._values[name], self._more[name] = value, more
        for text in (label(title, "section"), value, more):
            within.addWidget(text)
        return frame

    def _titles(self) -> dict[str, str]:
        return {
            "time": self.tr("Time"),
            "steps": self.tr("Training"),
            "memory": self.tr("Memory"),
            "disk": self.tr("Disk"),
        }

    def _words(self, found: Estimate) -> dict[str, tuple[str, str]]:
        """What each tile says, large and small."""
        free = self.tr("{0} are free")
        where = self.tr("on {0}").format(device_words(found.device))
        if found.preparation_minutes:
            where = self.tr("{0}, after {1} of preparation").format(where, duration(60 * found.preparation_minutes))
        return {
            "time": (duration(60 * found.minutes), where),
            "steps": (
                self.tr("{0:,} steps").format(found.steps),
                self.tr("{0:,} patches seen").format(found.trained_images),
            ),
            "memory": (size(found.memory_mib * MIB), free.format(size(found.free_memory_mib * MIB))),
            "disk": (size(found.disk_mib * MIB), free.format(size(found.free_disk_mib * MIB))),
        }
