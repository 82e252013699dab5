"""Every action of the window in one table: words, keys, icon. Menus, buttons and the sheet of keys are made from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence

from mfsr_app.ui.icons import icon

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QWidget

    from mfsr_app.ui.theme import Colors

translate = QCoreApplication.translate
OF_ALL_PAGES = ("compare", "queue", "models", "distil", "settings", "theme", "keys", "full_screen", "quit")
"""Actions that mean the same on every page."""
OPENING = ("open", "recent", "paste", "sample")
"""Actions that lead to the compare page, from every page that does not mean something else by their keys."""


@dataclass(frozen=True)
class ActionRow:
    """One action before it is made."""

    name: str
    """By which the code calls it."""
    words: str
    """For people, in their language."""
    keys: tuple[str, ...]
    """Shortcuts, the first one shown. Never empty: everything can be done by keyboard."""
    icon: str = ""
    """File name in resources/icons, without suffix."""
    is_checkable: bool = False
    """Whether it is on or off."""
    needs_picture: bool = False
    """Whether it can be used only while a picture is open."""
    short: str = ""
    """Words for a button without icon, if the full ones are too long."""


def _row(
    name: str, words: str, *keys: str, icon: str = "", check: bool = False, picture: bool = True, short: str = ""
) -> ActionRow:
    return ActionRow(name, words, keys, icon, check, picture, short)


def table() -> tuple[ActionRow, ...]:
    """All actions, in the language in use."""
    return (
        _row("open", translate("Actions", "Open a photograph…"), "Ctrl+O", icon="open", picture=False),
        _row("recent", translate("Actions", "Open again"), "Ctrl+Shift+O", picture=False),
        _row("paste", translate("Actions", "Paste"), "Ctrl+V", icon="paste", picture=False),
        _row("sample", translate("Actions", "Try the sample"), "Ctrl+E", icon="sample", picture=False),
        _row("save", translate("Actions", "Save as…"), "Ctrl+S", icon="save"),
        _row("upscale", translate("Actions", "Upscale the whole picture"), "Ctrl+Return", "F5", icon="run"),
        _row("cancel", translate("Actions", "Stop computing"), "Esc", icon="stop"),
        _row("more_steps", translate("Actions", "One step more"), "]", picture=False),
        _row("fewer_steps", translate("Actions", "One step less"), "[", picture=False),
        _row("roll_seed", translate("Actions", "Another seed"), "R", icon="dice", picture=False),
        _row("zoom_in", translate("Actions", "Zoom in"), "+", "=", "Ctrl++", "Ctrl+=", icon="zoom-in"),
        _row("zoom_out", translate("Actions", "Zoom out"), "-", "Ctrl+-", icon="zoom-out"),
        _row("zoom_100", translate("Actions", "100 %"), "1", "Ctrl+1", short="1:1"),
        _row("zoom_fit", translate("Actions", "All of the picture"), "0", "Ctrl+0", icon="fit"),
        _row("zoom_fill", translate("Actions", "Fill the pane"), "F"),
        _row("side-by-side", translate("Actions", "Side by side"), "S", icon="side-by-side", check=True),
        _row("split", translate("Actions", "Split, with a divider"), "D", icon="split", check=True),
        _row("lens", translate("Actions", "Lens at the pointer"), "L", icon="lens", check=True),
        _row(
            "difference",
            translate("Actions", "Difference, four times as strong"),
            "X",
            icon="difference",
            check=True,
        ),
        _row("turn_divider", translate("Actions", "Turn the divider"), "Shift+D"),
        _row(
            "support",
            translate("Actions", "Show where the result is not supported by the input"),
            "U",
            icon="support",
            check=True,
        ),
        _row(
            "spread",
            translate("Actions", "Show where other seeds give something else"),
            "Shift+U",
            icon="spread",
            check=True,
        ),
        _row("sweep", translate("Actions", "Compute every number of steps for the part in view"), "T", icon="sweep"),
        _row("close_sweep", translate("Actions", "Close the strip of steps"), "Shift+T", icon="close"),
        _row("beside", translate("Actions", "Compare with a file…"), "Ctrl+B", icon="beside"),
        _row("export", translate("Actions", "Export the comparison…"), "Ctrl+Shift+S", icon="export"),
        _row("swap", translate("Actions", "Exchange the sides"), "W", icon="swap"),
        _row("compare", translate("Actions", "Compare"), "Alt+1", picture=False),
        _row("queue", translate("Actions", "Queue"), "Alt+2", picture=False),
        _row("models", translate("Actions", "Models"), "Alt+3", picture=False),
        _row("distil", translate("Actions", "Distil"), "Alt+4", picture=False),
        _row("settings", translate("Actions", "Settings"), "Ctrl+,", "Alt+5", picture=False),
        _row("theme", translate("Actions", "Light or dark"), "Ctrl+T", icon="theme", picture=False),
        _row("keys", translate("Actions", "Show the keys"), "?", "F1", icon="keyboard", picture=False),
        _row("full_screen", translate("Actions", "Full screen"), "F11", check=True, picture=False),
        _row("quit", translate("Actions", "Quit"), "Ctrl+Q", picture=False),
    )


def pointer_keys() -> list[tuple[str, str]]:
    """What the page and the canvas understand beside the actions, for the sheet of keys."""
    return [
        (translate("Actions", "Show the other side, while held"), "B"),
        (translate("Actions", "Move the picture"), "←  →  ↑  ↓"),
        (translate("Actions", "Move the divider"), translate("Actions", "Shift + ←  →")),
        (translate("Actions", "Zoom at the pointer"), translate("Actions", "Wheel, pinch")),
        (translate("Actions", "100 % or all of the picture"), translate("Actions", "Double click")),
    ]


class Actions:
    """The table, made: one QAction for each row, owned by the window."""

    def __init__(self, window: QWidget, doers: dict[str, Callable[[], None]]) -> None:
        self._window, self._rows = window, table()
        self._made: dict[str, QAction] = {}
        for row in self._rows:
            self._made[row.name] = _made(row, window, doers[row.name])
            window.addAction(self._made[row.name])

    def __getitem__(self, name: str) -> QAction:
        """The action of this name."""
        return self._made[name]

    def delete(self) -> None:
        """Take all of them out of the window, so that others can have their keys."""
        for action in self._made.values():
            self._window.removeAction(action)
            action.deleteLater()

    def set_icons(self, colors: Colors) -> None:
        """Draw the icons in the colours of a theme."""
        for row in self._rows:
            if row.icon:
                self._made[row.name].setIcon(icon(row.icon, colors))

    def set_has_picture(self, has_picture: bool) -> None:
        """Enable what needs a picture."""
        for row in self._rows:
            if row.needs_picture:
                self._made[row.name].setEnabled(has_picture)

    def set_on_compare_page(self, is_there: bool) -> None:
        """Let keys that act on the panes work only while these can be seen."""
        for row in self._rows:
            if row.name not in OF_ALL_PAGES + OPENING:
                self._made[row.name].setShortcuts(_sequences(row) if is_there else [])

    def key_rows(self, names: Iterable[str] | None = None) -> list[tuple[str, str]]:
        """Words and keys of these actions, or of everything on the compare page, for the sheet of keys."""
        wanted = None if names is None else set(names)
        rows = [(row.words, _shown(row)) for row in self._rows if wanted is None or row.name in wanted]
        return rows + pointer_keys() if wanted is None else rows


def _sequences(row: ActionRow) -> list[QKeySequence]:
    return [QKeySequence(keys) for keys in row.keys]


def _shown(row: ActionRow) -> str:
    return QKeySequence(row.keys[0]).toString(QKeySequence.SequenceFormat.NativeText)


def _made(row: ActionRow, window: QWidget, do: Callable[[], None]) -> QAction:
    words = row.words
    action = QAction(words, window)
    action.setObjectName(row.name)
    action.setShortcuts(_sequences(row))
    action.setToolTip(f"{words.rstrip('…')} ({_shown(row)})")
    action.setIconText(row.short or words)
    action.setCheckable(row.is_checkable)
    action.triggered.connect(lambda _checked=False: do())
    return action
