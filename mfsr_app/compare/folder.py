"""The photographs of the folder that the open one lies in: which they are, which is next, and how to go there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal, Slot

from mfsr_engine.files.formats import is_image_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from PySide6.QtCore import SignalInstance
    from PySide6.QtGui import QImage

    from mfsr_app.compare.document import Document, DocumentState
    from mfsr_app.jobs.worker import Worker

LOOKED_AT_ONCE = 64
"""Files whose marks are looked for in one go; a photograph that is to be opened waits no longer than this takes."""


class SmallPicture(Protocol):
    """What is known of a file from a glance."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def image(self) -> QImage | None:
        """Its small copy; None if it cannot be read."""


class SmallPictures(Protocol):
    """Makes small copies of files in the background."""

    @property
    def made(self) -> SignalInstance:
        """Carries a `SmallPicture`."""

    def get(self, path: Path) -> SmallPicture | None:
        """The small copy if it is there; otherwise it is made, and `made` tells."""


class FolderState(QObject):
    """Goes from photograph to photograph, by name, numbers in names by their value."""

    changed = Signal()
    """Other photographs, or another one of them is open or being opened."""
    small_made = Signal(object)
    """The small copy of a photograph is there; carries its path."""
    shown_changed = Signal()
    """The film strip is wanted, or no longer."""

    def __init__(
        self,
        document: DocumentState,
        background: Worker,
        small: SmallPictures,
        takes_results: Callable[[], bool] = lambda: False,
        parent: QObject | None = None,
    ) -> None:
        """Know of no folder yet.

        Args:
            document: opens photographs.
            background: looks into folders.
            small: makes small copies.
            takes_results: whether results of this program count as photographs.
            parent: as of any QObject.
        """
        super().__init__(parent)
        self._document, self._background, self._small = document, background, small
        self._takes_results = takes_results
        self._at: Path | None = None
        self._found: tuple[Path, ...] = ()
        self._marks: dict[Path, bool] = {}  # whether a file is a result, as far as that was looked at
        self.photos: tuple[Path, ...] = ()
        self.is_strip_wanted = True
        small.made.connect(self._on_small)

    @property
    def position(self) -> int | None:
        """Which of the photographs is open, or being opened."""
        return self.photos.index(self._at) if self._at is not None and self._at in self.photos else None

    def begin(self, document: Document) -> None:
        """Another picture is open: look what else lies in its folder."""
        path = document.path
        self._at = path
        if path is None:
            self.photos = self._found = ()
        else:
            known = frozenset(self._marks)
            self._background.submit(lambda _: _listed(path, known), self._on_listed)
        self.changed.emit()

    def can_step(self, by: int) -> bool:
        """Whether there is a photograph so many places further."""
        position = self.position
        return position is not None and 0 <= position + by < len(self.photos)

    def step(self, by: int) -> None:
        """Open the photograph so many places further; if one is being opened, counted from that."""
        position = self.position
        if position is not None and self.can_step(by):
            self.open_at(position + by)

    def open_at(self, number: int) -> None:
        """Open the photograph of this number."""
        self._at = self.photos[number]
        self._document.open(self._at)
        self.changed.emit()

    def small_of(self, number: int) -> QImage | None:
        """The small copy of a photograph; None until it is there."""
        made = self._small.get(self.photos[number])
        return made.image if made is not None else None

    def show_strip(self, *, is_wanted: bool) -> None:
        """Show or hide the film strip."""
        if is_wanted != self.is_strip_wanted:
            self.is_strip_wanted = is_wanted
            self.shown_changed.emit()

    def _on_listed(self, listed: _Listed) -> None:
        document = self._document.current
        if document is not None and document.path == listed.path:
            self._found = listed.photos
            self._on_marked(listed.marks)

    def _on_marked(self, marks: dict[Path, bool]) -> None:
        """So many files were looked at; the next ones, if there are any, after what else is to be read."""
        self._marks |= marks
        self._show_found()
        unknown = [path for path in self._found if path not in self._marks][:LOOKED_AT_ONCE]
        if unknown:
            self._background.submit(lambda _: _marks(unknown), self._on_marked)

    def _show_found(self) -> None:
        """All that was found but results; one that is open counts as a photograph."""
        is_left_out = {} if self._takes_results() else self._marks
        photos = tuple(path for path in self._found if path == self._at or not is_left_out.get(path, False))
        if photos != self.photos:
            self.photos = photos
            self.changed.emit()

    @Slot(object)
    def _on_small(self, made: SmallPicture) -> None:
        self.small_made.emit(made.path)


@dataclass(frozen=True)
class _Listed:
    """What lies in the folder of a photograph."""

    path: Path
    """The photograph."""
    photos: tuple[Path, ...]
    """Files with endings of pictures, in their order."""
    marks: dict[Path, bool]
    """Whether a file is a result, for the first that were not known."""


def _listed(path: Path, known: frozenset[Path]) -> _Listed:
    photos = _photos(path.parent)
    return _Listed(path, photos, _marks([photo for photo in photos if photo not in known][:LOOKED_AT_ONCE]))


def _marks(paths: Iterable[Path]) -> dict[Path, bool]:
    """Whether these are results of this program, by the mark in each."""
    from mfsr_engine.images.reading import is_result

    return {path: is_result(path) for path in paths}


def _photos(folder: Path) -> tuple[Path, ...]:
    """Those of a folder in their order; none if it cannot be looked into."""
    try:
        found = [path for path in folder.iterdir() if is_image_path(path) and path.is_file()]
    except OSError:
        return ()
    return tuple(sorted(found, key=_order))


def _order(path: Path) -> tuple[list[tuple[int, str]], str]:
    """IMG_9 before IMG_10, whatever the case of its letters."""
    pieces = re.findall(r"\d+|\D+", path.name.casefold())
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces], path.name
