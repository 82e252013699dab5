"""The settings in use (model, passes, steps, seed, fidelity, caption, size), kept within what the chosen model can do, and the models
to choose from.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mfsr_engine.api import BUNDLED_MODEL, DeviceChoice, DtypeChoice, ModelInfo, UpscaleSettings
from mfsr_engine.geometry import TargetSize

if TYPE_CHECKING:
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.jobs.engine import EngineWorker
    from mfsr_engine.settings.settings import Preset

MAX_SEED = 2**31 - 1
"""Largest seed the window offers."""
UNKNOWN_MODEL = ModelInfo(BUNDLED_MODEL, "MFSR small", 4, 1, 8, is_teacher=False, licence="Apache-2.0")
"""Shown until the engine has said what is installed."""


class Choices(QObject):
    """What a picture is upscaled with; read here, changed by the methods alone, which tell of it. `settings` always has its steps filled
    in and no size: that is for saving.
    """

    changed = Signal()
    """Something that changes pixels."""
    size_changed = Signal()
    """Only the size of the saved file."""
    models_changed = Signal()
    """Other models can be chosen."""
    fidelity_auto_changed = Signal()
    """Fidelity follows the picture from now on, or no longer."""
    caption_changed = Signal()
    """Another caption, whether or not the model can use it."""
    picked = Signal()
    """Someone chose a model, passes, steps, a seed, fidelity or a size, which is more than what follows from the models there are."""

    def __init__(self, settings: UpscaleSettings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        given = settings or UpscaleSettings()
        self.models: tuple[ModelInfo, ...] = (UNKNOWN_MODEL,)
        """What can be chosen."""
        self.size = given.size
        """Size of the saved file."""
        self.settings = replace(given, size=TargetSize(), steps=given.steps or UNKNOWN_MODEL.default_steps)
        """The settings in use; equal settings give equal pixels, so they serve as the key of a result."""
        self.factor = self.factor_with(self.settings)
        """What the passes of the chosen model come to: result pixels for each of the picture, along one side."""
        self.caption = ""
        """What the open photograph shows, in words; in the settings only for models that can use it."""
        self.is_fidelity_auto = False
        """Whether the fidelity in the settings is the one that suits the open picture."""
        self._has_own_steps = given.steps is not None
        self._suited_fidelity = 0.0

    @property
    def model(self) -> ModelInfo:
        """The chosen model."""
        return self._info_of(self.settings)

    def factor_with(self, settings: UpscaleSettings) -> int:
        """`factor` for other settings."""
        return self._info_of(settings).factor(settings.passes)

    def set_models(self, models: list[ModelInfo]) -> None:
        """The engine has said what is installed; a choice that is gone falls back to the first."""
        if not models:
            return
        self.models = tuple(models)
        self.factor = self.factor_with(self.settings)
        self.models_changed.emit()
        self._use(self.settings)  # whether they take captions may be another matter now
        if self.settings.model in [m.name for m in models]:
            steps = self.settings.steps if self._has_own_steps else self.model.default_steps
            self._has_own_steps = True
            self._use(self._with_steps(steps or self.model.default_steps))
        else:
            self._use(self._with_model(models[0]))

    def set_model(self, name: str) -> None:
        """Choose a model; steps go to what it was made for, because a teacher's 40 mean nothing to a student."""
        info = next(m for m in self.models if m.name == name)
        if name != self.settings.model:
            self._pick(self._with_model(info))

    def set_passes(self, passes: int) -> None:
        """Choose how often the model is run; more than it allows is cut."""
        self._pick(replace(self.settings, passes=min(max(1, passes), self.model.most_passes)))

    def set_steps(self, steps: int) -> None:
        """Choose 1 to `model.max_steps`; more is cut."""
        self._has_own_steps = True
        self._pick(self._with_steps(steps))

    def set_seed(self, seed: int) -> None:
        """Choose the noise."""
        self._pick(replace(self.settings, seed=min(max(0, seed), MAX_SEED)))

    def roll_seed(self) -> None:
        """Choose other noise at random."""
        self.set_seed(random.randrange(1, 10_000))

    def set_fidelity(self, fidelity: float) -> None:
        """Choose between most detail (0) and closest to the input (1)."""
        fidelity = round(min(max(0.0, fidelity), 1.0), 2)
        self._end_auto(fidelity)
        self._pick(replace(self.settings, fidelity=fidelity))

    def set_fidelity_auto(self, is_auto: bool) -> None:
        """Let the fidelity follow each picture, or leave it at what it is now; choosing another number ends it too."""
        if is_auto != self.is_fidelity_auto:
            self.is_fidelity_auto = is_auto
            self.fidelity_auto_changed.emit()
            self._follow_picture()
            self.picked.emit()

    def set_suited_fidelity(self, fidelity: float) -> None:
        """What suits the picture that has been opened."""
        self._suited_fidelity = fidelity
        self._follow_picture()

    def _follow_picture(self) -> None:
        if self.is_fidelity_auto:
            self._use(replace(self.settings, fidelity=self._suited_fidelity))

    def _end_auto(self, fidelity: float | None = None) -> None:
        """A number that is not the one in use was chosen by hand; None is a number in any case."""
        if self.is_fidelity_auto and fidelity != self.settings.fidelity:
            self.is_fidelity_auto = False
            self.fidelity_auto_changed.emit()

    def set_caption(self, caption: str) -> None:
        """Choose what the photograph shows."""
        if caption != self.caption:
            self.caption = caption
            self.caption_changed.emit()
            self._use(self.settings)

    def set_compute(self, device: DeviceChoice, dtype: DtypeChoice) -> None:
        """Choose where to compute and in which precision."""
        self._use(replace(self.settings, device=device, dtype=dtype))

    def use_preset(self, preset: Preset) -> None:
        """Choose everything that a preset says; its model must be installed."""
        info = next(m for m in self.models if m.name == preset.model)
        steps = min(preset.steps or info.default_steps, info.max_steps)
        self.set_size(preset.size)
        self._end_auto()
        passes = min(preset.passes, info.most_passes)
        self._pick(
            replace(
                self.settings,
                model=info.name,
                passes=passes,
                steps=steps,
                seed=preset.seed,
                fidelity=preset.fidelity,
            ),
        )

    def set_size(self, size: TargetSize) -> None:
        """Choose the size of the saved file."""
        if size != self.size:
            self.size = size
            self.size_changed.emit()
            self.picked.emit()

    def settings_with(self, info: ModelInfo) -> UpscaleSettings:
        """What the settings would be if this model were chosen."""
        return self._prompted(self._with_model(info), info)

    def _prompted(self, settings: UpscaleSettings, info: ModelInfo) -> UpscaleSettings:
        can_use_caption = info.takes_text and not info.caption_problem
        return replace(settings, prompt=self.caption if can_use_caption else "")

    def _with_model(self, info: ModelInfo) -> UpscaleSettings:
        passes = min(self.settings.passes, info.most_passes)
        return replace(self.settings, model=info.name, passes=passes, steps=info.default_steps)

    def _with_steps(self, steps: int) -> UpscaleSettings:
        return replace(self.settings, steps=min(max(1, steps), self.model.max_steps))

    def _info_of(self, settings: UpscaleSettings) -> ModelInfo:
        return next((m for m in self.models if m.name == settings.model), self.models[0])

    def _pick(self, settings: UpscaleSettings) -> None:
        before = self.settings
        self._use(settings)
        if self.settings != before:
            self.picked.emit()

    def _use(self, settings: UpscaleSettings) -> None:
        settings = self._prompted(settings, self._info_of(settings))
        if settings != self.settings:
            self.settings, self.factor = settings, self.factor_with(settings)
            self.changed.emit()


