"""Pictures side by side for one photograph at a time, with a field to go from one to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QComboBox, QWidget

from mfsr_app.desktop.engine_translation import translated
from mfsr_app.distill.picture_grid import PictureGrid
from mfsr_app.ui.layout import choice_field, column, label, row
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfsr_app.distill.work import Pictures

MOST_PX = 320


class Gallery(QWidget):
    """Keeps the photograph that is looked at when newer pictures come."""

    def __init__(self, title: str, hidden: Sequence[str] = (), parent: QWidget | None = None) -> None:
        """`hidden` are labels of columns that are left out."""
        super().__init__(parent)
        self._hidden = hidden
        self._pictures: Pictures | None = None
        self.grid = PictureGrid(MOST_PX)
        self.field = choice_field(self.tr("Photograph"))
        self.field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        head = row()
        head.addWidget(label(title, "section"))
        head.addStretch()
        head.addWidget(self.field)
        inside = column(self, 0, Space.S)
        inside.addLayout(head)
        inside.addWidget(self.grid)
        self.field.currentIndexChanged.connect(self._show)
        self.hide()

    def set_pictures(self, pictures: Pictures | None) -> None:
        """Show these, or nothing."""
        if pictures is self._pictures:
            return
        self._pictures = pictures
        self.setVisible(pictures is not None)
        if pictures is None:
            return
        self.field.setVisible(len(pictures.rows) > 1)
        if self.field.count() != len(pictures.rows):
            with QSignalBlocker(self.field):
                self.field.clear()
                words = self.tr("Photograph {0} of {1}")
                count = len(pictures.rows)
                self.field.addItems([words.format(number + 1, count) for number in range(count)])
        self._show()

    @Slot()
    def _show(self) -> None:
        if self._pictures is None:
            return
        shown = [n for n, name in enumerate(self._pictures.columns) if name not in self._hidden]
        chosen = self._pictures.rows[max(self.field.currentIndex(), 0)]
        self.grid.set_pictures([translated(self._pictures.columns[n]) for n in shown], [[chosen[n] for n in shown]])
