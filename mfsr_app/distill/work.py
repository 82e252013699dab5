"""What the wizard needs of training: an interface, so that tests need none, and its implementation by `distill`."""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

from PySide6.QtGui import QImage

from mfsr_app.jobs.process import run_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from distill.config import Recipe
    from distill.data.scan import ScanReport
    from distill.evaluation.evaluate import Evaluation
    from distill.runs.events import StepEvent
    from distill.runs.runs import Run
    from distill.runs.status import Phase, RunStatus, StopRequest
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
class EncodingTerms:
    """What it takes to encode prompts."""

    encoders: ModelRow
    """The text encoders; not installed if they must be fetched first."""
    words: tuple[str, ...]
    """For people, a sentence each."""


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
    """The newest preview."""

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

    def encoding_terms(self) -> EncodingTerms:
        """What it takes to encode a teacher's prompts."""

    def encode(self, teacher: ChosenTeacher, progress: Progress) -> ChosenTeacher:
        """Encode a teacher's prompts; text encoders that are missing, whose licence the user has accepted, are fetched first."""

    def scan(self, folder: Path, draft: Draft, progress: Progress) -> ScanReport:
        """Look at every photograph."""

    def samples(self, report: ScanReport, degradation: Degradation, draft: Draft, progress: Progress) -> Pictures:
        """Crops before and after the damage that the student shall undo."""

    def computer(self) -> Computer:
        """What decides between recipes here."""

    def fetch_metrics(self, progress: Progress) -> Computer:
        """Fetch the weights of LPIPS and DISTS; gives back what decides between recipes from then on."""

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

    def ask_to_stop(self, folder: Path, request: StopRequest) -> None:
        """Ask the process to save and end."""

    def look(self, folder: Path) -> RunView:
        """How a run is."""

    def pictures(self, preview: Path) -> Pictures:
        """Those of a preview."""

    def compare(self, folder: Path, progress: Progress) -> Comparison:
        """The newest checkpoint beside its teacher, on photographs that were not trained on."""

    def install(self, folder: Path, title: str) -> Path:
        """Make a model of the newest checkpoint and install it; gives back its folder."""


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

    def fetch_metrics(self, progress: Progress) -> NoReturn:
        """Cannot be."""
        raise KeyError("metrics")

    def teacher_in(self, folder: Path) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)

    def fetch(self, name: str, progress: Progress) -> NoReturn:
        """Cannot be."""
        raise KeyError(name)

    def encoding_terms(self) -> NoReturn:
        """Cannot be."""
        raise KeyError("encoders")

    def encode(self, teacher: ChosenTeacher, progress: Progress) -> NoReturn:
        """Cannot be."""
        raise KeyError(teacher.card.name)

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

    def ask_to_stop(self, folder: Path, request: StopRequest) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)

    def look(self, folder: Path) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)

    def pictures(self, preview: Path) -> NoReturn:
        """Cannot be."""
        raise KeyError(preview)

    def compare(self, folder: Path, progress: Progress) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)

    def install(self, folder: Path, title: str) -> NoReturn:
        """Cannot be."""
        raise KeyError(folder)


SHOWN_SAMPLES = 3
MOST_POINTS = 400
"""Points of a curve; more cannot be told apart on a screen."""


