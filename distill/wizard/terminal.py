"""The wizard in a terminal. The same steps as in the window."""

from __future__ import annotations

import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import typer

from distill.data.samples import sample_pairs
from distill.data.scan import scan
from distill.evaluation.install import install
from distill.evaluation.methods import evaluate_run
from distill.image_grid import ImageGrid
from distill.preset import Preset
from distill.runs.runs import Run, create_run, list_runs, runs_dir
from distill.runs.status import Phase, StopRequest
from distill.wizard.draft import DEGRADATION_SUMMARIES, PRESET_SUMMARIES, ChosenTeacher, Draft, Step
from distill.wizard.encoding import encode, encoder_notices, encoding_terms
from distill.wizard.estimate import Probe, estimate
from distill.wizard.flow import advice, lacking, next_step, open_runs, problems, reattached, recipe_of, without_negative
from distill.wizard.numbers import changed, described
from distill.wizard.presets import least_photo_px
from distill.wizard.probe import measure_apart, this_computer
from distill.wizard.teachers import TeacherOption, teacher_in, teacher_options
from mfsr_engine.cli import terminal
from mfsr_engine.errors import MfsrError
from mfsr_engine.files import paths
from mfsr_engine.hub.catalogue import Catalogue
from mfsr_engine.hub.pull import pull
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.families import family_of
from mfsr_engine.models.resample import enlarge

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from distill.config import Recipe
    from mfsr_engine.progress import Progress

_SHOWN_SAMPLES = 3
_FOLLOW_EVERY_S = 2.0
_DONE = "done"


class Dialogue(Protocol):
    """Whom the wizard talks with."""

    def ask(self, question: str, default: str = "") -> str:
        """A line of text."""

    def choose(self, question: str, options: Sequence[str]) -> int:
        """Index of one of the options."""

    def confirm(self, question: str) -> bool:
        """Yes or no."""

    def say(self, text: str) -> None:
        """Show a line."""


class TerminalDialogue:
    """On stdin and stdout; progress bars are out of the way of what is said and typed."""

    def __init__(self, bars: terminal.TerminalBars) -> None:
        self._bars = bars

    def ask(self, question: str, default: str = "") -> str:
        """See `Dialogue`."""
        with self._bars.paused():
            return str(typer.prompt(question, default=default or None))

    def choose(self, question: str, options: Sequence[str]) -> int:
        """See `Dialogue`."""
        with self._bars.paused():
            for number, option in enumerate(options, 1):
                typer.echo(f"  {number}. {option}")
            while True:
                number = int(typer.prompt(question, type=int, default=1))
                if 1 <= number <= len(options):
                    return number - 1
                typer.echo(f"Give a number from 1 to {len(options)}.")

    def confirm(self, question: str) -> bool:
        """See `Dialogue`."""
        with self._bars.paused():
            return bool(typer.confirm(question, default=True))

    def say(self, text: str) -> None:
        """See `Dialogue`."""
        with self._bars.paused():
            typer.echo(text)


