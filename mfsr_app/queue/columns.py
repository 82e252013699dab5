"""Columns of the queue's table, and what its cells hold beside words."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

Index = QModelIndex | QPersistentModelIndex
ITEM_ROLE = Qt.ItemDataRole.UserRole + 1
"""The QueueItem."""
PLACE_ROLE = Qt.ItemDataRole.UserRole + 2
"""The folder of a picture, in words."""
FRACTION_ROLE = Qt.ItemDataRole.UserRole + 3
"""Finished share 0..1 of the picture in hand, or None."""
UNREADABLE = QImage()
"""Stands for the small copy of a file that cannot be read."""


class Column(IntEnum):
    """What is shown of a picture."""

    PICTURE = 0
    SIZE = 1
    RESULT_SIZE = 2
    STATE = 3
    TIME = 4
    RESULT = 5
