"""The results of the open picture, kept in the cache, and where finished parts and whole results are put."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mfsr_app.compare.result_size import SHOWN_BYTES
from mfsr_app.compare.result_store import (
    PhotoKey,
    ResultShelf,
    ResultStore,
    Spilled,
    StoredResult,
    restore,
    spill,
)
from mfsr_app.desktop.messages import Subject
from mfsr_app.imaging.raster import GrowingRaster, Raster, raster_of
from mfsr_app.jobs.engine import shown_part
from mfsr_app.jobs.failure import failure_of
from mfsr_engine.errors import OutOfMemoryError, RequestError
from mfsr_engine.geometry import TargetSize

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.document import Document, DocumentState
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.imaging.display_color import ToScreen
    from mfsr_app.jobs.engine import ShownTile
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import Worker
    from mfsr_engine.api import UpscaleResult, UpscaleSettings
    from mfsr_engine.geometry import Rect, Size


@dataclass(frozen=True)
class Placement:
    """What a job fills. All of it is settled before the job begins, so that its thread asks nothing of the window's."""

    growing: GrowingRaster
    """The result."""
    corner: Rect | None
    """The part that the job computes, in result pixels: tiles count from its corner. None is all of it."""

    def fill(self, tile: ShownTile) -> None:
        """Write a tile. For the thread that made it."""
        self.growing.fill(tile.pixels, self._placed(tile.area), tile.values)

    def cover(self, area: Rect) -> None:
        """Show a tile that was written. For the GUI thread."""
        self.growing.cover(self._placed(area))

    def _placed(self, area: Rect) -> Rect:
        return area if self.corner is None else replace(area, x=area.x + self.corner.x, y=area.y + self.corner.y)


