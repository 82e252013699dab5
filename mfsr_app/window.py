"""The main window: rail, pages, message bar, and which actions are enabled. Binds states to what surrounds the pages."""

from __future__ import annotations

from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QKeyEvent,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QStackedWidget, QWidget

from mfsr_app.actions import RAIL_ACTIONS, Actions, Scope
from mfsr_app.close_guard import CloseGuard
from mfsr_app.commands import Commands
from mfsr_app.compare.choices import ModelInUse
from mfsr_app.pages import WindowPages, page_rows
from mfsr_app.queue.actions import key_rows
from mfsr_app.screen_reader import Announcer
from mfsr_app.settings.apply import AppSettings
from mfsr_app.settings.presets_section import PresetMenu
from mfsr_app.ui.icons import LARGE_SIZES_PX, icon
from mfsr_app.ui.key_sheet import KeySheet, close_sheets
from mfsr_app.ui.message_bar import MessageBar
from mfsr_app.ui.rail import Rail

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from mfsr_app.compare.document import Document
    from mfsr_app.compare.states import CompareStates
    from mfsr_app.compare.upscaling import Snapshot
    from mfsr_app.parts import WindowParts
    from mfsr_app.queue.page import QueuePage


class ActionStates(QObject):
    """Follows the states of the compare page."""

    def __init__(self, states: CompareStates, parent: QObject) -> None:
        super().__init__(parent)
        self._states = states
        self._actions: Actions | None = None
        self._results = states.upscaling.snapshot()
        self._has_picture = False
        self._is_series_running = False
        states.document.opened.connect(self._on_opened)
        states.choices.models_changed.connect(self._show_series)
        states.upscaling.changed.connect(self._show_results)
        for changed in (states.sweep.changed, states.model_sweep.changed, states.seed_variance.changed):
            changed.connect(self._show_series)
        states.consistency.changed.connect(self._show_consistency)
        for changed in (states.folder.changed, states.folder.shown_changed):
            changed.connect(self._show_folder)

    def use(self, actions: Actions) -> None:
        """Take care of these from now on."""
        self._actions = actions
        self._show_picture(actions)
        self._show_folder()
        self._show_consistency()

    @Slot()
    def _on_opened(self) -> None:
        if self._actions is not None and not self._has_picture:
            self._show_picture(self._actions)

    def _show_picture(self, actions: Actions) -> None:
        """Enable what there being a picture allows."""
        self._has_picture = self._states.document.current is not None
        actions.set_has_picture(self._has_picture)
        self._show_results(self._results)
        self._show_series()

    @Slot(object)
    def _show_results(self, now: Snapshot) -> None:
        self._results = now
        is_whole = now.shown is not None and now.shown.is_whole
        self._show(
            {
                "upscale": self._has_picture and not is_whole,
                "copy": is_whole,
                "cancel": now.is_running or self._is_series_running,
            }
        )

    @Slot()
    def _show_series(self) -> None:
        states = self._states
        self._is_series_running = any(
            series.is_running for series in (states.sweep, states.model_sweep, states.seed_variance)
        )
        self._show(
            {
                "cancel": states.upscaling.activity is not None or self._is_series_running,
                "close_sweep": states.sweep.is_open,
                "model_sweep": self._has_picture and len(states.choices.models) > 1,
                "close_model_sweep": states.model_sweep.is_open,
            },
            {"seed_variance": states.seed_variance.is_wanted},
        )

    @Slot()
    def _show_consistency(self) -> None:
        self._show({}, {"consistency": self._states.consistency.is_wanted})

    @Slot()
    def _show_folder(self) -> None:
        folder = self._states.folder
        enabled = {"previous_photo": folder.can_step(-1), "next_photo": folder.can_step(1)}
        self._show(enabled, {"film": folder.is_strip_wanted})

    def _show(self, enabled: Mapping[str, bool], checked: Mapping[str, bool] = MappingProxyType({})) -> None:
        if self._actions is not None:
            self._actions.show(enabled, checked)


