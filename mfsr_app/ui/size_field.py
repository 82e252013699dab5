"""A field for the size of the saved file: a factor, percent, or one side in pixels."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QWidget

from mfsr_app.ui.layout import choice_field, number_field, row
from mfsr_engine.geometry import MAX_SIDE_PX, TargetSize

FACTORS = (4.0, 3.0, 2.0, 1.5, 1.0)
"""Factors on offer; the model's own (4) first."""
SIDES = ("width", "height", "long_side", "short_side")
KINDS: tuple[tuple[str, float | None], ...] = (
    *(("factor", factor) for factor in FACTORS),
    *((name, None) for name in ("percent", *SIDES)),
)
"""What can be chosen, in the order of the list; None is a number of the user's own."""
START_PX, START_PERCENT = 3840, 400
"""A side and a percentage when they are first asked for."""
MAX_PERCENT = 3200


class SizeField(QWidget):
    """Says what was chosen; knows no picture."""

    chosen = Signal(object)
    """TargetSize"""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side_px, self._percent = START_PX, START_PERCENT
        self.kind = choice_field(self.tr("Size of the saved file"))
        self.kind.addItems([self.tr("{0:g} times").format(factor) for factor in FACTORS])
        sides = (self.tr("Width"), self.tr("Height"), self.tr("Long side"), self.tr("Short side"))
        self.kind.addItems([self.tr("Percent"), *sides])
        self.number = number_field(self.tr("Pixels of that side"), 1, MAX_SIDE_PX)
        inside = row()
        self.setLayout(inside)
        inside.addWidget(self.kind, 1)
        inside.addWidget(self.number, 1)
        self._show_number()
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.number.valueChanged.connect(self._on_number)

    def show_size(self, size: TargetSize) -> None:
        """Show what was chosen elsewhere."""
        if size == self._size():
            return
        side = next(((name, getattr(size, name)) for name in SIDES if getattr(size, name) is not None), None)
        factor = FACTORS[0] if size.factor is None else size.factor
        with QSignalBlocker(self.kind):
            if side is not None:
                self._side_px = side[1]
                self.kind.setCurrentIndex(KINDS.index((side[0], None)))
            elif factor in FACTORS:
                self.kind.setCurrentIndex(FACTORS.index(factor))
            else:
                self._percent = round(100 * factor)
                self.kind.setCurrentIndex(KINDS.index(("percent", None)))
        self._show_number()

    def _show_number(self) -> None:
        name, factor = KINDS[self.kind.currentIndex()]
        is_percent = name == "percent"
        with QSignalBlocker(self.number):
            self.number.setRange(1, MAX_PERCENT if is_percent else MAX_SIDE_PX)
            self.number.setSuffix(self.tr(" %") if is_percent else self.tr(" px"))
            self.number.setValue(self._percent if is_percent else self._side_px)
        self.number.setAccessibleName(self.tr("Percent") if is_percent else self.tr("Pixels of that side"))
        self.number.setEnabled(factor is None)

    def _size(self) -> TargetSize:
        name, factor = KINDS[self.kind.currentIndex()]
        if name == "percent":
            return TargetSize(factor=self._percent / 100)
        if factor is not None:
            return TargetSize() if factor == FACTORS[0] else TargetSize(factor=factor)
        return TargetSize(**{name: self._side_px})

    @Slot()
    def _on_kind(self) -> None:
        self._show_number()
        self.chosen.emit(self._size())

    @Slot(int)
    def _on_number(self, value: int) -> None:
        if KINDS[self.kind.currentIndex()][0] == "percent":
            self._percent = value
        else:
            self._side_px = value
        self.chosen.emit(self._size())
