"""Saves the current result. A result that is not whole yet is computed first; the save waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mfsr_app.compare.files import PictureFiles, PictureToSave
from mfsr_app.compare.result_size import ResultSize
from mfsr_app.desktop.engine_translation import translated
from mfsr_app.desktop.messages import MessageKind, Messages, Subject
from mfsr_engine.batch.naming import OutputSettings, RunFacts, Source, Template
from mfsr_engine.errors import RequestError
from mfsr_engine.files.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.document import DocumentState
    from mfsr_app.compare.result_store import StoredResult
    from mfsr_app.compare.upscaling import UpscalingState
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import Worker
    from mfsr_engine.api import UpscaleSettings
    from mfsr_engine.files.formats import ImageFormat
    from mfsr_engine.geometry import Size
    from mfsr_engine.images.picture import DepthBits


@dataclass(frozen=True)
class _Pending:
    path: Path
    settings: UpscaleSettings


class SavingState(QObject):
    """Knows what a saved file will be called and how large it will be, and writes it."""

    target_changed = Signal()
    """The file would now have another size or name."""
    busy_changed = Signal()
    """A save waits, runs or ended."""
    saved = Signal(Path)
    """A file was written."""
    not_saved = Signal()
    """A save was given up, and the user told why."""

    def __init__(
        self,
        document: DocumentState,
        choices: Choices,
        upscaling: UpscalingState,
        files: PictureFiles,
        background: Worker,
        messages: Messages,
        output: Callable[[], OutputSettings] = OutputSettings,
        change_output: Callable[..., object] = lambda **_: None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._upscaling, self._output = document, choices, upscaling, output
        self._files, self._background, self._messages = files, background, messages
        self._change_output = change_output
        self._depth: DepthBits | None = None
        self._dpi: int | None = None
        self._pending: _Pending | None = None
        self._writing = 0
        choices.changed.connect(self.target_changed)
        choices.size_changed.connect(self.target_changed)
        upscaling.finished.connect(self._on_finished)
        upscaling.stopped.connect(self._on_stopped)

    @property
    def is_busy(self) -> bool:
        """Whether a save waits for its result or is being written."""
        return self._pending is not None or self._writing > 0

    @property
    def output(self) -> OutputSettings:
        """How files are written."""
        return self._output()

    @property
    def depth(self) -> DepthBits | None:
        """Bits of a color value, for formats that hold 16; None is as in the photograph."""
        return self._depth

    @property
    def loses_transparency(self) -> bool:
        """Whether the photograph has transparency and the format none."""
        document = self._document.current
        has_alpha = document is not None and document.picture.alpha is not None
        return has_alpha and not FORMATS[self._output().format].has_alpha

    def set_format(self, form: ImageFormat) -> None:
        """Choose the format of files, from now on."""
        self._change_output(format=form)
        self.target_changed.emit()

    def set_quality(self, quality: int) -> None:
        """Choose the quality of files, from now on."""
        self._change_output(quality=quality)
        self.target_changed.emit()

    @property
    def dpi(self) -> int | None:
        """Pixels per inch on paper; None is what the photograph says."""
        return self._dpi

    def set_dpi(self, dpi: int | None) -> None:
        """Choose the resolution that files say they have."""
        if dpi != self._dpi:
            self._dpi = dpi
            self.target_changed.emit()

    def set_depth(self, depth: DepthBits | None) -> None:
        """Choose the bits of a color value, until the window is closed."""
        self._depth = depth
        self.target_changed.emit()

    @property
    def target(self) -> Size | None:
        """Size of the saved file; None without a picture or if the size asked for is impossible."""
        document = self._document.current
        if document is None:
            return None
        try:
            return self._choices.size.resolve(document.size, self._choices.factor)
        except RequestError:
            return None

    @property
    def result_size(self) -> ResultSize | None:
        """Size of the saved file and how it comes about; None where there is no target."""
        document, target, choices = self._document.current, self.target, self._choices
        if document is None or target is None:
            return None
        has_alpha = document.picture.alpha is not None
        return ResultSize(document.size, target, choices.factor, has_alpha, choices.settings.passes)

    @property
    def suggested_path(self) -> Path:
        """As the settings say: by default beside the source, and named after it and the size asked for."""
        document = self._document.current
        assert document is not None, "nothing to save"
        output, chosen, info = self._output(), self._choices.settings, self._choices.model
        facts = RunFacts(
            info.name,
            chosen.steps or info.default_steps,
            chosen.seed,
            self._choices.size,
            info.scale,
            passes=chosen.passes,
        )
        stem = Template(output.naming, facts).fill(
            Source(Path(document.name)), lambda _: document.size, len(output.format.suffix)
        )
        folder = document.path.parent if document.path else Path.home()
        return (output.folder_path or folder) / f"{stem}{output.format.suffix}"

    def begin(self) -> None:
        """Another picture is open: a save that waits for a result of the one before is given up."""
        self._on_stopped()
        self.target_changed.emit()

    def save(self, path: Path) -> None:
        """Write the result to `path`, now or as soon as it is whole."""
        self._messages.settle(Subject.SAVING)
        kept = self._upscaling.shown
        if kept is not None and kept.is_whole:
            self._write(path, kept)
            return
        self._pending = _Pending(path, self._choices.settings)
        self._messages.tell(self.tr("{0} will be saved as soon as the whole picture is computed.").format(path.name))
        self.busy_changed.emit()
        self._upscaling.compute_whole()

    @Slot(object)
    def _on_finished(self, kept: StoredResult) -> None:
        pending = self._pending
        if pending is not None and pending.settings == kept.settings:
            self._pending = None
            self._write(pending.path, kept)

    @Slot()
    def _on_stopped(self) -> None:
        if self._pending is None:
            return
        name = self._pending.path.name
        self._pending = None
        self.busy_changed.emit()
        self._messages.tell(
            self.tr("{0} was not saved, because its result was not finished. Save again when it is.").format(name)
        )
        self.not_saved.emit()

    def picture_of(self, kept: StoredResult) -> PictureToSave | None:
        """A result with all that its file says; None if it is not whole or its size is impossible."""
        document, target, result = self._document.current, self.target, kept.result
        if document is None or target is None or result is None:
            return None
        output = self._output()
        return PictureToSave(
            result.pixels,
            result.alpha,
            target,
            document.picture.kept,
            result.model,
            result.steps,
            result.seed,
            kept.settings.fidelity,
            output.quality,
            output.keep_location,
            result.caption,
            document.path,
            output.keep_date,
            self._depth,
            self._dpi,
            "" if document.areas is None else document.areas.note,
            kept.settings.passes,
        )

    def _write(self, path: Path, kept: StoredResult) -> None:
        assert kept.result is not None, "only whole results are saved"
        picture = self.picture_of(kept)
        if picture is None:
            self._messages.tell(self.tr("This size is not possible. Choose a smaller one."), MessageKind.ERROR)
            self.busy_changed.emit()
            self.not_saved.emit()
            return
        self._writing += 1
        self.busy_changed.emit()
        self._background.submit(
            lambda _: self._files.write(path, picture),
            lambda notes: self._on_saved(path, notes),
            self._on_failed,
        )

    def _on_saved(self, path: Path, notes: tuple[str, ...]) -> None:
        self._writing -= 1
        self.busy_changed.emit()
        words = " ".join((self.tr("Saved {0}.").format(path), *map(translated, notes)))
        self._messages.tell(words, MessageKind.DONE, path)
        self.saved.emit(path)

    def _on_failed(self, failure: Failure) -> None:
        self._writing -= 1
        self.busy_changed.emit()
        self._messages.fail(failure, Subject.SAVING)
        self.not_saved.emit()
