"""Times the start of the program: the import of its window code, and the window itself, each in fresh processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mfsr_engine.files.paths import resources_dir

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_IMPORT = "import time; t = time.perf_counter(); import mfsr_app.main; print(time.perf_counter() - t)"
_TIMEOUT_S = 120


@dataclass(frozen=True)
class Startup:
    """The best of several starts; None where it could not be measured."""

    import_s: float | None
    """Import of `mfsr_app.main` in a fresh interpreter."""
    window_shown_s: float | None
    """From the start of the process to the window on the screen."""
    first_sharp_s: float | None
    """From the start of the process, given a photograph, to the first sharpened picture."""
    version_s: float | None = None
    """`mfsr --version`, from start to end."""
    upscale_s: float | None = None
    """`mfsr upscale` of the sample photograph, from start to end."""


def measure(repeat: int) -> Startup:
    """Start the program `repeat` times; on Linux without a display, offscreen."""
    imports = [_last_line([sys.executable, "-c", _IMPORT]) for _ in range(repeat)]
    windows = [start_once() for _ in range(repeat)]
    opened = [start_once(str(sample())) for _ in range(repeat)]
    return Startup(
        import_s=_best([float(line) for line in imports if line]),
        window_shown_s=_best([facts["window_shown_s"] for facts in windows if "window_shown_s" in facts]),
        first_sharp_s=_best([facts["first_sharp_s"] for facts in opened if "first_sharp_s" in facts]),
        version_s=_best([s for _ in range(repeat) if (s := command_s("--version")) is not None]),
        upscale_s=_upscale_s(repeat),
    )


def command_s(*words: str) -> float | None:
    """Seconds that a command of the program takes as a whole; None if it fails."""
    began_s = time.perf_counter()
    return time.perf_counter() - began_s if _last_line([*program(), *words]) else None


def _upscale_s(repeat: int) -> float | None:
    with tempfile.TemporaryDirectory() as folder:
        targets = [Path(folder) / f"{i}.png" for i in range(repeat)]
        found = [command_s("upscale", str(sample()), "--output", str(target)) for target in targets]
    return _best([seconds for seconds in found if seconds is not None])


def start_once(*photographs: str) -> dict[str, float]:
    """What one start of the program tells: it ends when the window is there or, given a photograph, when that is sharp."""
    return _facts(_last_line([*program(), "--measure-startup", *photographs]))


def sample() -> Path:
    """The photograph that comes with the program."""
    return resources_dir() / "samples" / "sample.jpg"


def program() -> list[str]:
    """The command of the program: the installed one beside this interpreter, or its module."""
    script = Path(sys.executable).with_name("mfsr")
    return [str(script)] if script.is_file() else [sys.executable, "-m", "mfsr_app"]


def environment(current: Mapping[str, str]) -> dict[str, str]:
    """The environment for the program: offscreen where there is no display to show a window on."""
    has_display = sys.platform != "linux" or "DISPLAY" in current or "WAYLAND_DISPLAY" in current
    return dict(current) if has_display else {"QT_QPA_PLATFORM": "offscreen"} | dict(current)


def _last_line(command: Sequence[str]) -> str:
    """The last line a command prints; empty if it fails, with its complaint passed on."""
    settings = environment(os.environ)
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=settings, timeout=_TIMEOUT_S)
    except subprocess.TimeoutExpired:
        print(f"{' '.join(command[-2:])} did not end within {_TIMEOUT_S} s", file=sys.stderr)
        return ""
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        print(f"{' '.join(command[-2:])} failed: {done.stderr.strip()[-300:]}", file=sys.stderr)
        return ""
    return lines[-1]


def _facts(line: str) -> dict[str, float]:
    try:
        facts = json.loads(line)
    except json.JSONDecodeError:
        return {}
    return {key: float(value) for key, value in facts.items() if isinstance(value, int | float)}


def _best(seconds: Sequence[float]) -> float | None:
    return min(seconds, default=None)
