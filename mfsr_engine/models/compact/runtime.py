"""Chooses what runs the network on this processor: torch, or ncnn where it is installed, agrees, and was measured to be faster here. What
was measured is kept.
"""

from __future__ import annotations

import json
import platform
import time
from contextlib import suppress
from importlib import metadata, util
from types import MappingProxyType
from typing import TYPE_CHECKING

import torch

from mfsr_engine.errors import ModelError
from mfsr_engine.files import atomic, paths
from mfsr_engine.models.compact.folded import start_torch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from mfsr_engine.models.compact.folded import FoldedNetwork, Run, Start

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
        from mfsr_engine.models.compact.ncnn_runtime import start_ncnn

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
    key = "|".join([platform.processor(), torch.backends.cpu.get_cpu_capability(), str(torch.get_num_threads()),
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
