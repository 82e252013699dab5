"""How much of a student is trained, in words. Light: the window loads it at its start."""

from __future__ import annotations

from enum import StrEnum


class Preset(StrEnum):
    """How much is trained."""

    TRY = "try it"
    GOOD = "good"
    PAPER = "paper"
