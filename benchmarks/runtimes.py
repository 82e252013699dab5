"""Measures what can run the bundled network on this processor: time, loading, memory, size on disk, and departure from torch.

    python -m benchmarks.runtimes                      every runtime that is installed, on 128x128
    python -m benchmarks.runtimes --side 256 --repeat 7 --only torch ncnn

Each runs in a process of its own, in rounds, so that other work on the machine hits all alike; the best of all rounds counts. Times
are of the processor, for all threads together: with one thread (OMP_NUM_THREADS=1) they hardly depend on what else runs. OpenVINO and
a C++ compiler (for torch.compile) are used where they are found; neither is needed otherwise.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from typing import TYPE_CHECKING

import torch
from rich.console import Console
from rich.table import Table

from benchmarks.speed_worker import peak_mib
from mfsr_engine.api import BUNDLED_MODEL
from mfsr_engine.files import paths
from mfsr_engine.models.compact.folded import FoldedNetwork, Run, folded, start_torch
from mfsr_engine.models.compact.ncnn_runtime import start_ncnn
from mfsr_engine.models.compact.network import load_compact
from mfsr_engine.models.compact.runtime import departure
from mfsr_engine.models.prompts import load_prompts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor

_MIB = 2**20


@dataclass(frozen=True)
class Figures:
    """What one runtime needs for one picture."""

    runtime: str
    """Its name."""
    load_s: float
    """Processor time to import and prepare it, beside torch."""
    first_s: float
    """Processor time of the first run."""
    best_s: float
    """Processor time of the fastest run."""
    peak_mib: float
    """Most memory of the process beyond that before it was loaded."""
    departure: float
    """Root mean square difference from the network as it was trained, relative."""


def start_as_loaded(network: FoldedNetwork) -> Run:
    """The network as it was trained; what is folded is not looked at."""
    model, prompt = _bundled()
    ones, zeros = torch.ones(1), torch.zeros(1)

    def run(x: Tensor) -> Tensor:
        z, lr = x.chunk(2, dim=1)
        return z - model(z, lr, prompt, ones, zeros)

    return run


def start_compiled(network: FoldedNetwork) -> Run:
    """torch.compile with frozen weights."""
    import torch._inductor.config as inductor

    inductor.freezing = True
    weights = torch.nn.ModuleList()
    for layer in (network.first, *(one for block in network.blocks for one in block), network.last):
        outputs, inputs = layer.weight.shape[:2]
        made = torch.nn.Conv2d(inputs, outputs, 3, padding=1)
        made.weight.data, made.bias.data = layer.weight, layer.bias
        weights.append(made)

    class Plain(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = weights

        def forward(self, x: Tensor) -> Tensor:
            hidden = self.layers[0](x)
            for i in range(1, len(self.layers) - 1, 2):
                hidden = hidden + self.layers[i + 1](torch.nn.functional.silu(self.layers[i](hidden)))
            return self.layers[-1](torch.nn.functional.silu(hidden))

    plain = Plain().eval().requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    compiled = torch.compile(plain)
    return lambda x: compiled(x.contiguous(memory_format=torch.channels_last))


def start_openvino(network: FoldedNetwork) -> Run:
    """OpenVINO in fp32, with as many threads as torch."""
    import numpy as np
    import openvino
    from openvino import opset13 as op

    def convolution(x, layer):
        weight = op.constant(layer.weight.contiguous(memory_format=torch.contiguous_format).numpy())
        bias = op.constant(layer.bias.numpy()[None, :, None, None])
        return op.add(op.convolution(x, weight, [1, 1], [1, 1], [1, 1], [1, 1]), bias)

    entry = op.parameter([1, network.first.weight.shape[1], -1, -1], np.float32)
    hidden = convolution(entry, network.first)
    for before, after in network.blocks:
        hidden = op.add(hidden, convolution(op.swish(convolution(hidden, before)), after))
    model = openvino.Model([convolution(op.swish(hidden), network.last)], [entry])
    options = {"INFERENCE_NUM_THREADS": torch.get_num_threads(), "INFERENCE_PRECISION_HINT": "f32"}
    request = openvino.Core().compile_model(model, "CPU", options).create_infer_request()
    return lambda x: torch.from_numpy(request.infer([x.contiguous().numpy()])[0].copy())


STARTS: Mapping[str, Callable[[FoldedNetwork], Run]] = {
    "as trained": start_as_loaded,
    "torch": start_torch,
    "torch.compile": start_compiled,
    "ncnn": start_ncnn,
    "openvino": start_openvino,
}


@torch.inference_mode()
def measure(name: str, side: int, repeat: int) -> Figures:
    """Measure one runtime in this process."""
    model, prompt = _bundled()
    network = folded(model, prompt, torch.ones(1), torch.zeros(1))
    x = torch.randn(1, network.first.weight.shape[1], side, side, generator=torch.Generator().manual_seed(0))
    before_mib, began_s = peak_mib(), time.process_time()
    run = STARTS[name](network)
    load_s = time.process_time() - began_s
    times_s, result = [], x
    for _ in range(repeat):
        began_s = time.process_time()
        result = run(x)
        times_s.append(time.process_time() - began_s)
    used_mib = peak_mib() - before_mib
    return Figures(name, load_s, times_s[0], min(times_s), used_mib, departure(result, start_as_loaded(network)(x)))


def measure_apart(name: str, side: int, repeat: int) -> Figures | None:
    """Measure in a fresh process; None if it failed, with its complaint passed on."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.runtimes",
        "--worker",
        name,
        "--side",
        str(side),
        "--repeat",
        str(repeat),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(f"{name}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}", file=sys.stderr)
        return None
    return Figures(**json.loads(done.stdout.strip().splitlines()[-1]))


