"""The pages of the window, in the order of the rail. To add one, add a row to `page_rows` and an entry to `WindowPages`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from mfsr_app.actions import ActionRow, Actions
from mfsr_app.compare.page import ComparePage
from mfsr_app.distill.page import DistillPage
from mfsr_app.models.page import ModelsPage
from mfsr_app.queue.page import QueuePage
from mfsr_app.settings.page import SettingsPage
from mfsr_app.ui.layout import column

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QShowEvent

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
    """A page of the window."""

    name: str
    """Of its row."""
    page: QWidget
    """The page, or the `LatePage` it will be in."""
    body: Callable[[], QWidget]
    """Gives the part that is looked at, which messages may cover."""


class LatePage(QWidget):
    """The place of a page that is made when it is first seen or asked for, so that the window shows sooner."""

    def __init__(self, make: Callable[[], QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._make = make
        self._page: QWidget | None = None

    @property
    def page(self) -> QWidget:
        """The page, made now if it was not yet."""
        if self._page is None:
            self._page = self._make()
            column(self).addWidget(self._page)
            self._page.show()  # Qt would show it a moment later
        return self._page

    def showEvent(self, event: QShowEvent) -> None:
        """Seen for the first time: make the page."""
        super().showEvent(event)
        assert self.page


class WindowPages:
    """Made anew when the language changes: states know everything."""

    def __init__(self, parts: WindowParts, actions: Actions, prepare_queue: Callable[[QueuePage], None]) -> None:
        """`prepare_queue` is called with the queue's page once it is made."""
        around = parts.around
        self._prepare_queue = prepare_queue
        self._queueing = parts.queueing.parts
        self.compare = ComparePage(parts.states, actions)
        self.queue_place = LatePage(self._made_queue)
        self.models = ModelsPage(around.models)
        self.distil = DistillPage(parts.distilling.state, parts.distilling.follower)
        self.settings = SettingsPage(around.settings, parts.states.choices, around.log_path)
        self.entries = (
            PageEntry("compare", self.compare, lambda: self.compare.viewer),
            PageEntry("queue", self.queue_place, lambda: self.queue.body),
            PageEntry("models", self.models, lambda: self.models),
            PageEntry("distil", self.distil, lambda: self.distil.body),
            PageEntry("settings", self.settings, lambda: self.settings),
        )

    @property
    def queue(self) -> QueuePage:
        """The queue's page, made now if it was not yet."""
        page = self.queue_place.page
        assert isinstance(page, QueuePage)
        return page

    def number(self, page: QWidget) -> int:
        """Place on the rail of a page of the window."""
        places = [entry.page for entry in self.entries]
        return next(n for n, place in enumerate(places) if place is page or place.isAncestorOf(page))

    def _made_queue(self) -> QueuePage:
        page = QueuePage(self._queueing)
        self._prepare_queue(page)
        return page
