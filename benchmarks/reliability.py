"""Faults on purpose: a folder of pictures is upscaled by `mfsr upscale` while its process is killed, stopped or runs out of room, again and
again, and what came of it is counted.

    python -m benchmarks.reliability [--pictures 40] [--kills 50] [--seed 0]

Every row of the table starts with an empty folder of results. "Lost" are pictures without a result after the last, undisturbed run, and
results that cannot be read, have another size, or differ from those of a run that was never disturbed; it must be 0. "Left over" are
files in the folder of results that are none.
"""

from __future__ import annotations

import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from PIL import Image

from mfsr_engine import images
from mfsr_engine.errors import ImageReadError

SIDE_PX = 24
COMMAND = (sys.executable, "-m", "mfsr_engine", "upscale")
ROOM_BYTES = 6_000
"""Largest file that a process may write where there is "no room": less than a result."""
PATIENCE_S = 600.0
"""For one run; only for what hangs."""


@dataclass(frozen=True)
class Outcome:
    """A row of the table."""

    fault: str
    tried: int
    """How often it was done."""
    inside: int
    """How often it met a process that was at work."""
    failed: int
    """Pictures that were reported as failed in disturbed runs, and done later."""
    lost: int
    left_over: int


def main(
    pictures: Annotated[int, typer.Option(help="Pictures of the folder.")] = 40,
    kills: Annotated[int, typer.Option(help="How often each signal is sent.")] = 50,
    seed: Annotated[int, typer.Option(help="Seed of the moments.")] = 0,
) -> None:
    """Print the table; exit code 1 if anything was lost or left over."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "source"
        _make_pictures(source, pictures)
        undisturbed = Path(place) / "undisturbed"
        _run(source, undisturbed)
        rng = random.Random(seed)
        rows = [
            _signalled(source, Path(place) / word.name, undisturbed, word, kills, rng)
            for word in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP)
        ]
        rows.append(_without_room(source, Path(place) / "no room", undisturbed))
    print(
        "\n| fault | tried | met at work | failed meanwhile | lost | left over |\n| --- | --- | --- | --- | --- | --- |"
    )
    for row in rows:
        print(f"| {row.fault} | {row.tried} | {row.inside} | {row.failed} | {row.lost} | {row.left_over} |")
    raise typer.Exit(1 if any(row.lost or row.left_over for row in rows) else 0)


def _signalled(
    source: Path, target: Path, undisturbed: Path, word: signal.Signals, times: int, rng: random.Random
) -> Outcome:
    """Signals at moments that count results, so that they meet the work on any computer: after 0, 1 or 2 more of them, and a while."""
    inside = 0
    for number in range(times):
        before = _results(target)
        if len(before) == len(_results(source)):
            for path in before:  # begin anew
                path.unlink()
            before = []
        process = subprocess.Popen(
            [*COMMAND, source, "-o", target], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wanted = len(before) + rng.choice((0, 0, 1, 2))
        while process.poll() is None and (len(_results(target)) < wanted or not _is_at_work(target, wanted, before)):
            time.sleep(0.005)
        time.sleep(rng.uniform(0, 0.15))
        inside += process.poll() is None
        process.send_signal(word)
        process.wait(PATIENCE_S)
        print(f"{word.name} {number + 1} of {times}, {len(_results(target))} results", file=sys.stderr)
    _run(source, target)
    return Outcome(word.name, times, inside, 0, _lost(target, undisturbed), _left_over(target, undisturbed))


def _is_at_work(target: Path, wanted: int, before: list[Path]) -> bool:
    """Whether the process has begun: one that waits for no new result is given until its first file appears."""
    return wanted > len(before) or (target.is_dir() and any(target.iterdir()))


def _without_room(source: Path, target: Path, undisturbed: Path) -> Outcome:
    def no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then writing fails with "file too large"
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, ROOM_BYTES))

    failed = _run(source, target, no_room)
    left_over = _left_over(target, undisturbed)
    _run(source, target)
    return Outcome("no room", 1, 1, failed, _lost(target, undisturbed), left_over)


def _run(source: Path, target: Path, before: Callable[[], None] | None = None) -> int:
    """Undisturbed, to the end. Returns how many pictures were reported as failed."""
    done = subprocess.run(
        [*COMMAND, source, "-o", target, "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
        preexec_fn=before,
    )
    if "Traceback" in done.stderr:
        raise RuntimeError(done.stderr)
    return done.stdout.count('"failed"')


def _lost(target: Path, undisturbed: Path) -> int:
    return sum(not _is_same(target / path.name, path) for path in _results(undisturbed))


def _is_same(path: Path, right: Path) -> bool:
    try:
        return np.array_equal(images.read(path).pixels, images.read(right).pixels)
    except ImageReadError:
        return False


def _left_over(target: Path, undisturbed: Path) -> int:
    names = {path.name for path in undisturbed.iterdir()}
    return sum(path.name not in names for path in target.iterdir()) if target.is_dir() else 0


def _results(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.png")) if folder.is_dir() else []


def _make_pictures(folder: Path, count: int) -> None:
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(count):
        coarse = Image.fromarray(rng.integers(40, 220, (6, 6, 3), np.uint8))
        coarse.resize((SIDE_PX, SIDE_PX), Image.Resampling.BICUBIC).save(folder / f"{number:03}.png")


if __name__ == "__main__":
    typer.run(main)
