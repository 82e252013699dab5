"""What lies around the pages: settings that apply at once, models that change, the window's place, the files opened last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Slot

from mfsr_app.theme import ThemeChoice

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from mfsr_app.jobs.engine_jobs import EngineJobs
    from mfsr_app.pages.compare_page import CompareStates
    from mfsr_app.state.models import ModelsState
    from mfsr_app.state.settings import SettingsState
    from mfsr_app.state.window_memory import WindowMemory
    from mfsr_app.theme import Theme


@dataclass(frozen=True)
class Around:
    """What the window has beside the open picture."""

    settings: SettingsState
    """What is remembered."""
    models: ModelsState
    """The models page."""
    hub_jobs: EngineJobs
    """The thread for work with models."""
    memory: WindowMemory
    """The window's place and the files opened last."""
    log_path: Path | None
    """The log, if one is written."""

    def stop(self) -> None:
        """End the thread."""
        self.hub_jobs.stop()


class Surroundings(QObject):
    """Binds what is around to the window and the states of the compare page."""

    def __init__(self, around: Around, states: CompareStates, theme: Theme, jobs: EngineJobs, window: QWidget) -> None:
        super().__init__(window)
        self._around, self._states, self._theme, self._jobs, self._window = around, states, theme, jobs, window
        around.settings.changed.connect(self._on_settings)
        around.models.installed_changed.connect(self._list_models)
        states.document.opened.connect(self._on_opened)

    def restore(self) -> None:
        """Put the window where it was."""
        geometry = self._around.memory.geometry
        if geometry:
            self._window.restoreGeometry(QByteArray(geometry))

    def toggle_theme(self) -> None:
        """From light to dark or back, for good."""
        self._theme.toggle()
        self._around.settings.change(theme=type(self._around.settings.current.theme)(self._theme.choice.value))

    def remember(self) -> None:
        """Keep the window's place; to be called while it is still there."""
        self._around.memory.geometry = bytes(self._window.saveGeometry().data())
        self._around.memory.write()

    @Slot()
    def _list_models(self) -> None:
        self._jobs.list_models()

    @Slot()
    def _on_settings(self) -> None:
        now = self._around.settings.current
        choice = ThemeChoice(now.theme.value)
        if choice is not self._theme.choice:
            self._theme.choose(choice)
        self._states.choices.set_compute(now.device, now.dtype)
        self._states.saving.target_changed.emit()

    @Slot()
    def _on_opened(self) -> None:
        document = self._states.document.current
        if document is not None and document.path is not None:
            self._around.memory.opened(document.path)
