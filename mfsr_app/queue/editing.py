"""What someone does to the list of the queue by hand: first in the journal, then in the table. Knows nothing of runs."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from mfsr_app.jobs.failure import failure_of
from mfsr_app.queue.order import Move, moved
from mfsr_engine.batch.journal import QueueItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mfsr_app.queue.table import QueueTable
    from mfsr_app.ui.messages import Messages
    from mfsr_engine.batch.journal import Journal


class QueueEditing:
    """Where the journal cannot be changed the user is told, and nothing is done that the next start would not know."""

    def __init__(self, table: QueueTable, messages: Messages, journal: Journal) -> None:
        self._table, self._messages, self._journal = table, messages, journal

    def is_noted(self, note: Callable[[], None]) -> bool:
        """Change the journal; whether that was possible."""
        try:
            note()
        except sqlite3.Error as error:
            self._messages.fail(failure_of(error))
            return False
        return True

    def reset(self, numbers: Iterable[int]) -> bool:
        """Let finished pictures wait again; whether any does."""
        rows = [self._table.row_of(number) for number in numbers]
        items = [self._table.item(row) for row in rows if row is not None]
        items = [item for item in items if not item.is_open]
        if not self.is_noted(lambda: self._journal.reset(item.number for item in items)):
            return False
        for item in items:
            self._table.replace(QueueItem(item.number, item.source, size=item.size))
        return bool(items)

    def remove(self, numbers: set[int]) -> bool:
        """Take pictures out; whether that was possible."""
        is_noted = self.is_noted(lambda: self._journal.remove(numbers))
        if is_noted:
            self._table.remove(numbers)
        return is_noted

    def move(self, numbers: Iterable[int], where: Move) -> None:
        """Move pictures together."""
        items, touched = moved(self._table.items, set(numbers), where)
        if self.is_noted(lambda: self._journal.reorder([item.number for item in items[touched]])):
            self._table.set_order(items)
