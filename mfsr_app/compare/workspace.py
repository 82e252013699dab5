"""Saves what is open when the program ends and restores it at the next start: a little JSON, with the results' pixels and the mask of
areas beside it.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from mfsr_app.compare.comparison import Kind
from mfsr_app.compare.document import KnownAreas
from mfsr_app.compare.result_store import StoredResult
from mfsr_app.compare.values import Mode
from mfsr_engine.api import AreasFile, MaskedAreas, UpscaleResult, UpscaleSettings
from mfsr_engine.errors import ImageReadError, ImageWriteError, MfsrError
from mfsr_engine.files.atomic import write_text
from mfsr_engine.files.tables import as_json, from_json
from mfsr_engine.framing import WHOLE, Framing
from mfsr_engine.settings.settings import Preset

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.comparison import Comparison
    from mfsr_app.compare.document import Document, DocumentState
    from mfsr_app.compare.file_comparison import FileComparison
    from mfsr_app.compare.upscaling import UpscalingState
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.jobs.worker import Worker

MAX_BYTES = 768 * 2**20
"""Pixels kept on disk, for all results together."""
LEVELS = 65535
"""Pixels are kept in 16 bits, as fine as the finest file they can be saved to."""
BAND_ROWS = 512
"""Rows converted at once."""
VERSION = 3
WORKSPACE_FILE, NOTE_FILE = "workspace.json", "noted.json"
"""What was open at the end, and what was noted since then."""
REST_MS = 1000
"""What is open is noted once nothing has changed for so long."""


@dataclass(frozen=True)
class Place:
    """Where the panes looked."""

    zoom: float
    """Device pixels per result pixel."""
    center_x: float
    """Column of the source in the middle of a pane."""
    center_y: float
    """Row of the source in the middle of a pane."""


@dataclass(frozen=True)
class Workspace:
    """What was open at the end."""

    photo: Path
    """The photograph."""
    stamp: tuple[int, int]
    """Bytes and time of the photograph, by which one sees that it has changed."""
    settings: UpscaleSettings
    """The choices, with the size of the saved file."""
    mode: Mode
    """The way of comparing."""
    place: Place | None
    """Where the panes looked; None is all of the picture."""
    beside: Path | None = None
    """A file that was compared with."""
    results: tuple[tuple[UpscaleSettings, UpscaleResult], ...] = ()
    """Whole results, the most important one first, with what they were made with."""
    framing: Framing = WHOLE
    """What of the photograph was upscaled."""
    areas: MaskedAreas | None = None
    """Parts of that which were made in another way; None if there were none."""


@dataclass(frozen=True)
class _StoredResult:
    """A result, beside its pixels."""

    settings: UpscaleSettings
    name: str
    has_alpha: bool
    model: str
    steps: int
    seed: int
    device: str
    dtype: str
    seconds: float
    notes: tuple[str, ...]
    caption: str

    @classmethod
    def of(cls, name: str, settings: UpscaleSettings, result: UpscaleResult) -> _StoredResult:
        facts = {item: getattr(result, item) for item in _FACTS}
        return cls(settings, name, result.alpha is not None, **facts)

    def read(self, folder: Path) -> UpscaleResult:
        """The result with its pixels.

        Raises:
            OSError, ValueError: these are gone or damaged.
        """
        alpha = _load(folder / f"{self.name}-alpha.npy") if self.has_alpha else None
        return UpscaleResult(
            _load(folder / f"{self.name}.npy"), alpha, **{item: getattr(self, item) for item in _FACTS}
        )


_FACTS = ("model", "steps", "seed", "device", "dtype", "seconds", "notes", "caption")
"""What a result has beside its pixels."""


@dataclass(frozen=True)
class _Record:
    """What is written of a workspace, as text."""

    version: int
    photo: Path
    stamp: tuple[int, int]
    settings: UpscaleSettings
    mode: Mode
    place: Place | None
    beside: Path | None
    results: tuple[_StoredResult, ...]
    framing: Framing
    areas: AreasFile | None = None


def stamp_of(path: Path) -> tuple[int, int]:
    """Bytes and time of a file.

    Raises:
        OSError: It is gone.
    """
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def write_workspace(folder: Path, workspace: Workspace) -> None:
    """Write a workspace in place of an older one; results that do not fit are left out.

    Raises:
        OSError, ImageWriteError: No room, or no permission.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept, names, left = [], set[str](), MAX_BYTES
    for settings, result in workspace.results:
        size = sum(array.size * 2 for array in (result.pixels, result.alpha) if array is not None)
        if size > left:
            continue
        left -= size
        name = uuid.uuid4().hex
        kept.append(_StoredResult.of(name, settings, result))
        for suffix, array in (("", result.pixels), ("-alpha", result.alpha)):
            if array is not None:
                _save(folder / f"{name}{suffix}.npy", array)
                names.add(f"{name}{suffix}.npy")
    record = _record(folder, workspace, tuple(kept))
    write_text(folder / WORKSPACE_FILE, as_json(record))
    (folder / NOTE_FILE).unlink(missing_ok=True)
    _remove_others(folder, names, record)


