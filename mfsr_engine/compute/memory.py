"""Plans where the parts of a model are kept and how much is computed at once, from the memory of a device. Pure arithmetic; loads no torch
and no model.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BATCH = 8
"""Most tiles painted together."""
USABLE_SHARE = 0.75
"""Share of a device's memory that a plan counts on; the rest is for the driver, the screen and other programs."""
WORK_MARGIN = 1.5
"""Factor on the counted size of live tensors: workspaces of libraries, and gaps between blocks of memory."""
CUDA_CONTEXT_MIB = 640
"""What a process takes on a CUDA device before any tensor: the driver's context and the libraries' workspaces. Assumed."""
MIN_TILE_PX = 64
"""Side below which a plan makes no tile of a model smaller."""
SMALL_AUTOENCODER_TILE_PX = 256
"""Side, in pixels of the result, of the autoencoder's own tiles when memory is very short."""
_MIB = 2**20
_PICTURE_VALUES = 4 * 3
"""fp32 values that are alive per pixel of the result beside the networks': input, result, and two in between."""


class WeightPlace(StrEnum):
    """Where the transformer's weights are kept, and how."""

    RESIDENT = "resident"
    """On the device, in the precision of the arithmetic."""
    EIGHT_BIT = "eight-bit"
    """On the device, in 8 bits; each layer is expanded when it is used."""
    STREAMED = "streamed"
    """In main memory; each block is copied to the device ahead of its use."""


@dataclass(frozen=True)
class DeviceMemory:
    """Memory of one device."""

    kind: str
    """cpu, cuda or mps."""
    total_mib: int
    """All of it."""
    free_mib: int | None = None
    """What is free now; None if the device does not tell."""

    @property
    def usable_mib(self) -> int:
        """What a plan counts on."""
        share = int(self.total_mib * USABLE_SHARE)
        return share if self.free_mib is None else min(share, self.free_mib)


@dataclass(frozen=True)
class ModelSize:
    """What of a model decides how much memory it takes."""

    block_parameters: int
    """Parameters in the transformer's blocks: what can be kept in 8 bits or streamed. 0 for a model without blocks."""
    other_parameters: int
    """The network's other parameters."""
    autoencoder_parameters: int
    """Parameters of the autoencoder; 0 if there is none."""
    blocks: int
    """Number of blocks."""
    network_values_per_px: float
    """Values alive at the network's peak, per pixel of the result."""
    autoencoder_values_per_px: float
    """The same at the autoencoder's peak; it works on one tile at a time."""
    scale: int
    """Factor by which pictures grow."""
    tile_px: int
    """Side of a tile that is good for the model, in input pixels."""
    least_tile_px: int = 1
    """Side of the smallest tile the model takes, in input pixels."""


