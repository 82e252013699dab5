"""Presets: choices for a picture, saved by name, used again, deleted; and the menu of them where choices are made."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from mfsr_app.ui.layout import clear, column, label, push_button, row
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QMenu

    from mfsr_app.compare.choices import Choices
    from mfsr_app.settings.settings import SettingsState
    from mfsr_engine.settings.settings import Preset


class PresetsSection(QWidget):
    """A line for each preset, and one to save the choices in use."""

    def __init__(self, settings: SettingsState, choices: Choices, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._choices = settings, choices
        self._shown: tuple[Preset, ...] | None = None
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of a new preset"))
        self.name.setPlaceholderText(self.tr("Name, for example: prints"))
        self.save = push_button(self.tr("Save the choices in use"), self._save)
        self._lines = QWidget()
        self._list = column(self._lines, 0, Space.S)
        inside = column(self, 0, Space.M)
        words = self.tr("A preset keeps model, steps, seed, fidelity and size of the Compare page under a name.")
        inside.addWidget(label(words, "muted"))
        inside.addWidget(self._lines)
        new = row()
        new.addWidget(self.name, 1)
        new.addWidget(self.save)
        inside.addLayout(new)
        self.name.returnPressed.connect(self._save)
        settings.changed.connect(self._show)
        self._show()

    @Slot()
    def _save(self) -> None:
        if self._settings.save_preset(self.name.text(), self._choices):
            self.name.clear()

    @Slot()
    def _show(self) -> None:
        presets = self._settings.current.presets
        if presets == self._shown:
            return
        self._shown = presets
        clear(self._list)
        for preset in presets:
            self._list.addWidget(self._line(preset))
        self._lines.setVisible(bool(presets))

    def _line(self, preset: Preset) -> QWidget:
        line = QWidget()
        inside = row()
        line.setLayout(inside)
        inside.addWidget(label(preset.name, "section"))
        inside.addWidget(label(self._words(preset), "muted"), 1)
        name = preset.name
        use, delete = self.tr("Use"), self.tr("Delete")
        apply = partial(self._settings.apply_preset, name, self._choices)
        inside.addWidget(push_button(use, apply, name=f"{use}: {name}"))
        inside.addWidget(push_button(delete, partial(self._settings.delete_preset, name), name=f"{delete}: {name}"))
        return line

    def _words(self, preset: Preset) -> str:
        steps = preset.steps or 1
        words = [preset.model, self.tr("1 step") if steps == 1 else self.tr("{0} steps").format(steps)]
        if preset.fidelity:
            words.append(self.tr("fidelity {0} %").format(round(preset.fidelity * 100)))
        if preset.passes > 1:
            words.append(self.tr("{0} passes").format(preset.passes))
        size = preset.size
        if size.factor is not None:
            words.append(self.tr("{0:g}×").format(size.factor))
        side = size.width or size.height or size.long_side or size.short_side
        if side is not None:
            words.append(self.tr("{0} px").format(side))
        return " · ".join(words)


class PresetMenu(QObject):
    """Fills a menu with the presets."""

    def __init__(self, settings: SettingsState, choices: Choices, window: QWidget) -> None:
        super().__init__(window)
        self._settings, self._choices = settings, choices
        self.ask_name: Callable[[], str] = lambda: self._asked_name(window)
        """Asks for the name of a new preset; tests put their answer here."""

    def fill(self, menu: QMenu) -> None:
        """Put an entry for each preset into a menu, and one to save the choices in use."""
        presets = self._settings.current.presets
        for preset in presets:
            entry = menu.addAction(preset.name.replace("&", "&&"))
            entry.triggered.connect(partial(self._settings.apply_preset, preset.name, self._choices))
        if not presets:
            menu.addAction(self.tr("No presets yet")).setEnabled(False)
        menu.addSeparator()
        menu.addAction(self.tr("Save the choices in use…")).triggered.connect(self._save)

    def _save(self) -> None:
        name = self.ask_name()
        if name:
            self._settings.save_preset(name, self._choices)

    def _asked_name(self, window: QWidget) -> str:
        title, words = self.tr("New preset"), self.tr("Name, for example: prints")
        name, is_given = QInputDialog.getText(window, title, words)
        return name.strip() if is_given else ""
