"""Pictures of one size in rows and columns, with the columns' labels above. As large as there is room, and no larger than told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QSizePolicy, QWidget

from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QImage

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
            for row, pictures in enumerate(self._rows):
                place = QRectF(number * (side + Space.S), top + row * (side + Space.S), side, side)
                painter.drawImage(place, pictures[number])

    def _side(self, width: int) -> float:
        across = len(self._columns)
        return min(self._most_px, (width - (across - 1) * Space.S) / across)

    def _top(self, width: int) -> int:
        metrics, side = self.fontMetrics(), self._side(width)
        needs_more = any(metrics.horizontalAdvance(words) > side for words in self._columns)
        return (MOST_LABEL_LINES if needs_more else 1) * metrics.height() + Space.XS
