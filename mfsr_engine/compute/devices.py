"""Chooses device and precision: what this computer has, and what works on it. Knows no models."""

from __future__ import annotations

import os
import platform
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import psutil  # type: ignore[import-untyped, unused-ignore]
import torch

from mfsr_engine.api import DeviceChoice, DtypeChoice
from mfsr_engine.errors import DeviceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DTYPES: Mapping[DtypeChoice, torch.dtype] = {
    DtypeChoice.FP32: torch.float32,
    DtypeChoice.BF16: torch.bfloat16,
    DtypeChoice.FP16: torch.float16,
}
"""What each choice but "auto" stands for."""

_PROBE_TOLERANCE = {torch.float32: 0.0, torch.bfloat16: 0.03, torch.float16: 0.01}
_MIB = 2**20
_PROCESSORS = Path("/proc/cpuinfo")
_CONTAINER_QUOTA = Path("/sys/fs/cgroup/cpu.max")


@dataclass(frozen=True)
class Compute:
    """A device and a precision that work together here."""

    device: torch.device
    """Where."""
    dtype: torch.dtype
    """In which precision."""

    @property
    def dtype_name(self) -> str:
        """The precision as the user chooses it, for example "bf16"."""
        return dtype_name(self.dtype)


def dtype_name(dtype: torch.dtype) -> str:
    """A precision as the user chooses it, for example "bf16"."""
    return next(choice.value for choice, known in DTYPES.items() if known == dtype)


@dataclass(frozen=True)
class DeviceReport:
    """One device as `mfsr doctor` shows it."""

    device: str
    """As it is chosen: cpu, cuda or mps."""
    title: str
    """Name for people."""
    memory_mib: int | None
    """All memory it has, if known."""
    free_mib: int | None
    """What of it is free now, if known."""
    dtypes: tuple[str, ...]
    """Precisions that compute correctly here."""
    preferred: str
    """The precision that "auto" takes."""


def choose(device: DeviceChoice = DeviceChoice.AUTO, dtype: DtypeChoice = DtypeChoice.AUTO) -> Compute:
    """Settle device and precision. "auto" takes a GPU where there is one, and the fastest precision that computes
    correctly.

    Raises:
        DeviceError: the asked device is not there, or the asked precision does not work on it.
    """
    kind = _best_device() if device is DeviceChoice.AUTO else device
    if not _PRESENT[kind]():
        raise DeviceError(
            f'This computer has no device "{kind}" that torch can use. Choose "cpu" or "auto"; '
            "`mfsr doctor` lists the devices."
        )
    place = torch.device(kind.value)
    if dtype is DtypeChoice.AUTO:
        return Compute(place, precisions(place)[0])
    if not works(place, DTYPES[dtype]):
        raise DeviceError(f'The precision "{dtype}" does not work on "{kind}" here. Choose "auto" or "fp32".')
    return Compute(place, DTYPES[dtype])


@cache
def works(device: torch.device, dtype: torch.dtype) -> bool:
    """Whether a convolution and a matrix product in this precision agree with fp32 on this device. Asked once per
    process.
    """
    tolerance = _PROBE_TOLERANCE[dtype]
    if dtype == torch.float32:
        return True
    generator = torch.Generator().manual_seed(0)
    picture, kernel = (torch.randn(shape, generator=generator) for shape in ((1, 32, 16, 16), (32, 32, 3, 3)))
    expected = torch.einsum("bchw,cd->bdhw", torch.conv2d(picture, kernel, padding=1), kernel[:, :, 1, 1])
    try:
        picture, kernel = (v.to(device, dtype, memory_format=torch.channels_last) for v in (picture, kernel))
        found = torch.einsum("bchw,cd->bdhw", torch.conv2d(picture, kernel, padding=1), kernel[:, :, 1, 1])
    except (RuntimeError, TypeError):
        return False
    error = (found.float().cpu() - expected).abs().max() / expected.abs().max()
    return bool(error <= tolerance)  # a NaN compares as false


def describe_devices() -> list[DeviceReport]:
    """Every device of this computer, the one that "auto" takes first."""
    present = [kind for kind in (DeviceChoice.CUDA, DeviceChoice.MPS, DeviceChoice.CPU) if _PRESENT[kind]()]
    return [_report(kind) for kind in present]


def precisions(device: torch.device) -> list[torch.dtype]:
    """Precisions that "auto" may take on a device, from fastest to safest; each computes correctly there."""
    return [dtype for dtype in _candidates(DeviceChoice(device.type)) if works(device, dtype)]


