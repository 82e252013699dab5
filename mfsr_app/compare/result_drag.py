"""Results dragged to other programs: the file is written while it is dragged, and handed over when the other program asks for it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QUrl
from PySide6.QtGui import QGuiApplication

from mfsr_app.compare.result_store import large_files_dir
from mfsr_app.desktop.messages import Subject
from mfsr_app.jobs.answer import Answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from PySide6.QtCore import QMetaType

    from mfsr_app.compare.files import PictureFiles
    from mfsr_app.compare.saving import SavingState
    from mfsr_app.compare.upscaling import UpscalingState
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.worker import Worker

FILES = "text/uri-list"
"""The kind of a list of files."""
PATIENCE_S = 20.0
"""How long another program, and the window with it, waits for a file at most."""
KEPT = 3
"""Files that stay until the window closes; older ones make way."""


class ResultFile(QMimeData):
    """A list of one file, which may still be on its way to the disk when it is asked for."""

    def __init__(self, answer: Answer[Path]) -> None:
        super().__init__()
        self._answer = answer

    def formats(self) -> list[str]:
        """A list of files."""
        return [FILES]

    def hasFormat(self, mimetype: str) -> bool:
        """Whether it can be had as this."""
        return mimetype == FILES

    def retrieveData(self, mimetype: str, preferred: QMetaType | Any) -> object:
        """The file, as soon as it is there."""
        path = self._answer.wait(PATIENCE_S) if mimetype == FILES else None
        return None if path is None else [QUrl.fromLocalFile(str(path))]


class ResultDrag(QObject):
    """Has the files of dragged results written, to a folder that goes with the window."""

    def __init__(
        self,
        saving: SavingState,
        upscaling: UpscalingState,
        files: PictureFiles,
        background: Worker,
        messages: Messages,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._saving, self._upscaling, self._files = saving, upscaling, files
        self._background, self._messages = background, messages
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._count = 0

    @property
    def is_ready(self) -> bool:
        """Whether there is a whole result."""
        shown = self._upscaling.shown
        return shown is not None and shown.is_whole and self._saving.target is not None

    def file(self) -> ResultFile | None:
        """The result as a file for another program, named as it would be saved; None while there is no whole result, which is told."""
        answer = self._written(None)
        return None if answer is None else ResultFile(answer)

    def copy(self) -> None:
        """Put the result on the clipboard as a file, once that is written."""
        self._written(self._on_written)

    def _written(self, on_done: Callable[[Path], object] | None) -> Answer[Path] | None:
        shown = self._upscaling.shown
        picture = None if shown is None else self._saving.picture_of(shown)
        if picture is None:
            self._messages.tell(self.tr("The result can be copied or dragged once all of it is computed."))
            return None
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(
                prefix="mfsr-", dir=large_files_dir(), ignore_cleanup_errors=True
            )
        self._count += 1  # each has a folder of its own: whoever took the last one may still be reading it
        folder = Path(self._folder.name)
        path, old = folder / str(self._count) / self._saving.suggested_path.name, folder / str(self._count - KEPT)

        def write() -> Path:
            shutil.rmtree(old, ignore_errors=True)
            path.parent.mkdir()
            self._files.write(path, picture)
            return path

        answer = Answer(write)
        self._background.submit(answer, on_done, lambda failure: self._messages.fail(failure, Subject.SAVING))
        return answer

    def _on_written(self, path: Path) -> None:
        data = QMimeData()  # the clipboard outlives Python, so nothing of Python may be in it
        data.setUrls([QUrl.fromLocalFile(str(path))])
        QGuiApplication.clipboard().setMimeData(data)
        self._messages.tell(self.tr("Copied {0}.").format(path.name))

    def stop(self) -> None:
        """Remove the files; after the background has ended."""
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None
