"""What the window remembers: its placement and the recent files. Not settings: nobody types these."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from mfsr_engine.files import atomic, paths
from mfsr_engine.files.paths import is_there
from mfsr_engine.files.tables import as_json, from_json

MAX_RECENT = 8
"""Files remembered."""


@dataclass(frozen=True)
class _Remembered:
    """What the file says."""

    geometry: str = ""
    recent: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    has_film_strip: bool = True


class WindowMemory(QObject):
    """A small JSON file; a missing or damaged one is an empty memory. Without a path nothing is kept."""

    recent_changed = Signal()
    """Other files were opened last."""

    def __init__(self, path: Path | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self.geometry = b""
        self.has_film_strip = True
        self._recent: list[str] = []
        self._added: list[str] = []
        if path is not None:
            self._read(path)

    @classmethod
    def default(cls) -> WindowMemory:
        """The user's own."""
        return cls(paths.config_dir() / "window.json")

    @property
    def recent(self) -> tuple[Path, ...]:
        """Files opened last, the newest first; what is gone from the disk is left out."""
        return tuple(path for name in self._recent if (path := Path(name)).is_file())

    def opened(self, path: Path) -> None:
        """Remember a file."""
        name = str(path.absolute())
        self._recent = [name, *(other for other in self._recent if other != name)][:MAX_RECENT]
        self.recent_changed.emit()

    @property
    def added(self) -> tuple[Path, ...]:
        """Files and folders added to the queue last, the newest first; what is gone from the disk is left out."""
        return tuple(path for name in self._added if is_there(path := Path(name)))

    def add(self, path: Path) -> None:
        """Remember a file or folder of the queue."""
        name = str(path.absolute())
        self._added = [name, *(other for other in self._added if other != name)][:MAX_RECENT]

    def forget_added(self) -> None:
        """Forget what was added to the queue."""
        self._added = []

    def forget_recent(self) -> None:
        """Forget all files."""
        self._recent = []
        self.recent_changed.emit()

    def write(self) -> None:
        """Keep everything on disk; a disk that refuses costs only the memory."""
        if self._path is None:
            return
        with suppress(OSError):
            atomic.write_text(
                self._path,
                as_json(_Remembered(self.geometry.hex(), tuple(self._recent), tuple(self._added), self.has_film_strip)),
            )

    def _read(self, path: Path) -> None:
        with suppress(OSError, ValueError):
            remembered = from_json(_Remembered, path.read_text(encoding="utf-8"))
            self._recent = list(remembered.recent[:MAX_RECENT])
            self._added = list(remembered.added[:MAX_RECENT])
            self.has_film_strip = remembered.has_film_strip
            self.geometry = bytes.fromhex(remembered.geometry)
