"""The panel beside the pictures: model, steps, fidelity, caption, seed, size, and the two main buttons."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QSlider, QVBoxLayout, QWidget

from mfsr_app.compare.choices import MAX_SEED, Choices
from mfsr_app.compare.result_size import pixel_count
from mfsr_app.compare.step_slider import StepSlider
from mfsr_app.desktop.engine_translation import translated
from mfsr_app.ui.caption_field import CaptionField
from mfsr_app.ui.layout import (
    PANEL_PX,
    ScrollPanel,
    action_button,
    choice_field,
    column,
    label,
    number_field,
    row,
    surface,
    trigger_button,
)
from mfsr_app.ui.menu_button import MenuButton
from mfsr_app.ui.size_field import SizeField
from mfsr_app.ui.text import pixels, size
from mfsr_app.ui.theme import Colors, Space
from mfsr_engine.files.formats import FORMATS, ImageFormat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QAction

    from mfsr_app.compare.document import DocumentState
    from mfsr_app.compare.result_size import ResultSize
    from mfsr_app.compare.saving import SavingState
    from mfsr_app.compare.upscaling import Snapshot, UpscalingState
    from mfsr_engine.api import ModelInfo
    from mfsr_engine.batch.naming import OutputSettings

CM_PER_INCH = 2.54
FIDELITY_STOPS = 20
"""Stops of the fidelity slider: 5 % each."""


class Controls(QWidget):
    """Binds the choices to their widgets."""

    def __init__(
        self,
        choices: Choices,
        document: DocumentState,
        upscaling: UpscalingState,
        saving: SavingState,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._choices, self._document = choices, document
        self._upscaling, self._saving = upscaling, saving
        self.setFixedWidth(PANEL_PX)
        self._make_fields()
        self._panel = surface("panel")
        outer = column(self)
        outer.addWidget(self._panel)
        self._connect()
        self._show_models()
        self._show_computed(upscaling.snapshot())
        self._show_size()
        self._show_target()

    def lay_out(
        self, upscale: QAction, save: QAction, copy: QWidget, queue: QAction, roll: QAction, models: QAction
    ) -> None:
        """Put everything in its place, with the window's actions for buttons."""
        frame = column(self._panel, 0, Space.S)
        frame.setContentsMargins(1, 0, 0, 0)
        inner = surface("fields")
        fields = column(inner, Space.L, Space.XS)
        self._fill(fields, roll, models)
        fields.addStretch()
        frame.addWidget(ScrollPanel(inner), 1)
        frame.addWidget(self._foot(upscale, save, copy, queue))

    def set_colors(self, colors: Colors) -> None:
        """Use the theme's colours."""
        self.steps.set_colors(
            track=colors.line, stop=colors.outline, accent=colors.accent, knob=colors.surface, text=colors.muted
        )

    @property
    def fidelity_words(self) -> str:
        """What is said of the fidelity in use."""
        return self._fidelity_words.text()

    def _make_fields(self) -> None:
        self.presets = MenuButton(self.tr("Presets: choices saved under a name"), self.tr("Presets"))
        self.model = choice_field(self.tr("Model"))
        self.steps = StepSlider()
        self.steps.setAccessibleName(self.tr("Steps"))
        self.fidelity = QSlider(Qt.Orientation.Horizontal)
        self.fidelity.setRange(0, FIDELITY_STOPS)
        self.fidelity.setPageStep(4)
        self.fidelity.setAccessibleName(self.tr("Fidelity: from most detail to closest to the input"))
        self.fidelity_auto = QCheckBox(self.tr("Auto"))
        self.fidelity_auto.setAccessibleName(self.tr("Fidelity by the noise and JPEG blocks of each photograph"))
        self.fidelity_auto.setToolTip(self.fidelity_auto.accessibleName())
        self.caption = CaptionField()
        self.caption.setAccessibleName(self.tr("Caption: what the photograph shows"))
        self.caption.setPlaceholderText(self.tr("What the photograph shows"))
        self.seed = number_field(self.tr("Seed"), 0, MAX_SEED)
        self.size_field = SizeField(has_print=True)
        self.whole = QCheckBox(self.tr("Continue with the whole picture"))
        self.whole.setAccessibleName(self.whole.text())
        self.whole.setToolTip(self.tr("After the part in view, compute all of the picture without being asked"))
        self.whole.setChecked(self._upscaling.computes_whole)
        self.format = choice_field(self.tr("Kind of file"))
        for form, traits in FORMATS.items():
            self.format.addItem(traits.title, form)
        self.quality = number_field(self.tr("Quality"), 1, 100, follows_typing=True)
        self.quality.setPrefix(self.tr("Quality "))
        self.bits = choice_field(self.tr("Bits of a color"))
        for words, depth in ((self.tr("As source"), None), (self.tr("8 bits"), 8), (self.tr("16 bits"), 16)):
            self.bits.addItem(words, depth)
        for field in (self.format, self.bits):
            field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            field.setMinimumContentsLength(4)
        self._file_words = label("", "muted")
        self._steps_words, self._fidelity_words = label("", "muted"), label("", "muted")
        self._caption_words = label("", "muted")
        self._caption_part = QWidget(self)
        # parts that are shown before they have their place in the panel would flash as windows of their own
        for early in (self.quality, self.bits, self._file_words):
            early.setParent(self)
        self._target_words = label("", "muted")

    def _fill(self, fields: QVBoxLayout, roll: QAction, models: QAction) -> None:
        head = row()
        head.addWidget(label(self.tr("Model"), "section"), 1)
        head.addWidget(action_button(models))
        head.addWidget(self.presets)
        fields.addLayout(head)
        fields.addWidget(self.model)
        fields.addSpacing(Space.M)
        self._add(fields, self.tr("Steps"), self.steps, self._steps_words)
        self._add_fidelity(fields)
        self._add(column(self._caption_part, 0, Space.XS), self.tr("Caption"), self.caption, self._caption_words)
        fields.addWidget(self._caption_part)
        fields.addWidget(label(self.tr("Seed"), "section"))
        seeds = row()
        seeds.addWidget(self.seed, 1)
        seeds.addWidget(action_button(roll))
        fields.addLayout(seeds)
        fields.addSpacing(Space.M)
        self._add(fields, self.tr("Size of the saved file"), self.size_field, self._target_words)
        fields.addWidget(label(self.tr("Kind of file"), "section"))
        kind = row()
        for widget in (self.format, self.quality, self.bits):
            kind.addWidget(widget, 1)
        fields.addLayout(kind)
        fields.addWidget(self._file_words)
        fields.addSpacing(Space.M)
        fields.addWidget(self.whole)

    def _add_fidelity(self, fields: QVBoxLayout) -> None:
        head = row()
        head.addWidget(label(self.tr("Fidelity"), "section"), 1)
        head.addWidget(self.fidelity_auto)
        fields.addLayout(head)
        for widget in (self.fidelity, self._fidelity_ends(), self._fidelity_words):
            fields.addWidget(widget)
        fields.addSpacing(Space.M)

    def _fidelity_ends(self) -> QWidget:
        both = QWidget()
        ends = row()
        both.setLayout(ends)
        ends.addWidget(label(self.tr("Most detail"), "muted"))
        closest = label(self.tr("Closest to input"), "muted")
        closest.setAlignment(Qt.AlignmentFlag.AlignRight)
        ends.addWidget(closest)
        return both

    def _add(self, fields: QVBoxLayout, title: str, *widgets: QWidget) -> None:
        head = label(title, "section")
        fields.addWidget(head)
        for widget in widgets:
            fields.addWidget(widget)
        fields.addSpacing(Space.M)

    def _foot(self, upscale: QAction, save: QAction, copy: QWidget, queue: QAction) -> QWidget:
        foot = QWidget()
        inside = column(foot, Space.L, Space.S)
        inside.addWidget(label(self.tr("Fine detail is generated, not recovered."), "muted"))
        inside.addWidget(trigger_button(upscale, self.tr("Upscale all")))
        out = row()
        out.addWidget(trigger_button(save, self.tr("Save as…"), is_main=True), 1)
        out.addWidget(copy)
        out.addWidget(action_button(queue))
        inside.addLayout(out)
        return foot

    def _connect(self) -> None:
        self.model.activated.connect(self._on_model)
        self.steps.valueChanged.connect(self._choices.set_steps)
        self.fidelity.valueChanged.connect(self._on_fidelity)
        self.fidelity_auto.toggled.connect(self._choices.set_fidelity_auto)
        self._choices.fidelity_auto_changed.connect(self._show_fidelity)
        self._document.opened.connect(self._show_fidelity)
        self.caption.chosen.connect(self._choices.set_caption)
        self._choices.caption_changed.connect(self._show_caption)
        self.seed.valueChanged.connect(self._choices.set_seed)
        self.size_field.chosen.connect(self._choices.set_size)
        self.size_field.passes_chosen.connect(self._choices.set_passes)
        self.size_field.resolution_chosen.connect(self._saving.set_dpi)
        self.format.activated.connect(self._on_format)
        self.quality.valueChanged.connect(self._saving.set_quality)
        self.bits.activated.connect(self._on_depth)
        self.whole.toggled.connect(self._upscaling.set_computes_whole)
        self._choices.changed.connect(self._show_choices)
        self._choices.size_changed.connect(self._show_size)
        self._choices.models_changed.connect(self._show_models)
        self._upscaling.changed.connect(self._show_computed)
        self._saving.target_changed.connect(self._show_target)

    @Slot(int)
    def _on_model(self, number: int) -> None:
        self._choices.set_model(self._choices.models[number].name)

    @Slot(int)
    def _on_fidelity(self, stop: int) -> None:
        self._choices.set_fidelity(stop / FIDELITY_STOPS)

    @Slot(int)
    def _on_format(self, number: int) -> None:
        self._saving.set_format(ImageFormat(self.format.itemData(number)))

    @Slot(int)
    def _on_depth(self, number: int) -> None:
        self._saving.set_depth(self.bits.itemData(number))

    def _show_file(self, output: OutputSettings) -> None:
        """What can be chosen follows the format: its quality, or the bits it can hold."""
        saving, traits = self._saving, FORMATS[output.format]
        blockers = [QSignalBlocker(widget) for widget in (self.format, self.quality, self.bits)]
        self.format.setCurrentIndex(self.format.findData(output.format))
        self.quality.setValue(output.quality)
        self.bits.setCurrentIndex(self.bits.findData(saving.depth))
        del blockers
        self.quality.setVisible(traits.has_quality)
        self.bits.setVisible(traits.has_16_bit)
        self._file_words.setVisible(saving.loses_transparency)
        self._file_words.setText(self.tr("{0} holds no transparency: it becomes white.").format(traits.title))

    @Slot()
    def _show_models(self) -> None:
        with QSignalBlocker(self.model):
            self.model.clear()
            self.model.addItems([info.title for info in self._choices.models])
        self._show_choices()

    @Slot()
    def _show_choices(self) -> None:
        settings, info = self._choices.settings, self._choices.model
        blockers = [QSignalBlocker(w) for w in (self.model, self.steps, self.fidelity, self.seed)]
        self.model.setCurrentIndex(self._choices.models.index(info))
        self.steps.setRange(1, info.max_steps)
        self.steps.setValue(settings.steps or info.default_steps)
        self.fidelity.setValue(round(settings.fidelity * FIDELITY_STOPS))
        self.seed.setValue(settings.seed)
        del blockers
        self._steps_words.setText(self._words_for(settings.steps or 1, info))
        self.size_field.show_passes(settings.passes, info.most_passes, self._choices.factor)
        self._show_fidelity()
        self._show_caption()

    @Slot()
    def _show_caption(self) -> None:
        """The field is there for models that take text, and can be used once the text encoders are installed."""
        info = self._choices.model
        self._caption_part.setVisible(info.takes_text)
        self.caption.setEnabled(not info.caption_problem)
        self.caption.show_text(self._choices.caption)
        words = self.tr("Optional. It is joined with the model's own prompt.")
        if info.caption_problem:
            words = self.tr("Captions cannot be used: {0}.").format(translated(info.caption_problem))
        self._caption_words.setText(words)

    @Slot()
    def _show_fidelity(self) -> None:
        document, fidelity = self._document.current, self._choices.settings.fidelity
        is_auto = self._choices.is_fidelity_auto
        with QSignalBlocker(self.fidelity_auto):
            self.fidelity_auto.setChecked(is_auto)
        words = self._fidelity_in_words(fidelity)
        if is_auto:
            words = self.tr("Chosen for each photograph")
            if document is not None and document.damage is not None:
                words = self.tr("Auto: {0} % (noise {1}, blocks {2} of 255)").format(
                    round(fidelity * 100),
                    round(document.damage.noise),
                    round(document.damage.blockiness),
                )
        self._fidelity_words.setText(words)

    def _fidelity_in_words(self, fidelity: float) -> str:
        if fidelity == 0:
            return self.tr("The model's picture as it is")
        if fidelity == 1:
            return self.tr("Agrees with the input wherever the input can tell; finer detail stays the model's")
        return self.tr("{0} % of the way to agreeing with the input").format(round(fidelity * 100))

    def _words_for(self, steps: int, info: ModelInfo) -> str:
        default = info.default_steps
        if steps == info.fast_steps:
            return self.tr("This model's fast setting")
        if steps == default:
            return self.tr("What this model was made for")
        return self.tr("More steps refine") if steps > default else self.tr("Fewer steps are faster and rougher")

    @Slot()
    def _show_size(self) -> None:
        self.size_field.show_size(self._choices.size)
        self._saving.set_dpi(self.size_field.dpi)

    @Slot(object)
    def _show_computed(self, now: Snapshot) -> None:
        """Mark the steps whose results have everything that is in view."""
        steps = now.settings.steps
        self.steps.set_computed(
            frozenset(each.steps or 1 for each in now.in_view if replace(each, steps=steps) == now.settings)
        )

    @Slot()
    def _show_target(self) -> None:
        output, sizes = self._saving.output, self._saving.result_size
        self._show_file(output)
        if self._document.current is None:
            self._target_words.setText(self.tr("Open a photograph to see the size"))
        elif sizes is None:
            self._target_words.setText(self.tr("This size is not possible"))
        else:
            self._target_words.setText("\n".join(self._size_words(sizes, output.format)))

    def _size_words(self, sizes: ResultSize, form: ImageFormat) -> Iterator[str]:
        target, made, dpi = sizes.target, sizes.computed, self._saving.dpi
        words = self.tr("{0} × {1} pixels, {2}; about {3} of memory")
        yield words.format(target.width, target.height, pixels(pixel_count(target)), size(sizes.memory_bytes(form)))
        if dpi is not None:
            width, height = (side / dpi * CM_PER_INCH for side in (target.width, target.height))
            yield self.tr("{0:.1f} × {1:.1f} cm on paper at {2} dpi").format(width, height, dpi)
        words = ""
        if sizes.passes > 1:
            words = self.tr("{2} passes make {0} × {1}.")
            if sizes.is_enlarged:
                words = self.tr("{2} passes make {0} × {1}; the rest is resizing.")
            elif sizes.is_reduced:
                words = self.tr("{2} passes make {0} × {1}; it is reduced to this.")
        elif sizes.is_enlarged:
            words = self.tr("The model makes {0} × {1}; the rest is resizing.")
        elif sizes.is_reduced:
            words = self.tr("The model makes {0} × {1}; it is reduced to this.")
        if words:
            yield words.format(made.width, made.height, sizes.passes)
