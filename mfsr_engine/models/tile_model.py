"""The interface of every model: it enlarges a tile as a recipe says. Whether a flow or a single pass does it is the model's own affair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mfsr_engine.models.resample import ENLARGE_REACH_PX

if TYPE_CHECKING:
    from torch import Tensor

    from mfsr_engine.api import ColorCorrection
    from mfsr_engine.models.prompts import Prompts
    from mfsr_engine.models.windows import Windows

CONTEXT_PX = ENLARGE_REACH_PX
"""Input pixels around a tile that a model is given, so that it can be enlarged without an edge."""


@dataclass(frozen=True)
class Recipe:
    """A user's settings, settled for one model and one picture."""

    times: tuple[float, ...]
    """Times of the trajectory, falling from 1 to 0."""
    is_instantaneous: bool
    """Whether steps follow the velocity at t alone (r = t), as teachers need."""
    guidance: float
    """Guidance scale; 1 asks the model once per step."""
    seed: int
    """Of the noise."""
    fidelity: float
    """0..1, see `mfsr_engine.upscale.fidelity`."""
    color: ColorCorrection
    """Never "auto"."""
    windows: Windows | None = None
    """How larger tiles are divided into windows that are sampled together; None if every tile is sampled in one piece."""
    cuts_overshoot: bool = False
    """Whether values beyond those of the input around them are cut, see `mfsr_engine.upscale.fidelity.without_overshoot`."""
    notes: tuple[str, ...] = ()
    """What of the settings could not be followed."""
    prompts: Prompts | None = None
    """In place of the model's own, on its device in its precision; None leaves those."""

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.times) - 1


class TileModel(Protocol):
    """A model as the upscaler runs it, on one device in one precision."""

    @property
    def noise_channels(self) -> int:
        """Channels of the noise that a tile is made from; 0 if it needs none."""

    def upscale(self, source: Tensor, noise: Tensor, recipe: Recipe, between_steps: Callable[[], None]) -> Tensor:
        """Make tiles of one size larger. Colours and fidelity are corrected afterwards, the same for every model.

        Args:
            source: (B, 3, H + 2 c, W + 2 c) float32 0..1 sRGB on the model's device, with c = `CONTEXT_PX` more on every side.
            noise: (B, `noise_channels`, H / cell, W / cell) float32 standard normal on the model's device.
            recipe: how; a model takes from it what it knows.
            between_steps: to be called before every step; may raise to stop.

        Returns:
            (B, 3, H scale, W scale) float32, about 0..1; not finite where the model failed.
        """

    def in_fp32(self) -> TileModel:
        """The same model with fp32 arithmetic, for tiles that fail in a lower precision. Shares the weights."""
