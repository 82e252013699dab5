"""The steps of a wizard in a row: what is done, where one is, what is to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QWidget

from mfsr_app.ui.layout import label, restyle, row
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Sequence


class StepHeader(QWidget):
    """Shows; cannot be operated."""

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._titles = tuple(titles)
        inside = row(Space.XS)
        self.setLayout(inside)
        self._labels: list[QLabel] = []
        for title in titles:
            made = label(title, "chip")
            self._labels.append(made)
            inside.addWidget(made)
        inside.addStretch()

    def set_current(self, number: int) -> None:
        """Mark a step; those before it are done."""
        for place, made in enumerate(self._labels):
            sign = "✓" if place < number else str(place + 1)
            made.setText(f"{sign}  {self._titles[place]}")
            restyle(made, "role", "chip" if place == number else "step")
            made.updateGeometry()
        where = self.tr("Step {0} of {1}: {2}")
        self.setAccessibleName(where.format(number + 1, len(self._titles), self._titles[number]))
