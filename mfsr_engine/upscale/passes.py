"""Runs a model a second time, over its own result, for sizes beyond its factor. Between the passes the first result lies in 16 bits: in
memory while small, else in a file without a name, which goes with the process. Knows no model, only how one pass is streamed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import ref

import numpy as np

from mfsr_engine.api import MaskedAreas, UpscaleRequest, factor_of
from mfsr_engine.errors import RequestError
from mfsr_engine.files.scratch import scratch_array
from mfsr_engine.geometry import MAX_SIDE_PX, TargetSize
from mfsr_engine.images.quantise import to_uint16
from mfsr_engine.images.resize import resized
from mfsr_engine.progress import Progress, Stage
from mfsr_engine.upscale.suited_fidelity import with_suited_fidelity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from mfsr_engine.api import UpscaleStream
    from mfsr_engine.geometry import Size
    from mfsr_engine.progress import FinishedTile
    from mfsr_engine.strips import Piece

    OnePass = Callable[[UpscaleRequest, Progress], UpscaleStream]

PASSES_NOTE = (
    "The model was run in 2 passes, the second over its own result: fine detail is generated from generated detail."
)


BYTES_PER_PX = 8
"""Of the first result: three colors and opacity of 16 bits."""


@dataclass(frozen=True, eq=False)
class _FirstResult:
    """What the first pass has made."""

    pixels: NDArray[np.uint16]
    """(H, W, 3), large ones in a file."""
    alpha: NDArray[np.uint16] | None
    """(H, W) opacity, or None."""
    areas: MaskedAreas | None
    """The areas of the request, with a mask of this size."""
    notes: tuple[str, ...]
    """What was said of it."""


class Passes:
    """Keeps the first result while parts of the second are asked for, because all of it is needed for any of them."""

    def __init__(self) -> None:
        self._picture: ref[NDArray[Any]] | None = None
        self._key: object = None
        self._kept: _FirstResult | None = None

    def forget(self) -> None:
        """Let go of what is kept."""
        self._picture, self._key, self._kept = None, None, None

    def stream(self, one_pass: OnePass, request: UpscaleRequest, scale: int, progress: Progress) -> UpscaleStream:
        """Two passes as one stream. Its first piece comes after the first pass; every check of a pass is made in both.

        Args:
            one_pass: upscales by the model's own factor.
            request: with two passes in its settings.
            scale: the model's factor.
            progress: told of both passes as of one.

        Raises:
            RequestError: the model allows no second pass, the region lies outside, or a result would be too large.
            ModelError, DeviceError, Cancelled: as `one_pass`; the pieces raise the rest.
        """
        factor, part = factor_of(scale, request.settings.passes), request.asked_part
        whole = request.settings.size.resolve(request.source_size, factor)
        check_first(request.source_size.scaled(scale))
        settings, chosen = with_suited_fidelity(request.settings, request.pixels)
        settings = replace(settings, passes=1, size=TargetSize())
        steps = _Steps(progress, scale)
        notes = [PASSES_NOTE, *chosen]
        first = one_pass(replace(request, settings=settings, region=None), _PassProgress(steps, is_last=False))
        own = part.size.scaled(factor)

        def pieces() -> Iterator[Piece]:
            made = self._find(request, settings) or _drained(first, request.areas)
            self._keep(request, settings, made)
            again = UpscaleRequest(
                made.pixels,
                settings,
                made.alpha,
                None if request.region is None else part.scaled(scale),
                made.areas,
            )
            second = one_pass(again, _PassProgress(steps, is_last=True))
            found = second.pieces
            yield from found if request.region is not None else resized(found, own, whole)
            of_areas = "" if made.areas is None else made.areas.note  # the picture's own is among the first
            more = [note for note in second.notes if note != of_areas]
            notes.extend(dict.fromkeys((*made.notes, *more)))

        size = whole if request.region is None else own
        return replace(first, size=size, pieces=pieces(), notes=notes)

    def _find(self, request: UpscaleRequest, settings: object) -> _FirstResult | None:
        is_same = self._picture is not None and self._picture() is request.pixels
        return self._kept if is_same and self._key == (settings, request.areas) else None

    def _keep(self, request: UpscaleRequest, settings: object, made: _FirstResult) -> None:
        """After all of a picture nothing more is expected to come of it."""
        self.forget()
        if request.region is not None:
            self._picture = ref(request.pixels, lambda _: self.forget())
            self._key, self._kept = (settings, request.areas), made


def check_first(size: Size) -> None:
    """Refuse a first result that is larger than any result may be.

    Raises:
        RequestError: it is.
    """
    if max(size.width, size.height) > MAX_SIDE_PX:
        raise RequestError(
            f"The first of two passes would give {size.width} x {size.height} pixels; no side may exceed {MAX_SIDE_PX}. "
            "Choose one pass, or a smaller picture."
        )


def _drained(stream: UpscaleStream, areas: MaskedAreas | None) -> _FirstResult:
    """The first result, once it is computed."""
    height, width = stream.size.height, stream.size.width
    pixels = scratch_array((height, width, 3), np.uint16)
    alpha = scratch_array((height, width), np.uint16) if stream.has_alpha else None
    mask = None if areas is None else _enlarged_mask(areas.mask, stream.size)
    for piece in stream.pieces:
        pixels[piece.area.slices()] = to_uint16(piece.pixels)
        if alpha is not None and piece.alpha is not None:
            alpha[piece.area.slices()] = to_uint16(piece.alpha)
    large = None if areas is None or mask is None else replace(areas, mask=mask)
    return _FirstResult(pixels, alpha, large, tuple(stream.notes))


def _enlarged_mask(mask: NDArray[Any], size: Size) -> NDArray[Any]:
    """A mask of another size, with soft edges between its pixels."""
    import cv2

    large = scratch_array((size.height, size.width), mask.dtype)
    cv2.resize(mask, (size.width, size.height), dst=large, interpolation=cv2.INTER_LINEAR)
    return large


class _Steps:
    """Adds up both passes. How many tiles the second takes is known once it begins; until then by the area."""

    def __init__(self, progress: Progress, scale: int) -> None:
        self.progress = progress
        self._share, self._first = 1 + scale * scale, 0

    def first(self, done: int, total: int) -> tuple[int, int]:
        """The first is so far."""
        self._first = total
        return done, total * self._share

    def second(self, done: int, total: int) -> tuple[int, int]:
        """The second is so far."""
        return self._first + done, self._first + total


class _PassProgress(Progress):
    """One pass, as a part of both. Only tiles of the last one are of the result."""

    def __init__(self, steps: _Steps, *, is_last: bool) -> None:
        super().__init__()
        self._steps, self._outer, self._is_last = steps, steps.progress, is_last

    @property
    def wants_tiles(self) -> bool:
        """See `Progress`."""
        return self._is_last and self._outer.wants_tiles

    def cancel(self) -> None:
        """See `Progress`."""
        self._outer.cancel()

    @property
    def is_cancelled(self) -> bool:
        """See `Progress`."""
        return self._outer.is_cancelled

    def check(self) -> None:
        """See `Progress`."""
        self._outer.check()

    def report(self, stage: str, done: int = 0, total: int = 0) -> None:
        """See `Progress`."""
        if stage == Stage.UPSCALING:
            done, total = self._steps.second(done, total) if self._is_last else self._steps.first(done, total)
        self._outer.report(stage, done, total)

    def tile(self, tile: FinishedTile) -> None:
        """See `Progress`."""
        self._outer.tile(tile)
