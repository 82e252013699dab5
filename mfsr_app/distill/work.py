"""What the window needs of distillation, so that tests can do without training. All calls are made off its thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QImage

    from distill.config import Recipe
    from distill.data.scan import ScanReport
    from distill.evaluation.evaluate import Evaluation
    from distill.runs.status import Phase, Wish
    from distill.wizard.draft import ChosenTeacher, Computer, Degradation, Draft
    from distill.wizard.estimate import Estimate
    from mfsr_app.models.hub import ModelRow
    from mfsr_engine.progress import Progress


@dataclass(frozen=True)
class TeacherRow:
    """A teacher that can be chosen."""

    model: ModelRow
    """What is known of it."""
    chosen: ChosenTeacher | None
    """Where it lies; None if it must be fetched first."""


@dataclass(frozen=True)
class Pictures:
    """Pictures to be compared: a row for each photograph, a column for each way of making it."""

    columns: tuple[str, ...]
    """Labels."""
    rows: tuple[tuple[QImage, ...], ...]
    """One picture for each column."""


@dataclass(frozen=True)
class Curve:
    """A line of a chart."""

    name: str
    """What it shows."""
    points: tuple[tuple[float, float], ...]
    """Step and value."""


@dataclass(frozen=True)
class RunView:
    """A moment of a training run."""

    folder: Path
    """By which it is known."""
    phase: Phase
    """Where it stands."""
    stage: str = ""
    """What is being done, for people."""
    fraction: float | None = None
    """Finished share 0..1 of the training, or of the stage before it; None if unknown."""
    message: str = ""
    """Why it failed or stopped."""
    is_alive: bool = False
    """Whether its process lives."""
    has_checkpoint: bool = False
    """Whether there is something to go on from, or to install."""
    step: int = 0
    """Optimizer steps done."""
    trained_images: int = 0
    """Patches seen."""
    elapsed_s: float = 0.0
    """Time of training so far."""
    remaining_s: float | None = None
    """Time of training left; None if unknown."""
    curves: tuple[Curve, ...] = ()
    """Losses."""
    validation: tuple[Curve, ...] = ()
    """Scores on photographs that are not trained on."""
    preview: Path | None = None
    """The newest sheet of previews."""

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.folder.name


@dataclass(frozen=True)
class Comparison:
    """A student beside its teacher."""

    evaluation: Evaluation
    """In numbers."""
    pictures: Pictures
    """In pictures."""


class DistillWork(Protocol):
    """All that takes time in the wizard. Every call may raise `MfsrError`, those with a progress `Cancelled`."""

    def teachers(self) -> list[TeacherRow]:
        """Installed ones first, then those that can be fetched."""

    def teacher_in(self, folder: Path) -> ChosenTeacher:
        """The teacher in a model folder."""

    def fetch(self, name: str, progress: Progress) -> ChosenTeacher:
        """Fetch a teacher whose licences the user has accepted."""

    def scan(self, folder: Path, draft: Draft, progress: Progress) -> ScanReport:
        """Look at every photograph."""

    def samples(self, report: ScanReport, degradation: Degradation, draft: Draft, progress: Progress) -> Pictures:
        """Crops before and after the damage that the student shall undo."""

    def computer(self) -> Computer:
        """What decides between recipes here."""

    def taken_names(self) -> tuple[str, ...]:
        """Names of runs and models."""

    def estimate(self, recipe: Recipe, photos: int, progress: Progress) -> Estimate:
        """What training takes, from a trial in a process of its own."""

    def runs(self) -> list[RunView]:
        """Runs worth going on with, the one that changed last first, without curves: alive, or saved and not installed."""

    def start(self, recipe: Recipe) -> Path:
        """Make a run and train it in a process of its own that outlives the window; gives back its folder."""

    def go_on(self, folder: Path) -> None:
        """Train a run again from its newest checkpoint."""

    def ask_to_stop(self, folder: Path, wish: Wish) -> None:
        """Ask the process to save and end."""

    def look(self, folder: Path) -> RunView:
        """How a run is."""

    def pictures(self, sheet: Path) -> Pictures:
        """A sheet of previews."""

    def compare(self, folder: Path, progress: Progress) -> Comparison:
        """The newest checkpoint beside its teacher, on photographs that were not trained on."""

    def install(self, folder: Path, title: str) -> Path:
        """Make a model of the newest checkpoint and install it; gives back its folder."""
