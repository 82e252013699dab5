"""Where what was computed goes: parts into growing results, and whole results, made ready to be shown, to those at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mfsr_app.compare.result_store import KeptResult
from mfsr_app.compare.tile_placement import Placement
from mfsr_app.imaging.raster import GrowingRaster
from mfsr_app.jobs.failure import failure_of
from mfsr_app.jobs.worker import shown_part
from mfsr_engine.errors import RequestError
from mfsr_engine.geometry import TargetSize

if TYPE_CHECKING:
    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.document import Document, DocumentState
    from mfsr_app.compare.results import Keeping
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.ui.messages import Messages
    from mfsr_engine.api import UpscaleResult, UpscaleSettings
    from mfsr_engine.geometry import Rect


class Arriving(QObject):
    """Decides nothing about what is computed, here or elsewhere."""

    grown = Signal()
    """A growing result has new pixels."""
    changed = Signal()
    """Other results are at hand, or one of them has new pixels."""
    whole = Signal(object)
    """A whole result is at hand; carries its KeptResult."""
    failed = Signal(object)
    """A result can be neither begun nor kept, which was told; carries its settings."""

    def __init__(
        self,
        document: DocumentState,
        choices: Choices,
        view: ViewModel,
        keeping: Keeping,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._view = document, choices, view
        self._keeping, self._messages = keeping, messages
        self._due: set[UpscaleSettings] = set()

    def is_due(self, settings: UpscaleSettings) -> bool:
        """Whether the whole result was computed and is being made ready."""
        return settings in self._due

    def forget(self) -> None:
        """Another picture is open."""
        self._due.clear()

    def adopt(self, kept: KeptResult) -> None:
        """Take a whole result of the open picture that was computed at another time."""
        self._keeping.put(kept)
        self.changed.emit()

    def growing(self, settings: UpscaleSettings) -> GrowingRaster | None:
        """The unfinished result for these settings, begun if there is none; None if it is whole, or would be too large."""
        kept = self._keeping.peek(settings)
        if kept is not None:
            return kept.growing
        growing = self._begun(settings)
        if growing is not None:
            self._keeping.put(KeptResult(settings, growing=growing))
        return growing

    def placement(self, settings: UpscaleSettings) -> Placement | None:
        """Where regions computed elsewhere are to be filled; None if the result is whole already, or would be too large."""
        kept = self._keeping.peek(settings)
        growing = self._begun(settings) if kept is None else kept.growing
        return None if growing is None else Placement(growing, None)

    def keep_part(self, settings: UpscaleSettings, region: Rect, placement: Placement) -> None:
        """Keep a region that was computed elsewhere and filled in."""
        self._keeping.get(self._choices.settings)  # what is shown was used last
        kept = self._keeping.peek(settings)
        if kept is None:
            kept = KeptResult(settings, growing=placement.growing)
            self._keeping.put(kept)
        if kept.growing is placement.growing:
            placement.cover(self._on_result(region))
        self.changed.emit()

    def keep_region(self, growing: GrowingRaster, region: Rect, result: UpscaleResult) -> None:
        """Keep a region. Tiles have filled it already, unless the engine sent none."""
        area = self._on_result(region)
        if not growing.covers(area):
            convert = self._document.current.convert if self._document.current else None
            part = shown_part(result.pixels, area, convert)
            growing.paste(part.pixels, area, part.values)
            self.grown.emit()

    def keep_whole(self, settings: UpscaleSettings, result: UpscaleResult) -> None:
        """Keep all of a picture."""
        document = self._document.current
        self._due.add(settings)
        self._keeping.convert(
            result,
            lambda raster: self._on_whole(document, KeptResult(settings, raster=raster, result=result)),
            lambda failure: self._on_not_kept(document, settings, failure),
        )

    def _begun(self, settings: UpscaleSettings) -> GrowingRaster | None:
        try:
            return GrowingRaster(TargetSize().resolve(self._view.source, self._view.factor))
        except (RequestError, MemoryError) as error:
            self._messages.fail(failure_of(error))
            self.failed.emit(settings)
            return None

    def _on_result(self, area: Rect) -> Rect:
        return area.scaled(self._view.factor)

    def _on_whole(self, document: Document | None, kept: KeptResult) -> None:
        if not self._is_open(document) or kept.result is None:
            return
        if document is not self._document.current:  # the window came to another screen meanwhile
            self.keep_whole(kept.settings, kept.result)
            return
        self._due.discard(kept.settings)
        self._keeping.put(kept)
        for note in kept.result.notes:
            self._messages.tell(note)
        self.whole.emit(kept)

    def _on_not_kept(self, document: Document | None, settings: UpscaleSettings, failure: Failure) -> None:
        if self._is_open(document):
            self._due.discard(settings)
            self._messages.fail(failure)
            self.failed.emit(settings)

    def _is_open(self, document: Document | None) -> bool:
        """Whether this picture is still open, in the colours of whichever screen."""
        now = self._document.current
        return now is not None and document is not None and now.picture is document.picture
