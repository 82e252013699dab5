"""Thumbnails of picture files, made in a thread, most recently requested first, in a limited cache."""

from __future__ import annotations

from collections import OrderedDict, deque
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QImage

from mfsr_app.jobs.failure import LOGGER
from mfsr_app.jobs.worker import Worker
from mfsr_engine.errors import ImageReadError, MfsrError

if TYPE_CHECKING:
    from mfsr_engine.geometry import Size

SIDE_PX = 96
"""Longest side: the size in the table, twice as dense."""
MAX_KEPT = 1500
"""At 27 kB each about 40 MB."""
REST_MS = 40
"""Nothing is begun before scrolling rests for so long, because two threads of Python in turn make frames late."""
MAX_WAITING = 200
"""Of those that were asked for and not made yet the oldest are dropped; they are asked for again when seen again."""


@dataclass(frozen=True)
class Thumbnail:
    """What is known of a file from a glance."""

    path: Path
    """The file."""
    image: QImage | None
    """Its small copy; None if it cannot be read."""
    size: Size | None
    """Its true size; None if it cannot be read."""
    problem: str = ""
    """Why it cannot be read, if the file itself is at fault."""


class Thumbnails(QObject):
    """Asked by what is on screen; answers at once with what is there, and later by a signal."""

    made = Signal(object)
    """Thumbnail"""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[Path, Thumbnail] = OrderedDict()
        self._pending: deque[Path] = deque(maxlen=MAX_WAITING)
        self._asked_for: set[Path] = set()
        self._is_busy = False
        self._rest = QTimer(self, singleShot=True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._begin)
        self._worker = Worker("thumbnails")

    def get(self, path: Path) -> Thumbnail | None:
        """The small copy if it is there; otherwise it is made, and `made` tells."""
        kept = self._kept.get(path)
        if kept is not None:
            self._kept.move_to_end(path)
        elif path not in self._asked_for:
            if len(self._pending) == MAX_WAITING:
                self._asked_for.discard(self._pending[0])
            self._asked_for.add(path)
            self._pending.append(path)
            self._rest.start()
        return kept

    def stop(self) -> None:
        """Forget what waits and end the thread."""
        self._rest.stop()
        self._pending.clear()
        self._worker.stop()

    @Slot()
    def _begin(self) -> None:
        if self._pending and not self._is_busy:
            self._is_busy = True
            path = self._pending.pop()
            self._worker.submit(lambda _: _thumbnail(path), self._on_made)

    def _on_made(self, thumbnail: Thumbnail) -> None:
        self._asked_for.discard(thumbnail.path)
        self._kept[thumbnail.path] = thumbnail
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)
        self.made.emit(thumbnail)
        self._is_busy = False
        if not self._rest.isActive():
            self._begin()


def _thumbnail(path: Path) -> Thumbnail:
    from mfsr_engine.images.reading import small_copy

    try:
        seen = small_copy(path, SIDE_PX)
    except ImageReadError as error:
        return Thumbnail(path, None, None, str(error))
    except (MfsrError, MemoryError, OSError):
        return Thumbnail(path, None, None)
    except Exception:  # one odd file must not end the copies of all others
        LOGGER.exception("no small copy of %s", path)
        return Thumbnail(path, None, None)
    height, width = seen.pixels.shape[:2]
    image = QImage(seen.pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
    return Thumbnail(path, image, seen.size)
