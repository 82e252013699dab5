"""Measures what can run the bundled network on this processor: time, loading, memory, size on disk, and departure from torch.

    python -m benchmarks.runtimes                      every runtime that is installed, on 128x128
    python -m benchmarks.runtimes --side 256 --repeat 7 --only torch ncnn

Each runs in a process of its own, in rounds, so that other work on the machine hits all alike; the best of all rounds counts. Times
are of the processor, for all threads together: with one thread (OMP_NUM_THREADS=1) they hardly depend on what else runs. OpenVINO, ONNX
Runtime (and `onnx`) and a C++ compiler (for torch.compile and AOTInductor) are used where they are found; none is needed otherwise.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
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
from mfsr_engine.models.compact.folded import Convolution, FoldedNetwork, Run, folded, start_torch
from mfsr_engine.models.compact.network import load_compact
from mfsr_engine.models.compact.runtime import departure, start_ncnn
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


class _Plain(torch.nn.Module):
    """What was folded, as a module that compilers take."""

    def __init__(self, network: FoldedNetwork) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList()
        for layer in (network.first, *(one for block in network.blocks for one in block), network.last):
            outputs, inputs = layer.weight.shape[:2]
            made = torch.nn.Conv2d(inputs, outputs, 3, padding=1)
            made.weight.data, made.bias.data = layer.weight, layer.bias
            self.layers.append(made)
        self.eval().requires_grad_(False).to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, x: Tensor) -> Tensor:
        """(1, I, h, w) to (1, O, h, w)."""
        hidden = self.layers[0](x)
        for i in range(1, len(self.layers) - 1, 2):
            hidden = hidden + self.layers[i + 1](torch.nn.functional.silu(self.layers[i](hidden)))
        made: Tensor = self.layers[-1](torch.nn.functional.silu(hidden))
        return made


def start_compiled(network: FoldedNetwork) -> Run:
    """torch.compile with frozen weights."""
    import torch._inductor.config as inductor

    inductor.freezing = True
    compiled = torch.compile(_Plain(network))
    return lambda x: compiled(x.contiguous(memory_format=torch.channels_last))


def start_ahead(network: FoldedNetwork) -> Run:
    """AOTInductor: compiled ahead into a library, for tiles of any size, with frozen weights."""
    example = torch.zeros(1, network.first.weight.shape[1], 64, 96).contiguous(memory_format=torch.channels_last)
    height, width = torch.export.Dim("height", min=8, max=512), torch.export.Dim("width", min=8, max=512)
    program = torch.export.export(_Plain(network), (example,), dynamic_shapes=({2: height, 3: width},))
    with tempfile.TemporaryDirectory() as folder:
        package = torch._inductor.aoti_compile_and_package(
            program, package_path=f"{folder}/network.pt2", inductor_configs={"freezing": True}
        )
        compiled = torch._inductor.aoti_load_package(package)
    return lambda x: compiled(x.contiguous(memory_format=torch.channels_last))  # type: ignore[no-any-return]


def start_onnxruntime(network: FoldedNetwork) -> Run:
    """ONNX Runtime in fp32, with as many threads as torch."""
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    nodes, weights = [], []

    def convolution(name: str, source: str, layer: Convolution) -> str:
        weight = layer.weight.contiguous(memory_format=torch.contiguous_format).numpy()
        weights.extend(
            [numpy_helper.from_array(weight, f"{name}.w"), numpy_helper.from_array(layer.bias.numpy(), f"{name}.b")]
        )
        nodes.append(helper.make_node("Conv", [source, f"{name}.w", f"{name}.b"], [name], pads=[1, 1, 1, 1]))
        return name

    def silu(name: str) -> str:
        nodes.append(helper.make_node("Sigmoid", [name], [f"{name}.gate"]))
        nodes.append(helper.make_node("Mul", [name, f"{name}.gate"], [f"{name}.silu"]))
        return f"{name}.silu"

    hidden = convolution("first", "input", network.first)
    for i, (before, after) in enumerate(network.blocks):
        added = convolution(f"after{i}", silu(convolution(f"before{i}", hidden, before)), after)
        nodes.append(helper.make_node("Add", [hidden, added], [f"x{i}"]))
        hidden = f"x{i}"
    output = convolution("last", silu(hidden), network.last)
    shapes = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, channels, "height", "width"])
              for name, channels in (("input", network.first.weight.shape[1]), (output, network.last.weight.shape[0]))]  # fmt: skip
    graph = helper.make_graph(nodes, "network", shapes[:1], shapes[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    onnxruntime.disable_telemetry_events()
    runner = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return lambda x: torch.from_numpy(runner.run(None, {"input": x.contiguous().numpy()})[0])


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
    "AOTInductor": start_ahead,
    "ncnn": start_ncnn,
    "openvino": start_openvino,
    "onnxruntime": start_onnxruntime,
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
