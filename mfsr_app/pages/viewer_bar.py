"""The bar above the pictures: what each side shows, the way of comparing, the zoom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QSizePolicy, QWidget

from mfsr_app.theme import Space
from mfsr_app.widgets.layout import action_button, choice_field, label, row

if TYPE_CHECKING:
    from mfsr_app.actions import Actions
    from mfsr_app.state.comparison import Comparison, Side
    from mfsr_app.state.view import ViewModel

MODES = ("side-by-side", "split", "lens", "difference")
HEIGHT_PX = 52
COMBO_PX = 200


class ViewerBar(QFrame):
    """Binds the comparison and the view to their buttons."""

    def __init__(
        self, comparison: Comparison, view: ViewModel, actions: Actions, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setFixedHeight(HEIGHT_PX)
        self._comparison, self._view, self._actions = comparison, view, actions
        self.left, self.right = self._side(self.tr("Left side shows")), self._side(self.tr("Right side shows"))
        self._zoom = label()
        self._zoom.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._zoom.setMinimumWidth(52)
        self._lay_out()
        self.left.activated.connect(self._on_left)
        self.right.activated.connect(self._on_right)
        comparison.sides_changed.connect(self._show_sides)
        comparison.changed.connect(self._show_sides)
        comparison.mode_changed.connect(self._show_mode)
        view.changed.connect(self._show_zoom)
        self._show_sides()
        self._show_mode()
        self._show_zoom()

    @property
    def zoom_label(self) -> QLabel:
        """Shows the zoom of the result."""
        return self._zoom

    def _side(self, name: str) -> QComboBox:
        combo = choice_field(name)
        combo.setToolTip(name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(8)
        combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        combo.setMaximumWidth(COMBO_PX)
        return combo

    def _lay_out(self) -> None:
        inside = row(Space.XS)
        inside.setContentsMargins(Space.M, 0, Space.M, 0)
        self.setLayout(inside)
        inside.addWidget(action_button(self._actions["open"]))
        inside.addWidget(self.left, 2)
        inside.addWidget(action_button(self._actions["swap"]))
        inside.addWidget(self.right, 2)
        inside.addStretch()
        inside.addSpacing(Space.M)
        for name in MODES:
            inside.addWidget(action_button(self._actions[name]))
        for name in ("support", "spread", "sweep", "beside", "export"):
            inside.addWidget(action_button(self._actions[name]))
        inside.addSpacing(Space.M)
        inside.addStretch()
        inside.addWidget(action_button(self._actions["zoom_out"]))
        inside.addWidget(self._zoom)
        inside.addWidget(action_button(self._actions["zoom_in"]))
        inside.addWidget(action_button(self._actions["zoom_fit"]))
        hundred = action_button(self._actions["zoom_100"])
        hundred.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        inside.addWidget(hundred)

    @Slot(int)
    def _on_left(self, number: int) -> None:
        self._comparison.set_left(self._comparison.sides[number])

    @Slot(int)
    def _on_right(self, number: int) -> None:
        self._comparison.set_right(self._comparison.sides[number])

    @Slot()
    def _show_sides(self) -> None:
        sides = self._comparison.sides
        self._show_side(self.left, sides, self._comparison.left)
        self._show_side(self.right, sides, self._comparison.right)

    def _show_side(self, combo: QComboBox, sides: tuple[Side, ...], now: Side) -> None:
        titles = [self._comparison.title(side) for side in sides]
        with QSignalBlocker(combo):
            if titles != [combo.itemText(number) for number in range(combo.count())]:
                combo.clear()
                combo.addItems(titles)
            combo.setCurrentIndex(sides.index(now) if now in sides else 0)

    @Slot()
    def _show_mode(self) -> None:
        for name in MODES:
            self._actions[name].setChecked(name == self._comparison.mode.value)

    @Slot()
    def _show_zoom(self) -> None:
        self._zoom.setText(self.tr("{0:.0f} %").format(self._view.zoom * 100))
