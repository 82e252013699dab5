"""What is being computed, in words that the page can show."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfsr_engine.progress import ProgressReport


class Part(Enum):
    """What a job computes."""

    REGION = "region"
    WHOLE = "whole"


@dataclass(frozen=True)
class Activity:
    """What is being computed, for the progress strip."""

    part: Part
    """The part in view, or all."""
    report: ProgressReport | None
    """How far, once the engine has said so."""
