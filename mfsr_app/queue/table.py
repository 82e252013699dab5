"""The queue as a Qt table model. Draws nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QMimeData, QModelIndex, QObject, Qt, QUrl, Signal, Slot

from mfsr_app.desktop.engine_translation import translated
from mfsr_app.queue.columns import CELL_ROLE, UNREADABLE, Cell, Column, Index
from mfsr_engine.batch.journal import ItemState, QueueItem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mfsr_app.queue.thumbnails import Thumbnail, Thumbnails
    from mfsr_engine.geometry import Size

COLUMNS = tuple(Column)


class QueueTable(QAbstractTableModel):
    """Holds the items; changes come from `QueueState` alone."""

    counted = Signal()
    """Another number of pictures is in some state."""
    found_broken = Signal(int, str)
    """A picture that waits cannot be read, and why."""

    def __init__(self, thumbnails: Thumbnails, duration: Callable[[float], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thumbnails, self._duration = thumbnails, duration
        self._items: list[QueueItem] = []
        self._rows: dict[int, int] = {}
        self._counts: Counter[ItemState] = Counter()
        self._sizes: dict[int, Size] = {}
        self._paths: dict[str, list[int]] = {}
        self._fraction: float | None = None
        self._remaining_s: float | None = None
        self._stage, self._is_held = "", False
        self.target_size: Callable[[Size, str], Size | None] = lambda size, own_plan: None
        self.plan_words: Callable[[str], str] = lambda own_plan: ""
        """What settings of a picture's own are, in words."""
        thumbnails.made.connect(self._on_thumbnail)

    @property
    def items(self) -> Sequence[QueueItem]:
        """All pictures in order."""
        return self._items

    def item(self, row: int) -> QueueItem:
        """The picture in this row."""
        return self._items[row]

    def row_of(self, number: int) -> int | None:
        """The row of a picture, or None if it is gone."""
        return self._rows.get(number)

    def count(self, *states: ItemState) -> int:
        """How many pictures are in one of these states; all without any."""
        return sum(self._counts[state] for state in states) if states else len(self._items)

    def size_of(self, item: QueueItem) -> Size | None:
        """Size of a source, as far as it is known."""
        return item.size or self._sizes.get(item.number)

    def append(self, items: Sequence[QueueItem]) -> None:
        """Put pictures at the end."""
        if not items:
            return
        first = len(self._items)
        self.beginInsertRows(QModelIndex(), first, first + len(items) - 1)
        self._items.extend(items)
        self._index_from(first)
        self.endInsertRows()
        self.counted.emit()

    def replace(self, item: QueueItem) -> None:
        """Something became of a picture."""
        row = self._rows.get(item.number)
        if row is None:
            return
        self._counts[self._items[row].state] -= 1
        self._counts[item.state] += 1
        self._items[row] = item
        self._tell(row)
        self.counted.emit()

    def remove(self, numbers: Iterable[int]) -> None:
        """Take pictures out."""
        gone = set(numbers)
        self.beginResetModel()
        self._items = [item for item in self._items if item.number not in gone]
        self._index()
        self.endResetModel()
        self.counted.emit()

    def set_order(self, items: Sequence[QueueItem]) -> None:
        """Show the same pictures in another order; what is selected stays selected."""
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        numbers = [self._items[index.row()].number for index in before]
        self._items = list(items)
        self._index()
        after = [self.index(self._rows[n], old.column()) for n, old in zip(numbers, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def set_progress(self, number: int, stage: str, fraction: float | None, remaining_s: float | None) -> None:
        """How far the picture in hand is."""
        self._stage, self._fraction, self._remaining_s = stage, fraction, remaining_s
        row = self._rows.get(number)
        if row is not None:
            self._tell(row, Column.STATE)

    def set_held(self, is_held: bool) -> None:
        """Whether the picture in hand waits."""
        self._is_held = is_held
        self.refresh(Column.STATE)

    @Slot()
    def refresh(self, first: Column = Column.PICTURE) -> None:
        """Everything in these columns may look different; only what is in view is asked for."""
        if self._items:
            self.dataChanged.emit(self.index(0, first), self.index(len(self._items) - 1, Column.RESULT))

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        """Pictures."""
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        """Columns."""
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns."""
        if role == Qt.ItemDataRole.DisplayRole and orientation is Qt.Orientation.Horizontal:
            titles = (
                self.tr("Picture"),
                self.tr("Size"),
                self.tr("Becomes"),
                self.tr("State"),
                self.tr("Time"),
                self.tr("Result"),
            )
            return titles[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says or shows."""
        item, column = self._items[index.row()], COLUMNS[index.column()]
        if role == CELL_ROLE:
            return self._cell(item, column)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(item, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(item, column)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        """What is done can be dragged."""
        flags = super().flags(index)
        is_done = index.isValid() and self._items[index.row()].state is ItemState.DONE
        return flags | Qt.ItemFlag.ItemIsDragEnabled if is_done else flags

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The files of the results in these rows, for another program."""
        items = [self._items[row] for row in sorted({index.row() for index in indexes})]
        targets = [item.target for item in items if item.state is ItemState.DONE and item.target is not None]
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(target)) for target in targets])
        return data

    def _cell(self, item: QueueItem, column: Column) -> Cell:
        words = self._words(item, column)
        if column is Column.PICTURE:
            thumbnail = self._thumbnails.get(item.source.path)
            image = None if thumbnail is None else thumbnail.image or UNREADABLE
            return Cell(item.state, words, _place(item), image)
        return Cell(item.state, words, fraction=self._fraction if item.state is ItemState.RUNNING else None)

    def _words(self, item: QueueItem, column: Column) -> str:
        match column:
            case Column.PICTURE:
                return item.source.path.name
            case Column.SIZE:
                return _pixels(self.size_of(item))
            case Column.RESULT_SIZE:
                return _pixels(self._result_size(item))
            case Column.STATE:
                return self._state_words(item)
            case Column.TIME:
                return self._time_words(item)
            case Column.RESULT:
                return self._result_words(item)

    def _result_size(self, item: QueueItem) -> Size | None:
        size = self.size_of(item)
        return item.result_size or (
            self.target_size(size, item.own_plan) if size is not None and item.is_open else None
        )

    def _state_words(self, item: QueueItem) -> str:
        if item.state is ItemState.RUNNING and self._is_held:
            return self.tr("Paused")
        if item.state is ItemState.RUNNING and self._fraction is not None:
            return self.tr("{0} %").format(int(self._fraction * 100))
        return {
            ItemState.WAITING: self.tr("Waiting"),
            ItemState.RUNNING: self.tr("Getting ready"),
            ItemState.DONE: self.tr("Done"),
            ItemState.SKIPPED: self.tr("Skipped"),
            ItemState.FAILED: self.tr("Failed"),
        }[item.state]

    def _time_words(self, item: QueueItem) -> str:
        if item.state is ItemState.RUNNING and self._remaining_s is not None:
            return self.tr("{0} left").format(self._duration(self._remaining_s))
        return "" if item.seconds is None else self._duration(item.seconds)

    def _result_words(self, item: QueueItem) -> str:
        match item.state:
            case ItemState.DONE:
                return "" if item.target is None else item.target.name
            case ItemState.SKIPPED:
                return self.tr("Was there already")
            case ItemState.RUNNING:
                return translated(self._stage)
            case ItemState.WAITING if item.own_plan:
                return self.tr("With settings of its own")
            case _:
                return translated(item.words)

    def _tip(self, item: QueueItem, column: Column) -> str:
        if column is Column.RESULT and item.own_plan and item.is_open:
            return self.plan_words(item.own_plan)
        if column is Column.RESULT:
            return "\n".join(str(part) for part in (item.target, translated(item.words)) if part)
        return str(item.source.path) if column is Column.PICTURE else ""

    def _index(self) -> None:
        self._rows, self._paths, self._counts = {}, {}, Counter()
        self._index_from(0)

    def _index_from(self, first: int) -> None:
        """Know rows from `first` on. By the text of a path: ten thousand paths themselves take too long to hash."""
        new = self._items[first:]
        self._rows.update((item.number, row) for row, item in enumerate(new, first))
        self._counts.update(item.state for item in new)
        for item in new:
            self._paths.setdefault(str(item.source.path), []).append(item.number)

    def _tell(self, row: int, first: Column = Column.PICTURE) -> None:
        self.dataChanged.emit(self.index(row, first), self.index(row, Column.RESULT))

    @Slot(object)
    def _on_thumbnail(self, thumbnail: Thumbnail) -> None:
        for number in tuple(self._paths.get(str(thumbnail.path), ())):
            if thumbnail.size is not None:
                self._sizes[number] = thumbnail.size
            if (row := self._rows.get(number)) is None:
                continue
            self._tell(row)
            if thumbnail.problem and self._items[row].state is ItemState.WAITING:
                self.found_broken.emit(number, thumbnail.problem)


def _pixels(size: Size | None) -> str:
    return "" if size is None else f"{size.width} × {size.height}"


def _place(item: QueueItem) -> str:
    """The folder below the one that was added, otherwise the folder's path."""
    root, folder = item.source.root, item.source.path.parent
    return str(folder) if root is None else "/".join((root.name, *folder.relative_to(root).parts))
