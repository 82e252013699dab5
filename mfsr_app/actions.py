"""Every action of the window in one table: text, shortcut and icon. Menus, buttons and the sheet of keys are made from it. Those that go
to a page are given with the pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QAction, QKeySequence

from mfsr_app.ui.icons import LARGE_SIZES_PX, SIZES_PX, icon

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtWidgets import QWidget

    from mfsr_app.ui.theme import Colors

translate = QCoreApplication.translate


class Scope(Enum):
    """Where the keys of an action work."""

    EVERYWHERE = "everywhere"
    """It means the same on every page."""
    OPENING = "opening"
    """It leads to the compare page, from every page that does not mean something else by its keys."""
    COMPARE = "compare"
    """It acts on the panes, while these can be seen."""


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
    scope: Scope = Scope.EVERYWHERE
    """Where its keys work."""


def _row(name: str, words: str, *keys: str, icon: str = "", check: bool = False, picture: bool = True) -> ActionRow:
    """An action of the compare page."""
    return ActionRow(name, words, keys, icon, check, picture, Scope.COMPARE)


def table(pages: Sequence[ActionRow]) -> tuple[ActionRow, ...]:
    """All actions, in the language in use; `pages` are those that go to a page."""
    return (
        ActionRow("open", translate("Actions", "Open a photograph…"), ("Ctrl+O",), "open", scope=Scope.OPENING),
        ActionRow("recent", translate("Actions", "Open again"), ("Ctrl+Shift+O",), scope=Scope.OPENING),
        ActionRow("paste", translate("Actions", "Paste"), ("Ctrl+V",), "paste", scope=Scope.OPENING),
        ActionRow("sample", translate("Actions", "Try the sample"), ("Ctrl+E",), "sample", scope=Scope.OPENING),
        _row("previous_photo", translate("Actions", "Previous photograph of the folder"), "PgUp", icon="previous"),
        _row("next_photo", translate("Actions", "Next photograph of the folder"), "PgDown", icon="next"),
        _row("film", translate("Actions", "Show the photographs of the folder"), "G", icon="film", check=True),
        _row("frame", translate("Actions", "Crop, turn, flip and straighten…"), "C", icon="crop"),
        _row("areas", translate("Actions", "Leave areas alone…"), "Shift+C", icon="brush"),
        _row("to_queue", translate("Actions", "Add to the queue"), "Q", icon="queue"),
        _row("turn_left", translate("Actions", "Turn the picture left"), "Ctrl+["),
        _row("turn_right", translate("Actions", "Turn the picture right"), "Ctrl+]"),
        _row("save", translate("Actions", "Save as…"), "Ctrl+S", icon="save"),
        _row("copy", translate("Actions", "Copy the result, or drag it to another program"), "Ctrl+C", icon="copy"),
        _row("upscale", translate("Actions", "Upscale the whole picture"), "Ctrl+Return", "F5", icon="run"),
        _row("cancel", translate("Actions", "Stop computing"), "Esc", icon="stop"),
        _row("more_steps", translate("Actions", "More steps"), "]", picture=False),
        _row("fewer_steps", translate("Actions", "Fewer steps"), "[", picture=False),
        _row("roll_seed", translate("Actions", "Another seed"), "R", icon="dice", picture=False),
        _row("zoom_in", translate("Actions", "Zoom in"), "+", "=", "Ctrl++", "Ctrl+=", icon="zoom-in"),
        _row("zoom_out", translate("Actions", "Zoom out"), "-", "Ctrl+-", icon="zoom-out"),
        _row("zoom_100", translate("Actions", "100 %"), "1", "Ctrl+1"),
        _row("zoom_fit", translate("Actions", "All of the picture"), "0", "Ctrl+0", icon="fit"),
        _row("zoom_fill", translate("Actions", "Fill the pane"), "F"),
        _row("side-by-side", translate("Actions", "Side by side"), "S", icon="side-by-side", check=True),
        _row("split", translate("Actions", "Split, with a divider"), "D", icon="split", check=True),
        _row("lens", translate("Actions", "Lens at the pointer"), "L", icon="lens", check=True),
        _row(
            "difference",
            translate("Actions", "Difference"),
            "X",
            icon="difference",
            check=True,
        ),
        _row("navigator", translate("Actions", "Show the navigator"), "N", check=True),
        _row("histogram", translate("Actions", "Show the histogram of the part in view"), "H", check=True),
        _row("turn_divider", translate("Actions", "Turn the divider"), "Shift+D"),
        _row(
            "consistency",
            translate("Actions", "Show where the result is not supported by the input"),
            "U",
            icon="support",
            check=True,
        ),
        _row(
            "seed_variance",
            translate("Actions", "Show where other seeds give something else"),
            "Shift+U",
            icon="spread",
            check=True,
        ),
        _row("sweep", translate("Actions", "Compute every number of steps for the part in view"), "T", icon="sweep"),
        _row("close_sweep", translate("Actions", "Close the strip of steps"), "Shift+T", icon="close"),
        _row("model_sweep", translate("Actions", "Compare all models on the part in view"), "M", icon="models"),
        _row("close_model_sweep", translate("Actions", "Close the strip of models"), "Shift+M", icon="close"),
        _row("beside", translate("Actions", "Compare with a file…"), "Ctrl+B", icon="beside"),
        _row("export", translate("Actions", "Export the comparison…"), "Ctrl+Shift+S", icon="export"),
        _row("swap", translate("Actions", "Exchange the sides"), "W", icon="swap"),
        *pages,
        ActionRow("theme", translate("Actions", "Toggle theme"), ("Ctrl+T",), "theme"),
        ActionRow("keys", translate("Actions", "Keyboard shortcuts"), ("?", "F1"), "keyboard"),
        ActionRow("full_screen", translate("Actions", "Full screen"), ("F11",), is_checkable=True),
        ActionRow("quit", translate("Actions", "Quit"), ("Ctrl+Q",)),
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


RAIL_ACTIONS = ("theme", "keys")
"""Actions at the foot of the rail, whose icons are larger."""
_GROUPS = {
    "open": ("open", "recent", "paste", "sample", "previous_photo", "next_photo", "film"),
    "files": ("save", "copy", "beside", "export"),
    "compute": (
        "upscale",
        "cancel",
        "more_steps",
        "fewer_steps",
        "roll_seed",
        "sweep",
        "close_sweep",
        "model_sweep",
        "close_model_sweep",
    ),
}
"""Actions of some groups on the sheet of keys."""


def _group_of(name: str) -> str:
    return next((group for group, names in _GROUPS.items() if name in names), "view")


def _titles() -> dict[str, str]:
    """Of the groups on the sheet of keys, in their order."""
    return {
        "open": translate("Actions", "Open"),
        "files": translate("Actions", "Save and export"),
        "compute": translate("Actions", "Compute"),
        "view": translate("Actions", "View"),
        "window": translate("Actions", "Window"),
    }


class Actions:
    """The table, made: one QAction for each row, owned by the window."""

    def __init__(self, window: QWidget, handlers: dict[str, Callable[[], None]], pages: Sequence[ActionRow]) -> None:
        self._window, self._rows = window, table(pages)
        self._made: dict[str, QAction] = {}
        for row in self._rows:
            self._made[row.name] = _made(row, window, handlers[row.name])
            window.addAction(self._made[row.name])

    def __getitem__(self, name: str) -> QAction:
        """The action of this name."""
        return self._made[name]

    def delete(self) -> None:
        """Take all of them out of the window, so that others can have their keys."""
        for action in self._made.values():
            self._window.removeAction(action)
            action.deleteLater()

    def show(self, enabled: Mapping[str, bool], checked: Mapping[str, bool]) -> None:
        """Enable and check the actions of these names, or not."""
        for name, is_enabled in enabled.items():
            self._made[name].setEnabled(is_enabled)
        for name, is_checked in checked.items():
            self._made[name].setChecked(is_checked)

    def set_icons(self, colors: Colors) -> None:
        """Draw the icons in the colours of a theme."""
        for row in self._rows:
            if row.icon:
                sizes_px = LARGE_SIZES_PX if row.name in RAIL_ACTIONS else SIZES_PX
                self._made[row.name].setIcon(icon(row.icon, colors, sizes_px=sizes_px))

    def set_has_picture(self, has_picture: bool) -> None:
        """Enable what needs a picture."""
        for row in self._rows:
            if row.needs_picture:
                self._made[row.name].setEnabled(has_picture)

    def set_on_compare_page(self, is_there: bool) -> None:
        """Let keys that act on the panes work only while these can be seen."""
        for row in self._rows:
            if row.scope is Scope.COMPARE:
                self._made[row.name].setShortcuts(_sequences(row) if is_there else [])

    def key_groups(self, *scopes: Scope) -> list[tuple[str, list[tuple[str, str]]]]:
        """The same in groups below titles; those without an action that works there are left out."""
        by_group: dict[str, list[tuple[str, str]]] = {title: [] for title in _titles().values()}
        for row in self._rows:
            if row.scope in scopes:
                group = "window" if row.scope is Scope.EVERYWHERE else _group_of(row.name)
                by_group[_titles()[group]].append((row.words, _shown(row)))
        if Scope.COMPARE in scopes:
            by_group[_titles()["view"]] += pointer_keys()
        return [(title, rows) for title, rows in by_group.items() if rows]

    def key_rows(self, *scopes: Scope) -> list[tuple[str, str]]:
        """Words and keys of the actions that work there, for the sheet of keys; with what the panes understand beside them."""
        rows = [(row.words, _shown(row)) for row in self._rows if row.scope in scopes]
        return rows + pointer_keys() if Scope.COMPARE in scopes else rows


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
    action.setCheckable(row.is_checkable)
    action.triggered.connect(lambda _checked=False: do())
    return action
