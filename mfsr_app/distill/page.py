"""The wizard page: the row of steps, the current step, progress and navigation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QStackedWidget, QWidget

from distill.wizard.draft import Step
from mfsr_app.desktop.engine_translation import translated
from mfsr_app.distill.check_step import CheckStep
from mfsr_app.distill.curve_chart import CurveChart
from mfsr_app.distill.photos_step import PhotosStep
from mfsr_app.distill.recipe_step import RecipeStep
from mfsr_app.distill.result_step import ResultStep
from mfsr_app.distill.run_step import RunStep
from mfsr_app.distill.teacher_step import TeacherStep
from mfsr_app.distill.wizard import STEPS, TaskKind
from mfsr_app.ui.layout import Scroller, centred, column, label, push_button, restyle, row
from mfsr_app.ui.progress_strip import ShareBar
from mfsr_app.ui.tab_order import order_tabs, stops
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfsr_app.distill.run_follower import RunFollower
    from mfsr_app.distill.wizard import DistillState


class StepHeader(QWidget):
    """Shows; cannot be operated."""

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        inside = row(Space.XS)
        self.setLayout(inside)
        self._labels: list[QLabel] = []
        for title in titles:
            made = label(title, "chip")
            self._labels.append(made)
            inside.addWidget(made)
        inside.addStretch()

    def set_current(self, number: int) -> None:
        """Mark a step; those before it are done."""
        for place, made in enumerate(self._labels):
            sign = "✓" if place < number else str(place + 1)
            made.setText(f"{sign}  {self._titles[place]}")
            restyle(made, "role", "chip" if place == number else "step")
            made.updateGeometry()
        where = self.tr("Step {0} of {1}: {2}")
        self.setAccessibleName(where.format(number + 1, len(self._titles), self._titles[number]))


WIDTH_PX = 1120
FOOT_PX = 60


class DistillPage(QWidget):
    """Made when it is first seen, so that the window shows sooner."""

    use_asked = Signal(str)
    """Name of a student that shall be used for the open picture."""

    def __init__(self, state: DistillState, follower: RunFollower, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._follower = state, follower
        self.steps: dict[Step, QWidget] = {}
        self._stack = QStackedWidget(self)
        self._is_owed_focus = False
        """Whether the keys were here until what had them was disabled or hidden."""

    @property
    def body(self) -> QWidget:
        """The part below the head, over which messages float."""
        return self._stack

    def showEvent(self, event: QShowEvent) -> None:
        """Seen for the first time: make everything, and ask what there is."""
        super().showEvent(event)
        if not self.steps:
            self._make()
            self._lay_out()
            self._state.changed.connect(self._refresh)
            self._state.activity_changed.connect(self._refresh)
            self._follower.changed.connect(self._refresh)
            self._refresh()
            self._state.restore_draft()
            self._state.look_around()

    def _make(self) -> None:
        state = self._state
        self.teacher, self.photos = TeacherStep(state), PhotosStep(state)
        self.recipe, self.check = RecipeStep(state), CheckStep(state)
        self.run, self.result = RunStep(state, self._follower), ResultStep(state)
        pages = (self.teacher, self.photos, self.recipe, self.check, self.run, self.result)
        self.steps = dict(zip(STEPS, pages, strict=True))
        self.teacher.attach_asked.connect(state.attach)
        self.result.use_asked.connect(self.use_asked)
        self.back, self.next = push_button(self.tr("Back"), state.go_back), push_button("", state.go_on, is_main=True)
        self.stop = push_button(self.tr("Stop"), state.cancel, name=self.tr("Stop what runs"))
        self.header = StepHeader(
            (
                self.tr("Teacher"),
                self.tr("Photographs"),
                self.tr("Recipe"),
                self.tr("Check"),
                self.tr("Training"),
                self.tr("Result"),
            )
        )
        self.words, self._bar = label("", "muted"), ShareBar(self.tr("Progress"))
        self._bar.setFixedWidth(200)

    def _lay_out(self) -> None:
        whole = column(self, 0, Space.XS)
        whole.setSpacing(0)
        whole.addWidget(centred("header", self._head(), WIDTH_PX))
        for step in STEPS:
            self._stack.addWidget(_scrolled(self.steps[step]))
        whole.addWidget(self._stack, 1)
        whole.addWidget(self._foot())

    def _head(self) -> QWidget:
        head = QWidget()
        inside = column(head, 0, Space.S)
        inside.setContentsMargins(Space.XL, Space.L, Space.XL, Space.M)
        inside.addWidget(label(self.tr("Make a student of your own"), "display"))
        inside.addWidget(self.header)
        return head

    def _foot(self) -> QFrame:
        foot = QWidget()
        foot.setFixedHeight(FOOT_PX)
        inside = row(Space.M)
        inside.setContentsMargins(Space.XL, 0, Space.XL, 0)
        foot.setLayout(inside)
        inside.addWidget(self._bar)
        inside.addWidget(self.words, 1)
        for made in (self.stop, self.back, self.next):
            inside.addWidget(made)
        return centred("strip", foot, WIDTH_PX)

    @Slot()
    def _refresh(self) -> None:
        state = self._state
        place = STEPS.index(state.step)
        had_focus = self._holds_focus()
        is_new = self._stack.currentIndex() != place
        self._stack.setCurrentIndex(place)
        self.header.set_current(place)
        page = self.steps[state.step]
        assert isinstance(page, (TeacherStep, PhotosStep, RecipeStep, CheckStep, RunStep, ResultStep))
        page.refresh()
        order_tabs(self)
        words = self.tr("Start training") if state.step is Step.CHECK else self.tr("Next")
        self.next.setText(words)
        self.next.setAccessibleName(words)
        self.next.setVisible(state.step is not STEPS[-1])
        self.next.setEnabled(state.can_go_on)
        self._show_activity()
        if had_focus and (is_new or not self._holds_focus()):
            self._is_owed_focus = True
        if self._is_owed_focus and self.isVisible():
            self._give_focus(page)

    def _holds_focus(self) -> bool:
        return self.isAncestorOf(self.window().focusWidget() or self.window())

    def _give_focus(self, page: QWidget) -> None:
        """Let the keys begin at the first button or field, as soon as there is one; Qt would leave them outside of the page."""
        for taking in (*stops(page), self.back):
            if taking.isEnabled() and taking.isVisibleTo(self) and not isinstance(taking, CurveChart):
                taking.setFocus()
                self._is_owed_focus = False
                return

    def _show_activity(self) -> None:
        activity = self._state.activity
        report = activity.report if activity else None
        self.back.setVisible(self._state.can_go_back)
        self._bar.setVisible(activity is not None)
        self.stop.setVisible(activity is not None and activity.kind not in (TaskKind.START, TaskKind.INSTALL))
        self._bar.set_share(report.fraction if report else None)
        if activity is not None:
            counted = f" · {report.done} / {report.total}" if report and 0 < report.total < 10**6 else ""
            self.words.setText((translated(report.stage) if report else self.tr("Getting ready")) + counted)
        else:
            self.words.setText(translated(next(iter(self._state.problems), "")))


def _scrolled(page: QWidget) -> Scroller:
    holder = QWidget()
    column(holder, Space.XL).addWidget(page)
    return Scroller(centred("page", holder, WIDTH_PX))