BLINK_KEY = Qt.Key.Key_B


class MainWindow(QMainWindow):
    """Owns nothing but widgets; the threads end in `closeEvent`."""

    first_shown = Signal()
    """The window was painted for the first time."""

    def __init__(self, parts: WindowParts) -> None:
        super().__init__()
        self._parts = parts
        self.setWindowTitle("MFSR")
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self.setMinimumSize(880, 560)
        self.commands = Commands(parts.states, parts.messages, parts.sample, self)
        self.app_settings = AppSettings(parts.around, parts.states, parts.theme, parts.background, self)
        self.announcer = Announcer(parts.messages, parts.states.upscaling, self)
        self.close_guard = CloseGuard(parts.states.saving, parts.queueing.parts.queue, parts.around.settings, self)
        self.model_in_use = ModelInUse(parts.states.choices, parts.engine, parts.messages, self)
        self.preset_menu = PresetMenu(parts.around.settings, parts.states.choices, self)
        self._action_states = ActionStates(parts.states, self)
        self.commands.grab_panes = lambda: self.page.viewer.grab().toImage()
        self._make()
        self._connect()
        self._was_shown = self._is_closed = False
        self.app_settings.restore()

    def _make(self) -> None:
        """Actions and pages, with words in the language in use. States know everything, so this can be done again."""
        parts = self._parts
        self.actions_table = Actions(self, self._handlers(), page_rows())
        self.actions_table["sample"].setVisible(parts.sample is not None)
        self._pages = pages = WindowPages(parts, self.actions_table, self._prepare_queue)
        self.page, self.models_page = pages.compare, pages.models
        self.distill_page, self.settings_page = pages.distil, pages.settings
        self.app_settings.offer_recent(self.page.hint, self.open_path)
        self.page.bar.recent.fill = self.app_settings.fill_recent
        self.page.controls.presets.fill = self.preset_menu.fill
        self._stack = QStackedWidget()
        self._rail = Rail()
        self.message_bar = MessageBar(self._stack)
        self._lay_out()
        self._connect_pages()
        self._use_colors()
        self._action_states.use(self.actions_table)
        self.actions_table["navigator"].setChecked(self.page.viewer.has_navigator)

    @property
    def queue_page(self) -> QueuePage:
        """The queue's page, made now if it was not yet."""
        return self._pages.queue

    def _prepare_queue(self, page: QueuePage) -> None:
        add = self._parts.queueing.parts.queue.add
        page.recent.fill = lambda menu: self.app_settings.fill_added(menu, add)
        page.panel.presets.fill = self.preset_menu.fill

    @Slot()
    def _make_again(self) -> None:
        """The language is another: the same page again, in its words."""
        number, viewer = self._stack.currentIndex(), self.page.viewer
        close_sheets(self)
        self.actions_table.delete()
        self._make()
        self.show_page(self._pages.entries[number].page)
        if self._stack.currentWidget() is self.settings_page:
            self.settings_page.widget("language").setFocus()
        self.page.viewer.take_over(viewer)
        self.actions_table["navigator"].setChecked(self.page.viewer.has_navigator)
        self.actions_table["histogram"].setChecked(self.page.viewer.has_histogram)
        self.actions_table["full_screen"].setChecked(self.isFullScreen())
        self._on_page()
        self._parts.messages.drop_passing()

    @property
    def has_sharp_pixels(self) -> bool:
        """Whether any part of the result has been computed."""
        shown = self._parts.states.upscaling.shown
        layer = shown.layer if shown else None
        return layer is not None and (layer.covered is None or not layer.covered.isEmpty())

    def open_path(self, path: Path) -> None:
        """Open a photograph."""
        self.commands.open_paths([path])

    def restore_workspace(self) -> None:
        """Open what was open at the end of the last time, if that is wanted."""
        if self._parts.around.settings.current.restores_workspace:
            self._parts.workspace.restore()

    def find_training(self) -> None:
        """Follow a training that goes on since an earlier start of the window."""
        self._parts.distilling.state.look_around(finds_running=True)

    def keep(self) -> None:
        """Write down now what the next start needs; the window stays."""
        self._remember()
        self._parts.workspace.finish()

    def leave(self) -> None:
        """Close without asking anything: who wants it gone does not answer."""
        self.close_guard.is_settled = True
        self.close_guard.background.end()
        QApplication.closeAllWindows()
        if not self._is_closed:  # Qt leaves out windows that cannot be seen
            self.close()

    def _remember(self) -> None:
        self.app_settings.remember()
        self._parts.workspace.remember(is_wanted=self._parts.around.settings.current.restores_workspace)

    def show_page(self, page: QWidget) -> None:
        """Go to a page."""
        self._stack.setCurrentIndex(self._pages.number(page))

    def _lay_out(self) -> None:
        middle = QWidget()
        across = QHBoxLayout(middle)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        across.addWidget(self._rail)
        across.addWidget(self._stack, 1)
        self.setCentralWidget(middle)
        middle.show()  # Qt would show it a moment later, and leave the window empty until then
        for entry in self._pages.entries:
            self._stack.addWidget(entry.page)
            self._rail.add_page(self.actions_table[entry.name].text())
        for name in RAIL_ACTIONS:
            self._rail.add_action(self.actions_table[name])
        self._rail.set_current(0)

    def _connect_pages(self) -> None:
        self._rail.chosen.connect(self._stack.setCurrentIndex)
        self.page.bar.file_asked.connect(self.commands.ask_beside)
        self._stack.currentChanged.connect(self._rail.set_current)
        self._stack.currentChanged.connect(self._on_page)
        self.models_page.chosen.connect(self._use_model)
        self.distill_page.use_asked.connect(self._use_model)
        self.message_bar.dismissed.connect(self._parts.messages.dismiss)
        self.message_bar.closed.connect(self._parts.messages.close)
        self.message_bar.open_asked.connect(self.commands.open_file)
        self.message_bar.folder_asked.connect(self.commands.show_in_folder)

    def _connect(self) -> None:
        parts = self._parts
        parts.languages.changed.connect(self._make_again, Qt.ConnectionType.QueuedConnection)
        self.first_shown.connect(self.app_settings.watch_screen)
        self.commands.many_opened.connect(self._queue_many)
        self.commands.queue_asked.connect(self._queue_open)
        parts.queueing.parts.queue.asked.connect(self.app_settings.note_added)
        parts.around.models.installed_changed.connect(self.model_in_use.list_models)
        parts.distilling.state.installed.connect(parts.around.models.note_installed)
        parts.theme.changed.connect(self._use_colors)
        parts.messages.changed.connect(self._show_message)
        parts.states.document.opened.connect(self._on_opened)

    def _handlers(self) -> dict[str, Callable[[], None]]:
        """What each action does."""
        to_pages = {row.name: partial(self._show_named, row.name) for row in page_rows()}
        return (
            self.commands.handlers()
            | to_pages
            | {
                "turn_divider": self._turn_divider,
                "navigator": lambda: self.page.viewer.show_navigator(is_wanted=not self.page.viewer.has_navigator),
                "histogram": lambda: self.page.viewer.show_histogram(is_wanted=not self.page.viewer.has_histogram),
                "theme": self.app_settings.toggle_theme,
                "recent": self.app_settings.show_recent_menu,
                "keys": self._show_keys,
                "full_screen": self._toggle_full_screen,
                "quit": self._quit,
            }
        )

    def _show_named(self, name: str) -> None:
        self.show_page(next(entry.page for entry in self._pages.entries if entry.name == name))

    def _turn_divider(self) -> None:
        self.page.viewer.turn_divider()

    def _show_keys(self) -> None:
        page, actions = self._stack.currentWidget(), self.actions_table
        groups = (
            actions.key_groups(*Scope) if page is self.page else actions.key_groups(Scope.OPENING, Scope.EVERYWHERE)
        )
        queue = (self.tr("On the Queue page"), key_rows())
        if page is self._pages.queue_place:
            groups = [queue, *actions.key_groups(Scope.EVERYWHERE)]
        else:
            groups.append(queue)
        if not close_sheets(self):
            KeySheet(groups, self).show()

    def _toggle_full_screen(self) -> None:
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    def _quit(self) -> None:
        self.close()

    @Slot(object)
    def _queue_open(self, document: Document) -> None:
        assert document.path is not None, "only files are queued"
        self._parts.queueing.parts.queue.add_open(document.path, document.areas)

    @Slot(list)
    def _queue_many(self, paths: list[Path]) -> None:
        self._parts.queueing.parts.queue.add(paths)
        self.show_page(self.queue_page)

    @Slot(str)
    def _use_model(self, name: str) -> None:
        self.model_in_use.use(name)
        self.show_page(self.page)

    @Slot()
    def _use_colors(self) -> None:
        colors = self._parts.theme.colors
        self.actions_table.set_icons(colors)
        self._rail.set_icons([icon(entry.name, colors, sizes_px=LARGE_SIZES_PX) for entry in self._pages.entries])
        self.page.set_colors(colors)
        self.message_bar.set_colors(colors)
        self.setWindowIcon(icon("app", colors, colors.accent, LARGE_SIZES_PX))

    @Slot()
    def _on_page(self) -> None:
        self.actions_table.set_on_compare_page(self._stack.currentWidget() is self.page)
        self._place_messages()

    @Slot()
    def _place_messages(self) -> None:
        """Messages float over what is looked at, and over no panel."""
        self.message_bar.float_over(self._pages.entries[self._stack.currentIndex()].body())

    @Slot()
    def _show_message(self) -> None:
        self.message_bar.show_message(self._parts.messages.newest)

    @Slot()
    def _on_opened(self) -> None:
        self.message_bar.float_over(self.page.viewer)
        self.show_page(self.page)
        document = self._parts.states.document.current
        if document is not None:
            self.setWindowTitle(f"{document.name} — MFSR")
        if self._parts.around.settings.see_hint("looking"):
            words = self.tr("Turn the wheel to zoom, drag to move, hold B to see the other side. ? shows all keys.")
            self._parts.messages.tell(words)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and pictures of other programs."""
        if event.source() is not None:
            return
        if event.mimeData().hasUrls() or event.mimeData().hasText() or event.mimeData().hasImage():
            event.acceptProposedAction()
            self.page.hint.set_hovered(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went elsewhere."""
        self.page.hint.set_hovered(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        self.page.hint.set_hovered(False)
        if self.commands.open_dropped(event.mimeData()):
            event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The blink key shows the other side."""
        if event.key() == BLINK_KEY and not event.isAutoRepeat():
            self._parts.states.comparison.set_blinking(True)
        super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """For as long as it is held."""
        if event.key() == BLINK_KEY and not event.isAutoRepeat():
            self._parts.states.comparison.set_blinking(False)
        super().keyReleaseEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The message bar keeps its place."""
        super().resizeEvent(event)
        self.message_bar.place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Tell once when the window is really there."""
        super().paintEvent(event)
        if not self._was_shown:
            self._was_shown = True
            QTimer.singleShot(0, self.first_shown.emit)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop everything and wait for it, out of sight, if nothing is lost by it or the user agrees."""
        if not self.close_guard.is_agreed:
            event.ignore()
            return
        was_hidden, self._is_closed = not self.isVisible(), True
        self._remember()
        self.hide()
        self._parts.stop()
        super().closeEvent(event)
        if was_hidden:  # Qt ends the program with the last window that can be seen
            QApplication.quit()
