"""Shown while no picture is open: the ways to open one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from mfsr_app.ui.layout import column, label, restyle, row, surface, trigger_button
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from PySide6.QtGui import QAction, QPixmap


CARD_WIDTH_PX = 640
RECENT_SHOWN, RECENT_WIDTH_PX = 4, 140


class DropHint(QWidget):
    """An invitation in the middle of the page. The buttons are the given actions; the first is the main one."""

    recent_chosen = Signal(int)
    """Number of a file that was opened before."""

    def __init__(self, actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._card = surface("drop")
        self._card.setMaximumWidth(CARD_WIDTH_PX)
        outer = column(self, Space.XL)
        outer.addStretch()
        across = row()
        across.addStretch(1)
        across.addWidget(self._card, 1000)
        across.addStretch(1)
        outer.addLayout(across)
        inner = column(self._card, Space.XL * 2, Space.M)
        self._fill(inner, actions)  # before the row below, which comes later for the tabulator key
        outer.addSpacing(Space.M)
        outer.addWidget(self._recent_row(), 0, Qt.AlignmentFlag.AlignHCenter)
        outer.addStretch()

    def set_recent(self, names: list[str]) -> None:
        """Offer these files, the newest first; the row keeps its height when there are none."""
        for number, button in enumerate(self._recent):
            is_there = number < len(names)
            button.setVisible(is_there)
            if is_there:
                shown = self.fontMetrics().elidedText(names[number], Qt.TextElideMode.ElideMiddle, RECENT_WIDTH_PX)
                button.setText(shown)
                button.setToolTip(names[number])
                button.setAccessibleName(self.tr("Open again: {0}").format(names[number]))
        self._recent_words.setVisible(bool(names))

    def _recent_row(self) -> QWidget:
        line = QWidget()
        line.setFixedHeight(40)
        inside = row()
        line.setLayout(inside)
        self._recent_words = label(self.tr("Opened last:"))
        self._recent_words.setProperty("role", "quiet")
        inside.addWidget(self._recent_words)
        self._recent = [QPushButton() for _ in range(RECENT_SHOWN)]
        for number, button in enumerate(self._recent):
            button.setProperty("role", "link")
            button.setAccessibleName(self.tr("Open again"))
            button.clicked.connect(lambda _checked=False, number=number: self.recent_chosen.emit(number))
            inside.addWidget(button)
        self.set_recent([])
        return line

    def set_picture(self, picture: QPixmap) -> None:
        """The drawing above the words."""
        self._picture.setPixmap(picture)

    def set_hovered(self, is_hovered: bool) -> None:
        """Light up while something is dragged over the window."""
        restyle(self._card, "hover", "true" if is_hovered else "false")

    def _fill(self, inner: QVBoxLayout, actions: list[QAction]) -> None:
        middle = Qt.AlignmentFlag.AlignCenter
        title = label(self.tr("Drop a photograph here"), "display")
        title.setAlignment(middle)
        words = label(self.tr("It becomes four times larger and sharper on this computer.\nNothing leaves it."), "lead")
        words.setAlignment(middle)
        buttons = row()
        buttons.addStretch()
        for number, action in enumerate(actions):
            buttons.addWidget(trigger_button(action, is_main=number == 0))
        buttons.addStretch()
        honest = label(self.tr("Fine detail is generated, not recovered."), "muted")
        honest.setAlignment(middle)
        inner.addWidget(self._picture)
        inner.addWidget(title)
        inner.addWidget(words)
        inner.addSpacing(Space.M)
        inner.addLayout(buttons)
        inner.addSpacing(Space.M)
        inner.addWidget(honest)
