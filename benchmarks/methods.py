"""Those who upscale in the comparison: bicubic, Real-ESRGAN, and this program's models through the engine."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import numpy as np
from PIL import Image

from benchmarks import peers
from mfsr_engine.api import UpscaleRequest, UpscaleSettings
from mfsr_engine.images.quantise import to_uint8
from mfsr_engine.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mfsr_engine.api import Upscaler

SCALE = 4
BICUBIC = "bicubic"
NEAREST = "nearest"
FILTERS = {BICUBIC: Image.Resampling.BICUBIC, NEAREST: Image.Resampling.NEAREST}
X4PLUS = "x4plus"
DEFAULT_STUDENT_STEPS = (1, 2, 4, 8)


@dataclass(frozen=True)
class Result:
    """A picture made by a method."""

    pixels: NDArray[np.uint8]
    """(4 H, 4 W, 3) uint8 sRGB."""
    seconds: float
    """Time from pixels to pixels, with everything loaded."""


class Method(Protocol):
    """One row of the table."""

    @property
    def name(self) -> str:
        """Name of the row."""

    def upscale(self, pixels: NDArray[np.float32]) -> Result:
        """Upscale (H, W, 3) float32 sRGB 0..1 by four."""


@dataclass(frozen=True)
class Resized:
    """One of Pillow's filters on the picture in 8 bits."""

    name: str
    """One of `FILTERS`."""

    def upscale(self, pixels: NDArray[np.float32]) -> Result:
        """Upscale (H, W, 3) float32 sRGB 0..1 by four."""
        image = Image.fromarray(to_uint8(pixels))
        began_s = time.perf_counter()
        large = image.resize((image.width * SCALE, image.height * SCALE), FILTERS[self.name])
        return Result(np.asarray(large), time.perf_counter() - began_s)


@dataclass
class X4Plus:
    """Real-ESRGAN x4plus in ncnn, from the cache where possible; the time is that of the run that filled it."""

    recompute: bool = False
    """Whether to compute what the cache holds already."""
    name: str = peers.NcnnX4Plus.name
    _loaded: list[peers.Peer] = field(default_factory=list)

    def upscale(self, pixels: NDArray[np.float32]) -> Result:
        """Upscale (H, W, 3) float32 sRGB 0..1 by four."""
        made = peers.cached(self._peer, self.name, pixels, recompute=self.recompute)
        return Result(made.pixels, made.seconds)

    def _peer(self) -> peers.Peer:
        if not self._loaded:
            self._loaded.append(peers.NcnnX4Plus())
        return self._loaded[0]


@dataclass(frozen=True)
class EngineModel:
    """A model of this program with given settings."""

    upscaler: Upscaler
    settings: UpscaleSettings

    @property
    def name(self) -> str:
        """Model and steps."""
        steps = self.settings.steps
        return f"{self.settings.model}, {steps} step{'' if steps == 1 else 's'}"

    def upscale(self, pixels: NDArray[np.float32]) -> Result:
        """Upscale (H, W, 3) float32 sRGB 0..1 by four."""
        self.upscaler.warm_up(self.settings, Progress())
        began_s = time.perf_counter()
        made = self.upscaler.upscale(UpscaleRequest(pixels, self.settings), Progress())
        return Result(to_uint8(made.pixels), time.perf_counter() - began_s)


def choose(
    names: Sequence[str],
    upscaler: Upscaler,
    *,
    steps: Sequence[int] = DEFAULT_STUDENT_STEPS,
    seed: int = 0,
    guidance: float | None = None,
    recompute: bool = False,
) -> list[Method]:
    """The rows that `names` ask for.

    Args:
        names: "bicubic", "nearest", "x4plus", or models. "MODEL@STEPS" fixes the steps; else a student has a row for each of
            `steps` and a teacher one with the steps it was made for.
        upscaler: The engine.
        steps: Steps for students.
        seed: Seed of the noise.
        guidance: Guidance scale; None is each model's own.
        recompute: Whether to compute peers anew.
    """
    rows: list[Method] = []
    for name in names:
        if name in FILTERS:
            rows.append(Resized(name))
        elif name == X4PLUS:
            rows.append(X4Plus(recompute))
        else:
            model, counts = _model_steps(name, upscaler, steps)
            settings = [UpscaleSettings(model=model, steps=count, seed=seed, guidance=guidance) for count in counts]
            rows += [EngineModel(upscaler, setting) for setting in settings]
    return rows


def _model_steps(name: str, upscaler: Upscaler, steps: Sequence[int]) -> tuple[str, Sequence[int]]:
    model, separator, count = name.rpartition("@")
    if separator and count.isdecimal():
        return model, [int(count)]
    teachers = {info.name: info.default_steps for info in upscaler.models() if info.is_teacher}
    return name, [teachers[name]] if name in teachers else steps
