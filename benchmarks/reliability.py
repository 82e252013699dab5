"""Faults on purpose: a folder of pictures is upscaled by `mfsr upscale` while its process is killed, stopped or runs out of room, or while
what it works on is changed under its hands, again and again, and what came of it is counted.

    python -m benchmarks.reliability [--pictures 40] [--kills 50] [--times 3] [--seed 0]

Every row of the table starts with an empty folder of results. "Lost" are pictures without a result after the last, undisturbed run, and
results that cannot be read, have another size, or differ from those of a run that was never disturbed; it must be 0. "Left over" are
files in the folder of results that are none.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
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
class Fault:
    """What is done to a run at work, and how it is put right before the last one."""

    name: str
    strike: Callable[[Path, Path], None]
    """Told the folders of pictures and of results."""
    mend: Callable[[Path, Path], None] = lambda source, target: None


def _remove_results(source: Path, target: Path) -> None:
    del source
    target.rename(target.with_name(f"{target.name} moved away"))


def _put_results_back(source: Path, target: Path) -> None:
    del source
    aside = target.with_name(f"{target.name} moved away")
    if target.is_file():
        target.unlink()
    elif target.is_dir():
        for path in _results(aside):
            shutil.move(path, target / path.name)
        shutil.rmtree(aside)
        return
    aside.rename(target)


def _put_file_in_place_of_results(source: Path, target: Path) -> None:
    _remove_results(source, target)
    target.write_text("a file")


def _last_inputs(source: Path) -> list[Path]:
    return _results(source)[-3:]


def _delete_inputs(source: Path, target: Path) -> None:
    del target
    for path in _last_inputs(source):
        path.rename(path.with_suffix(".away"))


def _spoil_inputs(source: Path, target: Path) -> None:
    for path in _last_inputs(source):
        shutil.copy(path, path.with_suffix(".away"))
        path.write_bytes(path.read_bytes()[:200])
    del target


def _restore_inputs(source: Path, target: Path) -> None:
    del target
    for path in source.glob("*.away"):
        path.replace(path.with_suffix(".png"))


FAULTS = (
    Fault("folder of results moved away", _remove_results, _put_results_back),
    Fault("a file in place of the folder of results", _put_file_in_place_of_results, _put_results_back),
    Fault("three inputs deleted", _delete_inputs, _restore_inputs),
    Fault("three inputs spoilt", _spoil_inputs, _restore_inputs),
)


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
    times: Annotated[int, typer.Option(help="How often each other fault happens.")] = 3,
    seed: Annotated[int, typer.Option(help="Seed of the moments.")] = 0,
) -> None:
    """Print the table; exit code 1 if anything was lost or left over."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "source"
        _make_pictures(source, pictures)
        undisturbed = Path(place) / "undisturbed"
        _run(source, undisturbed)
        rng = random.Random(seed)
        print(
            "| fault | tried | met at work | failed meanwhile | lost | left over |\n| --- | --- | --- | --- | --- | --- |"
        )
        is_well = True
        for row in _rows(source, Path(place), undisturbed, kills, times, rng):
            print(
                f"| {row.fault} | {row.tried} | {row.inside} | {row.failed} | {row.lost} | {row.left_over} |",
                flush=True,
            )
            is_well &= not (row.lost or row.left_over)
    raise typer.Exit(0 if is_well else 1)


def _rows(
    source: Path, place: Path, undisturbed: Path, kills: int, times: int, rng: random.Random
) -> Iterator[Outcome]:
    for fault in FAULTS:
        yield _struck(source, place / "struck", undisturbed, fault, times, rng)
    yield _without_room(source, place / "no room", undisturbed)
    yield _without_home(source, place / "no home", undisturbed)
    yield _from_the_future(source, place / "future", undisturbed)
    for word in (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP):
        yield _signalled(source, place / word.name, undisturbed, word, kills, rng)


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
            [*COMMAND, source, "-o", target],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_heed_signals,  # noqa: PLW1509 - no other thread here; a run under nohup would ignore SIGHUP
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


def _heed_signals() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _struck(source: Path, target: Path, undisturbed: Path, fault: Fault, times: int, rng: random.Random) -> Outcome:
    """A fault that happens once between two results."""
    inside = failed = lost = left_over = 0
    for _ in range(times):
        shutil.rmtree(target, ignore_errors=True)
        process = subprocess.Popen(
            [*COMMAND, source, "-o", target, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        wanted = rng.randrange(1, max(2, len(_results(source)) - 6))
        while process.poll() is None and len(_results(target)) < wanted:
            time.sleep(0.005)
        inside += process.poll() is None
        fault.strike(source, target)
        told, complaint = process.communicate(timeout=PATIENCE_S)
        _check_sound(complaint)
        failed += told.count('"failed"')
        fault.mend(source, target)
        _run(source, target)
        lost += _lost(target, undisturbed)
        left_over += _left_over(target, undisturbed)
    return Outcome(fault.name, times, inside, failed, lost, left_over)


def _without_home(source: Path, target: Path, undisturbed: Path) -> Outcome:
    """Nothing can be written for settings, cache and data: they would lie in a file."""
    file = target.with_name("a file")
    file.write_text("no folder")
    failed = _run(source, target, environment={"MFSR_HOME": str(file / "home")})
    return Outcome("no home to write to", 1, 1, failed, _lost(target, undisturbed), _left_over(target, undisturbed))


def _from_the_future(source: Path, target: Path, undisturbed: Path) -> Outcome:
    """The clock was set back a day between two runs: what is there is from tomorrow."""
    pictures = _results(source)
    tomorrow_s = time.time() + 86_400
    for path in pictures[: len(pictures) // 2]:
        os.utime(path, (tomorrow_s, tomorrow_s))
    failed = _run(source, target)
    for path in _results(target):
        os.utime(path, (tomorrow_s, tomorrow_s))
    failed += _run(source, target)
    return Outcome("clock set back a day", 1, 1, failed, _lost(target, undisturbed), _left_over(target, undisturbed))


def _without_room(source: Path, target: Path, undisturbed: Path) -> Outcome:
    def no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # then writing fails with "file too large"
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM_BYTES, ROOM_BYTES))

    failed = _run(source, target, no_room)
    left_over = _left_over(target, undisturbed)
    _run(source, target)
    return Outcome("no room", 1, 1, failed, _lost(target, undisturbed), left_over)


def _run(
    source: Path,
    target: Path,
    before: Callable[[], None] | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> int:
    """To the end. Returns how many pictures were reported as failed."""
    done = subprocess.run(
        [*COMMAND, source, "-o", target, "--json"],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
        preexec_fn=before,
        env=os.environ | dict(environment),
    )
    _check_sound(done.stderr)
    return done.stdout.count('"failed"')


def _check_sound(complaint: str) -> None:
    if "Traceback" in complaint:
        raise RuntimeError(complaint)


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
