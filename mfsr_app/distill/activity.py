"""The one job of the wizard that runs: what it is for, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfsr_engine.progress import ProgressReport


class Doing(Enum):
    """What a job is for."""

    LOOK_AROUND = auto()
    FETCH = auto()
    SCAN = auto()
    SAMPLE = auto()
    MEASURE = auto()
    START = auto()
    COMPARE = auto()
    INSTALL = auto()


@dataclass(frozen=True)
class DistilActivity:
    """A running job."""

    number: int
    """Of the job."""
    doing: Doing
    """What it is for."""
    report: ProgressReport | None = None
    """How far it is."""
