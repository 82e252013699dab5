"""Where the text encoders lie after they were fetched, and whether they can be used. Loads no torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine.files import paths
from mfsr_engine.hub.catalogue import Catalogue
from mfsr_engine.hub.parts import repository_dir
from mfsr_engine.models.dit4sr.encoder_files import encoder_problem

if TYPE_CHECKING:
    from pathlib import Path

ENCODERS_ENTRY = "sd35_text_encoders"
"""Name of their catalogue entry."""


def encoders_dir(catalogue: Catalogue | None = None, root: Path | None = None) -> Path:
    """Where the text encoders lie after they were fetched.

    Args:
        catalogue: where they are listed; by default what came with the program.
        root: the user's models.
    """
    entry = (catalogue or Catalogue.default()).find(ENCODERS_ENTRY)
    return repository_dir(root or paths.user_models_dir(), entry.files[0].repository)


def caption_problem() -> str:
    """Why captions cannot be used on this computer, and what to do, as the end of a sentence; empty if they can."""
    return encoder_problem(encoders_dir())
