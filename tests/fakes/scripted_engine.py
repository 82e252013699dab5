"""An Upscaler that does what a script tells it: tiles, delays, failures. Needs neither torch nor weights."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from mfsr_engine.api import ModelInfo, UpscaleRequest, UpscaleResult, UpscaleSettings, UpscaleStream
from mfsr_engine.geometry import Rect
from mfsr_engine.images import to_float
from mfsr_engine.progress import FinishedTile, Progress
from tests.fakes.streams import streamed

SMALL = ModelInfo("mfsr-small", "MFSR small", 4, 1, 8, is_teacher=False, licence="Apache-2.0")
TEACHER = ModelInfo("mfsr-small-teacher", "MFSR small teacher", 4, 40, 50, is_teacher=True, licence="Apache-2.0")


@dataclass
class OpenFor:
    """A gate that is open for the first requests and shuts by itself, however late the test looks."""

    upscaler: ScriptedUpscaler
    requests: int
    """How many come through, counted from the first of all."""

    def is_set(self) -> bool:
        return len(self.upscaler.requests) <= self.requests


@dataclass
class ScriptedUpscaler:
    """Enlarges by repeating pixels and darkens by steps and seed, so that every setting gives another picture."""

    tile_px: int = 32
    seconds_per_tile: float = 0.0
    installed: tuple[ModelInfo, ...] = (SMALL, TEACHER)
    failures: list[Exception] = field(default_factory=list)
    """Raised one after the other by the next calls of `upscale`, after the first tile."""
    gate: threading.Event | OpenFor | None = None
    """If set, every tile after the first waits for it (or for a cancel)."""
    requests: list[UpscaleRequest] = field(default_factory=list)
    warmed: list[UpscaleSettings] = field(default_factory=list)
    captions: list[list[str]] = field(default_factory=list)
    """What was asked to be encoded ahead, a list for each call."""
    threads: set[str] = field(default_factory=set)
    cancelled_after_tiles: list[int] = field(default_factory=list)

    def models(self) -> list[ModelInfo]:
        self.threads.add(threading.current_thread().name)
        return list(self.installed)

    def warm_up(self, settings: UpscaleSettings, progress: Progress) -> None:
        self.warmed.append(settings)
        progress.report("Loading the model")

    def prepare_captions(self, model: str, captions: Sequence[str], progress: Progress) -> None:
        self.captions.append(list(captions))

    def upscale(self, request: UpscaleRequest, progress: Progress) -> UpscaleResult:
        self.requests.append(request)
        size = request.source_size
        area = request.region or Rect(0, 0, size.width, size.height)
        picture = np.clip(to_float(request.pixels) - self._darkening(request.settings), 0.0, 1.0).astype(np.float32)
        tiles = _tiles(area, self.tile_px)
        factor = 4**request.settings.passes
        for done, tile in enumerate(tiles):
            self._wait(progress, done)
            progress.report("Upscaling", done, len(tiles))
            pixels = _enlarged(picture[tile.slices()], factor)
            local = Rect(tile.x - area.x, tile.y - area.y, tile.width, tile.height)
            progress.tile(FinishedTile(local.scaled(factor), np.rint(pixels * 255).astype(np.uint8)))
            if self.failures:
                raise self.failures.pop(0)
        progress.report("Upscaling", len(tiles), len(tiles))
        return UpscaleResult(
            pixels=_enlarged(picture[area.slices()], factor),
            alpha=None if request.alpha is None else _enlarged(to_float(request.alpha[area.slices()]), factor),
            model=request.settings.model,
            steps=request.settings.steps or 1,
            seed=request.settings.seed,
            device="cpu",
            dtype="fp32",
            seconds=0.01,
            caption=request.settings.prompt,
        )

    def stream(self, request: UpscaleRequest, progress: Progress) -> UpscaleStream:
        return streamed(self.upscale(request, progress))

    def _darkening(self, settings: UpscaleSettings) -> float:
        return 0.05 * (settings.steps or 1) + 0.01 * (settings.seed % 7) + 0.1 * settings.fidelity

    def _wait(self, progress: Progress, done: int) -> None:
        until = time.monotonic() + self.seconds_per_tile
        is_gated = self.gate is not None and done > 0
        while time.monotonic() < until or (is_gated and not self.gate.is_set()):
            if progress.is_cancelled:
                break
            time.sleep(0.002)
        if progress.is_cancelled:
            self.cancelled_after_tiles.append(done)
        progress.check()


def _tiles(area: Rect, side: int) -> list[Rect]:
    return [
        Rect(x, y, min(side, area.right - x), min(side, area.bottom - y))
        for y in range(area.y, area.bottom, side)
        for x in range(area.x, area.right, side)
    ]


def _enlarged(pixels: np.ndarray, factor: int) -> np.ndarray:
    return np.repeat(np.repeat(pixels, factor, axis=0), factor, axis=1)
