"""Chooses the precision to train in where the recipe leaves it open, by measuring, since some processors only emulate bf16."""

from __future__ import annotations

import functools
import time

import torch
from accelerate.utils import broadcast_object_list
from torch import nn

from distill.config import Recipe, RunRecipe

DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
"""Precisions by their names in recipes."""
AUTO = "auto"
_TIMES = 3
_WORTH = 0.9
"""Share of the time of fp32 that a lower precision may take at most to be worth its errors."""


def settled(recipe: Recipe, device: torch.device) -> Recipe:
    """The recipe with a precision of its own; the main process's measurement counts for all. Every process must call it."""
    if recipe.run.precision != AUTO:
        return recipe
    (precision,) = broadcast_object_list([fastest(device)])
    return with_precision(recipe, precision)


def with_precision(recipe: Recipe, precision: str) -> Recipe:
    """The recipe in another precision."""
    return recipe.model_copy(update={"run": recipe.run.model_copy(update={"precision": precision})})


def dtype_of(run: RunRecipe) -> torch.dtype:
    """The type of what is trained; fp32 as long as it is left open, which is right for all but training itself."""
    return DTYPES.get(run.precision, torch.float32)


@functools.cache
def fastest(device: torch.device) -> str:
    """Name of the precision in which a convolution and its gradient take least time on a device."""
    if device.type == "mps" or (device.type == "cuda" and not torch.cuda.is_bf16_supported(including_emulation=False)):
        return "fp32"  # fp16 needs a scaler, and that is for whoever asks for it
    return "bf16" if _seconds(device, torch.bfloat16) < _WORTH * _seconds(device, torch.float32) else "fp32"


def _seconds(device: torch.device, dtype: torch.dtype) -> float:
    """The least time of some forward and backward passes."""
    network = nn.Sequential(nn.Conv2d(96, 96, 3, padding=1), nn.SiLU(), nn.Conv2d(96, 96, 3, padding=1)).to(device)
    x = torch.ones(8, 96, 32, 32, device=device)
    taken = []
    for _ in range(_TIMES + 1):  # the first one prepares
        began_s = time.perf_counter()
        with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
            total = network(x).float().sum()
        total.backward()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        taken.append(time.perf_counter() - began_s)
    return min(taken[1:])
