"""Lets the program go on without its window: an icon in the notification area brings it back. Knows nothing of what goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


class Background(QObject):
    """Where a desktop has no notification area the window is minimized instead, so that it can be found."""

    end_asked = Signal()
    """The user wants the program to end."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._tray: QSystemTrayIcon | None = None
        self._menu: QMenu | None = None
        self.is_in_use = False
        """Whether the program goes on without its window."""
        self.has_tray = QSystemTrayIcon.isSystemTrayAvailable()
        """Whether there is a notification area."""
        self.make_tray: Callable[[], QSystemTrayIcon] = lambda: QSystemTrayIcon(window.windowIcon(), self)
        """Makes the icon there; tests put something that needs no desktop here."""

    def enter(self, words: str) -> None:
        """Put the window away; `words` say what goes on."""
        self.is_in_use = True
        if not self.has_tray:
            self._window.showMinimized()
            return
        tray, self._menu = self.make_tray(), QMenu()
        self._menu.addAction(self.tr("Show the window")).triggered.connect(self.leave)
        self._menu.addAction(self.tr("Stop and quit")).triggered.connect(self.end_asked)
        tray.setContextMenu(self._menu)
        tray.setToolTip(words)
        tray.activated.connect(self._on_activated)
        tray.show()
        self._tray = tray
        self._window.hide()

    @Slot()
    def leave(self) -> None:
        """Bring the window back."""
        self._put_away()
        self._window.setVisible(True)
        self._window.activateWindow()

    def end(self) -> None:
        """Nothing goes on any more."""
        self._put_away()

    def _put_away(self) -> None:
        self.is_in_use = False
        if self._tray is not None:
            self._tray.hide()
            self._tray.deleteLater()
            self._tray = None

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is not QSystemTrayIcon.ActivationReason.Context:
            self.leave()
