"""Times one method on one picture size in a process of its own, so that peak memory is its alone.

    python -m benchmarks.speed_worker CONTESTANT WIDTH HEIGHT [--repeat N] [--budget-s S]

CONTESTANT is "x4plus-ncnn", "x4plus-torch", or a model of this program as MODEL@STEPS. Prints a `Timing` as a line of
JSON. Peak memory is the operating system's (`getrusage`), hence Linux and macOS only.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Run = Callable[[NDArray[np.float32]], NDArray[np.float32]]

NCNN, TORCH = "x4plus-ncnn", "x4plus-torch"


@dataclass(frozen=True)
class Timing:
    """What one method needs for one picture size."""

    method: str
    """Its name."""
    width: int
    """Of the input, in pixels."""
    height: int
    """Of the input, in pixels."""
    load_s: float
    """Imports and weights, to the point where a picture can be started."""
    seconds: list[float]
    """Time of each run, the first (with whatever is set up lazily) included."""
    peak_mib: float
    """Most memory the process held, interpreter and libraries included."""

    @property
    def best_s(self) -> float:
        """The fastest run: what the machine can do when nothing disturbs it."""
        return min(self.seconds)


def picture(width: int, height: int, seed: int = 0) -> NDArray[np.float32]:
    """A seeded picture (height, width, 3) float32 0..1: ripples and noise. Its content has no influence on the time."""
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    ripple = 0.5 + 0.4 * np.sin(rows / 7) * np.cos(columns / 11)
    noise = np.random.default_rng(seed).normal(0, 0.05, (height, width, 3))
    result: NDArray[np.float32] = (ripple[..., None] + noise).clip(0, 1).astype(np.float32)
    return result


def measure(method: str, width: int, height: int, *, repeat: int, budget_s: float) -> Timing:
    """Load and time: at least once, then up to `repeat` times while the runs took less than `budget_s` together."""
    began_s = time.perf_counter()
    run = load(method)
    load_s = time.perf_counter() - began_s
    pixels = picture(width, height)
    seconds: list[float] = []
    while not seconds or (len(seconds) < repeat and sum(seconds) < budget_s):
        began_s = time.perf_counter()
        result = run(pixels)
        seconds.append(time.perf_counter() - began_s)
        assert result.shape == (4 * height, 4 * width, 3), f"{method} gave {result.shape}"
    return Timing(method, width, height, load_s, seconds, peak_mib())


def load(method: str) -> Run:
    """Import and load a method.

    Raises:
        MfsrError: Its weights or the model are missing.
    """
    if method in (NCNN, TORCH):
        from benchmarks import peers

        return (peers.NcnnX4Plus() if method == NCNN else peers.TorchX4Plus()).upscale
    from mfsr_engine.api import UpscaleRequest, UpscaleSettings
    from mfsr_engine.progress import Progress
    from mfsr_engine.upscale.engine import Engine

    model, _, steps = method.rpartition("@")
    settings = UpscaleSettings(model=model, steps=int(steps))
    engine = Engine()
    engine.warm_up(settings, Progress())
    return lambda pixels: engine.upscale(UpscaleRequest(pixels, settings), Progress()).pixels


def peak_mib() -> float:
    """Most memory this process held so far, in MiB."""
    if sys.platform == "linux":  # getrusage would count the parent's peak too
        status = Path("/proc/self/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser("python -m benchmarks.speed_worker")
    parser.add_argument("method")
    parser.add_argument("width", type=int)
    parser.add_argument("height", type=int)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--budget-s", type=float, default=30)
    options = parser.parse_args()
    timing = measure(options.method, options.width, options.height, repeat=options.repeat, budget_s=options.budget_s)
    print(json.dumps(asdict(timing)))


if __name__ == "__main__":
    main()
