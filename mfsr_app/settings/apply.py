"""Applies settings that live outside the pages: theme, language, window placement, recent files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QPoint, QSize, Qt, Slot
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from mfsr_app.compare.drop_hint import DropHint
    from mfsr_app.compare.states import CompareStates
    from mfsr_app.desktop.languages import Languages
    from mfsr_app.jobs.worker import Worker
    from mfsr_app.models.models import ModelsState
    from mfsr_app.settings.screen import ScreenState
    from mfsr_app.settings.settings import SettingsState
    from mfsr_app.settings.window_memory import WindowMemory
    from mfsr_app.ui.theme import Theme

RECENT_MENU_PX = 88
"""Where the menu of files opened last appears, from the window's corner: beside the rail, below the bar."""
MAX_NOTED = 3
"""Files added together that are remembered; more would leave no room for others."""
FRAME_PX = QSize(4, 36)
"""What the borders and the title bar that a desktop adds take at most. Qt tells of them only when the window is there."""


@dataclass(frozen=True)
class Around:
    """What the window has beside the open picture."""

    settings: SettingsState
    """What is remembered."""
    models: ModelsState
    """The models page."""
    hub_worker: Worker
    """The thread for work with models."""
    memory: WindowMemory
    """The window's place and the files opened last."""
    log_path: Path | None
    """The log, if one is written."""
    languages: Languages
    """The language of all words."""

    screen: ScreenState
    """The colours of the screen."""

    def stop(self) -> None:
        """End the thread."""
        self.hub_worker.stop()


class AppSettings(QObject):
    """Binds what is around to the window and the states of the compare page."""

    def __init__(
        self, around: Around, states: CompareStates, theme: Theme, background: Worker, window: QWidget
    ) -> None:
        super().__init__(window)
        self._background = background
        self._around, self._states, self._theme, self._window = around, states, theme, window
        self._hint: DropHint | None = None
        around.settings.changed.connect(self._on_settings)
        around.memory.recent_changed.connect(self._show_recent)
        states.document.opened.connect(self._on_opened)
        states.folder.is_strip_wanted = around.memory.has_film_strip
        states.folder.shown_changed.connect(self._on_film_strip)

    def offer_recent(self, hint: DropHint, open_path: Callable[[Path], None]) -> None:
        """Let files that were opened last be opened again from the invitation."""
        self._hint, self._open_path = hint, open_path
        hint.recent_chosen.connect(self._open_recent)
        self._show_recent()

    def recent_menu(self) -> QMenu:
        """A menu of the files opened last."""
        menu = QMenu(self._window)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.setToolTipsVisible(True)  # files of one name in several folders
        self.fill_recent(menu)
        return menu

    def fill_recent(self, menu: QMenu) -> None:
        """Put the files opened last into a menu."""
        for number, path in enumerate(self._around.memory.recent):
            entry = menu.addAction(path.name.replace("&", "&&"))
            entry.setToolTip(str(path))
            entry.triggered.connect(lambda _checked=False, number=number: self._open_recent(number))
        if menu.isEmpty():
            menu.addAction(self.tr("No photograph was opened yet")).setEnabled(False)
        else:
            menu.addSeparator()
            menu.addAction(self.tr("Forget these")).triggered.connect(lambda _: self._around.memory.forget_recent())

    def fill_added(self, menu: QMenu, add: Callable[[list[Path]], None]) -> None:
        """Put the files and folders that were added to the queue last into a menu, to be added again."""
        for path in self._around.memory.added:
            entry = menu.addAction((path.name or str(path)).replace("&", "&&"))
            entry.setToolTip(str(path))
            entry.triggered.connect(lambda _checked=False, path=path: add([path]))
        if menu.isEmpty():
            menu.addAction(self.tr("Nothing was added yet")).setEnabled(False)
        else:
            menu.addSeparator()
            menu.addAction(self.tr("Forget these")).triggered.connect(lambda _: self._around.memory.forget_added())

    @Slot(list)
    def note_added(self, paths: list[Path]) -> None:
        """Remember what was added to the queue: a folder, or a few files."""
        if len(paths) <= MAX_NOTED:
            for path in reversed(paths):
                self._around.memory.add(path)

    def show_recent_menu(self) -> None:
        """Show the menu at the corner of the window's pages."""
        self.recent_menu().popup(self._window.mapToGlobal(QPoint(RECENT_MENU_PX, RECENT_MENU_PX)))

    @Slot(int)
    def _open_recent(self, number: int) -> None:
        recent = self._around.memory.recent
        if number < len(recent):
            self._open_path(recent[number])

    @Slot()
    def _show_recent(self) -> None:
        if self._hint is not None:
            self._hint.set_recent([path.name for path in self._around.memory.recent])

    def restore(self) -> None:
        """Put the window where it was."""
        geometry = self._around.memory.geometry
        if geometry:
            self._window.restoreGeometry(QByteArray(geometry))

    def fit(self, free: QSize) -> None:
        """Make a window that has no place yet small enough for a screen, its frame included, and let one that has a place be
        made so; to be called before it is shown.

        Args:
            free: what no panel of the desktop takes of the screen, in pixels of Qt.
        """
        most = free - FRAME_PX
        self._window.setMinimumSize(self._window.minimumSize().boundedTo(most))
        if not self._around.memory.geometry:
            self._window.resize(self._window.size().boundedTo(most))

    @Slot()
    def watch_screen(self) -> None:
        """Show pictures in the colours of the screen that the window is on, wherever it goes."""
        handle = self._window.windowHandle()
        if handle is not None:
            handle.screenChanged.connect(self._around.screen.use)
            self._around.screen.use(handle.screen())

    def toggle_theme(self) -> None:
        """From light to dark or back, for good."""
        self._theme.toggle()
        self._around.settings.change(theme=self._theme.choice)

    def remember(self) -> None:
        """Keep the window's place; to be called while it is still there."""
        self._around.memory.geometry = bytes(self._window.saveGeometry().data())
        self._around.memory.write()

    @Slot()
    def _on_settings(self) -> None:
        now = self._around.settings.current
        if now.theme is not self._theme.choice:
            self._theme.choose(now.theme)
        self._around.languages.choose(now.language)
        self._states.choices.set_compute(now.device, now.dtype)
        self._states.saving.target_changed.emit()

    @Slot()
    def _on_film_strip(self) -> None:
        self._around.memory.has_film_strip = self._states.folder.is_strip_wanted

    @Slot()
    def _on_opened(self) -> None:
        document = self._states.document.current
        if document is not None and document.path is not None:
            self._around.memory.opened(document.path)
            self._background.submit(lambda _: self._around.memory.write())  # a process may be killed
