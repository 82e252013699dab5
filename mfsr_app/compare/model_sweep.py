"""Computes the visible part with every installed model, one after the other; results are cached and shown as a strip."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mfsr_app.compare.sweep import SweepState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfsr_app.compare.sweep import Stop
    from mfsr_engine.api import ModelInfo, UpscaleSettings


class ModelSweepState(SweepState):
    """Closed, or open with a stop for each installed model: the one in use as it is used, the others as they were made for."""

    def choose(self, number: int) -> None:
        """Use the model of this stop, with its steps."""
        settings = self.stops[number].settings
        self._choices.set_model(settings.model)
        if settings.steps is not None and settings.steps != self._choices.settings.steps:
            self._choices.set_steps(settings.steps)

    def model_of(self, stop: Stop) -> ModelInfo | None:
        """The model of a stop; None if it was removed meanwhile."""
        return next((info for info in self._choices.models if info.name == stop.settings.model), None)

    @property
    def chosen(self) -> int | None:
        """The stop of the model in use, if it is used as in the strip."""
        now = self._choices.settings
        return next((number for number, stop in enumerate(self.stops) if stop.settings == now), None)

    def _every(self, base: UpscaleSettings) -> list[UpscaleSettings]:
        return [base if info.name == base.model else self._choices.settings_with(info) for info in self._choices.models]

    def _in_order(self, every: Sequence[UpscaleSettings]) -> list[UpscaleSettings]:
        """The quick ones first, which say most for their time; a teacher takes forty steps."""
        return sorted(every, key=lambda settings: settings.steps or 1)

    def _is_alike(self, base: UpscaleSettings, now: UpscaleSettings) -> bool:
        return replace(now, model=base.model, steps=base.steps, prompt=base.prompt) == base

    def _scale_of(self, settings: UpscaleSettings) -> int:
        found = next((info for info in self._choices.models if info.name == settings.model), self._choices.model)
        return found.scale
