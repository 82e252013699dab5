"""What a device can do at best, measured: matrix products, convolutions, copies. The ceilings that times are held against."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Rates:
    """Ceilings of one device in one precision."""

    device: str
    """Its name."""
    dtype: str
    """The precision."""
    matmul_tflops: float
    """Product of two large square matrices of random values."""
    conv_tflops: float
    """3x3 convolution of a large channels-last picture, 256 to 256 channels."""
    copy_gb_s: float
    """Copy within the device, bytes read and bytes written."""


def synchronize(device: torch.device) -> None:
    """Wait until a device has done all it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def median_s(run: Callable[[], object], device: torch.device, *, warm_ups: int = 2, repeats: int = 5) -> float:
    """Median seconds of a computation, after some runs that do not count."""
    for _ in range(warm_ups):
        run()
    times = []
    for _ in range(repeats):
        synchronize(device)
        began_s = time.perf_counter()
        run()
        synchronize(device)
        times.append(time.perf_counter() - began_s)
    return statistics.median(times)


def device_name(device: torch.device) -> str:
    """For tables."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    if device.type == "mps":
        return "Apple GPU"
    return f"CPU, {torch.get_num_threads()} threads, {torch.backends.cpu.get_cpu_capability()}"


@torch.inference_mode()
def measure_rates(device: torch.device, dtype: torch.dtype, *, is_rehearsal: bool = False) -> Rates:
    """Measure the ceilings, on random values: zeros can be faster than real data.

    Args:
        device: where.
        dtype: in which precision.
        is_rehearsal: on small matrices and pictures, which do not reach the ceilings; some processors take minutes for
            large ones in 16 bits.
    """
    is_gpu = device.type != "cpu"
    side, picture_px = (128, 16) if is_rehearsal else (8192, 512) if is_gpu else (1024, 128)
    a, b = (torch.randn(side, side, device=device, dtype=dtype) for _ in range(2))
    matmul_s = median_s(lambda: a @ b, device)
    x = torch.randn(4 if is_gpu else 1, 256, picture_px, picture_px, device=device, dtype=dtype)
    x = x.contiguous(memory_format=torch.channels_last)
    kernel = torch.randn(256, 256, 3, 3, device=device, dtype=dtype).contiguous(memory_format=torch.channels_last)
    conv_s = median_s(lambda: F.conv2d(x, kernel, padding=1), device)
    source = torch.randn((2**30 if is_gpu else 2**26) // dtype.itemsize, device=device, dtype=dtype)
    target = torch.empty_like(source)
    copy_s = median_s(lambda: target.copy_(source), device)
    return Rates(
        device=device_name(device),
        dtype=str(dtype).removeprefix("torch."),
        matmul_tflops=2 * side**3 / matmul_s / 1e12,
        conv_tflops=2 * 9 * 256**2 * len(x) * picture_px**2 / conv_s / 1e12,
        copy_gb_s=2 * source.nbytes / copy_s / 1e9,
    )
