"""The compare page: open a photograph, upscale it, compare, save. Puts bar, panes, panel, strip and zoom together."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QSizePolicy, QStackedWidget, QToolButton, QWidget

from mfsr_app.compare.controls import Controls
from mfsr_app.compare.drop_hint import DropHint
from mfsr_app.compare.film_section import FilmSection
from mfsr_app.compare.seed_variance import SEEDS
from mfsr_app.compare.states import CompareStates
from mfsr_app.compare.sweep_section import ModelSweepSection, SweepSection
from mfsr_app.compare.upscaling import Activity, Part
from mfsr_app.compare.viewer import Viewer, ViewerBar
from mfsr_app.desktop.engine_translation import translated
from mfsr_app.ui.drag_button import DragButton
from mfsr_app.ui.icons import pixmap
from mfsr_app.ui.layout import ScrollPanel, action_button, column, row
from mfsr_app.ui.progress_strip import ProgressStrip
from mfsr_app.ui.text import device_words, duration, two_digits
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from mfsr_app.actions import Actions
    from mfsr_app.compare.upscaling import Snapshot
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.ui.theme import Colors

LABEL_PX = 52
STOPS = (0.5, 1.0, 2.0, 4.0)
"""Zooms that the menu offers."""


class ZoomBar(QWidget):
    """Out, how much, with a menu of stops, in, and all of the picture."""

    def __init__(self, view: ViewModel, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._stops = QToolButton()
        self._stops.setMinimumWidth(LABEL_PX)
        self._stops.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._stops.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._stops.setToolTip(self.tr("Zoom"))
        self._stops.setSizePolicy(
            QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred
        )  # as high as its neighbors
        self._stops.setMenu(self._menu(actions))
        inside = row(Space.XS)
        self.setLayout(inside)
        out, closer, fit = (action_button(actions[name]) for name in ("zoom_out", "zoom_in", "zoom_fit"))
        for widget in (out, self._stops, closer, fit):
            inside.addWidget(widget)
        view.changed.connect(self._show)
        self._show()

    @property
    def stops(self) -> QToolButton:
        """Shows the zoom of the result, and offers others."""
        return self._stops

    def _menu(self, actions: Actions) -> QMenu:
        menu = QMenu(self)
        for stop in STOPS:
            entry = menu.addAction(self.tr("{0:.0f} %").format(stop * 100))
            entry.triggered.connect(partial(self._view.zoom_to, stop))
        menu.addSeparator()
        menu.addActions([actions["zoom_fit"], actions["zoom_fill"]])
        return menu

    @Slot()
    def _show(self) -> None:
        words = self.tr("{0:.0f} %").format(self._view.zoom * 100)
        self._stops.setText(words)
        self._stops.setAccessibleName(self.tr("Zoom, {0}").format(words))


HINT_ICON_PX = 64


class ComparePage(QWidget):
    """Shows an invitation until a picture is open."""

    painted = Signal()
    """The result's pane was painted."""

    def __init__(self, states: CompareStates, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._states = states
        self._results = states.upscaling.snapshot()
        self.hint = DropHint([actions["open"], actions["paste"], actions["sample"]])
        self.viewer = Viewer(states.view, states.comparison)
        self.bar = ViewerBar(states.comparison, actions)
        self.sweep = SweepSection(states.sweep, states.choices, actions)
        self.model_sweep = ModelSweepSection(states.model_sweep, states.choices, actions)
        self.film = FilmSection(states.folder)
        self.strip = ProgressStrip(actions["cancel"])
        self.zoom = ZoomBar(states.view, actions)
        self.strip.add(self.zoom)
        self.controls = Controls(states.choices, states.document, states.upscaling, states.saving)
        self.copy = DragButton(actions["copy"], states.drag.file)
        self.controls.lay_out(
            actions["upscale"],
            actions["save"],
            self.copy,
            actions["to_queue"],
            actions["roll_seed"],
            actions["model_sweep"],
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(ScrollPanel(self.hint))
        self._stack.addWidget(self._work())
        column(self).addWidget(self._stack)
        self.viewer.painted.connect(self.painted)
        states.document.opened.connect(self._show_work)
        states.document.loading_changed.connect(self._show_activity)
        states.upscaling.progressed.connect(self._show_activity)
        states.upscaling.changed.connect(self._on_results)
        states.saving.busy_changed.connect(self._show_activity)
        states.sweep.changed.connect(self._show_activity)
        states.model_sweep.changed.connect(self._show_activity)
        states.seed_variance.changed.connect(self._show_activity)
        states.sweep.changed.connect(self._make_room)
        states.model_sweep.changed.connect(self._make_room)
        if states.document.current is not None:
            self._stack.setCurrentIndex(1)
            self._show_activity()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Low windows leave the film strip out."""
        super().resizeEvent(event)
        self._make_room()

    @Slot()
    def _make_room(self) -> None:
        """The film strip makes way for a strip of results where both have no room."""
        states = self._states
        strips = ((states.sweep, self.sweep), (states.model_sweep, self.model_sweep))
        taken = sum(section.minimumSizeHint().height() for state, section in strips if state.is_open)
        self.film.set_page_height(self.height() - taken)

    def set_colors(self, colors: Colors) -> None:
        """Use the theme's colours."""
        self.viewer.set_colors(colors)
        self.controls.set_colors(colors)
        self.sweep.set_colors(colors)
        self.model_sweep.set_colors(colors)
        self.film.set_colors(colors)
        self.hint.set_picture(pixmap("sample", colors.accent, HINT_ICON_PX))

    def _work(self) -> QWidget:
        work, pictures = QWidget(), QWidget()
        left = column(pictures)
        left.setSpacing(0)
        left.addWidget(self.bar)
        left.addWidget(self.viewer, 1)
        left.addWidget(self.sweep)
        left.addWidget(self.model_sweep)
        left.addWidget(self.film)
        left.addWidget(self.strip)
        across = row()
        across.setSpacing(0)
        work.setLayout(across)
        across.addWidget(pictures, 1)
        across.addWidget(self.controls)
        return work

    @Slot()
    def _show_work(self) -> None:
        self._stack.setCurrentIndex(1)
        self.viewer.right.setFocus()

    @Slot(object)
    def _on_results(self, now: Snapshot) -> None:
        """Whoever computes tells of it, and nothing else is said meanwhile."""
        self._results = now
        if not now.is_running:
            self._show_activity()

    @Slot()
    def _show_activity(self) -> None:
        states = self._states
        activity = states.upscaling.activity
        if states.document.loading:
            self.strip.set_running(self.tr("Opening {0}").format(states.document.loading), None)
        elif activity is not None:
            share = activity.report.fraction if activity.report else None
            self.strip.set_running(self._words(activity, share), share)
        elif states.saving.is_busy:
            self.strip.set_running(self.tr("Saving"), None)
        elif states.sweep.is_running:
            words = self.tr("Part in view, {0} of {1} steps").format(
                states.sweep.running_steps, len(states.sweep.stops)
            )
            self.strip.set_running(words, states.sweep.fraction)
        elif states.model_sweep.is_running:
            sweep = states.model_sweep
            words = self.tr("Part in view, model {0} of {1}").format(sweep.done + 1, len(sweep.stops))
            self.strip.set_running(words, sweep.fraction)
        elif states.seed_variance.is_running:
            words = self.tr("Comparing seeds, {0} of {1}").format(states.seed_variance.done + 1, SEEDS)
            self.strip.set_running(words, states.seed_variance.done / SEEDS)
        else:
            self.strip.set_idle(self._idle_words())

    def _words(self, activity: Activity, share: float | None) -> str:
        what = self.tr("Part in view") if activity.part is Part.REGION else self.tr("Whole picture")
        report = activity.report
        if report is None:
            return self.tr("{0}: getting ready").format(what)
        words = self.tr("{0}: {1}").format(what, translated(report.stage))
        if report.total:
            words += self.tr(", {0} of {1}").format(report.done, report.total)
        left_s = report.remaining_s
        if left_s is not None and report.done < report.total:
            words += self.tr(", {0} left").format(duration(left_s))
        if activity.part is Part.WHOLE and share and report.elapsed_s:
            words += self._rate(share, report.elapsed_s)
        return words + (self.tr(", then saved") if self._states.saving.is_busy else "")

    def _rate(self, share: float, seconds: float) -> str:
        """How fast this share of the result was made."""
        document = self._states.document.current
        if document is None or seconds <= 0:
            return ""
        pixels = share * document.size.width * document.size.height * self._states.choices.factor**2
        return self.tr(", {0} MP/s").format(two_digits(pixels / 1e6 / seconds))

    def _idle_words(self) -> str:
        document, shown = self._states.document.current, self._results.shown
        if document is None:
            return ""
        words = self.tr("{0}, {1} × {2} pixels").format(document.name, document.size.width, document.size.height)
        if shown is not None and shown.result is not None:
            words += self.tr(" — upscaled in {0} on {1}").format(
                duration(shown.result.seconds), device_words(shown.result.device)
            )
            words += self._rate(1.0, shown.result.seconds)
        elif shown is not None:
            words += self.tr(" — only a part is upscaled")
        else:
            words += self.tr(" — not upscaled yet")
        return words
