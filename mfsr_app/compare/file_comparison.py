"""Compares the open picture with a file, or a result of the queue with its source, which is opened first."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Slot

from mfsr_app.compare.comparison import SideFile
from mfsr_app.desktop.messages import Subject
from mfsr_app.imaging.display_color import to_screen
from mfsr_app.imaging.pixel_values import Cells, plain_values
from mfsr_app.imaging.raster import raster_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_app.compare.comparison import Comparison
    from mfsr_app.compare.document import Document, DocumentState
    from mfsr_app.compare.files import PictureFiles
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import Worker
    from mfsr_engine.images.picture import Picture


class FileComparison(QObject):
    """One comparison at a time; opening anything else forgets it."""

    def __init__(
        self,
        document: DocumentState,
        comparison: Comparison,
        files: PictureFiles,
        background: Worker,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._comparison = document, comparison
        self._files, self._background, self._messages = files, background, messages
        self._wanted: tuple[Path, Path] | None = None
        self._plain: dict[Path, _Plain] = {}
        document.recolored.connect(self._on_recolored)

    def begin(self, document: Document) -> None:
        """Another picture is open: show a result beside it, if that is why it was opened."""
        wanted, self._wanted = self._wanted, None
        self._plain = {}
        if wanted is not None and document.path == wanted[0]:
            self.add(wanted[1])

    def compare(self, source: Path, result: Path) -> None:
        """Open the source, and show the result at its right as soon as it is read."""
        self._wanted = (source, result)
        self._document.open(source)

    def add(self, path: Path, *, on_left: bool = False) -> None:
        """Show a file on one side of the comparison as soon as it is read."""
        document = self._document.current
        if document is None:
            return

        self._messages.settle(Subject.COMPARING)
        self._background.submit(
            lambda _: _Plain.of(self._files.read(path)),
            lambda plain: self._show(path, plain, document.picture, on_left=on_left),
            self._fail,
        )

    def _show(self, path: Path, plain: _Plain, beside: Picture, *, on_left: bool) -> None:
        """Show what was read, in the colours of the screen, unless another picture was opened meanwhile."""

        def on_made(file: SideFile) -> None:
            if self._is_open(beside) and screen == self._document.screen:
                self._comparison.show_file(path, file, on_left=on_left)
                known = self._plain | {path: plain}
                self._plain = {path: known[path] for path in self._comparison.files if path in known}
            elif self._is_open(beside):  # the window came to another screen meanwhile
                self._show(path, plain, beside, on_left=on_left)

        screen = self._document.screen
        self._background.submit(lambda _: plain.side(screen), on_made, self._fail)

    def _fail(self, failure: Failure) -> None:
        self._messages.fail(failure, Subject.COMPARING)

    def _is_open(self, picture: Picture) -> bool:
        document = self._document.current
        return document is not None and document.picture is picture

    @Slot()
    def _on_recolored(self) -> None:
        """Nothing is read again: the file may be another one by now, or gone."""
        screen = self._document.screen
        for path, plain in self._plain.items():
            self._background.submit(
                lambda _, path=path, plain=plain: (path, plain.side(screen)),  # type: ignore[misc]
                lambda answer: self._comparison.replace_file(*answer),
                self._fail,
            )


@dataclass(frozen=True)
class _Plain:
    """A picture as it is in its file, in the colours of no screen."""

    values: NDArray[np.uint8]
    alpha: NDArray[np.float32] | None
    profile: bytes | None

    @classmethod
    def of(cls, picture: Picture) -> _Plain:
        return cls(plain_values(picture.pixels), picture.alpha, picture.kept.icc_profile)

    def side(self, screen: bytes | None) -> SideFile:
        """For display on this screen."""
        values = self.values
        raster = raster_of(values.astype(np.float32) / np.float32(255.0), self.alpha, to_screen(self.profile, screen))
        return SideFile(raster, Cells(raster.size, lambda area: values[area.slices()]))
