"""Gets the attention of a user who is elsewhere: desktop notification, taskbar alert, badge on the icon."""

from __future__ import annotations

import sys

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

STAY_MS = 10_000
"""How long the notice and its icon stay."""


class DesktopNotice(QObject):
    """Does what the desktop can do, and nothing where it can do nothing."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tray: QSystemTrayIcon | None = None
        self._count = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._hide)

    def count(self, left: int) -> None:
        """Show on the program's icon how many are left; 0 shows nothing."""
        app = QGuiApplication.instance()
        has_place = sys.platform != "linux" or bool(QGuiApplication.desktopFileName())
        if left != self._count and has_place and isinstance(app, QGuiApplication):
            self._count = left
            app.setBadgeNumber(left)

    def call(self, window: QWidget, words: str) -> bool:
        """Tell of something that has ended, unless the window is in use; whether there was a need."""
        if window.isActiveWindow():
            return False
        QApplication.alert(window)
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._tray = self._tray or QSystemTrayIcon(window.windowIcon(), self)
            self._tray.show()
            self._tray.showMessage(QGuiApplication.applicationDisplayName(), words, window.windowIcon(), STAY_MS)
            self._timer.start(STAY_MS)
        return True

    @Slot()
    def _hide(self) -> None:
        if self._tray is not None:
            self._tray.hide()
