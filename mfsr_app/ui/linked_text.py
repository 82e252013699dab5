"""Words with links that take the theme's colour, also when the theme changes."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QWidget


class LinkedText(QLabel):
    """Links open outside of the program, by mouse and by keys."""

    def __init__(self, text: str, role: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", role)
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.setOpenExternalLinks(True)

    def changeEvent(self, event: QEvent) -> None:
        """Qt gives links their colour when the text is read, and leaves it there: read it again."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and "<a " in self.text():
            text = self.text()
            self.setText("")
            self.setText(text)
