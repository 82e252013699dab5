"""The large picture of the full-size benchmark: tiles in batches, copied out, blended on the CPU."""

from __future__ import annotations

import time
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from benchmarks.full_size_report import Row
from benchmarks.full_size_stages import SCALE, STAGES, Stages
from benchmarks.peak_memory import begin_peak, peak_mib
from benchmarks.rates import synchronize
from mfsr_engine.geometry import Rect, Size
from mfsr_engine.upscale import tiling
from mfsr_engine.upscale.blending import Canvas
from mfsr_engine.upscale.noise import noise_field

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from torch import Tensor

    from benchmarks.full_size_bench import Bench


class Blender:
    """Copies painted tiles to the CPU and blends them, one batch behind if `is_overlapped`."""

    def __init__(self, plan: tiling.TilePlan, *, is_overlapped: bool) -> None:
        self.pixels = np.full((plan.size.height * SCALE, plan.size.width * SCALE, 3), np.nan, np.float32)
        """(H, W, 3) float32; NaN where nothing is final yet."""
        self._canvas, self._is_overlapped = Canvas(plan, SCALE), is_overlapped
        self._waiting: tuple[list[tiling.Tile], Tensor, torch.cuda.Event] | None = None

    def add(self, tiles: list[tiling.Tile], painted: Tensor) -> None:
        """Take (B, 3, H, W) 0..1 results."""
        if not self._is_overlapped:
            self._blend(tiles, painted.permute(0, 2, 3, 1).cpu())
            return
        on_cpu = torch.empty(painted.permute(0, 2, 3, 1).shape, dtype=painted.dtype, pin_memory=True)
        on_cpu.copy_(painted.permute(0, 2, 3, 1), non_blocking=True)
        event = torch.cuda.Event()
        event.record()
        self.finish()
        self._waiting = (tiles, on_cpu, event)

    def finish(self) -> None:
        """Blend what still waits."""
        if self._waiting is not None:
            tiles, on_cpu, event = self._waiting
            event.synchronize()
            self._blend(tiles, on_cpu)
            self._waiting = None

    def _blend(self, tiles: list[tiling.Tile], pixels: Tensor) -> None:
        for tile, one in zip(tiles, pixels.numpy(), strict=False):
            final = self._canvas.add(tile, one)
            if final is not None:
                self.pixels[final[0].slices()] = final[1]


def measure_large(bench: Bench, stages: Stages) -> None:
    """The large picture: each overlap and batch, whole; then stage by stage with the largest batch."""
    side = bench.scale.large_px
    for overlap_px in bench.scale.overlaps_px:
        plan = tiling.plan(Size(side, side), bench.scale.small_px, overlap_px, 4)
        for batch in (bench.scale.batches[0], bench.scale.batches[-1]):
            _measure(bench, stages, plan, batch, overlap_px, is_overlapped=False)
        if bench.device.type == "cuda":
            _measure(bench, stages, plan, bench.scale.batches[-1], overlap_px, is_overlapped=True)
    _measure_stages(bench, stages)


def _measure(
    bench: Bench, stages: Stages, plan: tiling.TilePlan, batch: int, overlap_px: int, *, is_overlapped: bool
) -> None:
    if not bench.has_time:
        return
    side = bench.scale.large_px
    variant = f"{plan.count} tiles, overlap {overlap_px}, {batch} at once" + (", copied alongside" * is_overlapped)
    megapixels = (SCALE * side) ** 2 / 1e6
    _paint(stages, plan, batch, lambda stage, run: run(), is_overlapped=is_overlapped, limit=2)
    synchronize(bench.device)
    begin_peak(bench.device)
    began_s = time.perf_counter()
    pixels = _paint(stages, plan, batch, lambda stage, run: run(), is_overlapped=is_overlapped)
    synchronize(bench.device)
    seconds = time.perf_counter() - began_s
    assert np.isfinite(pixels).all(), "a tile was not painted"
    per_megapixel_s = seconds / megapixels
    row = Row(
        f"{side} to {SCALE * side}",
        variant,
        "whole",
        seconds,
        allocated_mib=peak_mib(bench.device),
        per_megapixel_s=per_megapixel_s,
    )
    bench.report.add(row)


def _measure_stages(bench: Bench, stages: Stages) -> None:
    if not bench.has_time:
        return
    side, batch = bench.scale.large_px, bench.scale.batches[-1]
    plan = tiling.plan(Size(side, side), bench.scale.small_px, bench.scale.overlaps_px[0], 4)
    spent: dict[str, float] = defaultdict(float)
    peaks: dict[str, float] = {}

    def timed(stage: str, run: Callable[[], None]) -> None:
        synchronize(bench.device)
        begin_peak(bench.device)
        began_s = time.perf_counter()
        run()
        synchronize(bench.device)
        spent[stage] += time.perf_counter() - began_s
        peak = peak_mib(bench.device)
        if peak is not None:
            peaks[stage] = max(peak, peaks.get(stage, 0.0))

    _paint(stages, plan, batch, timed, is_overlapped=False)
    variant = f"{plan.count} tiles, {batch} at once"
    for stage, seconds in spent.items():
        bench.report.add(Row(f"{side} to {SCALE * side}", variant, stage, seconds, allocated_mib=peaks.get(stage)))


def _paint(
    stages: Stages,
    plan: tiling.TilePlan,
    batch: int,
    step: Callable[[str, Callable[[], None]], None],
    *,
    is_overlapped: bool,
    limit: int | None = None,
) -> NDArray[np.float32]:
    """Paint all tiles, or the first `limit` batches."""
    tiles = plan.tiles()
    blender = Blender(plan, is_overlapped=is_overlapped)
    for start in range(0, len(tiles) if limit is None else min(len(tiles), limit * batch), batch):
        group = tiles[start : start + batch]
        values = stages.inputs(batch)
        step("noise", partial(_draw_noise, stages, group, values))
        for stage in STAGES:
            step(stage, partial(stages.run, stage, values))
        step("copy and blend", partial(_hand_over, blender, group, values))
    blender.finish()
    return blender.pixels


def _draw_noise(stages: Stages, tiles: list[tiling.Tile], values: dict[str, Tensor]) -> None:
    """As the engine does: cut from the picture's field on the CPU, then copied; the batch is always full."""
    cells = [Rect(tile.area.x // 2, tile.area.y // 2, tile.area.width // 2, tile.area.height // 2) for tile in tiles]
    cells += cells[-1:] * (len(values["noise"]) - len(cells))
    values["noise"] = torch.stack([noise_field(0, stages.codec.channels, area) for area in cells]).to(stages.device)


def _hand_over(blender: Blender, tiles: list[tiling.Tile], values: dict[str, Tensor]) -> None:
    blender.add(tiles, values["result"])
