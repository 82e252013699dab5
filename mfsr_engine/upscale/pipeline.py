"""What happens to a tile: upscaled by the model, colour corrected, pulled towards the input. Knows no kind of model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from mfsr_engine.api import ColorCorrection, UpscaleSettings
from mfsr_engine.models import sampling
from mfsr_engine.models.families import family_of
from mfsr_engine.models.resample import enlarge
from mfsr_engine.models.tile_model import CONTEXT_PX, Recipe
from mfsr_engine.upscale import color
from mfsr_engine.upscale.fidelity import back_projected, without_overshoot

if TYPE_CHECKING:
    from mfsr_engine.models.card import ModelCard
    from mfsr_engine.models.loading import LoadedModel
    from mfsr_engine.models.prompts import Prompts

ColorFunction = Callable[[Tensor, Tensor], Tensor]

_COLOR: Mapping[ColorCorrection, ColorFunction] = {
    ColorCorrection.WAVELET: color.wavelet,
    ColorCorrection.ADAIN: color.adain,
}
COLOR_REACH_PX: Mapping[ColorCorrection, int] = {ColorCorrection.WAVELET: color.WAVELET_REACH_PX}
"""Pixels of the result on each side that a corrected pixel depends on; 0 for those not named."""


def resolve_recipe(settings: UpscaleSettings, card: ModelCard, prompts: Prompts | None = None) -> Recipe:
    """Fill what the settings leave open from the model's card.

    Args:
        settings: the user's.
        card: the model's.
        prompts: in place of the model's own, which its card's note is about.

    Raises:
        RequestError: the model's family does not take this guidance.
    """
    notes = [card.note] if card.note and prompts is None else []
    family_of(card).check_asked_guidance(card, settings.guidance)
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
        prompts=prompts,
    )


def upscale_tiles(
    model: LoadedModel,
    recipe: Recipe,
    source: Tensor,
    noise: Tensor,
    between_steps: Callable[[], None],
    colors: color.ChannelMap | None = None,
) -> Tensor:
    """Upscale tiles of one size.

    Args:
        model: what paints.
        recipe: how.
        source: (B, 3, H + 2 c, W + 2 c) float32 0..1 sRGB on the model's device, with c = `CONTEXT_PX` more on every
        side.
        noise: (B, `noise_channels`, H / cell, W / cell) float32 standard normal on the model's device.
        between_steps: called before every step; may raise to stop.
        colors: see `corrected`.

    Returns:
        (B, 3, H scale, W scale) float32 0..1; not finite where the model failed.
    """
    painted = model.tile_model.upscale(source, noise, recipe, between_steps)
    return corrected(painted, recipe, source, model.card.image.scale, colors)


def corrected(
    painted: Tensor, recipe: Recipe, source: Tensor, scale: int, colors: color.ChannelMap | None = None
) -> Tensor:
    """Tie what a model has painted to its input: in colours, then as far as fidelity asks, then without rings where asked.

    Args:
        painted: (B, 3, H scale, W scale) float32.
        recipe: what of it is asked for.
        source: as in `upscale_tiles`.
        scale: the model's factor.
        colors: what AdaIN does to the whole picture; None takes each tile for a picture of its own.

    Returns:
        Shape of `painted`, 0..1.
    """
    edge, result = CONTEXT_PX, painted
    if recipe.color is ColorCorrection.ADAIN and colors is not None:
        result = colors(result)
    elif recipe.color is not ColorCorrection.NONE:
        border = edge * scale
        result = _COLOR[recipe.color](result, enlarge(source, scale)[:, :, border:-border, border:-border])
    result = back_projected(result, source[:, :, edge:-edge, edge:-edge], recipe.fidelity, scale)
    if recipe.cuts_overshoot:
        cut = edge - 1  # one pixel of the context is looked at
        result = without_overshoot(result, source[:, :, cut:-cut, cut:-cut], scale)
    return result.clamp(0, 1)


def blended_areas(
    result: Tensor,
    painted: Tensor,
    recipe: Recipe,
    source: Tensor,
    mask: Tensor,
    fidelity: float | None,
    scale: int,
    colors: color.ChannelMap | None = None,
) -> Tensor:
    """Put what masked areas ask for in place of a result.

    Args:
        result: what `corrected` made of `painted`.
        painted: as in `corrected`.
        recipe: as in `corrected`.
        source: as in `upscale_tiles`.
        mask: (B, 1, H + 2 c, W + 2 c) float32 0..1, with the context of `source`.
        fidelity: that of the areas; None puts the enlarged input there.
        scale: the model's factor.
        colors: as in `corrected`.

    Returns:
        Shape of `result`, 0..1; `result` to the bit where the enlarged mask is 0.
    """
    border = CONTEXT_PX * scale
    inner = slice(border, -border)
    if fidelity is None:
        other = enlarge(source, scale)[:, :, inner, inner].clamp(0, 1)
    else:
        other = corrected(painted, replace(recipe, fidelity=fidelity), source, scale, colors)
    return torch.lerp(result, other, enlarge(mask, scale)[:, :, inner, inner].clamp(0, 1))
