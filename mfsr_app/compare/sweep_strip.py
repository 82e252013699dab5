"""A strip of thumbnails, one per number of steps; a click shows that result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QToolButton, QWidget

from mfsr_app.ui.layout import action_button, column, label, row, surface
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

PICTURE_PX = QSize(150, 96)
"""Size of a small picture."""


@dataclass(frozen=True)
class Frame:
    """One small picture."""

    number: int
    """Which stop."""
    words: str
    """Below it."""
    picture: QImage | None
    """None until it is there."""


class SweepStrip(QWidget):
    """Shows frames in a row that can be scrolled; the chosen one is marked."""

    chosen = Signal(int)
    """Number of a frame."""

    def __init__(self, again: QAction, close: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[int, QToolButton] = {}
        self._pictures: dict[int, QImage | None] = {}
        self._empty = QColor("#888888")
        self._title, self._words = label("", "section"), label("", "muted")
        self._title.setMinimumWidth(1)  # a narrow window cuts it, and is not made wider by it
        self._words.setWordWrap(False)
        self._words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        frame = surface("sweep")
        column(self).addWidget(frame)
        inside = column(frame, Space.S, Space.XS)
        head = row()
        head.setContentsMargins(Space.S, 0, 0, 0)
        head.addWidget(self._title)
        head.addWidget(self._words, 1)
        self._head = head
        for action in (again, close):
            head.addWidget(action_button(action))
        inside.addLayout(head)
        inside.addWidget(self._area())

    def add_option(self, option: QWidget) -> None:
        """Put something that decides what the strip shows before its buttons."""
        self._head.insertWidget(2, option)

    def set_empty_color(self, color: str) -> None:
        """The colour of frames without a picture yet."""
        self._empty = QColor(color)

    def set_words(self, title: str, words: str) -> None:
        """What the strip shows, and how far it is."""
        self._title.setText(title)
        self._words.setText(words)
        self._words.setToolTip(words)  # a narrow window cuts them

    def set_frames(self, frames: list[Frame], chosen: int) -> None:
        """Show these; only what changed is drawn anew."""
        if set(self._buttons) != {frame.number for frame in frames}:
            self._make_buttons(frames)
        for frame in frames:
            button = self._buttons[frame.number]
            button.setText(frame.words)
            button.setAccessibleName(frame.words)
            if frame.number == chosen and not button.isChecked():
                self._scrolled.ensureWidgetVisible(button)
            button.setChecked(frame.number == chosen)
            if frame.number not in self._pictures or self._pictures[frame.number] is not frame.picture:
                self._pictures[frame.number] = frame.picture
                button.setIcon(QIcon(self._pixmap(frame.picture)))

    def button(self, number: int) -> QToolButton:
        """The button of a frame."""
        return self._buttons[number]

    def _area(self) -> QScrollArea:
        inner = surface("fields")
        self._frames = QHBoxLayout(inner)
        self._frames.setContentsMargins(0, 0, 0, 0)
        self._frames.setSpacing(Space.XS)
        area = QScrollArea()
        area.setWidget(inner)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFixedHeight(PICTURE_PX.height() + 52)
        self._scrolled = area
        return area

    def _make_buttons(self, frames: list[Frame]) -> None:
        for old in self._buttons.values():
            self._frames.removeWidget(old)
            old.deleteLater()
        while self._frames.count():
            self._frames.takeAt(0)
        self._buttons, self._pictures = {}, {}
        for frame in frames:
            button = QToolButton()
            button.setProperty("role", "frame")
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setIconSize(PICTURE_PX)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _checked=False, number=frame.number: self.chosen.emit(number))
            self._buttons[frame.number] = button
            self._frames.addWidget(button)
        self._frames.addStretch()

    def _pixmap(self, picture: QImage | None) -> QPixmap:
        if picture is not None:
            return QPixmap.fromImage(picture)
        empty = QPixmap(PICTURE_PX)
        empty.fill(self._empty)
        return empty
