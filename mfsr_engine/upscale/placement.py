"""Load planning: which precision, what lies where, batch size, and how long a photograph will take. Knows no pictures."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

from mfsr_engine.api import Acceleration
from mfsr_engine.compute import devices
from mfsr_engine.compute.memory import DeviceMemory, MemoryPlan, WeightPlace, plan_memory
from mfsr_engine.geometry import Size
from mfsr_engine.models.families import family_of
from mfsr_engine.models.loading import LoadedModel, load_model
from mfsr_engine.upscale import tiling
from mfsr_engine.upscale.precision import DRIFT_LIMIT, DriftRecord, drift_from_fp32
from mfsr_engine.upscale.tile_runner import is_out_of_memory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfsr_engine.compute.devices import Compute
    from mfsr_engine.hub.store import InstalledModel
    from mfsr_engine.models.card import ModelCard


@dataclass(frozen=True)
class Placed:
    """A loaded model and what its user should know of how it was placed."""

    model: LoadedModel
    """Ready to run, with its plan."""
    notes: tuple[str, ...]
    """A precision that was given up, or memory that will hardly do."""


def place(
    installed: InstalledModel,
    compute: devices.Compute,
    record: DriftRecord | None = None,
    *,
    is_dtype_free: bool,
    limit_mib: int = 0,
) -> Placed:
    """Load a model the way that suits the device.

    Args:
        installed: the model.
        compute: device and precision to begin with.
        record: drifts measured before; gets what is measured now. By default that in the program's cache.
        is_dtype_free: whether to go on to the next precision if this one departs too far from fp32.
        limit_mib: most memory a plan counts on; 0 is all that is free.

    Raises:
        ModelError: as `load_model`.
    """
    dtypes = [compute.dtype]
    if is_dtype_free:
        dtypes += [dtype for dtype in devices.precisions(compute.device) if dtype != compute.dtype]
        dtypes = _preferred(dtypes, family_of(installed.card).dtype_order)
    notes: list[str] = []
    for dtype in dtypes[:-1]:
        model = _loaded(installed, compute.device, dtype, limit_mib)
        drift = _drift(model, record or DriftRecord.default())
        if drift <= DRIFT_LIMIT:
            return _placed(model, notes)
        name = devices.Compute(compute.device, dtype).dtype_name
        notes.append(f"In {name} {model.card.title} departs from fp32 by {drift:.3f}, so it was not used.")
        del model  # before the next one is loaded
        devices.release_memory(compute.device)
    return _placed(_loaded(installed, compute.device, dtypes[-1], limit_mib), notes)


def accelerated(model: LoadedModel, how: Acceleration) -> LoadedModel:
    """The same model, faster for many calls of few shapes; itself where that is not possible.

    Asks for weights that stay on the device in full.
    """
    is_resident = model.plan is None or model.plan.weights is WeightPlace.RESIDENT
    if how is Acceleration.NONE or not is_resident:
        return model
    faster = family_of(model.card).accelerated(model.tile_model, how, model.device.type)
    return model if faster is model.tile_model else replace(model, tile_model=faster)


def plan_for(installed: InstalledModel, device: torch.device, dtype: torch.dtype, limit_mib: int = 0) -> MemoryPlan:
    """How a model would be run on a device now.

    Raises:
        ModelError: the model is damaged.
    """
    size = family_of(installed.card).size(installed.folder, installed.card)
    return plan_memory(memory_of(device, limit_mib), size, dtype.itemsize)


def memory_of(device: torch.device, limit_mib: int = 0) -> DeviceMemory:
    """What a device has. What is free counts in steps of half a GiB, so that plans do not follow every other program."""
    free = devices.free_memory_mib(device)
    steps = None if free is None else free // 512 * 512 if free > 2048 else free
    total = devices.total_memory_mib(device)
    return DeviceMemory(device.type, total, min(limit_mib, total if steps is None else steps) if limit_mib else steps)


def _preferred(dtypes: Sequence[torch.dtype], order: Sequence[str]) -> list[torch.dtype]:
    """A device's precisions in a family's order; those that it does not name stay behind those that it does."""
    ranks = {name: rank for rank, name in enumerate(order)}
    return sorted(dtypes, key=lambda dtype: ranks.get(devices.dtype_name(dtype), len(order)))


def _loaded(installed: InstalledModel, device: torch.device, dtype: torch.dtype, limit_mib: int) -> LoadedModel:
    plan = plan_for(installed, device, dtype, limit_mib)
    return load_model(installed.folder, device, dtype, plan, installed.card)


def _placed(model: LoadedModel, notes: list[str]) -> Placed:
    assert model.plan is not None
    return Placed(model, tuple(notes) if model.plan.is_sufficient else (*notes, model.plan.reasons[-1]))


def _drift(model: LoadedModel, record: DriftRecord) -> float:
    known = record.find(model)
    if known is not None:
        return known
    try:
        drift = drift_from_fp32(model)
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        return 0.0  # the runner copes with tiles that do not fit, and checks each for values that are no numbers
    record.add(model, drift)
    return drift


PHOTOGRAPH = Size(1024, 1024)
"""What is estimated for."""
PROBE_SIDE, PROBE_REPEATS = 1024, 3
"""Matrices that are multiplied to measure a device: some hundredths of a second on a slow processor."""


def estimated_s(card: ModelCard, tflop_per_s: float) -> float | None:
    """Seconds for all of `PHOTOGRAPH` with the model's own steps and guidance; None if they are few on any processor.

    Args:
        card: of a model of the published shape.
        tflop_per_s: from `measured_rate`.
    """
    work = family_of(card).tile_work
    if work is None:
        return None
    image, sampling = card.image, card.sampling
    plan = tiling.plan(PHOTOGRAPH, image.tile_px, image.overlap_px, image.size_multiple)
    steps = sampling.default_steps
    calls = steps if sampling.guidance_at(steps) == 1 else 2 * steps
    return plan.count * (calls * work.call_tflop + work.codec_tflop) / tflop_per_s


def measured_rate(compute: Compute) -> float:
    """10^12 operations a second in a product of matrices, as the best of several; less while others use the device."""
    matrix = torch.rand(PROBE_SIDE, PROBE_SIDE, device=compute.device).to(compute.dtype)
    times_s = []
    for _ in range(PROBE_REPEATS):
        began_s = time.perf_counter()
        (matrix @ matrix)[0, 0].item()  # asking for a value waits for the device
        times_s.append(time.perf_counter() - began_s)
    return 2 * PROBE_SIDE**3 / 1e12 / min(times_s)