@dataclass(frozen=True)
class MemoryPlan:
    """How one model is run on one device."""

    weights: WeightPlace
    """Where the transformer's weights are."""
    has_sequential_autoencoder: bool
    """Whether the autoencoder is on the device only while it works."""
    tile_px: int
    """Side of a tile, in input pixels."""
    autoencoder_tile_px: int | None
    """Side of the autoencoder's own tiles within one, in pixels of the result; None takes the tile whole."""
    batch: int
    """Tiles of this side that are painted together."""
    weights_mib: int
    """What lies on the device all the time, computed."""
    work_mib: int
    """What painting a batch takes beside that, computed from the sizes of live tensors, with a margin."""
    context_mib: int
    """What the process takes on the device in any case."""
    is_sufficient: bool
    """Whether it is expected to fit."""
    reasons: tuple[str, ...]
    """Why, for people, a sentence each."""

    @property
    def needed_mib(self) -> int:
        """All that is taken on the device."""
        return self.weights_mib + self.work_mib + self.context_mib

    def batch_for(self, width_px: int, height_px: int) -> int:
        """Tiles of another size that take no more memory together than the planned batch."""
        return max(1, min(MAX_BATCH, self.batch * self.tile_px**2 // (width_px * height_px)))


@dataclass(frozen=True)
class _Tier:
    """One way to keep the weights."""

    weights: WeightPlace
    has_sequential_autoencoder: bool = False
    autoencoder_tile_px: int | None = None
    is_small: bool = False


def plan_memory(memory: DeviceMemory, size: ModelSize, value_bytes: int) -> MemoryPlan:
    """Choose how a model is run: the first way that leaves room for a full batch of tiles.

    A full batch is asked for because what the thriftier ways cost (expanding or copying every weight) is paid once for a
    batch. On the CPU and on Apple's GPUs tiles are painted one by one, and nothing is streamed: the memory is the same.

    Args:
        memory: of the device.
        size: of the model.
        value_bytes: bytes of one value of the arithmetic: 2 or 4.
    """
    batch = MAX_BATCH if memory.kind == "cuda" else 1
    tiers = _tiers(memory, size)
    plans = [_planned(tier, batch, size.tile_px, memory, size, value_bytes) for tier in tiers]
    for plan in plans:
        if plan.is_sufficient:
            return plan
    for plan in _reduced(tiers[-1], batch, memory, size, value_bytes):
        if plan.is_sufficient:
            return plan
    return plan


def _tiers(memory: DeviceMemory, size: ModelSize) -> list[_Tier]:
    tiers = [_Tier(WeightPlace.RESIDENT)]
    if size.block_parameters:
        tiers.append(_Tier(WeightPlace.EIGHT_BIT, has_sequential_autoencoder=memory.kind == "cuda"))
        if memory.kind == "cuda":
            tiers.append(_Tier(WeightPlace.STREAMED, has_sequential_autoencoder=True))
    return tiers


def _reduced(tier: _Tier, batch: int, memory: DeviceMemory, size: ModelSize, value_bytes: int) -> Iterator[MemoryPlan]:
    """Ever smaller work within the thriftiest way: fewer tiles together, then smaller pieces."""
    tile_px = size.tile_px
    while batch > 1:
        batch //= 2
        yield _planned(tier, batch, tile_px, memory, size, value_bytes)
    if size.autoencoder_parameters:
        tier = _Tier(tier.weights, tier.has_sequential_autoencoder, SMALL_AUTOENCODER_TILE_PX)
        yield _planned(tier, 1, tile_px, memory, size, value_bytes)
    while tile_px // 2 >= max(MIN_TILE_PX, size.least_tile_px):
        tile_px //= 2
        yield _planned(tier, 1, tile_px, memory, size, value_bytes)
    yield _planned(tier, 1, tile_px, memory, size, value_bytes)


def _planned(
    tier: _Tier, batch: int, tile_px: int, memory: DeviceMemory, size: ModelSize, value_bytes: int
) -> MemoryPlan:
    weights_mib = _weights_mib(tier, size, value_bytes)
    work_mib = _work_mib(tier, batch, tile_px, size, value_bytes)
    context_mib = CUDA_CONTEXT_MIB if memory.kind == "cuda" else 0
    is_sufficient = weights_mib + work_mib + context_mib <= memory.usable_mib
    return MemoryPlan(
        weights=tier.weights,
        has_sequential_autoencoder=tier.has_sequential_autoencoder,
        tile_px=tile_px,
        autoencoder_tile_px=tier.autoencoder_tile_px,
        batch=batch,
        weights_mib=weights_mib,
        work_mib=work_mib,
        context_mib=context_mib,
        is_sufficient=is_sufficient,
        reasons=_reasons(tier, batch, tile_px, memory, size, (weights_mib, work_mib), is_sufficient),
    )


def _weights_mib(tier: _Tier, size: ModelSize, value_bytes: int) -> int:
    """What lies on the device between calls."""
    match tier.weights:
        case WeightPlace.RESIDENT:
            in_blocks = size.block_parameters * value_bytes
        case WeightPlace.EIGHT_BIT:  # and one layer, of up to a quarter of a block, expanded
            in_blocks = size.block_parameters + size.block_parameters // max(size.blocks, 1) // 4 * value_bytes
        case WeightPlace.STREAMED:  # the block at work and the next
            in_blocks = 2 * size.block_parameters * value_bytes // max(size.blocks, 1)
    autoencoder = 0 if tier.has_sequential_autoencoder else size.autoencoder_parameters * value_bytes
    return -(-(in_blocks + size.other_parameters * value_bytes + autoencoder) // _MIB)


def _work_mib(tier: _Tier, batch: int, tile_px: int, size: ModelSize, value_bytes: int) -> int:
    """The larger of the two networks' peaks; they work one after the other."""
    area = (tile_px * size.scale) ** 2
    network = batch * area * size.network_values_per_px * value_bytes
    piece = area if tier.autoencoder_tile_px is None else min(area, tier.autoencoder_tile_px**2)
    autoencoder = piece * size.autoencoder_values_per_px * value_bytes
    if tier.has_sequential_autoencoder:
        autoencoder += size.autoencoder_parameters * value_bytes
    pictures = batch * area * _PICTURE_VALUES * 4
    return int((max(network, autoencoder) + pictures) * WORK_MARGIN / _MIB) + 1


def _reasons(
    tier: _Tier,
    batch: int,
    tile_px: int,
    memory: DeviceMemory,
    size: ModelSize,
    mib: tuple[int, int],
    is_sufficient: bool,
) -> tuple[str, ...]:
    weights, work = mib
    free = "" if memory.free_mib is None else f", {memory.free_mib} of them free"
    reasons = [
        f"{memory.total_mib} MiB{free}: up to {memory.usable_mib} can be used; "
        f"{weights} for weights and {work} for the work on tiles (computed).",
        _WEIGHT_REASONS[tier.weights],
    ]
    if tier.has_sequential_autoencoder:
        reasons.append("The autoencoder is on the device only while it works.")
    if tier.autoencoder_tile_px is not None:
        reasons.append(f"The autoencoder works on pieces of {tier.autoencoder_tile_px} pixels, to save memory.")
    if tile_px < size.tile_px:
        reasons.append(f"Tiles are {tile_px} instead of {size.tile_px} pixels wide, so the model sees less at once.")
    if batch > 1:
        reasons.append(f"{batch} tiles are painted together.")
    if not is_sufficient:
        reasons.append("This is more than there is: expect it to fail or to be very slow. Close other programs.")
    return tuple(reasons)


_WEIGHT_REASONS = {
    WeightPlace.RESIDENT: "All weights stay on the device in full.",
    WeightPlace.EIGHT_BIT: "The transformer's weights are kept in 8 bits, as they would not fit in full.",
    WeightPlace.STREAMED: "The transformer's weights stay in main memory and are copied block by block.",
}
