"""The job that makes the result in use, and whether it should make way for another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mfsr_app.compare.activity import Part
    from mfsr_app.compare.tile_placement import Placement
    from mfsr_engine.api import UpscaleSettings
    from mfsr_engine.geometry import Rect
    from mfsr_engine.progress import ProgressReport

LONG_S = 3.0
"""A job for all of the picture that needs longer than this makes way for a part that comes into view."""


@dataclass(frozen=True)
class Running:
    """A job of the engine."""

    number: int
    """By which its reports are known."""
    settings: UpscaleSettings
    """Of its result."""
    part: Part
    """What it computes, for people."""
    region: Rect | None
    """What it computes, in source pixels; None is all."""
    placement: Placement
    """Where its tiles go."""

    def is_overtaken(self, region: Rect | None, report: ProgressReport | None, *, is_asked_for: bool) -> bool:
        """Whether it should make way for a part in view: if that lies outside of the region it computes, or if it computes
        all, unasked, and has long to go.

        Args:
            region: the part in view, if it is missing.
            report: how far the job is.
            is_asked_for: whether the user wants all of the picture now.
        """
        if region is None:
            return False
        if self.region is None:
            return not is_asked_for and _has_long_to_go(report)
        return self.region.intersected(region) != region


def _has_long_to_go(report: ProgressReport | None) -> bool:
    return report is None or report.remaining_s is None or report.remaining_s > LONG_S
