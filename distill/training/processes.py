"""This process among those that train together: its rank and its device."""

from __future__ import annotations

import os
from datetime import timedelta

from accelerate import PartialState

PATIENCE = timedelta(hours=12)
"""How long the others wait while the first process prepares crops."""


def this_process() -> PartialState:
    """What accelerate or torchrun started. The first call settles it, so every part of training asks here first.

    Accelerate's own state passes over the environment's wish for the processor unless it is handed on.
    """
    wants_cpu = os.environ.get("ACCELERATE_USE_CPU", "").lower() in ("1", "true", "yes", "y", "on", "t")
    return PartialState(cpu=wants_cpu, timeout=PATIENCE)
