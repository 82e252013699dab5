"""Step 3 of the wizard: length of training, name of the student and, on request, every number of the recipe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QLineEdit, QRadioButton, QToolButton, QWidget

from distill.preset import Preset
from distill.wizard.draft import PRESET_SUMMARIES, Step
from distill.wizard.flow import advice
from mfsr_app.desktop.engine_translation import translated
from mfsr_app.distill.pieces import below_radio, card, paragraph, say, sentence
from mfsr_app.distill.recipe_fields import RecipeFields
from mfsr_app.ui.layout import column, label, push_button, row
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from mfsr_app.distill.wizard import DistillState

NAME_PX = 320


class RecipeStep(QWidget):
    """The numbers are folded away until they are asked for."""

    def __init__(self, state: DistillState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.radios: dict[Preset, QRadioButton] = {}
        self._group = QButtonGroup(self)
        self.name = QLineEdit()
        self.name.setAccessibleName(self.tr("Name of the student"))
        self.name.setPlaceholderText("my-student")
        self.name.setMaximumWidth(NAME_PX)
        self.name.textEdited.connect(self._take_name)
        self._fault, self._advice = paragraph("fault"), paragraph()
        self.metrics = push_button(self.tr("Get the weights of LPIPS and DISTS"), state.fetch_metrics)
        self.advanced = QToolButton()
        self.advanced.setText(self.tr("All numbers of the recipe"))
        self.advanced.setAccessibleName(self.advanced.text())
        self.advanced.setCheckable(True)
        self.advanced.setArrowType(Qt.ArrowType.RightArrow)
        self.advanced.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.advanced.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.advanced.toggled.connect(self._fold)
        self.fields = RecipeFields()
        self.fields.changed.connect(state.change_recipe)
        self.fields.hide()
        self._missing = paragraph()
        self._lay_out()

    def refresh(self) -> None:
        """Show the state."""
        draft = self._state.draft
        self._group.setExclusive(draft.preset is not None)  # else Qt would not let the last one go
        for preset, radio in self.radios.items():
            radio.setChecked(preset is draft.preset)
        if self.name.text() != draft.name:
            self.name.setText(draft.name)
        is_named = bool(draft.name) and draft.preset is not None
        say(self._fault, self._state.problems if is_named and self._state.step is Step.RECIPE else ())
        say(self._advice, advice(draft, Step.RECIPE))
        self.metrics.setVisible(not draft.computer.has_perceptual)
        self.metrics.setEnabled(self._state.activity is None)
        if self.advanced.isChecked():
            self._show_fields()

    def _lay_out(self) -> None:
        inside = column(self, 0, Space.M)
        inside.addWidget(label(self.tr("How much shall be trained? More time makes a better student."), "lead"))
        across = row(Space.M)
        for preset in Preset:
            across.addWidget(self._preset(preset), 1)
        inside.addLayout(across)
        frame, named = card()
        named.addWidget(label(self.tr("Name of the student"), "section"))
        named.addWidget(label(self.tr("By which it is chosen: letters, digits, dots, dashes."), "muted"))
        named.addWidget(self.name)
        named.addWidget(self._fault)
        inside.addWidget(frame)
        inside.addWidget(self._advice)
        inside.addWidget(self.metrics, 0, Qt.AlignmentFlag.AlignLeft)
        inside.addWidget(self.advanced)
        inside.addWidget(self._missing)
        inside.addWidget(self.fields)
        inside.addStretch()

    def _preset(self, preset: Preset) -> QFrame:
        frame, inside = card()
        radio = QRadioButton(self._titles()[preset])
        radio.setAccessibleName(self._titles()[preset])
        radio.setAccessibleDescription(translated(sentence(PRESET_SUMMARIES[preset])))
        radio.clicked.connect(lambda _checked=False: self._state.choose_preset(preset))
        self._group.addButton(radio)
        self.radios[preset] = radio
        inside.addWidget(radio)
        inside.addWidget(below_radio(label(translated(sentence(PRESET_SUMMARIES[preset])), "muted")))
        return frame

    def _titles(self) -> dict[Preset, str]:
        return {Preset.TRY: self.tr("Try it"), Preset.GOOD: self.tr("Good"), Preset.PAPER: self.tr("Paper")}

    def _show_fields(self) -> None:
        recipe = self._state.recipe()
        self.fields.setVisible(recipe is not None)
        missing = self.tr("Choose how much is trained and a name; then every number can be changed here.")
        say(self._missing, [] if recipe else [missing])
        if recipe is not None:
            self.fields.set_recipe(recipe)

    @Slot(str)
    def _take_name(self, text: str) -> None:
        self._state.choose_name(text.strip())

    @Slot(bool)
    def _fold(self, is_open: bool) -> None:
        self.advanced.setArrowType(Qt.ArrowType.DownArrow if is_open else Qt.ArrowType.RightArrow)
        if is_open:
            self._show_fields()
        else:
            self.fields.hide()
            self._missing.hide()
