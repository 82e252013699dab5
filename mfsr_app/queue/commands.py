"""What actions of the queue page do: dialogs, clipboard, other programs, and calls of the state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog

from mfsr_app.desktop.offer import Offer, words_for_left_out
from mfsr_app.queue.parts import QueueParts
from mfsr_app.queue.queue import Move, Phase
from mfsr_app.ui.file_filters import READABLE, pictures_folder
from mfsr_engine.batch.journal import ItemState, QueueItem

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from mfsr_app.queue.view import QueueView


class QueueCommands(QObject):
    """Acts on the queue; the page is only the parent of dialogs."""

    def __init__(self, parts: QueueParts, view: QueueView, page: QWidget) -> None:
        super().__init__(page)
        self._parts, self._queue, self._view, self._page = parts, parts.queue, view, page

    def handlers(self) -> dict[str, Callable[[], None]]:
        """What each action does, by its name."""
        queue = self._queue
        return {
            "add_files": self.ask_files,
            "add_folder": self.ask_folder,
            "paste": self.paste,
            "start": self.toggle,
            "stop": queue.stop,
            "retry_failed": queue.retry_failed,
            "remove_finished": queue.remove_finished,
            "compare_file": self.compare,
            "open_result": self.open_result,
            "show_in_folder": self.show_in_folder,
            "top": lambda: self.move(Move.TOP),
            "up": lambda: self.move(Move.UP),
            "down": lambda: self.move(Move.DOWN),
            "bottom": lambda: self.move(Move.BOTTOM),
            "own_settings": lambda: queue.use_settings(self._view.chosen, own=True),
            "common_settings": lambda: queue.use_settings(self._view.chosen, own=False),
            "again": lambda: queue.retry(self._view.chosen),
            "copy_reason": self.copy_reason,
            "remove": self.remove,
        }

    @property
    def chosen(self) -> list[QueueItem]:
        """The chosen pictures."""
        rows = [self._queue.table.row_of(number) for number in self._view.chosen]
        return [self._queue.table.item(row) for row in rows if row is not None]

    def toggle(self) -> None:
        """Start, pause or resume."""
        if self._queue.phase is Phase.RUNNING:
            self._queue.pause()
        else:
            self._queue.start()

    def ask_files(self) -> None:
        """Let the user choose files."""
        words = self.tr("Photographs ({0});;All files (*)").format(READABLE)
        names, _ = QFileDialog.getOpenFileNames(self._page, self.tr("Add photographs"), pictures_folder(), words)
        if names:
            self._queue.add([Path(name) for name in names])

    def ask_folder(self) -> None:
        """Let the user choose a folder."""
        name = QFileDialog.getExistingDirectory(self._page, self.tr("Add a folder"), pictures_folder())
        if name:
            self._queue.add([Path(name)])

    def paste(self) -> None:
        """Add the files and folders on the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        if data is None or not self.add_offered(data):
            words = self.tr("There are no files on the clipboard. Copy files or folders and paste again.")
            self._parts.messages.tell((words_for_left_out(Offer(data)) if data is not None else "") or words)

    def add_offered(self, data: QMimeData) -> bool:
        """Add the files and folders that were dropped or pasted, and tell what of them cannot be added; whether there were any."""
        offer = Offer(data)
        if offer.paths:
            self._queue.add(offer.paths)
            if words := words_for_left_out(offer):
                self._parts.messages.tell(words)
        return bool(offer.paths)

    def move(self, where: Move) -> None:
        """Move the chosen pictures, and keep them chosen."""
        self._queue.move(self._view.chosen, where)
        rows = self._view.selectionModel().selectedRows()
        if rows:
            self._view.scrollTo(min(rows, key=lambda index: index.row()))

    def remove(self) -> None:
        """Take the chosen pictures out, and choose the one that takes their place."""
        rows = [self._queue.table.row_of(number) for number in self._view.chosen]
        self._queue.remove(self._view.chosen)
        first, count = min((row for row in rows if row is not None), default=0), len(self._queue.table.items)
        if rows and count:
            self._view.selectRow(min(first, count - 1))

    def open_or_compare(self) -> None:
        """What a double click does: compare what is done."""
        if self.chosen and self.chosen[0].state is ItemState.DONE:
            self.compare()

    def compare(self) -> None:
        """Show the result beside its source."""
        item = self._the_one()
        if item is not None and item.target is not None and item.state is ItemState.DONE:
            self._parts.comparison.compare(item.source.path, item.target)

    def open_result(self) -> None:
        """Open the result in the program that the system has for it."""
        item = self._the_one()
        if item is not None and item.target is not None and item.state is ItemState.DONE:
            self._open(item.target)

    def show_in_folder(self) -> None:
        """Open the folder of the result, or of the source if there is no result."""
        item = self._the_one()
        if item is not None:
            is_done = item.state is ItemState.DONE and item.target is not None
            self._open((item.target if is_done and item.target else item.source.path).parent)

    def copy_reason(self) -> None:
        """Copy why the chosen pictures failed, with all details."""
        texts = [f"{item.source.path}: {item.words}\n{item.details}".strip() for item in self.chosen if item.words]
        if texts:
            QGuiApplication.clipboard().setText("\n\n".join(texts))

    def _the_one(self) -> QueueItem | None:
        chosen = self.chosen
        return chosen[0] if len(chosen) == 1 else None

    def _open(self, path: Path) -> None:
        if not path.exists() or not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            words = self.tr("{0} could not be opened. It may have been moved, or no program is set up for it.")
            self._parts.messages.tell(words.format(path))
