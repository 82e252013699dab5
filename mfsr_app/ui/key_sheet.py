"""The sheet of keyboard shortcuts, in groups."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QDialog, QGridLayout, QPushButton, QWidget

from mfsr_app.ui.layout import ScrollPanel, column, label
from mfsr_app.ui.theme import Space

COLUMNS = 2
"""Columns of rows."""
ABOVE_PX = 200
"""What the sheet has above and below its rows; the rest of the window's height is for these."""


class KeySheet(QDialog):
    """Not modal: it can stay open while one tries the keys."""

    def __init__(self, groups: list[tuple[str, list[tuple[str, str]]]], parent: QWidget) -> None:
        """Rows of words and keys, below titles."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keys"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        inside = column(self, Space.XL, Space.L)
        inside.addWidget(label(self.tr("Keys"), "title"))
        content = QWidget()
        grid = QGridLayout(content)
        grid.setContentsMargins(0, 0, Space.L, 0)
        grid.setHorizontalSpacing(Space.L)
        grid.setVerticalSpacing(Space.XS)
        heads = [0] * COLUMNS
        for title, rows in groups:
            where = heads.index(min(heads))  # the shorter column
            heads[where] = self._add_group(grid, title, rows, where, heads[where])
        grid.setRowStretch(max(heads), 1)
        panel = ScrollPanel(content)
        panel.setMinimumWidth(min(content.sizeHint().width() + Space.L, parent.width() - 4 * Space.XL))
        panel.setMinimumHeight(min(content.sizeHint().height(), parent.height() - ABOVE_PX))
        inside.addWidget(panel)
        close = QPushButton(self.tr("Close"))
        close.setAccessibleName(close.text())
        close.clicked.connect(self.close)
        inside.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        QShortcut(Qt.Key.Key_Question, self, self.close)

    def _add_group(self, grid: QGridLayout, title: str, rows: list[tuple[str, str]], where: int, top: int) -> int:
        """A title and its rows from a line on; gives back the first line below."""
        grid.addWidget(label(title, "section"), top, where * 3 + 1)
        for line, (words, keys) in enumerate(rows, top + 1):
            key = label(keys, "key")
            grid.addWidget(key, line, where * 3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            grid.addWidget(label(words), line, where * 3 + 1)
        grid.setColumnMinimumWidth(where * 3 + 2, Space.XL)
        grid.setRowMinimumHeight(top + len(rows) + 1, Space.M)
        return top + len(rows) + 2


def close_sheets(window: QWidget) -> bool:
    """Close the sheet over a window, and tell whether one was there."""
    sheets = [sheet for sheet in window.findChildren(KeySheet) if sheet.isVisible()]
    for sheet in sheets:
        sheet.close()
    return bool(sheets)
