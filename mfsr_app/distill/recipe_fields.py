"""Input fields for every number of a recipe, generated from the recipe's types, limits and descriptions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args, get_origin

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QWidget

from mfsr_app.desktop.engine_translation import translated
from mfsr_app.distill.pieces import card, paragraph, say
from mfsr_app.ui.layout import choice_field, clear, column, label
from mfsr_app.ui.setting_row import SettingRow
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo

    from distill.config import Recipe, Section

LEFT_OUT = {"photos", "degradation", "scan", "kind", "teacher", "end_point"}
"""Chosen in the wizard's other steps, or shown as a part of their own."""


@dataclass(frozen=True)
class _Field:
    path: tuple[str, ...]
    widget: QWidget
    fault: QLabel


class RecipeFields(QWidget):
    """Shows a recipe; a change that the recipe refuses is explained below its field and not taken."""

    changed = Signal(object)
    """The recipe with a number changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recipe: Recipe | None = None
        self._fields: dict[tuple[str, ...], _Field] = {}
        self._made_for: object = None
        self._inside = column(self, 0, Space.M)

    def set_recipe(self, recipe: Recipe) -> None:
        """Show this one."""
        if recipe == self._recipe:
            return
        self._recipe = recipe
        made_for = (recipe.objective.kind, getattr(recipe.objective, "teacher", None))
        if made_for != self._made_for:  # another teacher may have other numbers
            self._made_for = made_for
            self._make(recipe)
        table = recipe.model_dump()
        for field in self._fields.values():
            with QSignalBlocker(field.widget):
                _show(field.widget, _value(table, field.path))
            say(field.fault, [])

    def widget(self, *path: str) -> QWidget:
        """The widget of a field."""
        return self._fields[path].widget

    def _make(self, recipe: Recipe) -> None:
        from distill.config import MeanFlowObjective
        from distill.families import training_of
        from mfsr_engine.models.card import read_card

        clear(self._inside)
        self._fields = {}
        parts: list[tuple[str, tuple[str, ...], Section]] = [(self.tr("Pictures"), ("data",), recipe.data)]
        objective = recipe.objective
        if isinstance(objective, MeanFlowObjective):
            if training_of(read_card(objective.teacher)).has_parts:
                parts.append((self.tr("Student"), ("student",), recipe.student))
            parts.append((self.tr("Objective"), ("objective",), objective))
            parts.append((self.tr("Losses on the picture"), ("objective", "end_point"), objective.end_point))
        parts += [(self.tr("Optimizer"), ("optimizer",), recipe.optimizer), (self.tr("Run"), ("run",), recipe.run)]
        for title, path, section in parts:
            self._inside.addWidget(label(title, "section"))
            frame, inside = card()
            inside.setSpacing(Space.L)
            for name, info in type(section).model_fields.items():
                if name not in LEFT_OUT:
                    inside.addWidget(self._row((*path, name), info))
            self._inside.addWidget(frame)

    def _row(self, path: tuple[str, ...], info: FieldInfo) -> QWidget:
        title = translated(path[-1].replace("_", " ").capitalize())
        widget = self._widget(path, info, title)
        made = SettingRow(title, translated(" ".join((info.description or "").split())), widget)
        fault = paragraph("fault")
        made.add_below(fault)
        self._fields[path] = _Field(path, widget, fault)
        return made

    def _widget(self, path: tuple[str, ...], info: FieldInfo, title: str) -> QWidget:
        if info.annotation is bool:
            box = QCheckBox()
            box.toggled.connect(lambda is_on: self._take(path, is_on))
            return box
        if type(None) not in get_args(info.annotation) and _is_choice(info.annotation):
            field = choice_field(title)
            for value in get_args(info.annotation):
                field.addItem(self._choice_words().get(value, value), value)
            field.currentIndexChanged.connect(lambda number: self._take(path, field.itemData(number)))
            return field
        line = QLineEdit()
        line.editingFinished.connect(lambda: self._take(path, _parsed(line.text(), info)))
        return line

    def _choice_words(self) -> dict[str, str]:
        """What stands for a recipe's words; names of kinds of numbers are left as they are."""
        return {
            "auto": self.tr("Automatic"),
            "one": self.tr("1"),
            "teacher": self.tr("The teacher's"),
            "own": self.tr("Their own"),
            "data": self.tr("The data's"),
            "negative": self.tr("The negative prompt"),
            "null": self.tr("The null prompt"),
            "secant": self.tr("Finite step (secant)"),
            "jvp": self.tr("Exact (JVP)"),
            "rcgm": "RCGM",
            "alphaflow": "AlphaFlow",
            "splitmeanflow": "SplitMeanFlow",
            "midpoint": self.tr("Midpoint of the teacher (OFTSR)"),
            "lpips": "LPIPS",
            "dists": "DISTS",
            "psnr": "PSNR-Y",
            "map": self.tr("Distance to the teacher's map"),
            "all": self.tr("Everything"),
            "control": self.tr("The low-resolution branch"),
            "lora": self.tr("Low-rank additions (LoRA)"),
        }

    def _take(self, path: tuple[str, ...], value: Any) -> None:
        from pydantic import ValidationError

        assert self._recipe is not None
        table = self._recipe.model_dump()
        if _value(table, path) == value:
            say(self._fields[path].fault, [])
            return
        _put(table, path, value)
        try:
            recipe = type(self._recipe).model_validate(table)
        except ValidationError as error:
            say(self._fields[path].fault, [f"{error.errors()[0]['msg']}."])
            return
        say(self._fields[path].fault, [])
        self._recipe = recipe
        self.changed.emit(recipe)


def _is_choice(annotation: Any) -> bool:
    values = get_args(annotation)
    return get_origin(annotation) is not tuple and bool(values) and all(isinstance(value, str) for value in values)


def _parsed(text: str, info: FieldInfo) -> Any:
    """Text as the recipe's own checks want it: lists by commas, nothing for "none"."""
    words = text.strip()
    if get_origin(info.annotation) is tuple:
        return tuple(part.strip() for part in words.split(",") if part.strip())
    if not words and type(None) in get_args(info.annotation):
        return None
    return words


def _show(widget: QWidget, value: Any) -> None:
    if isinstance(widget, QCheckBox):
        widget.setChecked(bool(value))
    elif isinstance(widget, QComboBox):
        widget.setCurrentIndex(widget.findData(value))
    elif isinstance(widget, QLineEdit):
        widget.setText(_written(value))


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (tuple, list)):
        return ", ".join(_written(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _value(table: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = table
    for name in path:
        value = value[name]
    return value


def _put(table: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        table = table[name]
    table[path[-1]] = value
