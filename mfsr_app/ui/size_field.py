"""A field for the size of the saved file: a factor, percent, one side in pixels, or a size on paper; and whether the model is run twice
for it.
"""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QWidget

from mfsr_app.ui.layout import choice_field, column, number_field, row
from mfsr_engine.geometry import MAX_SIDE_PX, TargetSize

FACTORS = (1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0)
"""Factors on offer."""
OWN_FACTOR = 4.0
"""That of most models in one pass."""
SIDES = ("width", "height", "long_side", "short_side")
PRINTS = {"print_cm": 2.54, "print_inch": 1.0}
"""Sizes on paper, by the unit of their width, with what an inch has of it."""
KINDS: tuple[tuple[str, float | None], ...] = (
    *(("factor", factor) for factor in FACTORS),
    *((name, None) for name in ("percent", *SIDES, *PRINTS)),
)
"""What can be chosen, in the order of the list; None is a number of the user's own."""
START_PX, START_PERCENT, START_DPI = 3840, 400, 300
"""A side, a percentage and a resolution when they are first asked for."""
START_WIDTHS = {"print_cm": 15.0, "print_inch": 6.0}
KIND_LETTERS = 6
"""Letters of a kind that always have room, so that long ones do not widen the panel."""
MAX_PERCENT = 3200
DPI_RANGE = (30, 2400)


class SizeField(QWidget):
    """Says what was chosen; knows no picture."""

    chosen = Signal(object)
    """TargetSize"""
    resolution_chosen = Signal(object)
    """Pixels per inch that go with a size on paper; None with any other size."""
    passes_chosen = Signal(int)
    """How often the model is to be run."""

    def __init__(self, *, has_print: bool = False, parent: QWidget | None = None) -> None:
        """`has_print` offers sizes on paper."""
        super().__init__(parent)
        self._side_px, self._percent = START_PX, START_PERCENT
        self._own_factor = OWN_FACTOR
        self._widths = dict(START_WIDTHS)
        self.kind = choice_field(self.tr("Size of the saved file"))
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kind.setMinimumContentsLength(KIND_LETTERS)
        self.kind.addItems([self.tr("{0:g}×").format(factor) for factor in FACTORS])
        sides = (self.tr("Width"), self.tr("Height"), self.tr("Long side"), self.tr("Short side"))
        self.kind.addItems([self.tr("Percent"), *sides])
        if has_print:
            self.kind.addItems([self.tr("Print width in cm"), self.tr("Print width in inches")])
        self.kind.setCurrentIndex(FACTORS.index(OWN_FACTOR))
        self.number = number_field(self.tr("Pixels of that side"), 1, MAX_SIDE_PX)
        self.print_width = QDoubleSpinBox()
        self.print_width.setRange(0.1, 1000.0)
        self.print_width.setDecimals(1)
        self.print_width.setKeyboardTracking(False)
        self.print_width.setAccessibleName(self.tr("Print width"))
        self.print_dpi = number_field(self.tr("Pixels per inch"), *DPI_RANGE)
        self.print_dpi.setValue(START_DPI)
        self.print_dpi.setSuffix(self.tr(" dpi"))
        self.twice = QCheckBox(self.tr("Run the model twice"))
        self.twice.setAccessibleName(self.twice.text())
        self.twice.setToolTip(
            self.tr(
                "The second pass enlarges the result of the first. It takes longer, and more of the detail is invented."
            )
        )
        inside, paper = row(), row()
        both = column(self)
        both.addLayout(inside)
        both.addLayout(paper)
        inside.addWidget(self.kind, 1)
        inside.addWidget(self.number, 1)
        for widget in (self.print_width, self.print_dpi):
            paper.addWidget(widget, 1)
        both.addWidget(self.twice)
        self._show_number()
        self.print_width.valueChanged.connect(self._on_print)
        self.print_dpi.valueChanged.connect(self._on_print)
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.number.valueChanged.connect(self._on_number)
        self.twice.toggled.connect(self._on_twice)

    @property
    def dpi(self) -> int | None:
        """Pixels per inch that go with a size on paper; None with any other size."""
        return self.print_dpi.value() if self._name in PRINTS else None

    @property
    def _name(self) -> str:
        return KINDS[self.kind.currentIndex()][0]

    def show_passes(self, passes: int, most: int, factor: int) -> None:
        """Show how often the model is run.

        Args:
            passes: how often.
            most: how often it can be run.
            factor: what that comes to, which is the size unless another is chosen.
        """
        with QSignalBlocker(self.twice):
            self.twice.setChecked(passes > 1)
        self.twice.setEnabled(most > 1)
        size = self._size()
        self._own_factor = float(factor)
        self.show_size(size)

    def show_size(self, size: TargetSize) -> None:
        """Show what was chosen elsewhere."""
        if size == self._size():
            return
        side = next(((name, getattr(size, name)) for name in SIDES if getattr(size, name) is not None), None)
        factor = self._own_factor if size.factor is None else size.factor
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
        is_percent, is_print = name == "percent", name in PRINTS
        self.number.setVisible(not is_print)
        for widget in (self.print_width, self.print_dpi):
            widget.setVisible(is_print)
        if is_print:
            with QSignalBlocker(self.print_width):
                self.print_width.setSuffix(self.tr(" cm") if name == "print_cm" else self.tr(" in"))
                self.print_width.setValue(self._widths[name])
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
            return TargetSize() if factor == self._own_factor else TargetSize(factor=factor)
        if name in PRINTS:
            return TargetSize(width=max(1, round(self._widths[name] / PRINTS[name] * self.print_dpi.value())))
        return TargetSize(**{name: self._side_px})

    @Slot()
    def _on_kind(self) -> None:
        self._show_number()
        self._tell()

    @Slot()
    def _on_print(self) -> None:
        if self._name in PRINTS:
            self._widths[self._name] = self.print_width.value()
            self._tell()

    def _tell(self) -> None:
        self.resolution_chosen.emit(self.dpi)
        self.chosen.emit(self._size())

    @Slot(bool)
    def _on_twice(self, is_twice: bool) -> None:
        self.passes_chosen.emit(2 if is_twice else 1)

    @Slot(int)
    def _on_number(self, value: int) -> None:
        if KINDS[self.kind.currentIndex()][0] == "percent":
            self._percent = value
        else:
            self._side_px = value
        self.chosen.emit(self._size())
