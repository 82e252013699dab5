"""Stands in where the wizard is given no work: it finds nothing, so there is nothing to go on with. Touches no file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from pathlib import Path

    from distill.config import Recipe
    from distill.data.scan import ScanReport
    from distill.runs.status import Wish
    from distill.wizard.draft import Computer, Degradation, Draft
    from mfsr_app.distill.work import RunView, TeacherRow
    from mfsr_engine.progress import Progress


class NoDistillWork:
    """See `DistillWork`. What needs a teacher, photographs or a run cannot be."""

    def teachers(self) -> list[TeacherRow]:
        """None."""
        return []

    def runs(self) -> list[RunView]:
        """None."""
        return []

    def taken_names(self) -> tuple[str, ...]:
        """None."""
        return ()

    def computer(self) -> Computer:
        """Nothing is known of it."""
        from distill.wizard.draft import Computer

        return Computer()

    def teacher_in(self, folder: Path) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)

    def fetch(self, name: str, progress: Progress) -> NoReturn:
        """Cannot be."""
        raise KeyError(name)

    def scan(self, folder: Path, draft: Draft, progress: Progress) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)

    def samples(self, report: ScanReport, degradation: Degradation, draft: Draft, progress: Progress) -> NoReturn:
        """Cannot be."""
        raise KeyError(degradation)

    def estimate(self, recipe: Recipe, photos: int, progress: Progress) -> NoReturn:
        """Cannot be."""
        raise KeyError(recipe.name)

    def start(self, recipe: Recipe) -> NoReturn:
        """Cannot be."""
        raise KeyError(recipe.name)

    def go_on(self, folder: Path) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)

    def ask_to_stop(self, folder: Path, wish: Wish) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)

    def look(self, folder: Path) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)

    def pictures(self, sheet: Path) -> NoReturn:
        """Cannot be."""
        raise KeyError(sheet)

    def compare(self, folder: Path, progress: Progress) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)

    def install(self, folder: Path, title: str) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)
