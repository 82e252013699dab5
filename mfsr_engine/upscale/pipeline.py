"""What happens to a tile: enlarged, encoded, walked from noise to data, decoded, colour corrected, pulled towards the
input.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor

from mfsr_engine.api import ColorCorrection, UpscaleSettings
from mfsr_engine.upscale import color, sampling
from mfsr_engine.upscale.fidelity import back_projected
from mfsr_engine.upscale.resample import ENLARGE_REACH_PX, enlarge

if TYPE_CHECKING:
    from mfsr_engine.models.card import ModelCard
    from mfsr_engine.models.loading import LoadedModel
    from mfsr_engine.models.velocity import Prompt

CONTEXT_PX = ENLARGE_REACH_PX
"""Input pixels around a tile that enlarging it needs."""

ColorFunction = Callable[[Tensor, Tensor], Tensor]

_COLOR: Mapping[ColorCorrection, ColorFunction] = {
    ColorCorrection.NONE: lambda content, style: content,
    ColorCorrection.WAVELET: color.wavelet,
    ColorCorrection.ADAIN: color.adain,
}


@dataclass(frozen=True)
class Recipe:
    """A user's settings, settled for one model."""

    times: tuple[float, ...]
    """Times of the walk, falling from 1 to 0."""
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
    notes: tuple[str, ...] = ()
    """What of the settings could not be followed."""

    @property
    def steps(self) -> int:
        """Number of steps."""
        return len(self.times) - 1


def settle(settings: UpscaleSettings, card: ModelCard) -> Recipe:
    """Fill what the settings leave open from the model's card."""
    notes = [card.note] if card.note else []
    steps = settings.steps or card.sampling.default_steps
    guidance = card.sampling.guidance_at(steps)
    if settings.guidance is not None and card.is_teacher:
        guidance = settings.guidance
    elif settings.guidance not in (None, guidance):
        notes.append(f"Guidance is built into {card.title}; the setting was ignored.")
    is_auto = settings.color is ColorCorrection.AUTO
    return Recipe(
        times=sampling.times(card.sampling.grid, steps, shift=card.sampling.shift),
        is_instantaneous=card.is_teacher,
        guidance=guidance,
        seed=settings.seed,
        fidelity=settings.fidelity,
        color=ColorCorrection(card.image.color) if is_auto else settings.color,
        notes=tuple(notes),
    )


def paint(
    model: LoadedModel, recipe: Recipe, source: Tensor, noise: Tensor, between_steps: Callable[[], None]
) -> Tensor:
    """Upscale tiles of one size.

    Args:
        model: what paints.
        recipe: how.
        source: (B, 3, H + 2 c, W + 2 c) float32 0..1 sRGB on the model's device, with c = `CONTEXT_PX` more on every
        side.
        noise: (B, C, H / cell, W / cell) float32 standard normal on the model's device.
        between_steps: called before every step; may raise to stop.

    Returns:
        (B, 3, H scale, W scale) float32 0..1; not finite where the model failed.
    """
    scale, c = model.card.image.scale, CONTEXT_PX
    enlarged = enlarge(source, scale)[:, :, c * scale : -c * scale, c * scale : -c * scale]
    condition = model.codec.encode_condition(enlarged * 2 - 1)
    z = sampling.meanflow(_velocity(model, recipe, condition), noise, recipe.times, between_steps)
    result = (model.codec.decode(z, condition).float() + 1) / 2
    result = _COLOR[recipe.color](result, enlarged)
    result = back_projected(result, source[:, :, c:-c, c:-c], recipe.fidelity, scale)
    return result.clamp(0, 1)


def _velocity(model: LoadedModel, recipe: Recipe, condition: Tensor) -> sampling.MeanVelocity:
    lr = condition.to(model.dtype)

    def under(prompt: Prompt) -> sampling.MeanVelocity:
        return lambda z, r, t: model.velocity(z.to(model.dtype), lr, prompt, t, r).float()

    u = under(model.prompts.positive)
    if recipe.guidance != 1 and model.prompts.away is not None:
        u = sampling.guided(under(model.prompts.away), u, recipe.guidance)
    return sampling.instantaneous(u) if recipe.is_instantaneous else u
