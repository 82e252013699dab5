"""Fields for a folder or file path, typed or chosen in a dialog."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QLineEdit, QPushButton, QWidget

from mfsr_app.ui.layout import row
from mfsr_engine.files.paths import expanded


class FolderField(QWidget):
    """A folder for results; empty means beside the photograph. Says what was chosen; looks at no disk."""

    chosen = Signal(str)
    """Path, or empty."""

    def __init__(self, *, follows_typing: bool = True, parent: QWidget | None = None) -> None:
        """`follows_typing` tells at each key, so that other keys, which act at once, find what was typed."""
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
        if follows_typing:
            self.line.textEdited.connect(self._tell)
        self.button.clicked.connect(self._ask)

    def setText(self, text: str) -> None:
        """Show a path; what is being typed stays as it is."""
        if text != self.line.text().strip():
            self.line.setText(text)

    @Slot()
    def _tell(self) -> None:
        self.chosen.emit(self.line.text().strip())

    @Slot()
    def _ask(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder for results"), existing(self.line.text()))
        if name:
            self.setText(name)
            self._tell()


def existing(text: str) -> str:
    """Where a dialog begins: the typed folder or the first of those above it that is there; empty is the dialog's own choice."""
    if not text.strip():
        return ""
    path = expanded(text.strip())
    return str(next((folder for folder in (path, *path.parents) if folder.is_dir()), ""))


class ProfileField(FolderField):
    """A colour profile; empty means the desktop's."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(follows_typing=False, parent=parent)
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
