"""Integer rectangles and target sizes. Pure arithmetic; knows no pixels."""

from __future__ import annotations

from dataclasses import dataclass

from mfsr_engine.errors import RequestError

MAX_SIDE_PX = 65_500
"""Longest side of a result; JPEG ends at 65,500 and nothing larger can be looked at."""


@dataclass(frozen=True)
class Size:
    """Width and height in pixels, both at least 1."""

    width: int
    height: int

    def scaled(self, factor: float) -> Size:
        """This size times `factor`, rounded to whole pixels and never below 1."""
        return Size(max(1, round(self.width * factor)), max(1, round(self.height * factor)))


@dataclass(frozen=True)
class Rect:
    """Half-open pixel rectangle: columns x to x + width, rows y to y + height."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        """First column beyond the rectangle."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """First row beyond the rectangle."""
        return self.y + self.height

    @property
    def size(self) -> Size:
        """Width and height."""
        return Size(self.width, self.height)

    def scaled(self, factor: int) -> Rect:
        """The same area on a picture `factor` times larger."""
        return Rect(self.x * factor, self.y * factor, self.width * factor, self.height * factor)

    def grown(self, margin: int, within: Size) -> Rect:
        """This rectangle with `margin` more pixels on every side, cut at the borders of `within`."""
        x, y = max(0, self.x - margin), max(0, self.y - margin)
        return Rect(x, y, min(within.width, self.right + margin) - x, min(within.height, self.bottom + margin) - y)

    def intersected(self, other: Rect) -> Rect | None:
        """The common part of both, or None."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        width, height = min(self.right, other.right) - x, min(self.bottom, other.bottom) - y
        return Rect(x, y, width, height) if width > 0 and height > 0 else None

    def relative_to(self, origin: Rect) -> Rect:
        """The same area, counted from the upper left corner of `origin`."""
        return Rect(self.x - origin.x, self.y - origin.y, self.width, self.height)

    def slices(self, array: Rect | None = None) -> tuple[slice, slice]:
        """Row and column slices for an array whose first two axes are height and width.

        Args:
            array: what the array holds; None is a picture that begins at 0, 0.
        """
        x, y = (self.x, self.y) if array is None else (self.x - array.x, self.y - array.y)
        return slice(y, y + self.height), slice(x, x + self.width)


@dataclass(frozen=True)
class TargetSize:
    """How large the result shall be. At most one field is set; none set means the model's own factor (4)."""

    factor: float | None = None
    """Multiple of the input's sides, for example 4 or 2.5. Above 0."""
    width: int | None = None
    """Width of the result in pixels; the height follows."""
    height: int | None = None
    """Height of the result in pixels; the width follows."""
    long_side: int | None = None
    """Longer side of the result in pixels."""
    short_side: int | None = None
    """Shorter side of the result in pixels."""

    def __post_init__(self) -> None:
        given = [v for v in (self.factor, self.width, self.height, self.long_side, self.short_side) if v is not None]
        if len(given) > 1:
            raise RequestError("Give one target size only: a factor, a width, a height, a long side or a short side.")
        if given and not given[0] > 0:
            raise RequestError(f"The target size must be above zero, not {given[0]}.")

    def resolve(self, source: Size, model_factor: int = 4) -> Size:
        """Exact size of the result for a source of this size.

        Raises:
            RequestError: a side of the result would be longer than `MAX_SIDE_PX`.
        """
        if self.width is not None:
            size = Size(self.width, max(1, round(source.height * self.width / source.width)))
        elif self.height is not None:
            size = Size(max(1, round(source.width * self.height / source.height)), self.height)
        else:
            size = source.scaled(self._factor(source, model_factor))
        if max(size.width, size.height) > MAX_SIDE_PX:
            raise RequestError(
                f"The result would be {size.width} x {size.height} pixels; no side may exceed {MAX_SIDE_PX}. "
                "Ask for a smaller factor or size."
            )
        return size

    def _factor(self, source: Size, model_factor: int) -> float:
        if self.long_side is not None:
            return self.long_side / max(source.width, source.height)
        if self.short_side is not None:
            return self.short_side / min(source.width, source.height)
        return model_factor if self.factor is None else self.factor
