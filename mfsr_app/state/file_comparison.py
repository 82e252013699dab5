"""Shows a file beside the open picture, or a result of the queue beside its source, which is opened first."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mfsr_app.display_color import to_screen
from mfsr_app.pixel_values import Cells, plain_values
from mfsr_app.raster import raster_of
from mfsr_app.state.comparison import SideFile

if TYPE_CHECKING:
    from mfsr_app.jobs.background import Background
    from mfsr_app.jobs.files import PictureFiles
    from mfsr_app.state.comparison import Comparison
    from mfsr_app.state.document import DocumentState
    from mfsr_app.state.messages import Messages


class FileComparison(QObject):
    """One comparison at a time; opening anything else forgets it."""

    def __init__(
        self,
        document: DocumentState,
        comparison: Comparison,
        files: PictureFiles,
        background: Background,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._comparison = document, comparison
        self._files, self._background, self._messages = files, background, messages
        self._wanted: tuple[Path, Path] | None = None
        document.opened.connect(self._on_opened)
        document.recolored.connect(self._on_recolored)

    def compare(self, source: Path, result: Path) -> None:
        """Open the source, and show the result at its right as soon as it is read."""
        self._wanted = (source, result)
        self._document.open(source)

    def add(self, path: Path, *, on_left: bool = False) -> None:
        """Show a file on one side of the comparison as soon as it is read."""
        document = self._document.current
        if document is None:
            return

        def on_read(file: SideFile) -> None:
            now = self._document.current
            if now is None or now.picture is not document.picture:
                return
            if now.screen == document.screen:
                self._comparison.show_file(path, file, on_left=on_left)
            else:  # the window came to another screen meanwhile
                self.add(path, on_left=on_left)

        screen = document.screen
        self._background.submit(lambda: self._read(path, screen), on_read, self._messages.fail)

    @Slot()
    def _on_opened(self) -> None:
        document, wanted = self._document.current, self._wanted
        self._wanted = None
        if document is None or wanted is None or document.path != wanted[0]:
            return
        self.add(wanted[1])

    @Slot()
    def _on_recolored(self) -> None:
        screen = self._document.screen
        for path in self._comparison.files:
            self._background.submit(
                lambda path=path: (path, self._read(path, screen)),  # type: ignore[misc]
                lambda answer: self._comparison.replace_file(*answer),
                self._messages.fail,
            )

    def _read(self, path: Path, screen: bytes | None) -> SideFile:
        picture = self._files.read(path)
        raster = raster_of(picture.pixels, picture.alpha, to_screen(picture.profile, screen))
        values = plain_values(picture.pixels)
        return SideFile(raster, Cells(raster.size, lambda area: values[area.slices()]))
