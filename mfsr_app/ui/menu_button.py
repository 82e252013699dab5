"""A button with a menu that is filled each time it opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QMenu, QToolButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget


class MenuButton(QToolButton):
    """`fill` puts the entries into the menu; whoever knows them sets it."""

    def __init__(self, name: str, words: str = "", parent: QWidget | None = None) -> None:
        """An icon alone, or `words`; `name` is for screen readers and the tip."""
        super().__init__(parent)
        self.fill: Callable[[QMenu], object] = lambda menu: None
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(name)
        self.setToolTip(name)
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
