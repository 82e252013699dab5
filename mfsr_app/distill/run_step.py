"""Step 5 of the wizard: training in progress. The process is not the window's: it can be left, and found again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from distill.runs.status import Phase
from mfsr_app.desktop.engine_translation import translated
from mfsr_app.distill.curve_chart import CurveChart, Line
from mfsr_app.distill.picture_grid import Gallery
from mfsr_app.distill.pieces import card, paragraph, say
from mfsr_app.distill.teacher_step import phase_words
from mfsr_app.ui.layout import choice_field, column, label, push_button, restyle, row
from mfsr_app.ui.progress_strip import ShareBar
from mfsr_app.ui.text import duration
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from mfsr_app.distill.run_follower import RunFollower
    from mfsr_app.distill.wizard import DistillState
    from mfsr_app.distill.work import Curve, RunView

translate = QCoreApplication.translate
NO_CURVES = ("skipped", "gradient_norm")
"""Measured in training, but no losses; listed last."""


def curve_words(name: str) -> str:
    """What a curve shows, in which unit, and which way is better."""
    known = {
        "PSNR": translate("Distil", "PSNR in dB, higher is better"),
        "LPIPS": translate("Distil", "LPIPS (no unit), lower is better"),
        "skipped": translate("Distil", "Steps left out"),
        "gradient_norm": translate("Distil", "Norm of the gradient (no unit)"),
    }
    plain = translated(name.replace("_", " "))
    return known.get(name) or translate("Distil", "{0} loss (no unit), lower is better").format(plain)


class _ChartCard(QWidget):
    """A chart, and a field to choose what it shows."""

    def __init__(self, title: str, empty_words: str) -> None:
        super().__init__()
        self.chart = CurveChart(empty_words)
        self.field: QComboBox = choice_field(title)
        self.field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self._curves: tuple[Curve, ...] = ()
        frame, inside = card()
        head = row()
        head.addWidget(label(title, "section"))
        head.addStretch()
        head.addWidget(self.field)
        inside.addLayout(head)
        inside.addWidget(self.chart, 1)
        outer = column(self)
        outer.addWidget(frame)
        self.field.currentIndexChanged.connect(self._show)

    def set_curves(self, curves: tuple[Curve, ...]) -> None:
        """Show the chosen one of these, at first the first."""
        self._curves = curves
        names = [curve_words(curve.name) for curve in curves]
        if names != [self.field.itemText(number) for number in range(self.field.count())]:
            self.field.clear()
            self.field.addItems(names)
        self.field.setVisible(bool(names))  # also a single one, since it names what is shown
        self._show()

    def _show(self) -> None:
        chosen = self.field.currentIndex()
        if 0 <= chosen < len(self._curves):
            self.chart.set_line(Line(self.field.currentText(), self._curves[chosen].points))
        else:
            self.chart.set_line(Line(""))


class RunStep(QWidget):
    """Complete when the run has ended, or what it has learned so far is taken."""

    def __init__(self, state: DistillState, follower: RunFollower, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._follower = state, follower
        self._title, self._phase = label("", "title"), label("", "chip")
        self._bar = ShareBar(self.tr("Progress of the training"))
        self.facts, self._message = label("", "muted"), paragraph("")
        self.pause = push_button(self.tr("Pause"), follower.pause)
        self.stop = push_button(self.tr("Stop"), follower.stop, name=self.tr("Stop, and take the student as it is"))
        self.resume = push_button(self.tr("Resume"), follower.resume, is_main=True)
        self.take = push_button(self.tr("Use the current checkpoint"), follower.take)
        self.over = push_button(self.tr("Another student"), state.start_over)
        self.losses = _ChartCard(self.tr("Loss"), self.tr("The curve begins with the first steps."))
        self.validation = _ChartCard(
            self.tr("On photographs it does not train on"), self.tr("Measured at every checkpoint.")
        )
        self.previews = Gallery(self.tr("Student beside its teacher"))
        self._no_previews = paragraph()
        self._lay_out()

    def refresh(self) -> None:
        """Show the run."""
        view = self._follower.view
        self._title.setText(view.name if view else "")
        self._phase.setText(self._phase_words(view))
        self._phase.setVisible(view is not None)
        self._show_progress(view)
        self._show_buttons(view)
        self.losses.set_curves(_losses_first(view.curves) if view else ())
        self.validation.set_curves(tuple(reversed(view.validation)) if view else ())
        self.previews.set_pictures(self._follower.previews)
        waiting = self.tr("Pictures of the student beside its teacher and the original come with the first checkpoint.")
        say(self._no_previews, [waiting] if self._follower.previews is None else [])

    def _lay_out(self) -> None:
        inside = column(self, 0, Space.M)
        frame, head = card()
        head.addLayout(self._head())
        head.addWidget(self._bar)
        head.addWidget(self.facts)
        head.addWidget(self._message)
        inside.addWidget(frame)
        charts = row(Space.M)
        charts.addWidget(self.losses, 1)
        charts.addWidget(self.validation, 1)
        inside.addLayout(charts)
        frame, below = card()
        below.addWidget(self._no_previews)
        below.addWidget(self.previews)
        inside.addWidget(frame)
        inside.addStretch()

    def _head(self) -> QHBoxLayout:
        head = row()
        head.addWidget(self._title)
        head.addWidget(self._phase, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addStretch()
        for made in self._buttons():
            head.addWidget(made)
        return head

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (self.over, self.take, self.resume, self.pause, self.stop)

    def _phase_words(self, view: RunView | None) -> str:
        if view is None:
            return ""
        if view.is_alive and self._follower.request is not None:
            return self.tr("saving")
        return phase_words(view)

    def _show_buttons(self, view: RunView | None) -> None:
        is_alive = view is not None and view.is_alive
        for made in (self.pause, self.stop):
            made.setVisible(is_alive)
            made.setEnabled(is_alive)  # also once it is asked: who waits may change their mind, or ask again
        self.resume.setVisible(self._follower.can_go_on)
        self.take.setVisible(self._follower.can_take and not self._state.draft.is_trained)
        self.over.setVisible(view is not None and not is_alive)

    def _show_progress(self, view: RunView | None) -> None:
        if view is None:
            self._bar.set_share(None)
            self.facts.clear()
            say(self._message, [])
            return
        share = 1.0 if view.phase is Phase.FINISHED else view.fraction
        self._bar.set_share(share if view.is_alive else share or 0.0)
        self.facts.setText(" · ".join(self._facts(view)))
        say(self._message, [view.message] if view.message else [])
        restyle(self._message, "role", "fault" if view.phase is Phase.FAILED else "muted")

    def _facts(self, view: RunView) -> list[str]:
        facts: list[str] = []
        if view.is_alive and view.phase is not Phase.TRAINING:
            facts.append(translated(view.stage) or self.tr("Getting ready"))
        if view.trained_images:
            facts.append(self.tr("{0:,} patches seen").format(view.trained_images))
            facts.append(self.tr("step {0:,}").format(view.step))
            facts.append(self.tr("{0} of training").format(duration(view.elapsed_s)))
        if view.is_alive and view.remaining_s is not None:
            facts.append(self.tr("{0} left").format(duration(view.remaining_s)))
        if view.is_alive and self._follower.request is not None:
            facts.append(self.tr("asked to save and end; it does after the step in hand"))
        if view.is_alive:
            facts.append(self.tr("goes on if the window is closed"))
        return facts


def _losses_first(curves: tuple[Curve, ...]) -> tuple[Curve, ...]:
    return tuple(sorted(curves, key=lambda curve: curve.name in NO_CURVES))
