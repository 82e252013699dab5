"""Keeps results at hand within the bound of memory, and does the work of it in the background."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mfsr_app.compare.result_store import KeptResult, ResultStore, Spilled, restore, spill
from mfsr_app.imaging.raster import Raster, raster_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_app.imaging.display_color import ToScreen
    from mfsr_app.jobs.background import Background
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.ui.messages import Messages
    from mfsr_engine.api import UpscaleResult, UpscaleSettings


class Keeping(QObject):
    """The results of one picture. What is shown at the moment is never moved to disk."""

    restored = Signal()
    """A result that lay on disk can be shown again."""

    def __init__(
        self, store: ResultStore, background: Background, messages: Messages, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._store, self._background, self._messages = store, background, messages
        self._convert: ToScreen | None = None
        self._busy: set[int] = set()
        """Of results that are being moved, their `id`; the work holds them, so that no other takes it."""

    def all(self) -> tuple[KeptResult, ...]:
        """Every result."""
        return self._store.all()

    def peek(self, settings: UpscaleSettings) -> KeptResult | None:
        """The result for these settings, wherever it lies."""
        return self._store.peek(settings)

    def get(self, settings: UpscaleSettings) -> KeptResult | None:
        """The result for these settings, to be shown; brought back from disk if it lies there."""
        kept = self._store.get(settings)
        if kept is not None and kept.is_whole and kept.raster is None and id(kept) not in self._busy:
            self._restore(kept)
        return kept

    def put(self, kept: KeptResult) -> None:
        """Keep one more."""
        self._store.put(kept)
        self._keep_within_bound()

    def convert(
        self, result: UpscaleResult, on_done: Callable[[Raster], None], on_failed: Callable[[Failure], None]
    ) -> None:
        """Make a result ready to be shown."""
        convert = self._convert
        self._background.submit(lambda: raster_of(result.pixels, result.alpha, convert), on_done, on_failed)

    def clear(self, convert: ToScreen | None = None) -> None:
        """Forget everything; another picture is open, shown by way of `convert`."""
        self._convert = convert
        self._store.clear()

    def recolor(self, convert: ToScreen | None) -> None:
        """Everything is shown by way of `convert` from now on."""
        self._convert = convert
        self._store.drop_display()

    def _restore(self, kept: KeptResult) -> None:
        def on_done(raster: Raster) -> None:
            self._busy.discard(id(kept))
            if self._is_wanted(kept):
                kept.raster = raster if convert is self._convert else None
                self._keep_within_bound()
                self.restored.emit()

        convert = self._convert
        self._busy.add(id(kept))
        self._background.submit(
            lambda: restore(kept, convert), on_done, lambda failure: self._on_not_moved(kept, failure)
        )

    def _is_wanted(self, kept: KeptResult) -> bool:
        """Whether it still belongs to the open picture."""
        return self._store.peek(kept.settings) is kept

    def _keep_within_bound(self) -> None:
        for kept in self._store.to_spill():
            if id(kept) not in self._busy:
                self._spill(kept)

    def _spill(self, kept: KeptResult) -> None:
        folder, convert = self._store.spill_folder(), self._convert

        def on_done(done: Spilled) -> None:
            self._busy.discard(id(kept))
            if self._is_wanted(kept) and convert is self._convert:
                self._store.spilled(done)
            elif self._is_wanted(kept):  # in the colours of another screen
                self._store.spilled(replace(done, raster=None))
                self.restored.emit()

        self._busy.add(id(kept))
        self._background.submit(lambda: spill(kept, folder), on_done, lambda failure: self._on_not_moved(kept, failure))

    def _on_not_moved(self, kept: KeptResult, failure: Failure) -> None:
        """It stays where it is, and may be tried again; that is worth telling only while it is still wanted."""
        self._busy.discard(id(kept))
        if self._is_wanted(kept):
            self._messages.fail(failure)
