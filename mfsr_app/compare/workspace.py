"""Opens what was open at the end of the last time, as it was looked at, with its results; and remembers it at the end."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mfsr_app.compare.comparison import Kind
from mfsr_app.compare.result_store import KeptResult
from mfsr_app.compare.workspace_file import (
    Place,
    Workspace,
    forget_workspace,
    most_important,
    read_workspace,
    stamp_of,
    write_workspace,
)
from mfsr_engine.settings.settings import Preset

if TYPE_CHECKING:
    from pathlib import Path

    from mfsr_app.compare.choices import Choices
    from mfsr_app.compare.comparison import Comparison
    from mfsr_app.compare.document import DocumentState
    from mfsr_app.compare.file_comparison import FileComparison
    from mfsr_app.compare.upscaling import UpscalingState
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.jobs.background import Background


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
        background: Background,
        folder: Path | None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._document, self._choices, self._view, self._upscaling = document, choices, view, upscaling
        self._comparison, self._beside = comparison, beside
        self._background, self._folder = background, folder
        self._wanted: Workspace | None = None
        self._at_end: Workspace | None = None
        self._is_picked = self._is_mode_set = False
        """Since `restore` was called; what the user chooses later than that stays."""
        document.opened.connect(self._on_opened)
        choices.models_changed.connect(self._use_choices)
        choices.picked.connect(self._on_picked)
        comparison.mode_changed.connect(self._on_mode)

    def restore(self) -> None:
        """Open what was open, unless something is opened meanwhile."""
        folder = self._folder
        self._is_picked = self._is_mode_set = False
        if folder is not None:
            self._background.submit(lambda: read_workspace(folder), self._on_read, lambda failure: None)

    def remember(self, *, is_wanted: bool = True) -> None:
        """Note what is open, if that is wanted; to be called before the states let go of it."""
        document = self._document.current
        self._at_end = None
        if is_wanted and self._folder is not None and document is not None and document.path is not None:
            with suppress(OSError):
                self._at_end = self._workspace(document.path)

    def finish(self) -> None:
        """Write what was noted; to be called when the window is out of sight. A disk that refuses costs only this."""
        if self._folder is None:
            return
        with suppress(OSError):
            if self._at_end is None:
                forget_workspace(self._folder)
            else:
                write_workspace(self._folder, self._at_end)

    def _workspace(self, photo: Path) -> Workspace:
        choices, view, sides = self._choices, self._view, (self._comparison.right, self._comparison.left)
        place = Place(view.zoom, view.view.center_x, view.view.center_y)
        results = [(kept.settings, kept.result) for kept in self._upscaling.kept if kept.result is not None]
        return Workspace(
            photo.absolute(),
            stamp_of(photo),
            replace(choices.settings, size=choices.size),
            self._comparison.mode,
            None if view.is_fitted else place,
            next((side.path for side in sides if side.kind is Kind.FILE), None),
            most_important(results, choices.settings),
        )

    def _on_read(self, workspace: Workspace | None) -> None:
        if workspace is not None and self._document.current is None and not self._document.loading:
            self._wanted = workspace
            self._document.open(workspace.photo)

    @Slot()
    def _on_opened(self) -> None:
        """The photograph is there: its results before anything is computed, then the look."""
        workspace, document = self._wanted, self._document.current
        if workspace is None or document is None or document.path != workspace.photo:
            self._wanted = None
            return
        self._use_choices()
        for settings, result in reversed(workspace.results):
            self._upscaling.arriving.adopt(KeptResult(settings, result=result))
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
            choices.use_preset(Preset("-", wanted.model, wanted.steps, wanted.seed, wanted.fidelity, wanted.size))
            choices.set_steps(wanted.steps or choices.model.default_steps)

    @Slot()
    def _on_picked(self) -> None:
        self._is_picked = True

    @Slot()
    def _on_mode(self) -> None:
        self._is_mode_set = True
