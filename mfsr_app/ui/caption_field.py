"""A field for a caption: a few lines of text that reports when typing has paused."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QSizePolicy, QWidget

LINES = 3
"""Lines that show at once."""
FRAME_PX = 14
"""Border and padding above and below, as in the style sheet."""


class CaptionField(QPlainTextEdit):
    """Enter and leaving the field tell the text; a caption is one paragraph, so Enter begins no new line."""

    chosen = Signal(str)
    """The text, once typing has ended and if it is another one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told = ""
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_text(self, text: str) -> None:
        """Show a text that was chosen elsewhere."""
        if text != self._told:
            self._told = text
            self.setPlainText(text)

    def sizeHint(self) -> QSize:
        """Room for a few lines."""
        return QSize(200, LINES * self.fontMetrics().lineSpacing() + FRAME_PX)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter ends typing."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell()
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """So does leaving, though not for another window."""
        super().focusOutEvent(event)
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self._tell()

    def _tell(self) -> None:
        text = " ".join(self.toPlainText().split())
        if text != self._told:
            self._told = text
            self.chosen.emit(text)
