"""The panes: two canvases side by side, or one that shows both. Binds them to the view and the comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Signal, Slot
from PySide6.QtWidgets import QWidget

from mfsr_app.compare.canvas import Canvas
from mfsr_app.compare.comparison import Comparison
from mfsr_app.compare.values import Mode
from mfsr_app.ui.layout import row

if TYPE_CHECKING:
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.ui.theme import Colors

GAP_PX = 2
"""Between two panes."""


class Viewer(QWidget):
    """`left` shows the first side where two panes are asked for; `right` shows the second, or both."""

    painted = Signal()
    """The right pane was painted."""

    def __init__(self, view: ViewModel, comparison: Comparison, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._comparison = view, comparison
        self.left, self.right = Canvas(), Canvas()
        self.left.setAccessibleName(self.tr("Left picture"))
        self.right.setAccessibleName(self.tr("Right picture"))
        inside = row()
        inside.setSpacing(GAP_PX)
        self.setLayout(inside)
        inside.addWidget(self.left, 1)
        inside.addWidget(self.right, 1)
        for canvas in (self.left, self.right):
            canvas.zoomed.connect(view.zoom_at)
            canvas.panned.connect(view.pan)
            canvas.toggled.connect(self._on_toggled)
            canvas.pointed.connect(self._on_pointed)
        self.right.port_changed.connect(self._on_port)
        self.right.painted.connect(self.painted)
        view.changed.connect(self._show_view)
        comparison.changed.connect(self._show_sides)
        comparison.mode_changed.connect(self._show_mode)
        self._show_view()
        self._show_mode()

    def set_colors(self, colors: Colors) -> None:
        """Use the theme's colours."""
        for canvas in (self.left, self.right):
            canvas.set_colors(colors.canvas, colors.accent)

    def take_over(self, older: Viewer) -> None:
        """Divide as this one did."""
        self.right.set_horizontal(older.right.is_horizontal)
        self.right.move_divider(older.right.divider - self.right.divider)

    def turn_divider(self) -> None:
        """Between left/right and above/below."""
        self.right.set_horizontal(not self.right.is_horizontal)

    @Slot(float, float)
    def _on_toggled(self, dx: float, dy: float) -> None:
        if abs(self._view.zoom - 1.0) < 0.01:
            self._view.fit()
        else:
            self._view.zoom_to(1.0, dx, dy)

    @Slot(object)
    def _on_pointed(self, spot: QPointF | None) -> None:
        """Every pane tells of the same place."""
        for canvas in (self.left, self.right):
            canvas.set_spot(spot)

    @Slot()
    def _on_port(self) -> None:
        self._view.set_port(self.right.port)

    @Slot()
    def _show_view(self) -> None:
        for canvas in (self.left, self.right):
            canvas.set_look(self._view.view, self._view.source)

    @Slot()
    def _show_sides(self) -> None:
        first, second = self._comparison.shown_left(), self._comparison.shown_right()
        self.left.set_shown(None, first)
        self.right.set_shown(None if self._comparison.is_blinking else first, second)

    @Slot()
    def _show_mode(self) -> None:
        is_pair = self._comparison.mode is Mode.SIDE_BY_SIDE
        self.left.setVisible(is_pair)
        self.right.set_mode(None if is_pair else self._comparison.mode)
        self._show_sides()
