"""Columns of the queue's table, and the data of their cells beside text."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

if TYPE_CHECKING:
    from mfsr_engine.batch.journal import ItemState

Index = QModelIndex | QPersistentModelIndex
CELL_ROLE = Qt.ItemDataRole.UserRole + 1
"""All that is drawn of a cell, as a `Cell`: one question through Qt in place of four."""
UNREADABLE = QImage()
"""Stands for the small copy of a file that cannot be read."""


class Cell(NamedTuple):
    """What is drawn of a cell."""

    state: ItemState
    """What became of the picture so far."""
    words: str
    """Its text."""
    place: str = ""
    """The folder of the picture, in words; in the picture's column."""
    thumbnail: QImage | None = None
    """The small copy, None until there is one, `UNREADABLE` where there can be none; in the picture's column."""
    fraction: float | None = None
    """Finished share 0..1 of the picture in hand."""


NAME_PX = 160
"""Room that a column with names has at least, a small picture beside them."""


class Column(IntEnum):
    """What is shown of a picture."""

    PICTURE = 0
    SIZE = 1
    RESULT_SIZE = 2
    STATE = 3
    TIME = 4
    RESULT = 5


WIDTHS_PX = {
    Column.SIZE: 112,
    Column.RESULT_SIZE: 112,
    Column.STATE: 116,
    Column.TIME: 92,
}
"""Columns of a fixed width; the two with names share the rest."""
DISPENSABLE = (Column.TIME, Column.RESULT_SIZE, Column.SIZE, Column.RESULT)
"""Columns that are left out, the first one first, where names would be cut."""


def columns_for(width_px: int) -> frozenset[Column]:
    """The columns that a table of this width has room for; never without the name of the picture and what becomes of it."""
    shown = set(Column)
    for column in DISPENSABLE:
        names = 2 if Column.RESULT in shown else 1
        if sum(WIDTHS_PX.get(other, 0) for other in shown) + names * NAME_PX <= width_px:
            break
        shown.remove(column)
    return frozenset(shown)
