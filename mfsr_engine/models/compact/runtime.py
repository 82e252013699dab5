"""Chooses what runs the network on this processor: torch, or ncnn where it is installed, agrees, and was measured to be faster here. What
was measured is kept.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from importlib import metadata, util
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from mfsr_engine.compute.devices import processor_name
from mfsr_engine.errors import ModelError
from mfsr_engine.files import atomic, paths
from mfsr_engine.models.compact.folded import start_torch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mfsr_engine.models.compact.folded import Convolution, FoldedNetwork, Run, Start

_MAGIC = 7767517
_OUT_OF_MEMORY = -100
_FLOAT32_TAG = bytes(4)


def start_ncnn(network: FoldedNetwork) -> Run:
    """Run by ncnn with as many threads as torch, in float32, one picture of a batch at a time.

    Raises:
        ImportError: ncnn is not installed.
        ModelError: it did not take the network.
    """
    return _NcnnNetwork(network)


class _NcnnNetwork:
    """A network that ncnn has loaded."""

    def __init__(self, network: FoldedNetwork) -> None:
        import ncnn

        self._ncnn, self._net = ncnn, ncnn.Net()
        option = self._net.opt
        option.num_threads = torch.get_num_threads()
        option.use_vulkan_compute = False
        option.use_fp16_packed = option.use_fp16_storage = option.use_fp16_arithmetic = False
        option.use_bf16_packed = option.use_bf16_storage = False
        layers, self._weights = _written(network)  # borrowed by ncnn: they live as long as the network
        if self._net.load_param_mem(layers) != 0:
            raise ModelError("ncnn cannot run this network. Remove the package ncnn, or update it.")
        self._net.load_model_mem(self._weights)

    def __call__(self, x: Tensor) -> Tensor:
        return torch.stack([self._one(picture) for picture in x])

    def _one(self, picture: Tensor) -> Tensor:
        values = np.ascontiguousarray(picture.numpy())  # borrowed too, until the end of this function
        extractor = self._net.create_extractor()
        extractor.input("input", self._ncnn.Mat(values))
        code, output = extractor.extract("output")
        if code == _OUT_OF_MEMORY:
            raise MemoryError
        if code != 0:
            raise ModelError(f"ncnn could not compute a tile (code {code}). Remove the package ncnn, or update it.")
        return torch.from_numpy(np.array(output))


def _written(network: FoldedNetwork) -> tuple[str, bytes]:
    """The network as ncnn's text of layers, and its weights."""
    lines, weights = ["Input input 0 1 input"], []

    def convolution(name: str, source: str, target: str, layer: Convolution) -> None:
        outputs, size = layer.weight.shape[0], layer.weight.numel()
        lines.append(f"Convolution {name} 1 1 {source} {target} 0={outputs} 1=3 4=1 5=1 6={size}")
        weights.extend([_FLOAT32_TAG, _bytes(layer.weight), _bytes(layer.bias)])

    convolution("first", "input", "x0", network.first)
    for i, (before, after) in enumerate(network.blocks):
        lines.append(f"Split split{i} 1 2 x{i} kept{i} taken{i}")
        convolution(f"before{i}", f"taken{i}", f"linear{i}", before)
        lines.append(f"Swish silu{i} 1 1 linear{i} active{i}")
        convolution(f"after{i}", f"active{i}", f"added{i}", after)
        lines.append(f"BinaryOp sum{i} 2 1 kept{i} added{i} x{i + 1} 0=0")
    lines.append(f"Swish silu 1 1 x{len(network.blocks)} active")
    convolution("last", "active", "output", network.last)
    blobs = 4 + 6 * len(network.blocks)
    return f"{_MAGIC}\n{len(lines)} {blobs}\n" + "\n".join(lines) + "\n", b"".join(weights)


def _bytes(values: Tensor) -> bytes:
    return values.contiguous(memory_format=torch.contiguous_format).numpy().tobytes()


