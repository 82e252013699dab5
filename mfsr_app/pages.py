"""The pages of the window, in the order of the rail. To add one, add a row to `page_rows` and an entry to `WindowPages`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

from mfsr_app.actions import ActionRow, Actions
from mfsr_app.compare.page import ComparePage
from mfsr_app.distill.page import DistillPage
from mfsr_app.models.page import ModelsPage
from mfsr_app.queue.page import QueuePage
from mfsr_app.settings.page import SettingsPage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mfsr_app.parts import WindowParts

translate = QCoreApplication.translate


def page_rows() -> tuple[ActionRow, ...]:
    """The actions that go to a page, named as the icons on the rail are; their words stand under these."""
    return (
        ActionRow("compare", translate("Pages", "Compare"), ("Alt+1",)),
        ActionRow("queue", translate("Pages", "Queue"), ("Alt+2",)),
        ActionRow("models", translate("Pages", "Models"), ("Alt+3",)),
        ActionRow("distil", translate("Pages", "Distil"), ("Alt+4",)),
        ActionRow("settings", translate("Pages", "Settings"), ("Ctrl+,", "Alt+5")),
    )


@dataclass(frozen=True)
class PageEntry:
    """A page that was made."""

    name: str
    """Of its row."""
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
        self.distil = DistillPage(parts.distilling.state, parts.distilling.follower)
        self.settings = SettingsPage(around.settings, parts.states.choices, around.log_path)
        self.entries = (
            PageEntry("compare", self.compare, self.compare.viewer),
            PageEntry("queue", self.queue, self.queue.body),
            PageEntry("models", self.models, self.models),
            PageEntry("distil", self.distil, self.distil.body),
            PageEntry("settings", self.settings, self.settings),
        )
