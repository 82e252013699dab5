"""The user's settings: changes apply at once and are written in the background."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from mfsr_app.desktop.messages import MessageKind
from mfsr_app.jobs.failure import Failure, failure_of
from mfsr_engine.errors import MfsrError, RequestError
from mfsr_engine.settings.settings import Preset, Settings

if TYPE_CHECKING:
    from mfsr_app.compare.choices import Choices
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.worker import Worker
    from mfsr_engine.settings.settings import SettingsFile


class SettingsState(QObject):
    """The settings in use. Without a file nothing outlives the window, which is what tests want."""

    changed = Signal()
    """Something has another value."""

    def __init__(
        self,
        background: Worker,
        messages: Messages,
        file: SettingsFile | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._background, self._messages, self._file = background, messages, file
        loaded = file.load() if file else None
        self.current = loaded.settings if loaded else Settings()
        self.notes = loaded.notes if loaded else ()
        self._written = self.current
        self._is_writing = False

    def change(self, **values: Any) -> bool:
        """Give fields of the settings other values; False, and told, if one is not possible."""
        return self._use(lambda: replace(self.current, **values))

    def change_output(self, **values: Any) -> bool:
        """Give fields of `output` other values; False, and told, if one is not possible."""
        return self._use(lambda: replace(self.current, output=replace(self.current.output, **values)))

    def save_preset(self, name: str, choices: Choices) -> bool:
        """Save the choices in use under a name; an older preset of that name is replaced."""
        now = choices.settings

        def changed() -> Settings:
            made = Preset(name.strip(), now.model, now.steps, now.seed, now.fidelity, choices.size, now.passes)
            others = tuple(preset for preset in self.current.presets if preset.name != made.name)
            return replace(self.current, presets=(*others, made))

        return self._use(changed)

    def delete_preset(self, name: str) -> None:
        """Forget a preset."""
        self.change(presets=tuple(preset for preset in self.current.presets if preset.name != name))

    def apply_preset(self, name: str, choices: Choices) -> bool:
        """Choose what a preset says; False, and told, if its model is not installed."""
        preset = self.current.preset(name)
        if preset is None:
            return False
        if preset.model not in [info.name for info in choices.models]:
            words = self.tr("The preset asks for the model {0}, which is not installed.")
            self._messages.tell(words.format(preset.model))
            return False
        choices.use_preset(preset)
        return True

    def see_hint(self, name: str) -> bool:
        """Whether a hint is to be shown now: once, and never where nothing is remembered."""
        if self._file is None or name in self.current.hints_seen:
            return False
        return self.change(hints_seen=(*self.current.hints_seen, name))

    def finish(self) -> None:
        """Write what is not written yet, now. To be called when the background thread has ended."""
        if self._file is not None and self._written != self.current:
            try:
                self._file.save(self.current)
            except MfsrError as error:
                failure_of(error)

    def _use(self, make: Any) -> bool:
        try:
            settings = make()
        except RequestError as error:
            self._messages.tell(str(error), MessageKind.ERROR)
            return False
        if settings != self.current:
            self.current = settings
            self._write()
            self.changed.emit()
        return True

    def _write(self) -> None:
        """Write once for all changes made while the write before was running."""
        file, settings = self._file, self.current
        if file is None or self._is_writing:
            return

        def on_done(_: object) -> None:
            self._is_writing, self._written = False, settings
            if self.current != settings:
                self._write()

        self._is_writing = True
        self._background.submit(lambda _: file.save(settings), on_done, self._on_failed)

    def _on_failed(self, failure: Failure) -> None:
        self._is_writing = False
        self._messages.fail(failure)
