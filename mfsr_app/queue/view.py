"""The queue's table view: columns, selection, double click. Made for ten thousand rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from mfsr_app.queue.columns import WIDTHS_PX, Column, columns_for
from mfsr_app.queue.delegate import ROW_PX, QueueDelegate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QItemSelectionRange

    from mfsr_app.queue.table import QueueTable
    from mfsr_app.ui.theme import Colors


class QueueView(QTableView):
    """Rows are chosen whole, several at a time."""

    opened = Signal()
    """A row was clicked twice."""
    selection_changed = Signal()
    """Other rows are chosen."""

    def __init__(self, table: QueueTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._table, self._delegate = table, QueueDelegate(self)
        self.setModel(table)
        self.setItemDelegate(self._delegate)
        self.setAccessibleName(self.tr("Pictures in the queue"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setDefaultDropAction(Qt.DropAction.CopyAction)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._set_headers()
        self.doubleClicked.connect(self.opened)

    @property
    def chosen(self) -> list[int]:
        """Numbers of the chosen pictures, from top to bottom."""
        # with everything chosen this is one part, not ten thousand indexes; its type stub does not say that it can be walked
        parts = cast("Iterable[QItemSelectionRange]", self.selectionModel().selection())
        rows = sorted({row for part in parts for row in range(part.top(), part.bottom() + 1)})
        return [self._table.item(row).number for row in rows]

    def choose(self, numbers: list[int]) -> None:
        """Choose these pictures."""
        table, chosen = self._table, QItemSelection()
        for number in numbers:
            row = table.row_of(number)
            if row is not None:
                chosen.select(table.index(row, 0), table.index(row, 0))
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)

    def set_colors(self, colors: Colors) -> None:
        """Use the theme's colours."""
        self._delegate.colors = colors
        self.setStyleSheet(
            f"QTableView {{ background: {colors.surface}; border: none; outline: none; }}"
            f"QHeaderView {{ background: {colors.surface}; border: none; }}"
            f"QHeaderView::section {{ background: {colors.surface}; color: {colors.muted}; border: none;"
            f" border-bottom: 1px solid {colors.line}; padding: 8px 12px; text-align: left; }}"
        )
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show the columns that there is room for."""
        shown = columns_for(event.size().width())
        for column in Column:
            self.setColumnHidden(column, column not in shown)
        super().resizeEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """There is always a row that shows the focus."""
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.selectRow(0)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The marks of the chosen rows go."""
        super().focusOutEvent(event)
        self.viewport().update()

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        """Tell."""
        super().selectionChanged(selected, deselected)
        self.selection_changed.emit()

    def _set_headers(self) -> None:
        rows, columns = self.verticalHeader(), self.horizontalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(ROW_PX)
        columns.setHighlightSections(False)
        columns.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        columns.setSectionsClickable(False)
        columns.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        for column, width in WIDTHS_PX.items():
            columns.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            columns.resizeSection(column, width)
