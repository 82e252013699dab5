"""Exports of the comparison: what to draw is settled here, drawing and writing happen in the background."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mfsr_app.compare import export_drawing
from mfsr_app.compare.export_drawing import ExportKind, Pair
from mfsr_app.ui.messages import MessageKind
from mfsr_engine.geometry import Rect

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage

    from mfsr_app.compare.comparison import Comparison
    from mfsr_app.compare.document import DocumentState
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.jobs.background import Background
    from mfsr_app.ui.messages import Messages


class ExportState(QObject):
    """Writes the part in view, as it is compared now."""

    exported = Signal(object)
    """Path of a file that was written."""

    def __init__(
        self,
        document: DocumentState,
        view: ViewModel,
        comparison: Comparison,
        background: Background,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._view, self._comparison = document, view, comparison
        self._background, self._messages = background, messages

    def export(self, kind: ExportKind, path: Path, screen: QImage) -> None:
        """Write a comparison.

        Args:
            kind: what of it.
            path: where to; the ending decides the format.
            screen: the panes as they look now, for `ExportKind.VIEW`.
        """
        pair = self._pair()
        if pair is None:
            return

        def write() -> Path:
            match kind:
                case ExportKind.VIEW:
                    export_drawing.write_picture(export_drawing.in_srgb(screen, pair.screen), path)
                case ExportKind.PAIR:
                    export_drawing.write_picture(export_drawing.drawn_pair(pair), path)
                case ExportKind.TURNS:
                    export_drawing.write_turns(pair, path)
            return path

        self._background.submit(write, self._on_written, self._messages.fail)

    def _pair(self) -> Pair | None:
        source = self._view.source
        if self._document.current is None:
            return None
        area = self._view.visible or Rect(0, 0, source.width, source.height)
        first, second = self._comparison.shown_left(), self._comparison.shown_right()
        return Pair(first, second, source, area, self._view.factor, self._document.screen)

    def _on_written(self, path: Path) -> None:
        self._messages.tell(self.tr("Exported {0}.").format(path), MessageKind.DONE)
        self.exported.emit(path)