class EngineDistillWork:
    """See `DistillWork`."""

    def __init__(self, run_words: Sequence[str] = ()) -> None:
        """`run_words` are more words for `mfsr distill run`."""
        self._run_words = run_words

    def teachers(self) -> list[TeacherRow]:
        """See `DistillWork`."""
        from distill.wizard.teachers import teacher_options
        from mfsr_app.models.hub import EngineModelHub
        from mfsr_engine.hub.catalogue import Catalogue
        from mfsr_engine.hub.store import ModelStore

        options = teacher_options(ModelStore.default(), Catalogue.default())
        models = {model.name: model for model in EngineModelHub().rows()}
        return [TeacherRow(models[o.name], o.installed) for o in options if o.name in models]

    def teacher_in(self, folder: Path) -> ChosenTeacher:
        """See `DistillWork`."""
        from distill.wizard.teachers import teacher_in

        return teacher_in(folder)

    def fetch(self, name: str, progress: Progress) -> ChosenTeacher:
        """See `DistillWork`."""
        from distill.wizard.teachers import teacher_in
        from mfsr_engine.files import paths
        from mfsr_engine.hub.catalogue import Catalogue
        from mfsr_engine.hub.pull import pull

        pulled = pull(name, Catalogue.default(), paths.user_models_dir(), progress, is_licence_accepted=True)
        return teacher_in(pulled.folder)

    def encoding_terms(self) -> EncodingTerms:
        """See `DistillWork`."""
        from distill.wizard.encoding import encoding_terms, has_encoders
        from mfsr_app.models.hub import EngineModelHub
        from mfsr_engine.models.families import all_text_encoders

        text = all_text_encoders()[0]  # so far there are none but these
        encoders = next(row for row in EngineModelHub().rows() if row.is_part)
        return EncodingTerms(replace(encoders, is_installed=has_encoders(text)), encoding_terms(text))

    def encode(self, teacher: ChosenTeacher, progress: Progress) -> ChosenTeacher:
        """See `DistillWork`."""
        from distill.wizard.encoding import encode

        return encode(teacher, progress, is_licence_accepted=True)

    def scan(self, folder: Path, draft: Draft, progress: Progress) -> ScanReport:
        """See `DistillWork`."""
        from distill.data.scan import scan

        return scan(folder, _crop_px(draft), progress)

    def samples(self, report: ScanReport, degradation: Degradation, draft: Draft, progress: Progress) -> Pictures:
        """See `DistillWork`."""
        from distill.data.samples import sample_pairs

        pairs = sample_pairs(report.usable, _crop_px(draft), degradation, 0, progress, most=SHOWN_SAMPLES)
        labels = (
            "Before: what the student is given",
            "After: what it shall make",
        )
        return Pictures(labels, tuple((_image(_bytes(p.damaged)), _image(_bytes(p.truth))) for p in pairs))

    def computer(self) -> Computer:
        """See `DistillWork`."""
        from distill.wizard.probe import this_computer

        return this_computer()

    def fetch_metrics(self, progress: Progress) -> Computer:
        """See `DistillWork`."""
        run_apart(("fetch",), "Fetching the weights of LPIPS and DISTS", progress)
        return self.computer()

    def taken_names(self) -> tuple[str, ...]:
        """See `DistillWork`."""
        from distill.runs.runs import list_runs
        from mfsr_engine.hub.store import ModelStore

        return (*(run.name for run in list_runs()), *(m.card.name for m in ModelStore.default().installed()))

    def estimate(self, recipe: Recipe, photos: int, progress: Progress) -> Estimate:
        """See `DistillWork`."""
        from distill.runs.recipe_file import write_recipe
        from distill.runs.runs import runs_dir
        from distill.wizard.estimate import Probe, estimate

        with tempfile.TemporaryDirectory() as temporary:
            file = Path(temporary) / "recipe.toml"
            write_recipe(recipe, file)
            said = run_apart(("probe", str(file)), "Measuring a few training steps", progress)
        probe = Probe(**json.loads(said.splitlines()[-1]))
        runs_dir().mkdir(parents=True, exist_ok=True)
        return estimate(recipe, probe, photos, shutil.disk_usage(runs_dir()).free // 2**20)

    def runs(self) -> list[RunView]:
        """See `DistillWork`."""
        from distill.runs.runs import list_runs
        from mfsr_engine.hub.store import ModelStore

        installed = {model.card.name for model in ModelStore.default().installed()}
        open_runs = (run for run in list_runs() if run.name not in installed)
        return [_view(run, run.status(), []) for run in open_runs if run.is_alive() or run.has_checkpoint()]

    def start(self, recipe: Recipe) -> Path:
        """See `DistillWork`."""
        from distill.runs.runs import create_run

        run = create_run(recipe)
        run.start(self._run_words)
        return run.folder

    def go_on(self, folder: Path) -> None:
        """See `DistillWork`."""
        from distill.runs.runs import Run

        Run(folder).start(self._run_words)

    def ask_to_stop(self, folder: Path, request: StopRequest) -> None:
        """See `DistillWork`."""
        from distill.runs.runs import Run

        Run(folder).ask_to_stop(request)

    def look(self, folder: Path) -> RunView:
        """See `DistillWork`."""
        from distill.runs.runs import Run

        run = Run(folder)
        return _view(run, run.status(), run.events(), is_whole=True)

    def pictures(self, preview: Path) -> Pictures:
        """See `DistillWork`."""
        from distill.image_grid import ImageGrid

        found = ImageGrid.read(preview)
        return Pictures(found.columns, tuple(tuple(_image(cell) for cell in row) for row in found.rows))

    def compare(self, folder: Path, progress: Progress) -> Comparison:
        """See `DistillWork`."""
        from distill.evaluation.methods import evaluate_run
        from distill.runs.runs import GRID_FILE, Run

        evaluation = evaluate_run(Run(folder).recipe(), folder, progress)
        return Comparison(evaluation, self.pictures(folder / GRID_FILE))

    def install(self, folder: Path, title: str) -> Path:
        """See `DistillWork`."""
        from distill.evaluation.install import install
        from distill.runs.runs import Run
        from mfsr_engine.files import paths

        return install(Run(folder).recipe(), folder, paths.user_models_dir(), title=title)


def _crop_px(draft: Draft) -> int:
    from distill.preset import Preset
    from distill.wizard.presets import least_photo_px

    assert draft.teacher is not None
    return least_photo_px(Preset.TRY, draft.teacher.card)


def _view(run: Run, status: RunStatus, events: list[StepEvent], *, is_whole: bool = False) -> RunView:
    from distill.runs.status import Phase

    last = events[-1] if events else None
    is_training = status.phase is not Phase.PREPARING and last is not None
    share = status.done / status.total if status.total else None
    left = None
    if last is not None and last.finished > 0 and is_training:
        left = last.elapsed_s * (1 - last.finished) / last.finished
    previews = run.previews() if is_whole else []
    return RunView(
        run.folder,
        status.phase,
        status.stage,
        last.finished if is_training and last else share,
        status.message,
        run.is_alive(),
        run.has_checkpoint(),
        last.step if last else 0,
        last.trained_images if last else 0,
        last.elapsed_s if last else 0.0,
        left,
        _loss_curves(events),
        _validation_curves(run.folder) if is_whole else (),
        previews[-1] if previews else None,
    )


def _loss_curves(events: list[StepEvent]) -> tuple[Curve, ...]:
    stride = -(-len(events) // MOST_POINTS) or 1
    chosen = [*events[::stride], *events[-1:]] if stride > 1 else events
    names = dict.fromkeys(name for event in chosen for name in event.losses)
    return tuple(Curve(name, tuple((e.step, e.losses[name]) for e in chosen if name in e.losses)) for name in names)


def _validation_curves(folder: Path) -> tuple[Curve, ...]:
    from distill.training.previews import VALIDATION_FILE, read_validation

    if not (folder / VALIDATION_FILE).is_file():
        return ()
    events = read_validation(folder)
    psnr = Curve("PSNR", tuple((event.step, event.psnr_y) for event in events))
    lpips = tuple((event.step, event.lpips) for event in events if event.lpips is not None)
    return (psnr, Curve("LPIPS", lpips)) if lpips else (psnr,)


def _bytes(pixels: NDArray[np.float32]) -> NDArray[np.uint8]:
    import numpy as np

    return np.asarray(np.clip(pixels, 0, 1) * 255 + 0.5, np.uint8)


def _image(pixels: NDArray[np.uint8]) -> QImage:
    height, width = pixels.shape[:2]
    return QImage(pixels.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
