"""The strip below the pictures: what is being done, how far it is, how long it takes, and a button that stops it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QProgressBar, QPushButton, QWidget

from mfsr_app.theme import Space
from mfsr_app.widgets.layout import label, row, surface

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

RESOLUTION = 1000
"""Steps of the bar."""


class ProgressStrip(QWidget):
    """Keeps its height whether something runs or not, so that nothing jumps."""

    def __init__(self, cancel: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = label("", "muted")
        self._words.setWordWrap(False)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel = QPushButton(self.tr("Cancel"))
        self._cancel.setAccessibleName(self.tr("Cancel"))
        self._cancel.setToolTip(cancel.toolTip())
        self._cancel.clicked.connect(cancel.trigger)
        frame = surface("strip")
        frame.setFixedHeight(48)
        outer = row()
        self.setLayout(outer)
        outer.addWidget(frame)
        self._inside = inside = row(Space.M)
        inside.setContentsMargins(Space.L, 0, Space.L, 0)
        frame.setLayout(inside)
        inside.addWidget(self._words, 2)
        inside.addWidget(self._bar, 3)
        inside.addWidget(self._cancel)
        self.set_idle("")

    def add(self, widget: QWidget) -> None:
        """Put something at the right end."""
        self._inside.addWidget(widget)

    def set_idle(self, words: str) -> None:
        """Nothing runs."""
        self._words.setText(words)
        self._show_running(is_running=False)

    def set_running(self, words: str, fraction: float | None) -> None:
        """Something runs; None for the fraction while the end is not known."""
        self._words.setText(words)
        self._bar.setRange(0, 0 if fraction is None else RESOLUTION)
        if fraction is not None:
            self._bar.setValue(round(fraction * RESOLUTION))
        self._show_running(is_running=True)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.text()

    def _show_running(self, *, is_running: bool) -> None:
        for widget in (self._bar, self._cancel):
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            widget.setSizePolicy(policy)
            widget.setVisible(is_running)
