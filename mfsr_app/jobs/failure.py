"""The failure of a job, ready to be shown. The only broad catches of the app end here."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass

from mfsr_engine.errors import MfsrError

LOGGER = logging.getLogger("mfsr")
LOGGER.addHandler(logging.NullHandler())  # says nothing until the program opens its log


@dataclass(frozen=True)
class Failure:
    """A failed job, in words."""

    text: str
    """One or two plain sentences: what happened and what to do."""
    details: str
    """Everything a developer needs, for "Copy details"."""


def failure_of(error: BaseException) -> Failure:
    """The words for an error: its own if it is meant for the user, otherwise a sentence that says it is our fault."""
    details = "".join(traceback.format_exception(error))
    LOGGER.error("%s", details.rstrip())
    if isinstance(error, MfsrError):
        return Failure(str(error), details)
    if isinstance(error, MemoryError):
        return Failure("There is not enough memory for this. Close other programs or take a smaller picture.", details)
    return Failure(
        f"Something went wrong inside the program ({type(error).__name__}: {error}). "
        "Try again; if it happens again, copy the details and report them.",
        details,
    )
