"""A button that can also be dragged: a click acts, a drag carries what it stands for to another program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QToolButton

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

ICON_PX = 20


class DragButton(QToolButton):
    """An icon button for an action; `offer` gives what is dragged, or None where there is nothing."""

    def __init__(self, action: QAction, offer: Callable[[], QMimeData | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setDefaultAction(action)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(action.text())
        self._offer = offer
        self._pressed: QPoint | None = None
        self.carry: Callable[[QDrag], object] = lambda drag: drag.exec(Qt.DropAction.CopyAction)
        """Goes on until it is dropped; tests put something quicker here."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A drag may begin here."""
        super().mousePressEvent(event)
        is_left = event.button() is Qt.MouseButton.LeftButton
        self._pressed = event.position().toPoint() if is_left and self.isEnabled() else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Far enough from where it was pressed it is a drag, and no click any more."""
        if self._pressed is None:
            super().mouseMoveEvent(event)
            return
        moved = event.position().toPoint() - self._pressed
        if moved.manhattanLength() >= QApplication.startDragDistance():
            self._pressed = None
            self.setDown(False)
            data = self._offer()
            if data is not None:
                drag = QDrag(self)
                drag.setMimeData(data)
                drag.setPixmap(self.icon().pixmap(2 * ICON_PX))
                self.carry(drag)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click."""
        self._pressed = None
        super().mouseReleaseEvent(event)
