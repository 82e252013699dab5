"""Where results go and in which format, for a single picture, a folder and the queue alike. Opens no file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mfsr_engine.batch.naming import DEFAULT_TEMPLATE, Conflict, check_template
from mfsr_engine.errors import RequestError
from mfsr_engine.files import paths
from mfsr_engine.files.formats import ImageFormat

LASTING_CONFLICTS = (Conflict.UNIQUE, Conflict.OVERWRITE, Conflict.CHANGED, Conflict.SKIP)
"""What can be settled for good; to refuse is for a single command."""


@dataclass(frozen=True)
class OutputSettings:
    """How results are written."""

    format: ImageFormat = ImageFormat.PNG
    """Format of results. PNG and TIFF lose nothing; JPEG, WebP and AVIF are smaller."""
    quality: int = 95
    """1 (small file) to 100 (best), for JPEG, WebP and AVIF."""
    naming: str = DEFAULT_TEMPLATE
    """Name of a result without its ending, from {name}, {size} (such as 4x), {width}, {height}, {model}, {steps}, {seed} and others."""
    conflict: Conflict = Conflict.UNIQUE
    """What to do where a file of that name exists. Nothing is asked while a folder is being worked through."""
    keep_location: bool = True
    """Whether results keep the place where a photograph was taken (GPS)."""
    keep_date: bool = False
    """Whether the file of a result gets the date and the permissions of the photograph's file."""
    include_results: bool = False
    """Whether results of this program are taken as photographs where a folder is read. They are known by a mark in them."""
    folder: str = ""
    """Folder that results go to; empty is beside the photograph."""

    def __post_init__(self) -> None:
        if not 1 <= self.quality <= 100:
            raise RequestError(f"Quality must be 1 to 100, not {self.quality}.")
        if self.conflict not in LASTING_CONFLICTS:
            known = ", ".join(LASTING_CONFLICTS)
            raise RequestError(f'The action for a file that exists must be one of {known}, not "{self.conflict}".')
        check_template(self.naming)

    @property
    def folder_path(self) -> Path | None:
        """The folder, or None for beside the photograph."""
        return paths.expanded(self.folder) if self.folder else None
