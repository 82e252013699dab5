"""A field for the size of the saved file: a factor, or one side in pixels."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QWidget

from mfsr_app.widgets.layout import choice_field, number_field, row
from mfsr_engine.geometry import MAX_SIDE_PX, TargetSize

FACTORS = (4.0, 3.0, 2.0, 1.5, 1.0)
"""Factors on offer; the model's own (4) first."""
START_PX = 3840
"""A side when one is first asked for."""


class SizeField(QWidget):
    """Says what was chosen; knows no picture."""

    chosen = Signal(object)
    """TargetSize"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind = choice_field(self.tr("Size of the saved file"))
        for factor in FACTORS:
            self.kind.addItem(self.tr("{0:g} times").format(factor), ("factor", factor))
        for words, name in (
            (self.tr("Width"), "width"),
            (self.tr("Height"), "height"),
            (self.tr("Long side"), "long_side"),
            (self.tr("Short side"), "short_side"),
        ):
            self.kind.addItem(words, (name, None))
        self.pixels = number_field(self.tr("Pixels of that side"), 1, MAX_SIDE_PX)
        self.pixels.setValue(START_PX)
        self.pixels.setSuffix(self.tr(" px"))
        self.pixels.setEnabled(False)
        inside = row()
        self.setLayout(inside)
        inside.addWidget(self.kind, 1)
        inside.addWidget(self.pixels, 1)
        self.kind.currentIndexChanged.connect(self._choose)
        self.pixels.valueChanged.connect(self._choose)

    def show_size(self, size: TargetSize) -> None:
        """Show what was chosen elsewhere."""
        names = ("width", "height", "long_side", "short_side")
        side = next(((name, getattr(size, name)) for name in names if getattr(size, name) is not None), None)
        blockers = [QSignalBlocker(widget) for widget in (self.kind, self.pixels)]
        wanted = ("factor", size.factor or FACTORS[0]) if side is None else (side[0], None)
        place = self.kind.findData(wanted)
        if place < 0 and side is None:
            self.kind.addItem(self.tr("{0:g} times").format(wanted[1]), wanted)
            place = self.kind.count() - 1
        self.kind.setCurrentIndex(place)
        if side is not None:
            self.pixels.setValue(side[1])
        self.pixels.setEnabled(side is not None)
        del blockers

    @Slot()
    def _choose(self) -> None:
        name, value = self.kind.currentData()
        self.pixels.setEnabled(value is None)
        if name == "factor":
            self.chosen.emit(TargetSize() if value == FACTORS[0] else TargetSize(factor=value))
        else:
            self.chosen.emit(TargetSize(**{name: self.pixels.value()}))
