"""The panes, as two canvases or one split canvas, and the bar above them. Binds them to the view and the comparison."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from mfsr_app.compare.canvas import Canvas
from mfsr_app.compare.comparison import Comparison
from mfsr_app.compare.values import Mode
from mfsr_app.ui.layout import GroupBar, action_button, button_group, choice_field, row
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from mfsr_app.actions import Actions
    from mfsr_app.compare.comparison import Side
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.ui.theme import Colors

MODES = ("side-by-side", "split", "lens", "difference")
COMBO_PX = 200
SIDES_PX = 420
"""Width at which the names of both sides can be read."""


class ViewerBar(GroupBar):
    """Binds the comparison to its buttons."""

    file_asked = Signal(bool)
    """A file shall be shown; whether on the left side."""

    def __init__(self, comparison: Comparison, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison, self._actions = comparison, actions
        self.left, self.right = self._side(self.tr("Left side shows")), self._side(self.tr("Right side shows"))
        self._lay_out()
        self.left.activated.connect(self._on_left)
        self.right.activated.connect(self._on_right)
        comparison.sides_changed.connect(self._show_sides)
        comparison.changed.connect(self._show_sides)
        comparison.mode_changed.connect(self._show_mode)
        self._show_sides()
        self._show_mode()

    def _side(self, name: str) -> QComboBox:
        combo = choice_field(name, name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(2)
        combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        combo.setMaximumWidth(COMBO_PX)
        return combo

    def _lay_out(self) -> None:
        sides = QWidget()
        inside = row(Space.XS)
        sides.setLayout(inside)
        inside.addWidget(action_button(self._actions["open"]))
        inside.addWidget(self.left, 2)
        inside.addWidget(action_button(self._actions["swap"]))
        inside.addWidget(self.right, 2)
        inside.addStretch()
        self.add(sides, takes_room=True, wanted_px=SIDES_PX)
        for names in (("previous_photo", "next_photo", "film"), MODES, ("support", "spread", "sweep"), ("export",)):
            self.add(button_group(*(self._actions[name] for name in names)))

    @Slot(int)
    def _on_left(self, number: int) -> None:
        sides = self._comparison.sides
        if number < len(sides):
            self._comparison.set_left(sides[number])
        else:
            self._ask_file(on_left=True)

    @Slot(int)
    def _on_right(self, number: int) -> None:
        sides = self._comparison.sides
        if number < len(sides):
            self._comparison.set_right(sides[number])
        else:
            self._ask_file(on_left=False)

    def _ask_file(self, *, on_left: bool) -> None:
        self._show_sides()
        self.file_asked.emit(on_left)

    @Slot()
    def _show_sides(self) -> None:
        sides = self._comparison.sides
        self._show_side(self.left, sides, self._comparison.left)
        self._show_side(self.right, sides, self._comparison.right)

    def _show_side(self, combo: QComboBox, sides: tuple[Side, ...], now: Side) -> None:
        titles = [*(self._comparison.title(side) for side in sides), self.tr("A file…")]
        with QSignalBlocker(combo):
            if len(titles) != combo.count():
                combo.clear()
                combo.addItems(titles)
            for number, title in enumerate(titles):  # one by one: the list may be open while a result is computed
                if title != combo.itemText(number):
                    combo.setItemText(number, title)
            combo.setCurrentIndex(sides.index(now) if now in sides else 0)

    @Slot()
    def _show_mode(self) -> None:
        for name in MODES:
            self._actions[name].setChecked(name == self._comparison.mode.value)


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
        self.setAutoFillBackground(True)  # the gap too, whatever floated over it
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
