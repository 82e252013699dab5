"""What of a picture is taken before it is upscaled: turned, flipped, straightened, cropped. Pure arithmetic; knows no pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from mfsr_engine.errors import RequestError
from mfsr_engine.geometry import Rect, Size

MAX_STRAIGHTEN_DEG = 45.0
"""Most that a horizon can be wrong; beyond it a quarter turn comes first."""
LEAST_SHARE = 0.05
"""As much of its sides is left at least when a picture is reduced."""
_TURNS, _MIRRORED_TURNS = (1, 6, 3, 8), (2, 7, 4, 5)
"""EXIF orientations of 0 to 3 quarter turns clockwise, alone and after left and right were exchanged."""


@dataclass(frozen=True)
class Framing:
    """What of a picture is taken, in this order: mirrored, turned, straightened, cropped, reduced."""

    is_mirrored: bool = False
    """Whether left and right are exchanged."""
    quarter_turns: int = 0
    """Quarter turns clockwise, 0..3."""
    straighten_deg: float = 0.0
    """Degrees clockwise, -45..45; what is left has the same shape and no empty corners."""
    crop: tuple[float, float, float, float] | None = None
    """Left, top, right and bottom edge as fractions 0..1 of what is left so far; None takes all of it."""
    share: float = 1.0
    """What the sides are reduced to in the end, 0.05..1."""

    def __post_init__(self) -> None:
        """Raises:
        RequestError: the angle is out of its range, or nothing is left.
        ValueError: other quarter turns than 0..3.
        """
        if self.quarter_turns not in range(4):
            raise ValueError(f"{self.quarter_turns} quarter turns")
        if not abs(self.straighten_deg) <= MAX_STRAIGHTEN_DEG:
            raise RequestError(f"A picture can be straightened by -45 to 45 degrees, not {self.straighten_deg:g}.")
        if not LEAST_SHARE <= self.share <= 1:
            raise RequestError(f"A picture can be reduced to 5 to 100 percent, not {100 * self.share:g}.")
        if self.crop is not None:
            left, top, right, bottom = self.crop
            if not (0 <= left < right <= 1 and 0 <= top < bottom <= 1):
                raise RequestError("Nothing is left of the picture by this crop. Choose a larger part.")

    @property
    def orientation(self) -> int:
        """The mirroring and the quarter turns as an EXIF orientation, 1..8."""
        return (_MIRRORED_TURNS if self.is_mirrored else _TURNS)[self.quarter_turns]

    @property
    def is_whole(self) -> bool:
        """Whether nothing is cut off."""
        return self.crop is None and not self.straighten_deg

    def turned(self, quarter_turns: int) -> Framing:
        """The same part of the picture after further quarter turns clockwise, negative ones the other way."""
        crop = self.crop
        for _ in range(quarter_turns % 4):
            crop = None if crop is None else (1 - crop[3], crop[0], 1 - crop[1], crop[2])
        return replace(self, quarter_turns=(self.quarter_turns + quarter_turns) % 4, crop=crop)

    def flipped(self) -> Framing:
        """The same part of the picture with left and right exchanged as it is seen now."""
        crop = None if self.crop is None else (1 - self.crop[2], self.crop[1], 1 - self.crop[0], self.crop[3])
        return replace(
            self,
            is_mirrored=not self.is_mirrored,
            quarter_turns=-self.quarter_turns % 4,
            straighten_deg=-self.straighten_deg,
            crop=crop,
        )

    def whole_size(self, size: Size) -> Size:
        """What a picture of this size leaves before it is cropped."""
        turned = Size(size.height, size.width) if self.quarter_turns % 2 else size
        return turned if not self.straighten_deg else inner_size(turned, self.straighten_deg)

    def taken_size(self, size: Size) -> Size:
        """What a picture of this size leaves in the end."""
        return self.cropped_rect(self.whole_size(size)).size.scaled(self.share)

    def cropped_rect(self, whole: Size) -> Rect:
        """The part that is taken of what `whole_size` says, at least one pixel."""
        if self.crop is None:
            return Rect(0, 0, whole.width, whole.height)
        left, top = (
            min(round(edge * side), side - 1)
            for edge, side in zip(self.crop[:2], (whole.width, whole.height), strict=True)
        )
        right, bottom = (
            max(round(self.crop[2] * whole.width), left + 1),
            max(round(self.crop[3] * whole.height), top + 1),
        )
        return Rect(left, top, right - left, bottom - top)


WHOLE = Framing()
"""The picture as it is."""


def inner_size(size: Size, degrees: float) -> Size:
    """The largest picture of the same shape inside of one that is turned by an angle."""
    sine, cosine = abs(math.sin(math.radians(degrees))), math.cos(math.radians(degrees))
    share = min(
        size.width / (size.width * cosine + size.height * sine),
        size.height / (size.width * sine + size.height * cosine),
    )
    return Size(max(1, math.floor(size.width * share)), max(1, math.floor(size.height * share)))
