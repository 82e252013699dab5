"""A finished result as if it were still computed, for upscalers that are scripted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine.api import UpscaleStream
from mfsr_engine.geometry import Size
from mfsr_engine.strips import pieces_of

if TYPE_CHECKING:
    from mfsr_engine.api import UpscaleResult


def streamed(result: UpscaleResult, rows: int = 5) -> UpscaleStream:
    """The result in pieces of a few rows."""
    return UpscaleStream(
        size=Size(result.pixels.shape[1], result.pixels.shape[0]),
        has_alpha=result.alpha is not None,
        model=result.model,
        steps=result.steps,
        seed=result.seed,
        device=result.device,
        dtype=result.dtype,
        caption=result.caption,
        pieces=pieces_of(result.pixels, result.alpha, rows),
        notes=list(result.notes),
    )
