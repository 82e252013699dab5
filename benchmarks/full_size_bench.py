"""What every measurement of the full-size benchmark shares: sizes, device, deadline, and the timing of one thing."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from benchmarks.full_size_report import Report, Row
from benchmarks.peak_memory import begin_peak, peak_mib
from benchmarks.rates import Rates, median_s

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.full_size_networks import Scale


@dataclass(frozen=True)
class Bench:
    """What every measurement needs."""

    scale: Scale
    """Size of everything."""
    device: torch.device
    """Where."""
    dtype: torch.dtype
    """In which precision."""
    rates: Rates
    """The device's ceilings."""
    report: Report
    """Where rows go."""
    deadline_s: float
    """When to start nothing more, on `time.monotonic`."""
    repeats: int = 5
    """Runs that a median is taken of."""

    @property
    def has_time(self) -> bool:
        """Whether another measurement may start."""
        return time.monotonic() < self.deadline_s

    def floor_s(self, flops: float) -> float:
        """Least time for operations at the rate of matrix products."""
        return flops / self.rates.matmul_tflops / 1e12

    def measure(self, row: Row, run: Callable[[], object], flops: float | None = None) -> Row | None:
        """Time one thing and report it; a failure is reported too. None if time is up or it failed."""
        if not self.has_time:
            return None
        tflop = None if flops is None else flops / 1e12
        try:
            begin_peak(self.device)
            seconds = median_s(run, self.device, warm_ups=min(2, self.repeats - 1), repeats=self.repeats)
        except (RuntimeError, NotImplementedError, torch.OutOfMemoryError) as error:
            note = str(error).splitlines()[0][:200]
            self.report.add(Row(row.case, row.variant, row.stage, None, tflop, note=note))
            return None
        done = Row(
            row.case,
            row.variant,
            row.stage,
            seconds,
            tflop,
            None if flops is None else self.floor_s(flops),
            row.live_mib,
            peak_mib(self.device),
            row.per_megapixel_s,
            row.note,
        )
        self.report.add(done)
        return done