def note_workspace(folder: Path, workspace: Workspace) -> None:
    """Write what is open, without its results and beside what was written at the last end; it counts until the next end.

    Raises:
        OSError, ImageWriteError: No room, or no permission.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / NOTE_FILE, as_json(_record(folder, workspace, ())))


def read_workspace(folder: Path) -> Workspace | None:
    """The workspace that was noted since the last end, or that was written then, with the results that are there; None if there is
    none, it is damaged, or its photograph is gone or has changed.
    """
    noted, written = _read(folder / NOTE_FILE), _read(folder / WORKSPACE_FILE)
    record = noted or written
    if record is None:
        return None
    kept = () if written is None or _picture_of(written) != _picture_of(record) else written.results
    try:
        results = tuple((one.settings, one.read(folder)) for one in kept)
    except (OSError, ValueError):
        if noted is None:
            return None
        results = ()
    areas = _areas_of(record)
    if areas is None and record.areas is not None:
        results = ()  # they are of areas that are gone
    return Workspace(
        record.photo,
        record.stamp,
        record.settings,
        record.mode,
        record.place,
        record.beside,
        results,
        record.framing,
        areas,
    )


def forget_workspace(folder: Path) -> None:
    """Delete what was written and noted."""
    with suppress(OSError):
        (folder / WORKSPACE_FILE).unlink(missing_ok=True)
        (folder / NOTE_FILE).unlink(missing_ok=True)
    _remove_others(folder, set(), None)


def _areas_of(record: _Record) -> MaskedAreas | None:
    """Those of a record; None if there are none, or their mask is gone or damaged. Whether they fit is seen when the photograph is read."""
    if record.areas is None:
        return None
    from mfsr_engine.images.areas import read_mask

    try:
        return MaskedAreas(read_mask(record.areas.path), record.areas.fidelity)
    except ImageReadError:
        return None


def _read(path: Path) -> _Record | None:
    try:
        record = from_json(_Record, path.read_text(encoding="utf-8"))
        is_right = record.version == VERSION and stamp_of(record.photo) == record.stamp
    except (OSError, ValueError, MfsrError):
        return None
    return record if is_right else None


def _picture_of(record: _Record) -> tuple[Path, tuple[int, int], Framing, AreasFile | None]:
    return record.photo, record.stamp, record.framing, record.areas


def _record(folder: Path, workspace: Workspace, results: tuple[_StoredResult, ...]) -> _Record:
    """What is written of a workspace; the mask of its areas is, unless it lies there from before."""
    areas = None
    if workspace.areas is not None:
        from mfsr_engine.images.areas import kept_areas

        areas = kept_areas(folder, workspace.areas)
    return _Record(
        VERSION,
        workspace.photo,
        workspace.stamp,
        workspace.settings,
        workspace.mode,
        workspace.place,
        workspace.beside,
        results,
        workspace.framing,
        areas,
    )


def _save(path: Path, values: NDArray[np.float32]) -> None:
    levels = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint16, shape=values.shape)
    for top in range(0, values.shape[0], BAND_ROWS):
        rows = slice(top, top + BAND_ROWS)
        levels[rows] = np.rint(np.clip(values[rows], 0.0, 1.0) * LEVELS)
    levels.flush()


def _load(path: Path) -> NDArray[np.float32]:
    levels = np.load(path, mmap_mode="r", allow_pickle=False)
    if levels.dtype != np.uint16:
        raise ValueError(f"{path} holds something else")
    values = np.empty(levels.shape, np.float32)
    for top in range(0, levels.shape[0], BAND_ROWS):
        rows = slice(top, top + BAND_ROWS)
        np.multiply(levels[rows], np.float32(1 / LEVELS), out=values[rows])
    return values


def _remove_others(folder: Path, kept: set[str], record: _Record | None) -> None:
    from mfsr_engine.images.areas import remove_other_masks

    for path in folder.glob("*.npy"):
        if path.name not in kept:
            with suppress(OSError):
                path.unlink()
    areas = None if record is None else record.areas
    remove_other_masks(folder, set() if areas is None else {areas.path})


def most_important(
    results: Sequence[tuple[UpscaleSettings, UpscaleResult]], in_use: UpscaleSettings
) -> tuple[tuple[UpscaleSettings, UpscaleResult], ...]:
    """Of results in the order of their use: the one in use now, then those used last."""
    newest_first = list(reversed(results))
    return tuple(sorted(newest_first, key=lambda one: one[0] != in_use))


class WorkspaceState(QObject):
    """Without a folder nothing is kept. A photograph that is gone or has changed is not opened; nobody is told."""

    def __init__(
        self,
        document: DocumentState,
        choices: Choices,
        view: ViewModel,
        upscaling: UpscalingState,
        comparison: Comparison,
        beside: FileComparison,
        background: Worker,
        folder: Path | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._view, self._upscaling = document, choices, view, upscaling
        self._comparison, self._beside = comparison, beside
        self._background, self._folder = background, folder
        self._wanted: Workspace | None = None
        self._at_end: Workspace | None = None
        self._is_finished = False
        self._is_picked = self._is_mode_set = False
        """Since `restore` was called; what the user chooses later than that stays."""
        self.is_wanted: Callable[[], bool] = lambda: True
        """Whether what is open shall come back at all."""
        self._rest = QTimer(self, singleShot=True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._note)
        for changed in (choices.changed, choices.size_changed, comparison.mode_changed):
            changed.connect(self._on_changed)
        choices.models_changed.connect(self._use_choices)
        choices.picked.connect(self._on_picked)
        comparison.mode_changed.connect(self._on_mode)

    def restore(self) -> None:
        """Open what was open, unless something is opened meanwhile."""
        folder = self._folder
        self._is_picked = self._is_mode_set = False
        if folder is not None:
            self._background.submit(lambda _: read_workspace(folder), self._on_read)

    def remember(self, *, is_wanted: bool = True) -> None:
        """Note what is open, if that is wanted; to be called before the states let go of it."""
        document = self._document.current
        self._at_end = None
        if is_wanted and self._folder is not None and document is not None and document.path is not None:
            with suppress(OSError):
                self._at_end = self._workspace(document, document.path)

    @Slot()
    def _on_changed(self) -> None:
        if self._document.current is not None:
            self._rest.start()

    @Slot()
    def _note(self) -> None:
        """Write what is open, without its results, for the case that the process has no end of its own."""
        document, folder = self._document.current, self._folder
        if folder is None or document is None or document.path is None or not self.is_wanted():
            return
        with suppress(OSError):
            noted = replace(self._workspace(document, document.path), results=())
            self._background.submit(lambda _: self._write_note(folder, noted))

    def _write_note(self, folder: Path, noted: Workspace) -> None:
        """In the background. One that comes after the end says nothing new, and an older one does no harm."""
        if not self._is_finished:
            with suppress(OSError, ImageWriteError):
                note_workspace(folder, noted)

    def finish(self) -> None:
        """Write what was noted; to be called when the window is out of sight. A disk that refuses costs only this."""
        self._rest.stop()
        self._is_finished = True
        if self._folder is None:
            return
        with suppress(OSError, ImageWriteError):
            if self._at_end is None:
                forget_workspace(self._folder)
            else:
                write_workspace(self._folder, self._at_end)

    def _workspace(self, document: Document, photo: Path) -> Workspace:
        choices, view, sides = self._choices, self._view, (self._comparison.right, self._comparison.left)
        place = Place(view.zoom, view.view.center_x, view.view.center_y)
        results = [(kept.settings, kept.result) for kept in self._upscaling.results.all() if kept.result is not None]
        return Workspace(
            photo.absolute(),
            stamp_of(photo),
            replace(choices.settings, size=choices.size, is_fidelity_auto=choices.is_fidelity_auto),
            self._comparison.mode,
            None if view.is_fitted else place,
            next((side.path for side in sides if side.kind is Kind.FILE), None),
            most_important(results, choices.settings),
            document.framing,
            document.areas,
        )

    def _on_read(self, workspace: Workspace | None) -> None:
        if workspace is not None and self._document.current is None and not self._document.loading:
            self._wanted = workspace
            areas = workspace.areas
            known = None if areas is None else KnownAreas(areas, workspace.stamp)
            self._document.open(workspace.photo, workspace.framing, known)

    def begin(self, document: Document) -> None:
        """Another picture is open. If it is the one of last time: its results before anything is computed, then the look."""
        self._rest.start()
        workspace = self._wanted
        if workspace is None or document.path != workspace.photo:
            self._wanted = None
            return
        self._use_choices()
        for settings, result in reversed(workspace.results):
            if document.areas is workspace.areas:
                self._upscaling.results.adopt(StoredResult(settings, result=result))
        if not self._is_mode_set:
            self._comparison.set_mode(workspace.mode)
        if workspace.place is not None:
            self._look(workspace.place)
        if workspace.beside is not None and workspace.beside.is_file():
            self._beside.add(workspace.beside)

    def _look(self, place: Place) -> None:
        view = self._view
        view.zoom_to(place.zoom)
        now = view.view
        view.pan((now.center_x - place.center_x) * now.scale, (now.center_y - place.center_y) * now.scale)

    @Slot()
    def _use_choices(self) -> None:
        """As soon as the engine has said that the model is there, unless something was chosen meanwhile."""
        workspace, choices, document = self._wanted, self._choices, self._document.current
        if workspace is None or self._is_picked or document is None or document.path != workspace.photo:
            return
        wanted = workspace.settings
        if wanted.model in [info.name for info in choices.models]:
            self._wanted = None
            choices.use_preset(
                Preset("-", wanted.model, wanted.steps, wanted.seed, wanted.fidelity, wanted.size, passes=wanted.passes)
            )
            choices.set_steps(wanted.steps or choices.model.default_steps)
            choices.set_fidelity_auto(wanted.is_fidelity_auto)

    @Slot()
    def _on_picked(self) -> None:
        self._is_picked = True

    @Slot()
    def _on_mode(self) -> None:
        self._is_mode_set = True