def processor_name() -> str:
    """The processor as its maker calls it, where the system tells; else its kind. By it one sees that a measurement is of another."""
    with suppress(OSError):
        for line in _PROCESSORS.read_text(encoding="utf-8", errors="replace").splitlines():
            name, _, value = line.partition(":")
            if name.split() == ["model", "name"] and value.strip():
                return value.strip()
    return platform.processor() or platform.machine()


def total_memory_mib(device: torch.device) -> int:
    """All memory that a device has, in MiB."""
    if device.type == "cuda":
        return int(torch.cuda.get_device_properties(device).total_memory) // _MIB
    if device.type == "mps":
        return torch.mps.recommended_max_memory() // _MIB
    return int(psutil.virtual_memory().total) // _MIB


def free_memory_mib(device: torch.device) -> int | None:
    """Memory that is free on a device now, in MiB; None if the device does not tell."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0] // _MIB
    if device.type == "mps":
        return (torch.mps.recommended_max_memory() - torch.mps.driver_allocated_memory()) // _MIB
    return int(psutil.virtual_memory().available) // _MIB


def release_memory(device: torch.device) -> None:
    """Hand cached memory back to the system, after a model was dropped or memory ran out."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def use_threads(count: int = 0) -> None:
    """Compute with this many threads on the processor; 0 leaves it to OMP_NUM_THREADS, or to `best_threads`."""
    if count:
        torch.set_num_threads(count)
    elif "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(best_threads())


def best_threads() -> int:
    """One thread for each core that this process may use: two on one core (hyper-threading), or more than a container was given
    processors, would only wait for each other.
    """
    counts = [psutil.cpu_count(logical=False), psutil.cpu_count(), _allowed_processors(), _container_processors()]
    return max(1, min(int(count) for count in (*counts, torch.get_num_threads()) if count))


def _allowed_processors() -> int | None:
    """Those that the system lets this process run on (`taskset`); None where it does not tell."""
    try:
        return len(psutil.Process().cpu_affinity())
    except (AttributeError, psutil.Error):  # macOS has none
        return None


def _container_processors() -> int | None:
    try:
        return processor_quota(_CONTAINER_QUOTA.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None


def processor_quota(text: str) -> int | None:
    """Processors that a container may use, rounded up, at least 1; None if all.

    Args:
        text: content of `cpu.max` (control groups, version 2): microseconds of work, or "max", and of the period they are counted in.

    Raises:
        ValueError: it is something else.
    """
    work, period = text.split()
    return None if work == "max" else max(1, -(-int(work) // max(1, int(period))))


def take_own_card() -> None:
    """Where torchrun or accelerate launch started several processes on this computer, let each use a graphics card of its own."""
    rank = os.environ.get("LOCAL_RANK", "")
    if rank.isdecimal() and torch.cuda.is_available():
        torch.cuda.set_device(int(rank) % torch.cuda.device_count())


def _best_device() -> DeviceChoice:
    return next(kind for kind in (DeviceChoice.CUDA, DeviceChoice.MPS, DeviceChoice.CPU) if _PRESENT[kind]())


_PRESENT: Mapping[DeviceChoice, Callable[[], bool]] = {
    DeviceChoice.CUDA: torch.cuda.is_available,
    DeviceChoice.MPS: torch.backends.mps.is_available,
    DeviceChoice.CPU: lambda: True,
}


def _candidates(kind: DeviceChoice) -> tuple[torch.dtype, ...]:
    """Precisions from fastest to safest."""
    if kind is DeviceChoice.CPU:
        return (torch.bfloat16, torch.float32) if _has_fast_cpu_bf16() else (torch.float32,)
    if kind is DeviceChoice.MPS:
        return (torch.float16, torch.float32)
    capability = torch.cuda.get_device_capability()
    if capability >= (8, 0):
        return (torch.bfloat16, torch.float16, torch.float32)
    return (torch.float16, torch.float32) if capability >= (7, 0) else (torch.float32,)


def _has_fast_cpu_bf16() -> bool:
    """Whether the processor multiplies bf16 itself (AMX or AVX512-BF16); elsewhere it is emulated and slower than
    fp32.
    """
    checks = ("_is_amx_tile_supported", "_is_avx512_bf16_supported")
    return any(check() for name in checks if (check := getattr(torch.cpu, name, None)) is not None)


def _report(kind: DeviceChoice) -> DeviceReport:
    place = torch.device(kind.value)
    sound = tuple(choice.value for choice, dtype in DTYPES.items() if works(place, dtype))
    if kind is DeviceChoice.CUDA:
        title = torch.cuda.get_device_name(place)
    elif kind is DeviceChoice.MPS:
        title = "Apple GPU"
    else:
        title = f"{torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}"
    memory = total_memory_mib(place)
    return DeviceReport(kind.value, title, memory, free_memory_mib(place), sound, choose(kind).dtype_name)