class TerminalWizard:
    """Walks a draft through the steps of the flow."""

    def __init__(
        self,
        dialogue: Dialogue,
        bars: terminal.TerminalBars,
        trial: Callable[[Recipe], Probe] = measure_apart,
        run_words: Sequence[str] = (),
    ) -> None:
        """`trial` measures a recipe; `run_words` are more words for `mfsr distill run`."""
        self._talk, self._bars, self._trial, self._run_words = dialogue, bars, trial, run_words
        self._steps: Mapping[Step, Callable[[Draft], Draft]] = {
            Step.TEACHER: self._teacher,
            Step.PHOTOS: self._photos,
            Step.RECIPE: self._recipe,
            Step.CHECK: self._check,
            Step.RUN: self._run,
            Step.RESULT: self._result,
        }

    def walk(self, draft: Draft) -> Draft:
        """Go from step to step until all is done. A mistake is said, and the step asked again.

        Raises:
            typer.Abort: the user gave up.
        """
        while (step := next_step(draft)) is not Step.DONE:
            try:
                draft = self._steps[step](draft)
            except MfsrError as error:
                self._talk.say(str(error))
                if not self._talk.confirm("Try again?"):
                    raise typer.Abort from error
                continue
            if step is not Step.CHECK:
                for line in (*problems(draft, step), *advice(draft, step)):
                    self._talk.say(line)
        return draft

    def _teacher(self, draft: Draft) -> Draft:
        options = teacher_options(ModelStore.default(), Catalogue.default())
        titles = [f"{o.title} ({o.licence}{'' if o.installed else ', to be fetched'})" for o in options]
        number = self._talk.choose("Teacher", [*titles, "a model folder"])
        if number == len(options):
            teacher = teacher_in(Path(self._talk.ask("Folder")).expanduser())
        else:
            teacher = options[number].installed or self._fetched(options[number])
        draft = replace(draft, teacher=teacher, goes_without_negative=False)
        return self._prompted(draft, teacher) if teacher.lacks_negative else draft

    def _prompted(self, draft: Draft, teacher: ChosenTeacher) -> Draft:
        """A teacher without a negative prompt: encode it now, or continue without."""
        text = family_of(teacher.card).text
        terms = () if text is None else encoding_terms(text)
        for line in (lacking(teacher), *terms, without_negative(teacher)):
            self._talk.say(line)
        ways = [*([] if text is None else ["encode them now"]), "continue without"]
        if self._talk.choose("Its prompts", ways) == len(ways) - 1 or text is None:
            return replace(draft, goes_without_negative=True)
        notices = encoder_notices(text)
        for notice in notices:
            self._talk.say(notice)
        is_accepted = not notices or self._talk.confirm("Do you accept?")
        progress = self._progress(teacher.card.name)
        return replace(draft, teacher=encode(teacher, progress, is_licence_accepted=is_accepted))

    def _fetched(self, option: TeacherOption) -> ChosenTeacher:
        for notice in option.notices:
            self._talk.say(notice)
        is_accepted = self._talk.confirm("Do you accept?")
        pulled = pull(
            option.name,
            Catalogue.default(),
            paths.user_models_dir(),
            self._progress(option.name),
            is_licence_accepted=is_accepted,
        )
        return teacher_in(pulled.folder)

    def _photos(self, draft: Draft) -> Draft:
        assert draft.teacher is not None
        folder = Path(self._talk.ask("Folder of photographs")).expanduser()
        least_px = least_photo_px(Preset.TRY, draft.teacher.card)
        report = scan(folder, least_px, self._progress(folder.name))
        self._talk.say(report.summary())
        texts = [f"{kind}: {DEGRADATION_SUMMARIES[kind]}" for kind in DEGRADATION_SUMMARIES]
        kinds = list(DEGRADATION_SUMMARIES)
        chosen = kinds[self._talk.choose("Kind of damage to undo", texts)]
        draft = replace(draft, photos=report, degradation=chosen)
        if not problems(draft, Step.PHOTOS):
            self._show_samples(draft, least_px)
        return draft

    def _show_samples(self, draft: Draft, crop_px: int) -> None:
        import torch

        assert draft.photos is not None
        photos, progress = draft.photos.usable, self._progress("samples")
        pairs = sample_pairs(photos, crop_px, draft.degradation, 0, progress, most=_SHOWN_SAMPLES)
        rows = []
        for pair in pairs:
            large = enlarge(torch.from_numpy(pair.damaged).permute(2, 0, 1)[None], 4)[0].permute(1, 2, 0).numpy()
            rows.append([large, pair.truth])
        place = paths.cache_dir() / "wizard" / "samples.png"
        ImageGrid.of(["before: what the student gets", "after: what it shall make"], rows).write(place)
        self._talk.say(f"Samples of the damage: {place}")

    def _recipe(self, draft: Draft) -> Draft:
        presets = list(Preset)
        number = self._talk.choose("How much to train", [f"{p}: {PRESET_SUMMARIES[p]}" for p in presets])
        name = self._talk.ask("Name of the student", "my-student")
        taken = [run.name for run in list_runs()] + [model.card.name for model in ModelStore.default().installed()]
        draft = replace(draft, preset=presets[number], name=name, taken_names=tuple(taken), computer=this_computer())
        return draft if problems(draft, Step.RECIPE) else self._numbers(draft)

    def _numbers(self, draft: Draft) -> Draft:
        """The advanced fields."""
        if not self._talk.choose("Numbers of the recipe", ["as they are", "show them all, and change some"]):
            return draft
        recipe = recipe_of(draft)
        for line in described(recipe):
            self._talk.say(line)
        while (words := self._talk.ask("Change a number, as in run.minutes = 10", _DONE)) != _DONE:
            try:
                recipe = changed(recipe, words)
            except MfsrError as error:
                self._talk.say(str(error))
        return replace(draft, advanced=recipe)

    def _check(self, draft: Draft) -> Draft:
        recipe = recipe_of(draft)
        assert draft.photos is not None
        self._talk.say("Measuring a few training steps ...")
        runs_dir().mkdir(parents=True, exist_ok=True)
        free_mib = shutil.disk_usage(runs_dir()).free // 2**20
        found = estimate(recipe, self._trial(recipe), len(draft.photos.usable), free_mib)
        self._talk.say(found.summary())
        draft = replace(draft, estimate=found, is_check_passed=True)
        refused = problems(draft, Step.CHECK)
        for line in refused:
            self._talk.say(line)
        if refused or not self._talk.confirm("Train?"):
            return replace(draft, preset=None, advanced=None, estimate=None, is_check_passed=False)
        return draft

    def _run(self, draft: Draft) -> Draft:
        run = create_run(recipe_of(draft)) if draft.run_folder is None else Run(draft.run_folder)
        self._talk.say(f"Training in {run.folder}; it goes on if this window is closed. Ctrl+C pauses it.")
        if not run.is_alive():
            run.start(self._run_words)
        draft = replace(draft, run_folder=run.folder)
        try:
            self._follow(run)
        except KeyboardInterrupt:
            run.ask_to_stop(StopRequest.PAUSE)
            run.wait(60)
        status = run.status()
        if status.phase is Phase.FINISHED:
            return replace(draft, is_trained=True)
        self._talk.say(status.message or str(status.phase))
        if run.has_checkpoint() and not self._talk.confirm("Resume training? No uses the current checkpoint."):
            return replace(draft, is_trained=True)
        if not run.has_checkpoint() and not self._talk.confirm("Start again?"):
            raise typer.Abort
        return draft

    def _follow(self, run: Run) -> None:
        progress = self._progress(run.name)
        while run.is_alive():
            status, events = run.status(), run.events()
            if status.phase is Phase.TRAINING and events:
                progress.report("Training, %", round(100 * events[-1].finished), 100)
            elif status.stage:
                progress.report(status.stage, status.done, status.total)
            time.sleep(_FOLLOW_EVERY_S)

    def _result(self, draft: Draft) -> Draft:
        assert draft.run_folder is not None
        run = Run(draft.run_folder)
        recipe = run.recipe()
        self._talk.say(evaluate_run(recipe, run.folder, self._progress(run.name)).table())
        self._talk.say(f"Pictures: {run.folder / 'evaluation.png'}")
        title = self._talk.ask("Name for people", draft.name)
        folder = install(recipe, run.folder, paths.user_models_dir(), title=title)
        self._talk.say(f"Installed. Use it: mfsr upscale PICTURE --model {recipe.name}")
        return replace(draft, model_folder=folder)

    def _progress(self, label: str) -> Progress:
        return self._bars.progress(label)


def run_wizard() -> None:
    """Talk on the terminal until a student is installed, a new one or one that was begun earlier."""
    with terminal.TerminalBars() as bars:
        dialogue = TerminalDialogue(bars)
        TerminalWizard(dialogue, bars).walk(first_draft(dialogue))


def first_draft(dialogue: Dialogue) -> Draft:
    """Where to begin: anew, or with a run that is not installed yet, if there is one."""
    installed = {model.card.name for model in ModelStore.default().installed()}
    runs = open_runs(list_runs(), installed)
    if not runs:
        return Draft()
    number = dialogue.choose("Begin", ["a new student", *(f"{run.name} ({run.status().phase})" for run in runs)])
    return reattached(runs[number - 1]) if number else Draft()
