"""Measures the window: start, paint, stalls, queue, stops, first sharpened pixels, a very large photograph. Each in a process of its
own, offscreen.

    python -m benchmarks.window                          everything, some minutes
    python -m benchmarks.window --only paint queue
    python -m benchmarks.window --json FILE

Prints a table of figures and bounds, and ends with 1 if a bound does not hold, with 2 if something could not be measured.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from benchmarks.startup import environment
from benchmarks.window.figures import Figure, from_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PARTS = ("start", "sharp", "heartbeat", "paint", "stops", "queue", "large")
TIMEOUT_S = 1800


def measure_apart(part: str) -> list[Figure]:
    """Measure one part in a fresh process with a user who has nothing yet; empty, and told, if that fails."""
    command = [sys.executable, "-m", f"benchmarks.window.{part}"]
    with TemporaryDirectory() as home:
        settings = environment(os.environ) | {"QT_QPA_PLATFORM": "offscreen", "MFSR_HOME": home}
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=settings, timeout=TIMEOUT_S)
            return from_text(done.stdout.strip().splitlines()[-1])
        except subprocess.CalledProcessError as error:
            print(f"{part}: {error.stderr.strip()[-2000:]}", file=sys.stderr)
        except (subprocess.TimeoutExpired, ValueError, IndexError) as error:
            print(f"{part}: {error}", file=sys.stderr)
    return []


def sheet(figures: Sequence[Figure]) -> Table:
    """Figures beside their bounds."""
    table = Table("", "measured", "bound", "", "more", title="The window")
    for column in table.columns[1:3]:
        column.justify = "right"
    for figure in figures:
        bound = "" if figure.bound is None else _words(figure.bound, figure.unit)
        verdict = "" if figure.bound is None else ("holds" if figure.is_met else "FAILS")
        table.add_row(figure.name, _words(figure.value, figure.unit), bound, verdict, figure.note)
    return table


def run(arguments: Sequence[str], console: Console, measure: Callable[[str], list[Figure]] = measure_apart) -> int:
    """Measure as the command line says; the exit code."""
    options = _parser().parse_args(arguments)
    console.print(f"{os.cpu_count()} processors, load {os.getloadavg()[0]:.2f} at the start")
    found = {part: measure(part) for part in options.only}
    figures = [figure for part in found.values() for figure in part]
    console.print(sheet(figures))
    if options.json:
        facts = [asdict(figure) | {"is_met": figure.is_met} for figure in figures]
        options.json.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    if not all(found.values()):
        return 2
    return 0 if all(figure.is_met for figure in figures) else 1


def _words(value: float, unit: str) -> str:
    return {"ms": f"{value:.1f} ms", "s": f"{value:.2f} s"}.get(unit, f"{value:g}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.window", description="Measures the window.")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=PARTS, help="measure only these")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything measured")
    return parser


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:], Console()))
