"""The film strip: small pictures of a folder in one line. Knows numbers and pictures, no files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QIcon, QPixmap
from PySide6.QtWidgets import QListView, QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

PICTURE_PX = QSize(76, 56)
"""Size of a small picture."""
CELL_PX, HEIGHT_PX = QSize(88, 68), 88
Index = QModelIndex | QPersistentModelIndex


class _Pictures(QAbstractListModel):
    """Asks for a small picture when it comes into view."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self.picture_of: Callable[[int], QImage | None] = lambda number: None
        self._empty = QPixmap(PICTURE_PX)

    def set_names(self, names: list[str]) -> None:
        self.beginResetModel()
        self._names = names
        self.endResetModel()

    def set_empty(self, color: str) -> None:
        self._empty.fill(color)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._names)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._names[index.row()]
        if role == Qt.ItemDataRole.SizeHintRole:
            return CELL_PX
        if role == Qt.ItemDataRole.DecorationRole:
            image = self.picture_of(index.row())
            picture = self._empty if image is None or image.isNull() else QPixmap.fromImage(image)
            icon = QIcon(picture)
            icon.addPixmap(picture, QIcon.Mode.Selected)  # else Qt tints it
            return icon
        return None

    def tell_made(self, number: int) -> None:
        place = self.index(number, 0)
        self.dataChanged.emit(place, place, [Qt.ItemDataRole.DecorationRole])


class FilmStrip(QListView):
    """One click or a key opens a photograph; only those in view are drawn."""

    chosen = Signal(int)
    """Number of a photograph."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pictures = _Pictures(self)
        self.setModel(self._pictures)
        self.setObjectName("film")
        self.setAccessibleName(self.tr("Photographs of the folder"))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setUniformItemSizes(True)
        self.setIconSize(PICTURE_PX)
        self.setFixedHeight(HEIGHT_PX)
        self.setFrameShape(QListView.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.clicked.connect(lambda index: self.chosen.emit(index.row()))
        self.activated.connect(lambda index: self.chosen.emit(index.row()))

    def set_photos(self, names: list[str], picture_of: Callable[[int], QImage | None]) -> None:
        """Show these; `picture_of` gives the small picture of a number, or None until `tell_made`."""
        self._pictures.picture_of = picture_of
        self._pictures.set_names(names)

    def set_current(self, number: int | None) -> None:
        """Mark the one that is open, and bring it into view."""
        index = QModelIndex() if number is None else self._pictures.index(number, 0)
        self.setCurrentIndex(index)
        if index.isValid():
            self.scrollTo(index, QListView.ScrollHint.PositionAtCenter)

    def tell_made(self, number: int) -> None:
        """A small picture is there."""
        self._pictures.tell_made(number)

    def set_empty_color(self, color: str) -> None:
        """The color of photographs without a small picture yet."""
        self._pictures.set_empty(color)
