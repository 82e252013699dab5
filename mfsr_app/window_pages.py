"""The window's pages and their places on the rail, made in the language in use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mfsr_app.compare.page import ComparePage
from mfsr_app.distill.page import DistilPage
from mfsr_app.models.page import ModelsPage
from mfsr_app.queue.page import QueuePage
from mfsr_app.settings.page import SettingsPage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mfsr_app.actions import Actions
    from mfsr_app.parts import WindowParts

translate = QCoreApplication.translate


@dataclass(frozen=True)
class PageEntry:
    """A page and its button on the rail. To add a page, add one of these in `WindowPages.entries`."""

    title: str
    """Words under the icon."""
    icon: str
    """Name of the icon."""
    page: QWidget
    """The page."""
    body: QWidget
    """Its part that is looked at, which messages may cover."""


class WindowPages:
    """Made anew when the language changes: states know everything."""

    def __init__(self, parts: WindowParts, actions: Actions) -> None:
        around = parts.around
        self.compare = ComparePage(parts.states, actions)
        self.queue = QueuePage(parts.queueing.parts)
        self.models = ModelsPage(around.models)
        self.distil = DistilPage(parts.distilling.state, parts.distilling.follower)
        self.settings = SettingsPage(around.settings, parts.states.choices, around.log_path)
        self.entries = (
            PageEntry(translate("MainWindow", "Compare"), "compare", self.compare, self.compare.viewer),
            PageEntry(translate("MainWindow", "Queue"), "queue", self.queue, self.queue.body),
            PageEntry(translate("MainWindow", "Models"), "models", self.models, self.models),
            PageEntry(translate("MainWindow", "Distil"), "distil", self.distil, self.distil.body),
            PageEntry(translate("MainWindow", "Settings"), "settings", self.settings, self.settings),
        )
