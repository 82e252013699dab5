"""The wizard without widgets: draft, current step, the running job and its outcome."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from distill.wizard.draft import DEGRADATION_SUMMARIES, Draft, Step
from distill.wizard.estimate import with_recipe
from distill.wizard.flow import problems, recipe_of
from mfsr_app.desktop.messages import MessageKind
from mfsr_app.distill.draft_memory import DraftMemory, KeptDraft
from mfsr_engine.errors import MfsrError

if TYPE_CHECKING:
    from distill.config import Recipe
    from distill.data.scan import ScanReport
    from distill.preset import Preset
    from distill.wizard.draft import ChosenTeacher, Computer, Degradation
    from mfsr_app.desktop.messages import Messages
    from mfsr_app.distill.work import Comparison, DistillWork, EncodingTerms, Pictures, RunView, TeacherRow
    from mfsr_app.jobs.failure import Failure
    from mfsr_app.jobs.worker import Job, Worker
    from mfsr_engine.progress import Progress, ProgressReport


T = TypeVar("T")


class TaskKind(Enum):
    """What a job is for."""

    LOOK_AROUND = auto()
    FETCH = auto()
    ENCODE = auto()
    SCAN = auto()
    SAMPLE = auto()
    MEASURE = auto()
    START = auto()
    COMPARE = auto()
    METRICS = auto()
    INSTALL = auto()


@dataclass(frozen=True)
class DistillActivity:
    """A running job."""

    kind: TaskKind
    """What it is for."""
    report: ProgressReport | None = None
    """How far it is."""


STEPS = (Step.TEACHER, Step.PHOTOS, Step.RECIPE, Step.CHECK, Step.RUN, Step.RESULT)
"""Those that have a page."""
_LEFT_AT = (Step.RECIPE, Step.CHECK)
"""Those that a draft comes back to by itself, once its photographs were looked at."""


class DistillState(QObject):
    """One job at a time; a newer one of the wizard stops the older."""

    changed = Signal()
    """The draft, the step, or something that was found."""
    activity_changed = Signal()
    """A job began, moved on or ended."""
    run_begun = Signal(object)
    """Folder of a run that was started, or found running."""
    installed = Signal(str)
    """A student was installed."""

    def __init__(
        self,
        work: DistillWork,
        worker: Worker,
        messages: Messages,
        memory: DraftMemory | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._memory = memory or DraftMemory()
        self._kept: KeptDraft | None = None
        self._is_noting = False
        self.changed.connect(self._note)
        self.work, self._worker, self._messages = work, worker, messages
        self._job: Job | None = None
        self.draft, self.step = Draft(), Step.TEACHER
        self.teachers: tuple[TeacherRow, ...] = ()
        self.encoding_terms: EncodingTerms | None = None
        self.runs: tuple[RunView, ...] = ()
        self.samples: Pictures | None = None
        """Crops before and after the damage, once made."""
        self.comparison: Comparison | None = None
        self.activity: DistillActivity | None = None
        self.fault = ""
        self._own_recipe = ""
        self._left_at = ""
        """The step to come back to once photographs were looked at again; empty if there is none."""

    @property
    def problems(self) -> tuple[str, ...]:
        """What keeps the user from leaving this step. The check is agreed to by going on."""
        draft = replace(self.draft, is_check_passed=True) if self.step is Step.CHECK else self.draft
        return problems(draft, self.step)

    @property
    def can_go_on(self) -> bool:
        """Whether the step is complete and nothing that matters to it still runs."""
        is_busy = self.activity is not None and self.activity.kind is not TaskKind.SAMPLE
        return not self.problems and not is_busy

    @property
    def can_go_back(self) -> bool:
        """Whether there is a step before; a training that has begun, or is just beginning, is not undone."""
        return STEPS.index(self.step) > 0 and self.draft.run_folder is None and not self.is_doing(TaskKind.START)

    def is_doing(self, kind: TaskKind) -> bool:
        """Whether a job of this kind runs."""
        return self.activity is not None and self.activity.kind is kind

    def look_around(self, *, finds_running: bool = False) -> None:
        """Ask for teachers and runs, or only for a run that goes on since an earlier start of the window."""
        if finds_running:
            self._quietly(self.work.runs, self._found_runs)
            return
        self._quietly(self.work.teachers, self._found_teachers)
        self._quietly(self.work.runs, self._set_runs)

    def restore_draft(self) -> None:
        """Take up what was chosen before the window was closed, and keep from now on what is chosen. What is gone since then is left."""
        kept = self._memory.read()
        if kept is None or self.step is not Step.TEACHER or self.draft.photos is not None:
            self._is_noting = True
            return

        def take(chosen: ChosenTeacher) -> None:
            if self.step is Step.TEACHER and self.draft.photos is None and self.activity is None:
                self._restore(kept, chosen)
            self._begin_noting()  # not before: a window that is closed now finds everything again

        self._worker.submit(lambda _: self.work.teacher_in(Path(kept.teacher)), take, lambda _: self._begin_noting())

    def _begin_noting(self) -> None:
        self._is_noting = True

    def _restore(self, kept: KeptDraft, chosen: ChosenTeacher) -> None:
        damage = kept.degradation if kept.degradation in DEGRADATION_SUMMARIES else "mixed"
        self._set(
            replace(
                Draft(computer=self.draft.computer),
                teacher=chosen,
                degradation=damage,
                preset=kept.preset,
                name=kept.name,
                minutes=kept.minutes,
                goes_without_negative=kept.goes_without_negative,
            )
        )
        if kept.photos:
            self._enter(Step.PHOTOS)
            self._own_recipe = kept.recipe
            self._scan(Path(kept.photos), kept.step)

    @Slot()
    def _note(self) -> None:
        """Keep the draft if it is another one: a few bytes, written when the folder and the name of a student are."""
        kept = KeptDraft.of(self.draft, Step(self._left_at or self.step))
        if self._is_noting and kept != self._kept and self.activity is None:
            self._kept = kept
            self._memory.keep(kept)

    def choose_teacher(self, chosen: ChosenTeacher) -> None:
        """Take an installed teacher; photographs are looked at again, as teachers differ in what they need."""
        if self.draft.teacher == chosen:
            return
        self.samples = None
        self._set(Draft(teacher=chosen, degradation=self.draft.degradation, computer=self.draft.computer))
        self._ask_terms()

    def choose_teacher_folder(self, folder: Path) -> None:
        """Take a teacher of the user's own."""
        self._submit(TaskKind.FETCH, lambda _: self.work.teacher_in(folder), self.choose_teacher)

    def fetch_teacher(self, name: str) -> None:
        """Fetch one whose licences were accepted, and take it."""

        def take(chosen: ChosenTeacher) -> None:
            self.choose_teacher(chosen)
            self.look_around()

        self._submit(TaskKind.FETCH, lambda progress: self.work.fetch(name, progress), take)

    def encode_prompts(self) -> None:
        """Encode the prompts of a teacher that lacks a negative one; licences of encoders that are missing were accepted."""
        teacher = self.draft.teacher
        if teacher is None:
            return

        def take(chosen: ChosenTeacher) -> None:
            self.choose_teacher(chosen)
            self.look_around()

        self._submit(TaskKind.ENCODE, lambda progress: self.work.encode(teacher, progress), take)

    def go_without_negative(self) -> None:
        """Take a teacher as it is, though it lacks a negative prompt."""
        self._set(replace(self.draft, goes_without_negative=True, advanced=None, estimate=None))

    def choose_photos(self, folder: Path) -> None:
        """Look at a folder."""
        self._scan(folder)

    def _scan(self, folder: Path, left_at: str = "") -> None:
        self._left_at = left_at if left_at in _LEFT_AT else ""
        draft = replace(self.draft, photos=None, estimate=None, advanced=None)
        self.samples = None
        self._set(draft)

        def take(report: ScanReport) -> None:
            self._set(replace(self.draft, photos=report, advanced=self._restored_recipe(folder)))
            self._make_samples(left_at)

        self._submit(TaskKind.SCAN, lambda progress: self.work.scan(folder, draft, progress), take)

    def _restored_recipe(self, folder: Path) -> Recipe | None:
        """Numbers of the user's own for photographs that were chosen before the window was closed."""
        from distill.config import Recipe

        text, self._own_recipe = self._own_recipe, ""
        if not text:
            return None
        with suppress(ValueError):
            recipe = Recipe.model_validate_json(text)
            return recipe if Path(recipe.data.photos) == folder else None
        return None

    def choose_degradation(self, degradation: Degradation) -> None:
        """Take another kind of damage, and show it."""
        if degradation == self.draft.degradation:
            return
        self._set(replace(self.draft, degradation=degradation, estimate=None, advanced=None))
        self._make_samples()

    def choose_preset(self, preset: Preset) -> None:
        """Take a preset, without changes."""
        self._set(replace(self.draft, preset=preset, advanced=None, estimate=None, minutes=None))

    def choose_name(self, name: str) -> None:
        """Name the student."""
        if name != self.draft.name:
            self._set(replace(self.draft, name=name, estimate=None))

    def change_recipe(self, recipe: Recipe) -> None:
        """Take numbers of the user's own."""
        self._set(replace(self.draft, advanced=recipe, estimate=None, minutes=None))

    def choose_minutes(self, minutes: float) -> None:
        """Train so long; what was measured holds for any time."""
        draft = replace(self.draft, minutes=minutes)
        if draft.estimate is not None:
            draft = replace(draft, estimate=with_recipe(draft.estimate, recipe_of(draft)))
        self._set(draft)

    def start_anyway(self) -> None:
        """Start though the check advises against it."""
        if self.step is Step.CHECK and self.activity is None:
            self._set(replace(self.draft, starts_anyway=True))
            self.go_on()

    def fetch_metrics(self) -> None:
        """Fetch the weights of LPIPS and DISTS, which training on what the eye sees needs."""

        def take(found: Computer) -> None:
            self._set(replace(self.draft, computer=found, estimate=None))
            self._messages.tell(self.tr("The weights of LPIPS and DISTS are there."), MessageKind.DONE)

        self._submit(TaskKind.METRICS, self.work.fetch_metrics, take)

    def recipe(self) -> Recipe | None:
        """What would be trained; None while something is missing."""
        with suppress(MfsrError):
            return recipe_of(self.draft)
        return None

    def measure(self) -> None:
        """Try a few training steps."""
        recipe, photos = self.recipe(), self.draft.photos
        if recipe is None or photos is None:
            return
        self._submit(
            TaskKind.MEASURE,
            lambda progress: self.work.estimate(recipe, len(photos.usable), progress),
            lambda found: self._set(replace(self.draft, estimate=found, starts_anyway=False)),
        )

    def compare(self) -> None:
        """Put the student beside its teacher."""
        folder = self.draft.run_folder
        if folder is not None:
            self._submit(TaskKind.COMPARE, lambda progress: self.work.compare(folder, progress), self._take_comparison)

    def install(self, title: str) -> None:
        """Make a model of the student."""
        folder = self.draft.run_folder
        if folder is None:
            return

        def take(model_folder: Path) -> None:
            self._set(replace(self.draft, model_folder=model_folder))
            self._messages.tell(self.tr("{0} is installed.").format(title), MessageKind.DONE)
            self.installed.emit(model_folder.name)
            if self.comparison is None:  # which had to make way
                self.compare()

        self._submit(TaskKind.INSTALL, lambda _: self.work.install(folder, title), take)

    def go_on(self) -> None:
        """Leave a step that is complete. Leaving the check begins training."""
        if self.can_go_on and self.step is Step.CHECK:
            self._begin()
        elif self.can_go_on and self.step is not STEPS[-1]:
            self._enter(STEPS[STEPS.index(self.step) + 1])

    def go_back(self) -> None:
        """To the step before; what runs is stopped."""
        if self.can_go_back:
            self.cancel()
            self._enter(STEPS[STEPS.index(self.step) - 1])

    def attach(self, folder: Path) -> None:
        """Show a run that was started before."""
        self.cancel()
        self.draft = Draft(run_folder=folder, computer=self.draft.computer)
        self._enter(Step.RUN)
        self.run_begun.emit(folder)

    def set_trained(self, *, is_trained: bool) -> None:
        """The run has ended with something to show, or it goes on."""
        if is_trained != self.draft.is_trained:
            self._set(replace(self.draft, is_trained=is_trained))

    def start_over(self) -> None:
        """A new draft; runs stay where they are."""
        self.cancel()
        self.samples = None
        self.comparison = None
        self.draft = Draft(computer=self.draft.computer)
        self._enter(Step.TEACHER)
        self.look_around()

    def cancel(self) -> None:
        """Stop the running job."""
        if self._job is not None:
            self._job.cancel()
            self._show(None)

    def _enter(self, step: Step) -> None:
        self.step, self.fault, self._left_at = step, "", ""
        self.changed.emit()
        if step is Step.RECIPE:
            self._quietly(self.work.computer, lambda found: self._set(replace(self.draft, computer=found)))
            self._quietly(self.work.taken_names, lambda names: self._set(replace(self.draft, taken_names=names)))
        elif step is Step.CHECK and self.draft.estimate is None:
            self.measure()
        elif step is Step.RESULT and self.comparison is None:
            self.compare()

    def _begin(self) -> None:
        recipe = self.recipe()
        if recipe is None:
            return

        def take(folder: Path) -> None:
            self.draft = replace(self.draft, is_check_passed=True, run_folder=folder)
            self._enter(Step.RUN)
            self.run_begun.emit(folder)

        self._submit(TaskKind.START, lambda _: self.work.start(recipe), take)

    def _make_samples(self, left_at: str = "") -> None:
        """Show the damage on some crops, if the photographs can be used; then go on to where the wizard was left."""
        draft, report = self.draft, self.draft.photos
        if report is not None and not problems(draft, Step.PHOTOS):
            self._submit(
                TaskKind.SAMPLE,
                lambda progress: self.work.samples(report, draft.degradation, draft, progress),
                lambda samples: self._take_samples(samples, left_at),
            )

    def _take_samples(self, samples: Pictures, left_at: str) -> None:
        self.samples = samples
        self.changed.emit()
        while left_at in _LEFT_AT and self.step != left_at and self.can_go_on:
            self.go_on()

    def _take_comparison(self, comparison: Comparison) -> None:
        self.comparison = comparison
        self.changed.emit()

    def _found_teachers(self, rows: list[TeacherRow]) -> None:
        self.teachers = tuple(rows)
        installed = [row.chosen for row in rows if row.chosen is not None]
        if self.draft.teacher is None and self.step is Step.TEACHER and installed:
            self.draft = replace(self.draft, teacher=installed[0])
        self._ask_terms()
        self.changed.emit()

    def _ask_terms(self) -> None:
        """What encoding takes is only looked up for a teacher that needs it."""
        if self.draft.teacher is not None and self.draft.teacher.lacks_negative:
            self._quietly(self.work.encoding_terms, self._take_terms)

    def _take_terms(self, terms: EncodingTerms) -> None:
        self.encoding_terms = terms
        self.changed.emit()

    def _set_runs(self, runs: list[RunView]) -> None:
        self.runs = tuple(runs)
        self.changed.emit()

    def _found_runs(self, runs: list[RunView]) -> None:
        self._set_runs(runs)
        running = [run for run in runs if run.is_alive]
        if running and self.step is Step.TEACHER:
            self.attach(running[0].folder)
            self._messages.tell(self.tr("{0} is still being trained.").format(running[0].name))

    def _set(self, draft: Draft) -> None:
        self.draft, self.fault = draft, ""
        self.changed.emit()

    def _quietly(self, call: Callable[[], T], on_done: Callable[[T], None]) -> None:
        self._worker.submit(lambda _: call(), on_done, self._messages.fail)

    def _submit(self, kind: TaskKind, call: Callable[[Progress], T], on_done: Callable[[T], None]) -> None:
        def take(answer: T) -> None:
            self._show(None)
            on_done(answer)

        self.cancel()
        self.fault = ""
        self._job = self._worker.submit(call, take, self._on_failed)
        self._job.reported.connect(self._on_reported)
        self._show(DistillActivity(kind))

    def _show(self, activity: DistillActivity | None) -> None:
        self.activity = activity
        if activity is None:
            self._job = None
        self.activity_changed.emit()

    @Slot(object)
    def _on_reported(self, report: ProgressReport) -> None:
        assert self.activity is not None, "only a running job reports"
        self._show(replace(self.activity, report=report))

    def _on_failed(self, failure: Failure) -> None:
        self.fault = failure.text
        self._show(None)
        self._messages.fail(failure)
