"""Measures from process creation until the window is shown and until it is useful."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

TICKS_FIELD = 19
"""Place of the start time among the fields that follow the name in /proc/self/stat."""


class Stopwatch:
    """Runs since the process began (where the system tells), otherwise since it was made."""

    def __init__(self) -> None:
        self._began_s = time.monotonic() - _age_s()
        self.marks: dict[str, float] = {}

    def mark(self, name: str) -> bool:
        """Note the time, once for each name, and this process's own work so far, which a busy machine does not stretch;
        whether it was the first time.
        """
        if name in self.marks:
            return False
        self.marks[name] = round(time.monotonic() - self._began_s, 3)
        self.marks[f"{name.removesuffix('_s')}_own_s"] = round(time.process_time(), 3)
        return True

    def note(self, name: str, value: float) -> None:
        """Put another figure beside the times."""
        self.marks[name] = value

    def write(self) -> None:
        """Print the marks as one JSON line."""
        sys.stdout.write(json.dumps(self.marks) + "\n")
        sys.stdout.flush()


def _age_s() -> float:
    """Seconds since this process was started; 0 where the system does not tell."""
    try:
        fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        since_boot = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
        return since_boot - int(fields[TICKS_FIELD]) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return 0.0
