"""A row on a settings page: name, description and field."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from mfsr_app.ui.layout import column, label, row
from mfsr_app.ui.theme import Space

FIELD_PX = 280


class SettingRow(QWidget):
    """Words on the left, the field on the right, in one column with all others."""

    def __init__(self, title: str, words: str, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        self.words = label(words, "muted")
        texts = QWidget()
        self._left = column(texts, 0, Space.XS)
        self._left.addWidget(label(title, "section"))
        self._left.addWidget(self.words)
        self._left.addStretch()
        field.setFixedWidth(FIELD_PX)
        field.setAccessibleName(title)
        field.setAccessibleDescription(words)
        field.setToolTip(words)
        inside = row(Space.XL)
        self.setLayout(inside)
        inside.addWidget(texts, 1)
        inside.addWidget(field)

    def add_below(self, words: QWidget) -> None:
        """Say one thing more under the words."""
        self._left.insertWidget(self._left.count() - 1, words)
