"""How many processes run tests at once on this computer, and with how many threads each. Knows the standard library only."""

from __future__ import annotations

import os
from contextlib import suppress

WORKER_GIB = 3
"""Memory of one process with the programs that its tests start."""
COUNT_VARIABLE, THREADS_VARIABLE = "PYTEST_XDIST_AUTO_NUM_WORKERS", "OMP_NUM_THREADS"
NO_BYTECODE_VARIABLE = "PYTHONDONTWRITEBYTECODE"


def variables() -> dict[str, str]:
    """Environment variables for pytest: as many processes as there is room for, unless the caller says how many."""
    available = processors()
    chosen = os.environ.get(COUNT_VARIABLE)
    workers = int(chosen) if chosen else count(available, _memory_gib())
    return {
        COUNT_VARIABLE: str(workers),
        THREADS_VARIABLE: str(max(1, available // max(1, workers))),
        NO_BYTECODE_VARIABLE: "",  # tests start hundreds of programs, which otherwise compile all modules each time
    }


def count(processors: int, memory_gib: float | None) -> int:
    """Processes for this many processors and this much memory (None if unknown); at least one.

    One more than processors, as tests wait for windows, timers and programs for about a fifth of their time.
    """
    wanted = processors + 1
    return max(1, wanted if memory_gib is None else min(wanted, int(memory_gib / WORKER_GIB)))


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory_gib() -> float | None:
    """Memory of the computer; None where the system does not say."""
    with suppress(AttributeError, ValueError, OSError):
        return float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")) / 2**30
    return None
