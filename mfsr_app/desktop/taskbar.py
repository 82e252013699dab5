"""Progress on the program's taskbar entry. On Linux by the D-Bus signal that docks and taskbars listen to
(com.canonical.Unity.LauncherEntry: KDE Plasma, Ubuntu's and other docks). Elsewhere nothing.
"""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

OBJECT_PATH = "/org/mfsr/launcher"
INTERFACE = "com.canonical.Unity.LauncherEntry"
STEP = 0.01
"""Progress that differs by less is not sent again."""


class TaskbarProgress(QObject):
    """Sends only what has changed, and only where the desktop knows the program by a desktop file."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._sent: float | None = None

    def show_share(self, share: float | None) -> bool:
        """Show a share 0..1 of the work, or, with None, that there is none; whether anything was sent."""
        is_same = share is self._sent if share is None or self._sent is None else abs(share - self._sent) < STEP
        if is_same or not _can_send():
            return False
        self._sent = share
        from PySide6.QtDBus import QDBusConnection, QDBusMessage

        message = QDBusMessage.createSignal(OBJECT_PATH, INTERFACE, "Update")
        shown = {"progress": share or 0.0, "progress-visible": share is not None}
        message.setArguments([f"application://{QGuiApplication.desktopFileName()}.desktop", shown])
        return QDBusConnection.sessionBus().send(message)


def _can_send() -> bool:
    has_bus = sys.platform == "linux" and bool(os.environ.get("DBUS_SESSION_BUS_ADDRESS"))
    return has_bus and bool(QGuiApplication.desktopFileName())
