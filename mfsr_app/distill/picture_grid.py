"""Pictures of one size in labelled rows and columns, as large as fits; and a gallery of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSignalBlocker, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QComboBox, QSizePolicy, QWidget

from mfsr_app.desktop.engine_translation import translated
from mfsr_app.ui.layout import choice_field, column, label, row
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

    from mfsr_app.distill.work import Pictures

MOST_LABEL_LINES = 2


class PictureGrid(QWidget):
    """Shows what it is given; cannot be operated."""

    def __init__(self, most_px: int, parent: QWidget | None = None) -> None:
        """`most_px` is the largest side of a picture."""
        super().__init__(parent)
        self._most_px = most_px
        self._columns: tuple[str, ...] = ()
        self._rows: tuple[tuple[QImage, ...], ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def set_pictures(self, columns: Sequence[str], rows: Sequence[Sequence[QImage]]) -> None:
        """Show these; each row has one picture for each column."""
        self._columns, self._rows = tuple(columns), tuple(tuple(row) for row in rows)
        self.setAccessibleName(self.tr("Pictures: {0}").format("; ".join(columns)))
        self.updateGeometry()
        self.update()

    @property
    def columns(self) -> tuple[str, ...]:
        """The labels shown."""
        return self._columns

    def hasHeightForWidth(self) -> bool:
        """The wider, the higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Labels and rows."""
        if not self._rows:
            return 0
        return round(self._top(width) + len(self._rows) * self._side(width) + (len(self._rows) - 1) * Space.S)

    def sizeHint(self) -> QSize:
        """The largest it can be."""
        across = len(self._columns)
        width = across * self._most_px + max(across - 1, 0) * Space.S
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Small, but there."""
        return QSize(64 * len(self._columns), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw labels and pictures."""
        if not self._rows:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        side, top = self._side(self.width()), self._top(self.width())
        for number, words in enumerate(self._columns):
            box = QRectF(number * (side + Space.S), 0, side, top - Space.XS)
            painter.drawText(box, Qt.AlignmentFlag.AlignBottom | Qt.TextFlag.TextWordWrap, words)
            for line, pictures in enumerate(self._rows):
                place = QRectF(number * (side + Space.S), top + line * (side + Space.S), side, side)
                painter.drawImage(place, pictures[number])

    def _side(self, width: int) -> float:
        across = len(self._columns)
        return min(self._most_px, (width - (across - 1) * Space.S) / across)

    def _top(self, width: int) -> int:
        metrics, side = self.fontMetrics(), self._side(width)
        needs_more = any(metrics.horizontalAdvance(words) > side for words in self._columns)
        return (MOST_LABEL_LINES if needs_more else 1) * metrics.height() + Space.XS


MOST_PX = 320


class Gallery(QWidget):
    """Keeps the photograph that is looked at when newer pictures come."""

    def __init__(self, title: str, hidden: Sequence[str] = (), parent: QWidget | None = None) -> None:
        """`hidden` are labels of columns that are left out."""
        super().__init__(parent)
        self._hidden = hidden
        self._pictures: Pictures | None = None
        self.grid = PictureGrid(MOST_PX)
        self.field = choice_field(self.tr("Photograph"))
        self.field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        head = row()
        head.addWidget(label(title, "section"))
        head.addStretch()
        head.addWidget(self.field)
        inside = column(self, 0, Space.S)
        inside.addLayout(head)
        inside.addWidget(self.grid)
        self.field.currentIndexChanged.connect(self._show)
        self.hide()

    def set_pictures(self, pictures: Pictures | None) -> None:
        """Show these, or nothing."""
        if pictures is self._pictures:
            return
        self._pictures = pictures
        self.setVisible(pictures is not None)
        if pictures is None:
            return
        self.field.setVisible(len(pictures.rows) > 1)
        if self.field.count() != len(pictures.rows):
            with QSignalBlocker(self.field):
                self.field.clear()
                words = self.tr("Photograph {0} of {1}")
                count = len(pictures.rows)
                self.field.addItems([words.format(number + 1, count) for number in range(count)])
        self._show()

    @Slot()
    def _show(self) -> None:
        if self._pictures is None:
            return
        shown = [n for n, name in enumerate(self._pictures.columns) if name not in self._hidden]
        chosen = self._pictures.rows[max(self.field.currentIndex(), 0)]
        self.grid.set_pictures([translated(self._pictures.columns[n]) for n in shown], [[chosen[n] for n in shown]])
