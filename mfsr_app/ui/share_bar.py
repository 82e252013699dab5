"""A bar for a share of some work, which may be unknown."""

from __future__ import annotations

from PySide6.QtWidgets import QProgressBar, QWidget

RESOLUTION = 1000
"""Steps of the bar."""


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
