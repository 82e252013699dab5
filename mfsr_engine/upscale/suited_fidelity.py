"""Chooses the fidelity that suits a picture from its noise and its blocks. Knows no torch: the window asks it too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mfsr_engine.api import UpscaleSettings
    from mfsr_engine.images.damage import Damage

SUITED = ((1.2, 0.5), (3.0, 0.25))
"""Noise up to which a fidelity suits, in levels of 255, and that fidelity; above the last, none. Measured; see HONESTY.md."""
SUITED_FIDELITIES = (0.0, *(fidelity for _, fidelity in SUITED))
"""All that can come of it."""
MOST_BLOCKINESS = 2.0
"""Above it a picture's blocks would come back with fidelity, in levels of 255."""


def suited_fidelity(damage: Damage) -> float:
    """A clean picture gains by a result that agrees with it; with a damaged one, its noise and blocks would come back.

    More would suit pictures that were only reduced, but soft ones of a camera measure alike, and lose by it.
    """
    if damage.blockiness > MOST_BLOCKINESS:
        return 0.0
    return next((fidelity for noise, fidelity in SUITED if damage.noise <= noise), 0.0)


def with_suited_fidelity(settings: UpscaleSettings, pixels: NDArray[Any]) -> tuple[UpscaleSettings, tuple[str, ...]]:
    """The settings with a number for fidelity, and what was measured in words; unchanged if a number was asked for.

    Args:
        settings: the user's.
        pixels: (H, W, 3) of the whole picture, see `UpscaleRequest`.
    """
    if not settings.is_fidelity_auto:
        return settings, ()
    from mfsr_engine.images.damage import measured_damage

    damage = measured_damage(pixels)
    fidelity = suited_fidelity(damage)
    note = f"Fidelity {fidelity:g} was chosen: noise {damage.noise:.0f}, blocks {damage.blockiness:.0f} of 255."
    return replace(settings, fidelity=fidelity, is_fidelity_auto=False), (note,)