AGREEMENT = 1e-4
"""Largest departure from torch's output, root mean square relative to it, with which another runtime is taken."""
LIVE_TENSORS: Mapping[str, int] = MappingProxyType({"torch": 4, "ncnn": 12})
"""Tensors of the network's width that are alive at its peak; measured."""
LEAST_GAIN = 0.9
"""Share of torch's time that another runtime may take at most: its weights are prepared anew for every step."""
LEAST_MULTIPLICATIONS = 10**6
"""For each cell: below, a tile takes no time worth measuring."""
_PROBE_CELLS, _PROBE_REPEATS = 64, 3


def runtimes() -> Mapping[str, Start]:
    """What can run a network here, torch first."""
    found = {"torch": start_torch}
    if util.find_spec("ncnn") is not None:
        from mfsr_engine.models.compact.runtime import start_ncnn

        found["ncnn"] = start_ncnn
    return found


def start_fastest(network: FoldedNetwork) -> Run:
    """Run by what is fastest on this processor; measured once, in a second or two, and kept in the program's cache."""
    return start_by_record(network, runtimes(), paths.cache_dir() / "runtime.json")


def start_by_record(network: FoldedNetwork, available: Mapping[str, Start], record: Path) -> Run:
    """Run by what a record says, or by what a measurement says, which is recorded.

    Args:
        network: to be run.
        available: by name, the one to fall back to first.
        record: a file, which may vanish at any time.
    """
    names = list(available)
    if len(names) == 1 or network.multiplications < LEAST_MULTIPLICATIONS:
        return available[names[0]](network)
    key = "|".join([processor_name(), torch.backends.cpu.get_cpu_capability(), str(torch.get_num_threads()),
                    str(network.multiplications), *(f"{name} {_version(name)}" for name in names)])  # fmt: skip
    known = _read(record)
    name = known.get(key, "")
    if name not in available:
        name = fastest(network, available)
        with suppress(OSError):  # then it is measured again the next time
            atomic.write_text(record, json.dumps({**known, key: name}, indent=1))
    try:
        return available[name](network)
    except (ImportError, ModelError):
        return available[names[0]](network)


def fastest(network: FoldedNetwork, available: Mapping[str, Start]) -> str:
    """The name of the runtime that takes least time for a small picture, among those that agree with the first."""
    names = list(available)
    x = torch.randn(
        1, network.first.weight.shape[1], _PROBE_CELLS, _PROBE_CELLS, generator=torch.Generator().manual_seed(0)
    )
    runs = {names[0]: available[names[0]](network)}
    wanted = runs[names[0]](x)
    for name in names[1:]:
        try:
            run = available[name](network)
            if departure(run(x), wanted) <= AGREEMENT:
                runs[name] = run
        except (ImportError, ModelError):
            continue
    times_s: dict[str, float] = dict.fromkeys(runs, float("inf"))
    for _ in range(_PROBE_REPEATS):  # in turns, so that other work on the machine hits all alike
        for name, run in runs.items():
            began_s = time.perf_counter()
            run(x)
            times_s[name] = min(times_s[name], time.perf_counter() - began_s)
    return chosen(times_s)


def chosen(times_s: Mapping[str, float]) -> str:
    """The fastest by times in seconds, if it is clearly faster than the first."""
    first = next(iter(times_s))
    best = min(times_s, key=lambda name: times_s[name])
    return best if times_s[best] <= LEAST_GAIN * times_s[first] else first


def departure(found: Tensor, wanted: Tensor) -> float:
    """Root mean square difference relative to what is wanted; infinite if a value is no number."""
    ratio = float((found - wanted).norm() / wanted.norm().clamp(min=1e-12))
    return ratio if ratio == ratio else float("inf")


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _read(path: Path) -> dict[str, str]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {key: value for key, value in data.items() if isinstance(value, str)} if isinstance(data, dict) else {}
