"""Estimates the size of a result, of its file, and the memory it takes. Pure arithmetic on sizes; knows no pixels."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from mfsr_engine.files.formats import FORMATS

if TYPE_CHECKING:
    from mfsr_engine.files.formats import ImageFormat
    from mfsr_engine.geometry import Size

COLOR_BYTES, ALPHA_BYTES = 12, 4
"""For each pixel of a result: three colors of 32 bits, and opacity."""
SHOWN_BYTES = 11
"""For each pixel of a result: what is shown while it grows and once it is whole, each with its smaller levels."""


@dataclass(frozen=True)
class ResultSize:
    """Sizes on the way from a picture to its saved file."""

    source: Size
    """Of the picture."""
    target: Size
    """Of the saved file."""
    factor: int
    """By which the passes of the model enlarge."""
    has_alpha: bool = False
    """Whether the picture has transparency."""
    passes: int = 1
    """How often the model is run."""

    @cached_property
    def computed(self) -> Size:
        """What the model makes."""
        return self.source.scaled(self.factor)

    @property
    def is_enlarged(self) -> bool:
        """Whether the file is larger than what the model makes, so that the rest is resizing."""
        return self.target.width > self.computed.width or self.target.height > self.computed.height

    @property
    def is_reduced(self) -> bool:
        """Whether the file is smaller than what the model makes."""
        return self.target != self.computed and not self.is_enlarged

    def memory_bytes(self, form: ImageFormat) -> int:
        """Memory for the result until it is saved in this format. Files are written strip by strip, but for the formats whose
        encoders want whole pictures.
        """
        each = COLOR_BYTES + SHOWN_BYTES + (ALPHA_BYTES if self.has_alpha else 0)
        return each * pixel_count(self.computed) + FORMATS[form].whole_bytes_per_px * pixel_count(self.target)


def pixel_count(size: Size) -> int:
    """Pixels of a picture."""
    return size.width * size.height
