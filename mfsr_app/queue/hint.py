"""What is shown while the queue is empty: the ways to fill it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from mfsr_app.ui.layout import column, label, restyle, row, surface, trigger_button
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QPixmap

CARD_WIDTH_PX = 560


class QueueHint(QWidget):
    """An invitation in the middle of the page; the buttons are the given actions, the first the main one."""

    def __init__(self, actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        middle = Qt.AlignmentFlag.AlignCenter
        self._picture = QLabel(alignment=middle)
        self._card = surface("drop")
        self._card.setMaximumWidth(CARD_WIDTH_PX)
        outer = column(self, Space.XL)
        outer.addStretch()
        across = row()
        across.addStretch(1)
        across.addWidget(self._card, 20)
        across.addStretch(1)
        outer.addLayout(across)
        outer.addStretch()
        inner = column(self._card, Space.XL * 2, Space.M)
        title = label(self.tr("Drop photographs or folders here"), "display")
        words = label(self.tr("They are upscaled one after the other.\nFolders keep their sub-folders."), "lead")
        buttons = row()
        buttons.addStretch()
        made = [trigger_button(action, is_main=number == 0) for number, action in enumerate(actions)]
        self.main = made[0]
        for button in made:
            buttons.addWidget(button)
        buttons.addStretch()
        for widget in (self._picture, title, words):
            inner.addWidget(widget)
        for text in (title, words):
            text.setAlignment(middle)
            text.setWordWrap(True)
        inner.addSpacing(Space.M)
        inner.addLayout(buttons)

    def set_picture(self, picture: QPixmap) -> None:
        """The drawing above the words."""
        self._picture.setPixmap(picture)

    def set_hovered(self, is_hovered: bool) -> None:
        """Light up while something is dragged over the page."""
        restyle(self._card, "hover", "true" if is_hovered else "false")
