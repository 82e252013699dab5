"""The settings page, generated from the settings' types and descriptions, and about the program. Every change applies at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSignalBlocker, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPushButton, QSpinBox, QVBoxLayout, QWidget

from mfsr_app.desktop.engine_translation import translated
from mfsr_app.desktop.languages import has_translations
from mfsr_app.desktop.log import diagnostics, log_path, system_words
from mfsr_app.settings.presets_section import PresetsSection
from mfsr_app.ui.folder_field import FolderField, ProfileField
from mfsr_app.ui.layout import Scroller, centred, choice_field, column, label, number_field, row, surface
from mfsr_app.ui.setting_row import SettingRow
from mfsr_app.ui.tab_order import order_tabs
from mfsr_app.ui.text import conflict_words
from mfsr_app.ui.theme import Space
from mfsr_engine import __version__
from mfsr_engine.api import DeviceChoice, DtypeChoice
from mfsr_engine.batch.naming import OutputSettings, RunFacts, Source, Template
from mfsr_engine.files.formats import FORMATS
from mfsr_engine.geometry import Size, TargetSize
from mfsr_engine.settings.settings import MOST_THREADS, AtClose, Language, Settings, ThemeName, field_texts

if TYPE_CHECKING:
    from mfsr_app.compare.choices import Choices
    from mfsr_app.settings.settings import SettingsState


class AboutSection(QWidget):
    """Words, and two buttons."""

    def __init__(self, settings: SettingsState, path: Path | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._path = settings, path or log_path()
        inside = column(self, 0, Space.S)
        inside.addWidget(label(f"MFSR {__version__}", "section"))
        inside.addWidget(label(system_words(), "muted"))
        inside.addWidget(label(self.tr("Free software under the Apache License 2.0. No telemetry."), "muted"))
        where = label(self.tr("Log: {0}").format(self._path), "muted")
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        inside.addWidget(where)
        buttons = row()
        self.copy = QPushButton(self.tr("Copy diagnostics"))
        self.copy.setToolTip(self.tr("Versions, settings and the end of the log, to paste into a report"))
        self.show_log = QPushButton(self.tr("Show the folder of the log"))
        for button, slot in ((self.copy, self._copy), (self.show_log, self._show)):
            button.setAccessibleName(button.text())
            button.clicked.connect(slot)
            buttons.addWidget(button)
        buttons.addStretch()
        inside.addLayout(buttons)

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(diagnostics(self._settings.current, self._path))
        self.copy.setText(self.tr("Copied"))

    @Slot()
    def _show(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._path.parent)))


WIDTH_PX = 760
MAX_MIB = 1024 * 1024
EXAMPLE = "holiday.jpg"
"""A photograph whose result is named as an example."""


@dataclass(frozen=True)
class _Binding:
    """A field of the settings and its widget."""

    key: str
    """Name of the field; "output." before those of the output."""
    widget: QWidget
    """Shows and changes it."""


class SettingsPage(QWidget):
    """Made when it is first seen, so that the window shows sooner."""

    def __init__(
        self, settings: SettingsState, choices: Choices, log_path: Path | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._settings, self._choices, self._log_path = settings, choices, log_path
        self._bindings: list[_Binding] = []
        self._is_made = False

    def showEvent(self, event: QShowEvent) -> None:
        """Seen for the first time: make everything."""
        super().showEvent(event)
        if not self._is_made:
            self._is_made = True
            self._lay_out()
            self._settings.changed.connect(self._show_values)
            self._choices.models_changed.connect(self._show_models)
            self._show_models()

    def widget(self, key: str) -> QWidget:
        """The widget of a field."""
        return next(binding.widget for binding in self._bindings if binding.key == key)

    def _lay_out(self) -> None:
        middle = QWidget()
        content = column(middle, Space.XL, Space.L)
        content.addWidget(label(self.tr("Settings"), "display"))
        for title, rows in (
            (self.tr("Looks"), self._looks()),
            (self.tr("Computing"), self._computing()),
            (self.tr("Results"), self._results()),
        ):
            self._add_section(content, title, rows)
        self.presets = PresetsSection(self._settings, self._choices)
        self._add_section(content, self.tr("Presets"), [self.presets])
        self._add_section(content, self.tr("About"), [AboutSection(self._settings, self._log_path)])
        content.addStretch()
        column(self).addWidget(Scroller(centred("page", middle, WIDTH_PX)))

    def _add_section(self, content: QVBoxLayout, title: str, widgets: list[QWidget]) -> None:
        content.addWidget(label(title, "title"))
        card = surface("card")
        inside = column(card, Space.L, Space.L)
        for widget in widgets:
            inside.addWidget(widget)
        content.addWidget(card)

    def _looks(self) -> list[QWidget]:
        names = {
            ThemeName.SYSTEM: self.tr("As the desktop"),
            ThemeName.LIGHT: self.tr("Light"),
            ThemeName.DARK: self.tr("Dark"),
        }
        rows: list[QWidget] = [self._choice("theme", self.tr("Theme"), names)]
        if has_translations():
            languages = {
                Language.SYSTEM: self.tr("As the desktop"),
                Language.ENGLISH: "English",
                Language.CHINESE: "简体中文",
            }
            rows.append(self._choice("language", self.tr("Language"), languages))
        rows.append(self._row("screen_profile", self.tr("Screen profile"), ProfileField()))
        at_close = {
            AtClose.ASK: self.tr("Ask"),
            AtClose.BACKGROUND: self.tr("Finish in the background"),
            AtClose.STOP: self.tr("Stop, resume next time"),
        }
        rows.append(self._choice("queue_at_close", self.tr("Running queue at exit"), at_close))
        rows.append(self._row("restores_workspace", self.tr("At the start"), QCheckBox(self.tr("Open again"))))
        return rows

    def _computing(self) -> list[QWidget]:
        devices = {
            DeviceChoice.AUTO: self.tr("Automatic"),
            DeviceChoice.CPU: self.tr("Processor"),
            DeviceChoice.CUDA: self.tr("Graphics card (CUDA)"),
            DeviceChoice.MPS: self.tr("Apple GPU"),
        }
        precisions = {
            DtypeChoice.AUTO: self.tr("Automatic"),
            DtypeChoice.FP32: self.tr("32 bits (fp32)"),
            DtypeChoice.BF16: self.tr("16 bits (bf16)"),
            DtypeChoice.FP16: self.tr("16 bits (fp16)"),
        }
        return [
            self._row("model", self.tr("Model at the start"), self._model_field()),
            self._choice("device", self.tr("Device"), devices),
            self._choice("dtype", self.tr("Precision"), precisions),
            self._row("memory_limit_mib", self.tr("Memory limit"), self._memory_field()),
            self._row("threads", self.tr("Threads"), self._threads_field()),
        ]

    def _results(self) -> list[QWidget]:
        formats = {file_format: traits.title for file_format, traits in FORMATS.items()}
        self._example = label("", "muted")
        naming = self._row("output.naming", self.tr("Name"), QLineEdit())
        naming.add_below(self._example)
        return [
            self._choice("output.format", self.tr("Format"), formats),
            self._row("output.quality", self.tr("Quality"), number_field("", 1, 100, follows_typing=True)),
            naming,
            self._row("output.folder", self.tr("Folder"), FolderField()),
            self._choice("output.conflict", self.tr("If the name is taken"), conflict_words()),
            self._row("output.keep_location", self.tr("Keep the location"), QCheckBox(self.tr("Keep"))),
            self._row("output.keep_date", self.tr("Keep the date"), QCheckBox(self.tr("Keep"))),
            self._row("output.include_results", self.tr("Own results in folders"), QCheckBox(self.tr("Take"))),
        ]

    def _model_field(self) -> QComboBox:
        field = choice_field("")
        field.activated.connect(lambda _: self._use("model", field.currentData()))
        return field

    def _memory_field(self) -> QSpinBox:
        field = number_field("", 0, MAX_MIB)
        field.setSingleStep(512)
        field.setSuffix(self.tr(" MiB"))
        field.setSpecialValueText(self.tr("No limit"))
        return field

    def _threads_field(self) -> QSpinBox:
        field = number_field("", 0, MOST_THREADS)
        field.setSpecialValueText(self.tr("Automatic"))
        return field

    def _choice(self, key: str, title: str, names: dict[Any, str]) -> SettingRow:
        field, values = choice_field(title), list(names)  # Qt would give members of enumerations back as bare text
        for value, words in names.items():
            field.addItem(words, value.value)
        field.activated.connect(lambda number: self._use(key, values[number]))
        return self._row(key, title, field)

    def _row(self, key: str, title: str, field: QWidget) -> SettingRow:
        first, _, rest = key.partition(".")
        words = field_texts(OutputSettings if rest else Settings).get(rest or first, "")
        self._bindings.append(_Binding(key, field))
        if isinstance(field, QComboBox):
            field.view().setAccessibleName(title)
        elif isinstance(field, QSpinBox):
            field.valueChanged.connect(lambda value: self._use(key, value))
        elif isinstance(field, QCheckBox):
            field.toggled.connect(lambda is_on: self._use(key, is_on))
        elif isinstance(field, QLineEdit):
            field.editingFinished.connect(lambda: self._use(key, field.text()))
        elif isinstance(field, FolderField):
            field.chosen.connect(lambda text: self._use(key, text))
        return SettingRow(title, translated(words), field)

    def _use(self, key: str, value: Any) -> None:
        first, _, rest = key.partition(".")
        is_used = self._settings.change_output(**{rest: value}) if rest else self._settings.change(**{first: value})
        if not is_used:
            self._show_values()

    @Slot()
    def _show_models(self) -> None:
        field = self.widget("model")
        assert isinstance(field, QComboBox), "the model is chosen from a list"
        field.clear()
        for info in self._choices.models:
            field.addItem(info.title, info.name)
        if self._settings.current.model not in [info.name for info in self._choices.models]:
            field.addItem(self._settings.current.model, self._settings.current.model)
        self._show_values()

    @Slot()
    def _show_values(self) -> None:
        now = self._settings.current
        for binding in self._bindings:
            first, _, rest = binding.key.partition(".")
            _show(binding.widget, getattr(now.output, rest) if rest else getattr(now, first))
        facts = RunFacts(now.model, 1, 0, TargetSize(), self._choices.model.scale)
        stem = Template(now.output.naming, facts).fill(Source(Path(EXAMPLE)), lambda _: Size(800, 600))
        self._example.setText(self.tr("Example: {0}").format(f"{stem}{now.output.format.suffix}"))
        order_tabs(self)


def _show(widget: QWidget, value: Any) -> None:
    with QSignalBlocker(widget):
        match widget:
            case QComboBox():
                plain = value.value if isinstance(value, StrEnum) else value
                widget.setCurrentIndex(max(0, widget.findData(plain)))
            case QSpinBox():
                widget.setValue(value)
            case QCheckBox():
                widget.setChecked(value)
            case QLineEdit() | FolderField():
                widget.setText(value)
            case _:
                raise AssertionError(f"no way to show {type(widget).__name__}")
