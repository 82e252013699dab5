"""Foretells how long a full-size model takes for a photograph: operations that were counted, over how many this device does
in a second. Loads no model.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import torch

from mfsr_engine.geometry import Size
from mfsr_engine.upscale import tiling

if TYPE_CHECKING:
    from mfsr_engine.compute.devices import Compute
    from mfsr_engine.models.card import ModelCard

PHOTOGRAPH = Size(1024, 1024)
"""What is foretold for."""
CALL_TFLOP, AUTOENCODER_TFLOP = 4.72, 3.63
"""Operations for a tile of 128 input pixels: one call of the transformer, and encoding and decoding; counted with
`benchmarks.counting`, for 154 text tokens.
"""
PROBE_SIDE, PROBE_REPEATS = 1024, 3
"""Matrices that are multiplied to measure a device: some hundredths of a second on a slow processor."""


def foretold_s(card: ModelCard, tflop_per_s: float) -> float:
    """Seconds for all of `PHOTOGRAPH` with the model's own steps and guidance.

    Args:
        card: of a model of the published shape.
        tflop_per_s: from `measured_rate`.
    """
    image, sampling = card.image, card.sampling
    plan = tiling.plan(PHOTOGRAPH, image.tile_px, image.overlap_px, image.size_multiple)
    steps = sampling.default_steps
    calls = steps if sampling.guidance_at(steps) == 1 else 2 * steps
    return plan.count * (calls * CALL_TFLOP + AUTOENCODER_TFLOP) / tflop_per_s


def measured_rate(compute: Compute) -> float:
    """10^12 operations a second in a product of matrices, as the best of several; less while others use the device."""
    matrix = torch.rand(PROBE_SIDE, PROBE_SIDE, device=compute.device).to(compute.dtype)
    times_s = []
    for _ in range(PROBE_REPEATS):
        began_s = time.perf_counter()
        (matrix @ matrix)[0, 0].item()  # asking for a value waits for the device
        times_s.append(time.perf_counter() - began_s)
    return 2 * PROBE_SIDE**3 / 1e12 / min(times_s)
