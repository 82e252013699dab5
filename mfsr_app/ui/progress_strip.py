"""The strip below the pictures: current stage, progress, time, and a Stop button."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from mfsr_app.ui.layout import row, surface
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

RESOLUTION = 1000
"""Steps of the bar."""
NARROW_PX = 640
"""A strip narrower than this has no room for the bar."""


class ShareBar(QProgressBar):
    """Says nothing in words; those stand beside it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        """`name` is for screen readers."""
        super().__init__(parent)
        self.setTextVisible(False)
        self.setAccessibleName(name)

    def set_share(self, share: float | None) -> None:
        """Show a share 0..1, or, with None, only that something goes on."""
        self.setRange(0, 0 if share is None else RESOLUTION)
        if share is not None:
            self.setValue(round(share * RESOLUTION))


class _Line(QLabel):
    """One line, whose words are shortened in their middle where there is no room for all of them; the tip has them all then."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "muted")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.words = ""

    def say(self, words: str) -> None:
        """Show these words."""
        self.words = words
        self.setAccessibleName(words)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as many words as fit now."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self.words, Qt.TextElideMode.ElideMiddle, self.contentsRect().width())
        self.setText(shown)
        self.setToolTip("" if shown == self.words else self.words)


class ProgressStrip(QWidget):
    """Keeps its height whether something runs or not, so that nothing jumps."""

    def __init__(self, cancel: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_running = False
        self._words = _Line()
        self._bar = ShareBar(self.tr("Progress"))
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
        inside.setContentsMargins(Space.M, 0, Space.M, 0)
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
        self._show_running(is_running=False)
        self._words.say(words)

    def set_running(self, words: str, fraction: float | None) -> None:
        """Something runs; None for the fraction while the end is not known."""
        self._words.say(words)
        self._bar.set_share(fraction)
        self._show_running(is_running=True)

    @property
    def words(self) -> str:
        """What it says."""
        return self._words.words

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the words have it, which say how far it is too."""
        super().resizeEvent(event)
        self._show_running(is_running=self._is_running)

    def _show_running(self, *, is_running: bool) -> None:
        self._is_running = is_running
        self._bar.setVisible(is_running and self.width() >= NARROW_PX)
        self._cancel.setVisible(is_running)