def best(rounds: Sequence[Figures]) -> Figures:
    """The least of each time over several rounds of one runtime."""
    return replace(
        rounds[0],
        load_s=min(one.load_s for one in rounds),
        first_s=min(one.first_s for one in rounds),
        best_s=min(one.best_s for one in rounds),
    )


def table(figures: Sequence[Figures], disk_mib: Mapping[str, float]) -> Table:
    """All runtimes, with ratios to the first."""
    sheet = Table(
        "runtime", "load s", "first s", "best s", "x", "MiB", "on disk MiB", "departure", title="Processor time"
    )
    for one in figures:
        ratio = f"{figures[0].best_s / one.best_s:.2f}"
        times = (f"{one.load_s:.2f}", f"{one.first_s:.3f}", f"{one.best_s:.3f}", ratio)
        disk = disk_mib.get(one.runtime)
        sheet.add_row(
            one.runtime, *times, f"{one.peak_mib:.0f}", "" if disk is None else f"{disk:.0f}", f"{one.departure:.1e}"
        )
    return sheet


def size_on_disk_mib(package: str) -> float | None:
    """What a package takes as installed; None if it is not."""
    try:
        files = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        return None
    found = (file.locate() for file in files)
    return sum(place.stat().st_size for place in found if place.is_file()) / _MIB  # type: ignore[attr-defined]


def _bundled():
    folder = paths.bundled_models_dir() / BUNDLED_MODEL
    return load_compact(folder, torch.device("cpu"), torch.float32), load_prompts(folder).positive


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser("python -m benchmarks.runtimes")
    parser.add_argument("--only", nargs="+", default=list(STARTS), choices=list(STARTS))
    parser.add_argument("--side", type=int, default=128, help="of the input in pixels (default: %(default)s)")
    parser.add_argument("--repeat", type=int, default=4, help="runs in each round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--worker", choices=list(STARTS), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(asdict(measure(options.worker, options.side, options.repeat))))
        return
    rounds = [
        {name: measure_apart(name, options.side, options.repeat) for name in options.only}
        for _ in range(options.rounds)
    ]
    found = {name: [one[name] for one in rounds if one[name] is not None] for name in options.only}
    sizes = {name: size for name in options.only if (size := size_on_disk_mib(name)) is not None}
    print(f"{torch.backends.cpu.get_cpu_capability()}, {torch.get_num_threads()} threads, torch {torch.__version__}")
    Console(width=100).print(table([best(figures) for figures in found.values() if figures], sizes))  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
