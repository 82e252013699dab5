"""Announces messages and finished pictures to screen readers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

from mfsr_app.desktop.engine_translation import translated

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mfsr_app.compare.result_store import StoredResult
    from mfsr_app.compare.upscaling import UpscalingState
    from mfsr_app.desktop.messages import Messages


class Announcer(QObject):
    """Speaks for the window."""

    def __init__(self, messages: Messages, upscaling: UpscalingState, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        messages.announced.connect(self.announce)
        upscaling.finished.connect(self._on_finished)

    @Slot(str)
    def announce(self, text: str) -> None:
        """Say something, if anybody listens."""
        if QAccessible.isActive():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._window, translated(text)))

    @Slot(object)
    def _on_finished(self, kept: StoredResult) -> None:
        result = kept.result
        if result is not None:
            height, width = result.pixels.shape[:2]
            words = self.tr("The picture is ready: {0} × {1} pixels, made in {2} steps.")
            if result.steps == 1:
                words = self.tr("The picture is ready: {0} × {1} pixels, made in one step.")
            self.announce(words.format(width, height, result.steps))
