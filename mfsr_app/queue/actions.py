"""Every action of the queue page: text, shortcut and icon. The keys work while the page has the focus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence

from mfsr_app.ui.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from mfsr_app.ui.theme import Colors

translate = QCoreApplication.translate


@dataclass(frozen=True)
class QueueRow:
    """One action before it is made."""

    name: str
    """By which the code calls it."""
    words: str
    """For people."""
    key: str
    """Shortcut."""
    icon: str = ""
    """File name in resources/icons, without suffix."""
    is_for_rows: bool = False
    """Whether it acts on the chosen pictures, and its key works in the table only."""


def table() -> tuple[QueueRow, ...]:
    """All actions, in the language in use."""
    return (
        QueueRow("add_files", translate("QueueActions", "Add photographs…"), "Ctrl+O", "add-files"),
        QueueRow("add_folder", translate("QueueActions", "Add a folder…"), "Ctrl+Shift+F", "add-folder"),
        QueueRow("paste", translate("QueueActions", "Paste files"), "Ctrl+V", "paste"),
        QueueRow("start", translate("QueueActions", "Start, pause or resume"), "Ctrl+Return", "run"),
        QueueRow("stop", translate("QueueActions", "Stop the queue"), "Ctrl+.", "stop"),
        QueueRow("retry_failed", translate("QueueActions", "Retry failed"), "Ctrl+R", "retry"),
        QueueRow("remove_finished", translate("QueueActions", "Take finished ones out"), "Ctrl+Delete", "clear"),
        QueueRow("compare_file", translate("QueueActions", "Compare with the source"), "Ctrl+K", "split", True),
        QueueRow("open_result", translate("QueueActions", "Open the result"), "Return", "open", True),
        QueueRow("show_in_folder", translate("QueueActions", "Show in its folder"), "Ctrl+L", "show-folder", True),
        QueueRow("top", translate("QueueActions", "Move to the top"), "Alt+Home", "move-top", True),
        QueueRow("up", translate("QueueActions", "Move up"), "Alt+Up", "move-up", True),
        QueueRow("down", translate("QueueActions", "Move down"), "Alt+Down", "move-down", True),
        QueueRow("bottom", translate("QueueActions", "Move to the bottom"), "Alt+End", "move-bottom", True),
        QueueRow(
            "own_settings",
            translate("QueueActions", "Use current settings for selected pictures"),
            "Ctrl+U",
            "settings",
            True,
        ),
        QueueRow(
            "common_settings",
            translate("QueueActions", "Remove custom settings"),
            "Ctrl+Shift+U",
            "",
            True,
        ),
        QueueRow("again", translate("QueueActions", "Upscale again"), "Ctrl+Shift+R", "", True),
        QueueRow("copy_reason", translate("QueueActions", "Copy error"), "Ctrl+C", "copy", True),
        QueueRow("remove", translate("QueueActions", "Remove from the queue"), "Delete", "remove", True),
    )


def key_rows() -> list[tuple[str, str]]:
    """Words and keys of everything, for the sheet of keys."""
    form = QKeySequence.SequenceFormat.NativeText
    return [(row.words.rstrip("…"), QKeySequence(row.key).toString(form)) for row in table()]


class QueueActions:
    """The table, made. Keys are not given to Qt, because other pages use some of them; the page asks `for_key`."""

    def __init__(self, page: QWidget, handlers: dict[str, Callable[[], None]]) -> None:
        self._rows = table()
        self._made = {row.name: _made(row, page, handlers[row.name]) for row in self._rows}

    def __getitem__(self, name: str) -> QAction:
        """The action of this name."""
        return self._made[name]

    def for_rows(self) -> list[QAction]:
        """What can be done with chosen pictures."""
        return [self._made[row.name] for row in self._rows if row.is_for_rows]

    def for_key(self, event: QKeyEvent, *, is_in_table: bool) -> QAction | None:
        """The action that this key means here."""
        pressed = QKeySequence(event.keyCombination())
        for row in self._rows:
            if pressed in _sequences(row.key) and (is_in_table or not row.is_for_rows):
                return self._made[row.name]
        return None

    def set_icons(self, colors: Colors) -> None:
        """Draw the icons in the colours of a theme."""
        for row in self._rows:
            if row.icon:
                self._made[row.name].setIcon(icon(row.icon, colors))


def is_plain(event: QKeyEvent) -> bool:
    """Whether a key is a letter or sign alone, which on other pages may be a shortcut."""
    plain = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
    return not event.modifiers() & ~plain and event.text().isprintable() and event.text() not in ("", "?")


def _sequences(key: str) -> list[QKeySequence]:
    """Return and Enter are one key for people."""
    return [QKeySequence(key), QKeySequence(key.replace("Return", "Enter"))]


def _made(row: QueueRow, page: QWidget, do: Callable[[], None]) -> QAction:
    action = QAction(row.words, page)
    action.setObjectName(row.name)
    shown = QKeySequence(row.key).toString(QKeySequence.SequenceFormat.NativeText)
    action.setToolTip(f"{row.words.rstrip('…')} ({shown})")
    action.triggered.connect(lambda _checked=False: do())
    return action
