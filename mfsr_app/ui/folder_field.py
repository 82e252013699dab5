"""Fields for a folder or file path, typed or chosen in a dialog."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from mfsr_app.ui.layout import row


class FolderField(QWidget):
    """A folder for results; empty means beside the photograph. Says what was chosen; looks at no disk."""

    chosen = Signal(str)
    """Path, or empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setAccessibleName(self.tr("Folder"))
        self.line.setPlaceholderText(self.tr("Beside the photograph"))
        self.line.setClearButtonEnabled(True)
        self.button = QPushButton(self.tr("Choose…"))
        self.button.setAccessibleName(self.tr("Choose a folder"))
        inside = row()
        self.setLayout(inside)
        inside.addWidget(self.line, 1)
        inside.addWidget(self.button)
        self.line.editingFinished.connect(self._tell)
        self.button.clicked.connect(self._ask)

    def setText(self, text: str) -> None:
        """Show a path."""
        self.line.setText(text)

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.line.text().strip())

    @Slot()
    def _ask(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder for results"), self.line.text())
        if name:
            self.setText(name)
            self._tell()


class ProfileField(FolderField):
    """A colour profile; empty means the desktop's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line.setAccessibleName(self.tr("Screen profile"))
        self.line.setPlaceholderText(self.tr("As the desktop"))
        self.button.setAccessibleName(self.tr("Choose a screen profile"))

    @Slot()
    def _ask(self) -> None:
        words = self.tr("Colour profiles (*.icc *.icm *.ICC *.ICM);;All files (*)")
        name, _ = QFileDialog.getOpenFileName(self, self.tr("Screen profile"), self.line.text(), words)
        if name:
            self.setText(name)
            self._tell()