class Results(QObject):
    """What is shown at the moment is never moved to disk. Decides nothing about what is computed, here or elsewhere."""

    changed = Signal()
    """Other results are at hand, or one of them has new pixels or can be shown again."""
    whole = Signal(object)
    """A whole result is at hand; carries its StoredResult."""
    failed = Signal(object)
    """A result can be neither begun nor kept, which was told; carries its settings."""

    def __init__(
        self,
        document: DocumentState,
        choices: Choices,
        view: ViewModel,
        store: ResultStore,
        background: Worker,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._view = document, choices, view
        self._store, self._background, self._messages = store, background, messages
        self._shelf = ResultShelf(background)
        self._photo: PhotoKey | None = None
        self._convert: ToScreen | None = None
        self._busy: set[int] = set()
        """Of results that are being moved, their `id`; the work holds them, so that no other takes it."""
        self._due: set[UpscaleSettings] = set()

    def all(self) -> tuple[StoredResult, ...]:
        """Every result."""
        return self._store.all()

    def peek(self, settings: UpscaleSettings) -> StoredResult | None:
        """The result for these settings, wherever it lies."""
        return self._store.peek(settings)

    def get(self, settings: UpscaleSettings) -> StoredResult | None:
        """The result for these settings, to be shown; brought back from disk if it lies there."""
        kept = self._store.get(settings)
        if kept is not None and kept.is_whole and kept.raster is None and id(kept) not in self._busy:
            self._restore(kept)
        return kept

    def put(self, kept: StoredResult) -> None:
        """Keep one more."""
        self._store.put(kept)
        self._keep_within_bound()

    def convert(
        self, result: UpscaleResult, on_done: Callable[[Raster], None], on_failed: Callable[[Failure], None]
    ) -> None:
        """Make a result ready to be shown."""
        convert = self._convert
        self._background.submit(lambda _: raster_of(result.pixels, result.alpha, convert), on_done, on_failed)

    def begin(self, document: Document) -> None:
        """Another picture is open: put the results of the one before aside, and take up those it had when it was open last."""
        if self._photo is not None:
            self._shelf.put(self._photo, self._store.all())
        self._convert = document.convert
        self._due.clear()
        self._store.clear()
        self._photo = None
        if document.path is not None and document.stamp is not None:
            self._photo = PhotoKey(document.path.absolute(), document.stamp, document.framing, document.areas)
        for kept in self._shelf.take(self._photo) if self._photo is not None else ():
            self.put(kept)

    def clear(self) -> None:
        """Forget everything."""
        self._photo, self._convert = None, None
        self._due.clear()
        self._store.clear()
        self._shelf.close()

    def recolor(self, convert: ToScreen | None) -> None:
        """Everything is shown by way of `convert` from now on."""
        self._convert = convert
        self._store.drop_display()

    def is_due(self, settings: UpscaleSettings) -> bool:
        """Whether the whole result was computed and is being made ready."""
        return settings in self._due

    def adopt(self, kept: StoredResult) -> None:
        """Take a whole result of the open picture that was computed at another time."""
        self.put(kept)
        self.changed.emit()

    def growing(self, settings: UpscaleSettings) -> GrowingRaster | None:
        """The unfinished result for these settings, begun if there is none; None if it is whole, or would be too large."""
        kept = self._store.peek(settings)
        if kept is not None:
            return kept.growing
        growing = self._begun(settings)
        if growing is not None:
            self.put(StoredResult(settings, growing=growing))
        return growing

    def placement(self, settings: UpscaleSettings) -> Placement | None:
        """Where regions computed elsewhere are to be filled; None if the result is whole already, or would be too large."""
        kept = self._store.peek(settings)
        growing = self._begun(settings) if kept is None else kept.growing
        return None if growing is None else Placement(growing, None)

    def keep_part(self, settings: UpscaleSettings, region: Rect, placement: Placement) -> None:
        """Keep a region that was computed elsewhere and filled in."""
        self.get(self._choices.settings)  # what is shown was used last
        kept = self._store.peek(settings)
        if kept is None:
            kept = StoredResult(settings, growing=placement.growing)
            self.put(kept)
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
            self.changed.emit()

    def keep_whole(self, settings: UpscaleSettings, result: UpscaleResult) -> None:
        """Keep all of a picture."""
        document = self._document.current
        self._due.add(settings)
        self.convert(
            result,
            lambda raster: self._on_whole(document, StoredResult(settings, raster=raster, result=result)),
            lambda failure: self._on_not_kept(document, settings, failure),
        )

    def _restore(self, kept: StoredResult) -> None:
        def on_done(raster: Raster) -> None:
            self._busy.discard(id(kept))
            if self._is_wanted(kept):
                kept.raster = raster if convert is self._convert else None
                self._keep_within_bound()
                self.changed.emit()

        convert = self._convert
        self._busy.add(id(kept))
        self._background.submit(
            lambda _: restore(kept, convert), on_done, lambda failure: self._on_not_moved(kept, failure)
        )

    def _is_wanted(self, kept: StoredResult) -> bool:
        """Whether it still belongs to the open picture."""
        return self._store.peek(kept.settings) is kept

    def _keep_within_bound(self) -> None:
        for kept in self._store.to_spill():
            if id(kept) not in self._busy:
                self._spill(kept)

    def _spill(self, kept: StoredResult) -> None:
        folder, convert = self._store.spill_folder(), self._convert

        def on_done(done: Spilled) -> None:
            self._busy.discard(id(kept))
            if self._is_wanted(kept) and convert is self._convert:
                self._store.spilled(done)
            elif self._is_wanted(kept):  # in the colours of another screen
                self._store.spilled(replace(done, raster=None))
                self.changed.emit()

        self._busy.add(id(kept))
        self._background.submit(
            lambda _: spill(kept, folder), on_done, lambda failure: self._on_not_moved(kept, failure)
        )

    def _on_not_moved(self, kept: StoredResult, failure: Failure) -> None:
        """It stays where it is, and may be tried again; that is worth telling only while it is still wanted."""
        self._busy.discard(id(kept))
        if self._is_wanted(kept):
            self._messages.fail(failure, Subject.COMPUTING)

    def _begun(self, settings: UpscaleSettings) -> GrowingRaster | None:
        try:
            size = TargetSize().resolve(self._view.source, self._view.factor)
            if settings.passes > 1:
                _check_memory(size)
            return GrowingRaster(size)
        except (RequestError, OutOfMemoryError, MemoryError) as error:
            self._messages.fail(failure_of(error), Subject.COMPUTING)
            self.failed.emit(settings)
            return None

    def _on_result(self, area: Rect) -> Rect:
        return area.scaled(self._view.factor)

    def _on_whole(self, document: Document | None, kept: StoredResult) -> None:
        if not self._is_open(document) or kept.result is None:
            return
        if document is not self._document.current:  # the window came to another screen meanwhile
            self.keep_whole(kept.settings, kept.result)
            return
        self._due.discard(kept.settings)
        self.put(kept)
        for note in kept.result.notes:
            self._messages.tell(note)
        self.whole.emit(kept)

    def _on_not_kept(self, document: Document | None, settings: UpscaleSettings, failure: Failure) -> None:
        if self._is_open(document):
            self._due.discard(settings)
            self._messages.fail(failure, Subject.COMPUTING)
            self.failed.emit(settings)

    def _is_open(self, document: Document | None) -> bool:
        """Whether this picture is still open, with the same areas, in the colours of whichever screen."""
        now = self._document.current
        if now is None or document is None:
            return False
        return now.picture is document.picture and now.areas is document.areas


def _check_memory(size: Size) -> None:
    """Refuse a result of several passes that cannot be shown. Loaded where it is used, since the window starts without it."""
    from mfsr_engine.batch.preflight import check_shown

    check_shown(size, SHOWN_BYTES)
