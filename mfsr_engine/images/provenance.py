"""How a result was made, as recorded in its file. Plain data."""

from __future__ import annotations

from dataclasses import dataclass

from mfsr_engine import __version__


@dataclass(frozen=True)
class Provenance:
    """What made the picture."""

    model: str
    """Name of the model."""
    steps: int
    """Sampling steps."""
    seed: int
    """Seed of the noise."""
    software_version: str = __version__
    """Version of this program."""
    fidelity: float = 0.0
    """0 most detail to 1 closest to the input."""
    guidance: float | None = None
    """Guidance scale that was asked for; None is the model's own."""
    color: str = ""
    """How colours were tied to the input's, if anything but the model's own choice was asked for."""
    is_tileable: bool = False
    """Whether opposite edges were made to meet."""
    passes: int = 1
    """How often the model was run, from the second time on over its own result."""
    areas: str = ""
    """What was said of parts that were made in another way; empty if there were none."""
    caption: str = ""
    """What the model was told that the picture shows."""
