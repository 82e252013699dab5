"""Peak memory of a computation, measured: of a CUDA device's allocator, or of this process on Linux."""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path

import torch

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_CLEAR_PEAK = "5"
"""What the kernel wants to be written there, to begin a new peak; see proc_pid_clear_refs(5)."""


def begin_peak(device: torch.device) -> None:
    """Forget the peak so far."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    else:
        with suppress(OSError):
            _CLEAR.write_text(_CLEAR_PEAK, encoding="ascii")


def peak_mib(device: torch.device) -> float | None:
    """Most memory since `begin_peak`, weights included: on CUDA what the allocator gave out, else what this process had in
    main memory; None where neither can be told.
    """
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 2**20
    return _status_mib("VmHWM") if device.type == "cpu" else None


def _status_mib(field: str) -> float | None:
    try:
        found = re.search(rf"{field}:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"))
    except OSError:
        return None
    return None if found is None else int(found[1]) / 1024
