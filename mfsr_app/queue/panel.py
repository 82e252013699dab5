"""The panel beside the queue: how pictures are upscaled (as on the compare page), names of results, and Start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from mfsr_app.compare.step_slider import StepSlider
from mfsr_app.desktop.engine_translation import translated
from mfsr_app.queue.output import fidelity_text
from mfsr_app.queue.queue import Phase
from mfsr_app.ui.folder_field import FolderField
from mfsr_app.ui.layout import PANEL_PX, ScrollPanel, choice_field, column, label, number_field, row, surface
from mfsr_app.ui.menu_button import MenuButton
from mfsr_app.ui.size_field import SizeField
from mfsr_app.ui.text import conflict_words
from mfsr_app.ui.theme import Colors, Space
from mfsr_engine.batch.naming import FIELDS, Conflict
from mfsr_engine.files.formats import FORMATS, ImageFormat

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from mfsr_app.compare.choices import Choices
    from mfsr_app.queue.queue import QueueState


class QueuePanel(QWidget):
    """Binds choices and output to their fields."""

    def __init__(self, queue: QueueState, choices: Choices, start: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue, self._output, self._choices = queue, queue.output, choices
        self.setFixedWidth(PANEL_PX)
        self._make_fields()
        self._make_foot(start)
        self._lay_out()
        self._connect()
        self._show_models()
        self._show_output()
        self._show_phase()

    def set_colors(self, colors: Colors) -> None:
        """Use the theme's colours."""
        self.steps.set_colors(
            track=colors.line, stop=colors.outline, accent=colors.accent, knob=colors.surface, text=colors.muted
        )

    def _make_fields(self) -> None:
        self.presets = MenuButton(self.tr("Presets: choices saved under a name"), self.tr("Presets"))
        self.model = choice_field(self.tr("Model"))
        self.steps = StepSlider()
        self.steps.setAccessibleName(self.tr("Steps"))
        self.size_field = SizeField()
        self._settings_words = label("", "muted")
        self.folder = FolderField()
        self.template = QLineEdit()
        self.template.setAccessibleName(self.tr("Name of results"))
        fields = "\n".join(f"{{{name}}}  {translated(meaning)}" for name, meaning in FIELDS.items())
        self.template.setToolTip(self.tr("What a name can hold:\n{0}").format(fields))
        self.example = label("", "muted")
        self.conflict = choice_field(self.tr("If the file is there already"))
        for policy, words in conflict_words().items():
            self.conflict.addItem(words, policy)
        self.format = choice_field(self.tr("Format"))
        for file_format, traits in FORMATS.items():
            self.format.addItem(traits.title, file_format.value)
        self.quality = number_field(self.tr("Quality"), 1, 100, follows_typing=True)
        self.quality.setPrefix(self.tr("Quality "))

    def _make_foot(self, start: QAction) -> None:
        self._words = label("", "muted")
        self.forget = QPushButton(self.tr("Use the settings above instead"))
        self.forget.setAccessibleName(self.forget.text())
        self.follow = QPushButton(self.tr("Apply from the next picture"))
        self.follow.setAccessibleName(self.follow.text())
        self.follow.clicked.connect(self._queue.follow)
        self.main = QPushButton()
        self.main.setProperty("role", "primary")
        self.main.setToolTip(start.toolTip())
        self.main.clicked.connect(start.trigger)
        start.enabledChanged.connect(self.main.setEnabled)

    def _lay_out(self) -> None:
        panel, inner, foot = surface("panel"), surface("fields"), QWidget()
        column(self).addWidget(panel)
        frame = column(panel, 0, Space.S)
        frame.setContentsMargins(1, 0, 0, 0)
        self._fill(column(inner, Space.L, Space.XS))
        below = column(foot, Space.L, Space.S)
        for widget in (self._words, self.forget, self.follow, self.main):
            below.addWidget(widget)
        frame.addWidget(ScrollPanel(inner), 1)
        frame.addWidget(foot)

    def _fill(self, fields: QVBoxLayout) -> None:
        form = row()
        head = row()
        head.addWidget(label(self.tr("Model"), "section"), 1)
        head.addWidget(self.presets)
        fields.addLayout(head)
        fields.addWidget(self.model)
        fields.addSpacing(Space.M)
        form.addWidget(self.format, 1)
        form.addWidget(self.quality, 1)
        for title, parts in (
            (self.tr("Steps"), (self.steps,)),
            (self.tr("Size of results"), (self.size_field, self._settings_words)),
            (self.tr("Folder for results"), (self.folder,)),
            (self.tr("Name of results"), (self.template, self.example)),
            (self.tr("If the file is there already"), (self.conflict,)),
        ):
            fields.addWidget(label(title, "section"))
            for part in parts:
                fields.addWidget(part)
            fields.addSpacing(Space.M)
        fields.addWidget(label(self.tr("Format"), "section"))
        fields.addLayout(form)
        fields.addStretch()

    def _connect(self) -> None:
        choices, output = self._choices, self._output
        self.model.activated.connect(self._on_model)
        self.steps.valueChanged.connect(choices.set_steps)
        self.size_field.chosen.connect(choices.set_size)
        self.size_field.passes_chosen.connect(choices.set_passes)
        self.folder.chosen.connect(self._on_folder)
        self.template.textEdited.connect(output.set_template)
        self.conflict.activated.connect(self._on_conflict)
        self.format.activated.connect(self._on_format)
        self.quality.valueChanged.connect(output.set_quality)
        self.forget.clicked.connect(self._queue.forget_resumed)
        choices.changed.connect(self._show_choices)
        choices.size_changed.connect(self._show_choices)
        choices.models_changed.connect(self._show_models)
        output.changed.connect(self._show_output)
        for changed in (output.changed, choices.changed, choices.size_changed):
            changed.connect(self._show_phase)
        self._queue.changed.connect(self._show_phase)

    @Slot(int)
    def _on_model(self, number: int) -> None:
        self._choices.set_model(self._choices.models[number].name)

    @Slot(str)
    def _on_folder(self, text: str) -> None:
        self._output.set_folder_text(text)

    @Slot(int)
    def _on_conflict(self, number: int) -> None:
        self._output.set_conflict(Conflict(self.conflict.itemData(number)))

    @Slot(int)
    def _on_format(self, number: int) -> None:
        self._output.set_format(ImageFormat(self.format.itemData(number)))

    @Slot()
    def _show_models(self) -> None:
        with QSignalBlocker(self.model):
            self.model.clear()
            self.model.addItems([info.title for info in self._choices.models])
        self._show_choices()

    @Slot()
    def _show_choices(self) -> None:
        settings, info = self._choices.settings, self._choices.model
        blockers = [QSignalBlocker(widget) for widget in (self.model, self.steps)]
        self.model.setCurrentIndex(self._choices.models.index(info))
        self.steps.setRange(1, info.max_steps)
        self.steps.setValue(settings.steps or info.default_steps)
        self.size_field.show_passes(settings.passes, info.most_passes, self._choices.factor)
        self.size_field.show_size(self._choices.size)
        del blockers
        words = self.tr("Seed {0}, fidelity {1}. All as on the Compare page.")
        words = words.format(settings.seed, fidelity_text(settings.fidelity, is_auto=self._choices.is_fidelity_auto))
        if info.takes_text:
            words += "\n" + self._caption_words(info.caption_problem)
        self._settings_words.setText(words)

    def _caption_words(self, problem: str) -> str:
        if problem:
            return self.tr("Captions cannot be used: {0}.").format(translated(problem))
        return self.tr("Captions are read from text files beside the photographs, such as holiday.txt for holiday.jpg.")

    @Slot()
    def _show_output(self) -> None:
        plan, output = self._output.plan, self._output
        blockers = [QSignalBlocker(widget) for widget in (self.conflict, self.format, self.quality)]
        self.folder.setText(plan.folder)
        if self.template.text() != output.template:
            self.template.setText(output.template)
        self.conflict.setCurrentIndex(self.conflict.findData(plan.conflict))
        self.format.setCurrentIndex(self.format.findData(plan.format.value))
        self.quality.setValue(plan.quality)
        self.quality.setEnabled(output.is_lossy)
        del blockers
        self.example.setText(translated(output.example))

    @Slot()
    def _show_phase(self) -> None:
        queue = self._queue
        titles = {Phase.RUNNING: self.tr("Pause"), Phase.PAUSED: self.tr("Resume")}
        idle = self.tr("Start") if queue.resumed is None else self.tr("Resume the queue")
        title = titles.get(queue.phase, idle)
        self.main.setText(title)
        self.main.setAccessibleName(title)
        self.forget.setVisible(queue.has_other_settings and queue.phase is Phase.IDLE)
        self.follow.setVisible(queue.has_newer_settings)
        self._words.setText(self._foot_words())

    def _foot_words(self) -> str:
        queue = self._queue
        if queue.phase is not Phase.IDLE:
            if queue.has_newer_settings:
                return self.tr("This run still uses the settings it started with.")
            return self.tr("Changes above apply from the next start.")
        if queue.resumed is None or not queue.has_other_settings:
            return self.tr("Fine detail is generated, not recovered.")
        settings = queue.resumed.settings
        words = self.tr("The interrupted run had other settings: model {0}, steps {1}, seed {2}, fidelity {3}.")
        fidelity = fidelity_text(settings.fidelity, is_auto=settings.is_fidelity_auto)
        return words.format(settings.model, settings.steps, settings.seed, fidelity)
