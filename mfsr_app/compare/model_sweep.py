"""Computes the visible part with every installed model, one after the other, on wish also with other steps and fidelities; results
are cached and shown as a strip.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Slot

from mfsr_app.compare.sweep import SweepState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfsr_app.compare.sweep import Stop
    from mfsr_engine.api import ModelInfo, UpscaleSettings

FIDELITIES = (0.0, 0.5, 1.0)
"""Fidelities that are compared, where they are."""
_TIMES_STEPS = (2, 4)
"""How many times more steps than it was made for a student is compared with."""


class ModelSweepState(SweepState):
    """Closed, or open with a stop for each installed model: the one in use as it is used, the others as they were made for; with
    variants, more stops for each.
    """

    has_variants = False
    """Whether other steps and fidelities of each model are compared as well."""

    @Slot(bool)
    def set_has_variants(self, has_variants: bool) -> None:
        """Compare other steps and fidelities too, or no longer; a strip that is open follows."""
        if has_variants == self.has_variants:
            return
        self.has_variants = has_variants
        if self.is_open:
            self.start()
            self.changed.emit()

    def choose(self, number: int) -> None:
        """Use the model of this stop, with its steps and fidelity."""
        settings = self.stops[number].settings
        self._choices.set_model(settings.model)
        if settings.steps is not None and settings.steps != self._choices.settings.steps:
            self._choices.set_steps(settings.steps)
        self._choices.set_fidelity(settings.fidelity)

    def model_of(self, stop: Stop) -> ModelInfo | None:
        """The model of a stop; None if it was removed meanwhile."""
        return next((info for info in self._choices.models if info.name == stop.settings.model), None)

    @property
    def chosen(self) -> int | None:
        """The stop of the model in use, if it is used as in the strip."""
        now = self._choices.settings
        return next((number for number, stop in enumerate(self.stops) if stop.settings == now), None)

    def _every(self, base: UpscaleSettings) -> list[UpscaleSettings]:
        every: list[UpscaleSettings] = []
        for info in self._choices.models:
            own = base if info.name == base.model else self._choices.settings_with(info)
            every += [own, *_variants(own, info)] if self.has_variants else [own]
        return list(dict.fromkeys(every))

    def _in_order(self, every: Sequence[UpscaleSettings]) -> list[UpscaleSettings]:
        """The quick ones first, which say most for their time; a teacher takes forty steps."""
        return sorted(every, key=lambda settings: settings.steps or 1)

    def _is_alike(self, base: UpscaleSettings, now: UpscaleSettings) -> bool:
        fidelity = base.fidelity if self.has_variants else now.fidelity
        return replace(now, model=base.model, steps=base.steps, prompt=base.prompt, fidelity=fidelity) == base


def _variants(own: UpscaleSettings, info: ModelInfo) -> list[UpscaleSettings]:
    """The same model with other steps, then with other fidelities; a teacher's steps are only reduced, to its fast setting."""
    more = () if info.is_teacher else tuple(info.default_steps * times for times in _TIMES_STEPS)
    counts = (info.default_steps, *((info.fast_steps,) if info.fast_steps else ()), *more)
    steps = [replace(own, steps=count) for count in counts if count <= info.max_steps]
    return steps + [replace(own, fidelity=fidelity) for fidelity in FIDELITIES]
