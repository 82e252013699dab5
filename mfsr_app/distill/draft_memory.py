"""Keeps the wizard's draft from one start of the window to the next: what was chosen, not what was found."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from distill.preset import Preset
from mfsr_engine.errors import MfsrError
from mfsr_engine.files import atomic
from mfsr_engine.files.tables import as_json, from_json

if TYPE_CHECKING:
    from distill.wizard.draft import Draft, Step


@dataclass(frozen=True)
class KeptDraft:
    """Choices as text."""

    teacher: str
    """Its model folder."""
    photos: str = ""
    """Folder of photographs; empty if none was chosen."""
    degradation: str = "mixed"
    """Kind of damage."""
    preset: Preset | None = None
    """How much is trained."""
    name: str = ""
    """Name of the student."""
    minutes: float | None = None
    """Time to train, if it was chosen."""
    goes_without_negative: bool = False
    """Whether the teacher is taken without a negative prompt."""
    step: str = ""
    """The step that the wizard was left at."""
    recipe: str = ""
    """A recipe with numbers of the user's own, as JSON; empty without."""

    @classmethod
    def of(cls, draft: Draft, step: Step) -> KeptDraft | None:
        """What of a draft is worth keeping; None while nothing was chosen but a teacher, and once it is trained."""
        is_begun = draft.photos is not None or draft.name or draft.preset is not None
        if draft.teacher is None or draft.run_folder is not None or not is_begun:
            return None
        return cls(
            str(draft.teacher.folder.absolute()),
            "" if draft.photos is None else str(draft.photos.folder.absolute()),
            draft.degradation,
            draft.preset,
            draft.name,
            draft.minutes,
            draft.goes_without_negative,
            step,
            "" if draft.advanced is None else draft.advanced.model_dump_json(),
        )


class DraftMemory:
    """A small JSON file; a missing or damaged one is no draft. Without a path nothing is kept."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    def read(self) -> KeptDraft | None:
        """What was kept."""
        if self._path is None:
            return None
        with suppress(OSError, ValueError, MfsrError):
            return from_json(KeptDraft, self._path.read_text(encoding="utf-8"))
        return None

    def keep(self, draft: KeptDraft | None) -> None:
        """Write a draft, or forget the one before; a disk that refuses costs only the memory."""
        if self._path is None:
            return
        with suppress(OSError):
            if draft is None:
                self._path.unlink(missing_ok=True)
            else:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                atomic.write_text(self._path, as_json(draft))
