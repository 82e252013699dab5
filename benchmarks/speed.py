"""Measures start-up, time and peak memory, beside Real-ESRGAN x4plus in the same run, and prints the ratios.

    python -m benchmarks.peers              once: the peer's weights
    python -m benchmarks.speed              start-up; 128x128 with the peers; 1024x768 without
    python -m benchmarks.speed --full       the peers on 1024x768 too, which takes minutes
    python -m benchmarks.speed --no-startup --models mfsr-small@1 mfsr-small@4 --json FILE

Every method runs in a fresh process (see `speed_worker`), one after the other; the best of its runs counts, being
the least disturbed. Nothing is extrapolated. This module stays light: a child starts with its parent's peak memory.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks import startup
from benchmarks.speed_worker import NCNN, TORCH, Timing
from mfsr_engine.api import BUNDLED_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PEERS = (NCNN, TORCH)
SMALL, LARGE = (128, 128), (1024, 768)


@dataclass(frozen=True)
class Case:
    """One method on one size."""

    method: str
    """As `speed_worker` takes it."""
    size: tuple[int, int]
    """Width and height of the input in pixels."""


def cases(models: Sequence[str], *, is_full: bool) -> list[Case]:
    """What to measure: models on both sizes, the peers on the small one, and on the large one only if asked."""
    small = [Case(name, SMALL) for name in (*models, *PEERS)]
    large = [Case(name, LARGE) for name in (*models, *(PEERS if is_full else ()))]
    return small + large


def time_case(case: Case, repeat: int) -> Timing | None:
    """Measure in a fresh process; None if it failed, with its complaint passed on."""
    command = [sys.executable, "-m", "benchmarks.speed_worker", case.method, *map(str, case.size)]
    done = subprocess.run([*command, "--repeat", str(repeat)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        complaint = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        print(f"{case.method} at {case.size[0]}x{case.size[1]}: {complaint}", file=sys.stderr)
        return None
    return Timing(**json.loads(done.stdout.strip().splitlines()[-1]))


def timing_table(timings: Sequence[Timing]) -> Table:
    """Times and memory, each with its ratio to the first method of the same size."""
    sheet = Table("input", "", "load s", "first s", "best s", "x", "peak MiB", "x", title="Time and memory")
    for column in sheet.columns[2:]:
        column.justify = "right"
    for timing in timings:
        base = next(one for one in timings if (one.width, one.height) == (timing.width, timing.height))
        slower, larger = timing.best_s / base.best_s, timing.peak_mib / base.peak_mib
        times = (f"{timing.load_s:.2f}", f"{timing.seconds[0]:.3f}", f"{timing.best_s:.3f}", f"{slower:.1f}")
        memory = (f"{timing.peak_mib:.0f}", f"{larger:.1f}")
        sheet.add_row(f"{timing.width}x{timing.height}", timing.method, *times, *memory)
    return sheet


def startup_table(start: startup.Startup) -> Table:
    """Start-up times."""
    sheet = Table("", "s", title="Start")
    rows = {
        "import": start.import_s,
        "window shown": start.window_shown_s,
        "first sharp": start.first_sharp_s,
        "mfsr --version": start.version_s,
        f"mfsr upscale {startup.sample().name}": start.upscale_s,
    }
    for name, seconds in rows.items():
        sheet.add_row(name, "not measured" if seconds is None else f"{seconds:.3f}")
    return sheet


def processor_features(flags: str) -> str:
    """What of a processor decides about speed, as Linux names it.

    Args:
        flags: content of /proc/cpuinfo.
    """
    words = set(flags.split())
    return " ".join(name for name in ("avx2", "avx512f", "avx512_bf16", "avx_vnni", "amx_bf16") if name in words)


def _processor() -> str:
    try:
        return processor_features(Path("/proc/cpuinfo").read_text(encoding="utf-8")) or platform.machine()
    except OSError:
        return f"{platform.machine()} {platform.processor()}"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.speed", description="Measures start-up, time and memory.")
    add = parser.add_argument
    add("--models", nargs="+", default=[f"{BUNDLED_MODEL}@1"], metavar="MODEL@STEPS", help="models of this program")
    add("--full", action="store_true", help="run the peers on 1024x768 too (minutes)")
    add("--no-startup", action="store_true", help="leave the start of the program out")
    add("--repeat", type=int, default=5, help="most runs of each (default: %(default)s)")
    add("--json", type=Path, metavar="FILE", help="write everything measured")
    return parser


def run(
    arguments: Sequence[str],
    console: Console,
    time_one: Callable[[Case, int], Timing | None] = time_case,
    time_start: Callable[[int], startup.Startup] = startup.measure,
) -> list[Timing]:
    """Measure as the command line says; `time_one` and `time_start` do the measuring."""
    options = _parser().parse_args(arguments)
    console.print(f"{os.cpu_count()} processors ({_processor()}), load {os.getloadavg()[0]:.2f} at the start")
    start = None if options.no_startup else time_start(options.repeat)
    if start is not None:
        console.print(startup_table(start))
    measured = [time_one(case, options.repeat) for case in cases(options.models, is_full=options.full)]
    timings = [timing for timing in measured if timing is not None]
    console.print(timing_table(timings))
    if options.json:
        facts = {
            "startup": asdict(start) if start else None,
            "timings": [asdict(timing) | {"best_s": timing.best_s} for timing in timings],
        }
        options.json.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return timings


if __name__ == "__main__":
    run(sys.argv[1:], Console())