class ModelInUse(QObject):
    """Binds what the engine says of models to the choices."""

    warmed = Signal()
    """The engine has loaded what the settings at the start need."""

    def __init__(self, choices: Choices, engine: EngineWorker, messages: Messages, parent: QObject) -> None:
        super().__init__(parent)
        self._choices, self._engine, self._messages = choices, engine, messages
        self._wanted = self._instead_of = ""
        choices.picked.connect(self._on_picked)

    def warm_up(self) -> None:
        """Let the engine load, now that the window is there."""
        self.list_models()
        settings = self._choices.settings
        self._engine.run(
            lambda upscaler, progress: upscaler.warm_up(settings, progress),
            lambda _: self.warmed.emit(),
            self._messages.fail,
        )

    @Slot()
    def list_models(self) -> None:
        """Ask the engine which models there are: at the start, and after one was installed or removed."""
        self._engine.run(lambda upscaler, _: upscaler.models(), self._on_models, self._messages.fail)

    def use(self, name: str) -> None:
        """Use a model, at once or, if it is new, as soon as the engine knows it and no other was chosen meanwhile."""
        self._wanted, self._instead_of = name, self._choices.settings.model
        self._take_wanted()

    def _take_wanted(self) -> None:
        name = self._wanted
        if name in [model.name for model in self._choices.models]:
            self._wanted = ""
            self._choices.set_model(name)

    @Slot()
    def _on_picked(self) -> None:
        if self._choices.settings.model != self._instead_of:
            self._wanted = ""

    def _on_models(self, models: list[ModelInfo]) -> None:
        self._choices.set_models(models)
        self._take_wanted()
