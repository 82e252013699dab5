"""How large the pictures are shown, at the foot of them. Binds the view to its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QWidget

from mfsr_app.ui.layout import action_button, label, row
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from mfsr_app.actions import Actions
    from mfsr_app.compare.view import ViewModel

LABEL_PX = 52


class ZoomBar(QWidget):
    """Out, how much, in, all of the picture, one to one."""

    def __init__(self, view: ViewModel, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._label = label()
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setMinimumWidth(LABEL_PX)
        hundred = action_button(actions["zoom_100"])
        hundred.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        inside = row(Space.XS)
        self.setLayout(inside)
        out, closer, fit = (action_button(actions[name]) for name in ("zoom_out", "zoom_in", "zoom_fit"))
        for widget in (out, self._label, closer, fit, hundred):
            inside.addWidget(widget)
        view.changed.connect(self._show)
        self._show()

    @property
    def label(self) -> QLabel:
        """Shows the zoom of the result."""
        return self._label

    @Slot()
    def _show(self) -> None:
        self._label.setText(self.tr("{0:.0f} %").format(self._view.zoom * 100))
