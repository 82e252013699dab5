"""The navigation rail: one button per page, and a few actions at its foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QToolButton, QWidget

from mfsr_app.ui.layout import action_button, column, row, surface
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QIcon, QResizeEvent

WIDTH_PX = 76


class Rail(QWidget):
    """Pages are known by number, in the order in which they were added."""

    chosen = Signal(int)
    """Number of the page."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self.chosen)
        frame = surface("rail")
        outer = row()
        self.setLayout(outer)
        outer.addWidget(frame)
        self.setFixedWidth(WIDTH_PX)
        self._column = column(frame, Space.XS, Space.XS)
        self._column.setContentsMargins(Space.XS, Space.M, Space.XS, Space.M)
        self._column.addStretch()
        self._pages = 0

    def add_page(self, title: str) -> QToolButton:
        """A button for one more page."""
        button = QToolButton()
        button.setText(title)
        button.setAccessibleName(title)
        button.setCheckable(True)
        button.setProperty("role", "rail")
        button.setIconSize(QSize(24, 24))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setFixedWidth(WIDTH_PX - 2 * Space.XS)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._group.addButton(button, self._pages)
        self._column.insertWidget(self._pages, button)
        self._pages += 1
        return button

    def add_action(self, action: QAction) -> None:
        """A small button at the foot."""
        self._column.addWidget(action_button(action), 0, Qt.AlignmentFlag.AlignHCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little height the icons stand alone, with their words in tips."""
        super().resizeEvent(event)
        self._show_words(has_words=True)
        if self._column.minimumSize().height() > self.height():
            self._show_words(has_words=False)

    def _show_words(self, *, has_words: bool) -> None:
        style = Qt.ToolButtonStyle.ToolButtonTextUnderIcon if has_words else Qt.ToolButtonStyle.ToolButtonIconOnly
        for button in self._group.buttons():
            if isinstance(button, QToolButton):
                button.setToolButtonStyle(style)
                button.setToolTip("" if has_words else button.text())

    def set_icons(self, icons: list[QIcon]) -> None:
        """Icons of the pages, in their order."""
        for number, icon in enumerate(icons):
            self._group.button(number).setIcon(icon)

    def set_current(self, number: int) -> None:
        """Mark a page as the one shown."""
        self._group.button(number).setChecked(True)
