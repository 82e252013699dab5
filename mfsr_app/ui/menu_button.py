"""A button with a menu that is filled each time it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QMenu, QToolButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget


class MenuButton(QToolButton):
    """`fill` puts the entries into the menu; whoever knows them sets it."""

    def __init__(
        self, name: str, words: str = "", action: QAction | None = None, parent: QWidget | None = None
    ) -> None:
        """An icon alone, or `words`, or the button of an action with the menu at its side; `name` is for screen readers and the tip."""
        super().__init__(parent)
        self.fill: Callable[[QMenu], object] = lambda menu: None
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        if action is not None:
            self.setDefaultAction(action)
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            self.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
            self.setObjectName("split")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setToolTip(name if action is None else action.toolTip())
        self.setIconSize(QSize(20, 20))
        if words:
            self.setText(words)
            self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)  # files of one name in several folders
        menu.aboutToShow.connect(self._fill)
        self.setMenu(menu)

    @Slot()
    def _fill(self) -> None:
        self.menu().clear()
        self.fill(self.menu())
