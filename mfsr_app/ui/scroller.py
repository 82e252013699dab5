"""Scrolling up and down: panels, and pages whose content stays where it is when the scroll bar comes and goes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QScrollArea, QWidget


class ScrollPanel(QScrollArea):
    """As wide as it is made; what is too high is scrolled to, by the wheel or by moving the focus there."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(content)


class Scroller(ScrollPanel):
    """A page. Keeps as much room on the left as the bar takes on the right, so that its middle never moves."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(content, parent)
        self.setObjectName("scroller")
        self.verticalScrollBar().rangeChanged.connect(self._balance)

    @Slot(int, int)
    def _balance(self, first: int, last: int) -> None:
        self.setViewportMargins(self.verticalScrollBar().sizeHint().width() if last > first else 0, 0, 0, 0)
