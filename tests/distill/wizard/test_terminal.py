"""The whole wizard in a terminal, with scripted answers: from a teacher and photographs to an installed student."""

import pytest
import typer

from distill import cli
from distill.preset import Preset
from distill.runs.runs import Run, create_run, list_runs
from distill.runs.status import Phase, RunStatus, write_status
from distill.wizard.draft import Draft, Step
from distill.wizard.estimate import Probe
from distill.wizard.flow import next_step
from distill.wizard.probe import measure, measure_apart
from distill.wizard.terminal import TerminalDialogue, TerminalWizard, first_draft
from mfsr_app import command_line
from mfsr_engine.cli import terminal
from mfsr_engine.errors import RequestError
from mfsr_engine.hub.parts import encoders_dir
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.families import all_text_encoders
from mfsr_engine.models.prompts import load_prompts
from tests.fakes.published_model import write_published
from tests.fakes.tiny_encoders import write_encoders

pytestmark = pytest.mark.usefixtures("home")

QUICK = {"crop_px": 64, "crops_per_photo": 1, "versions": 1, "patch_px": 32, "batch_size": 2}


class Script:
    """Answers by the beginning of the question; a list gives one answer after another."""

    def __init__(self, **answers):
        self.answers, self.said, self.asked = answers, [], []

    def _answer(self, question):
        self.asked.append(question)
        key = next(key for key in self.answers if question.lower().startswith(key.replace("_", " ")))
        answer = self.answers[key]
        return answer.pop(0) if isinstance(answer, list) else answer

    def ask(self, question, default=""):
        return str(self._answer(question))

    def choose(self, question, options):
        wanted = self._answer(question)
        return next(number for number, option in enumerate(options) if option.startswith(str(wanted)))

    def confirm(self, question):
        return bool(self._answer(question))

    def say(self, text):
        self.said.append(text)


@pytest.fixture
def quick_presets(monkeypatch):
    """ "Try it" cut down to what a test has time for."""
    from distill import families

    quick = {
        "data": QUICK,
        "objective": {"end_point": {"pixel": 1.0}},
        "run": {"steps": 60, "log_every": 5},
    }
    monkeypatch.setitem(families._COMPACT, Preset.TRY, quick)


def wizard(script, trial=None):
    def fake(recipe):
        return Probe("cpu", 0.01, 300, 4000, 1)

    return TerminalWizard(script, terminal.TerminalBars(is_shown=False), trial or fake, ("--threads", "1"))


@pytest.fixture
def answers(compact_teacher, photos):
    return {
        "teacher": "a model folder",
        "folder_of": str(photos),
        "folder": str(compact_teacher),
        "kind_of": "camera",
        "how_much": "try it",
        "name_of": "my-own",
        "numbers": "as they are",
        "train?": True,
        "name_for": "My own",
        "try_again?": False,
    }


@pytest.mark.usefixtures("quick_presets")
def test_from_a_teacher_and_photographs_to_an_installed_student(answers, home):
    script = Script(**answers)
    draft = wizard(script).walk(Draft())
    assert next_step(draft) is Step.DONE
    assert ModelStore.default().find("my-own").card.title == "My own"
    assert draft.model_folder == home / "data" / "models" / "my-own"
    [run] = list_runs()
    assert run.status().phase is Phase.FINISHED
    assert run.previews()
    said = "\n".join(script.said)
    for words in ("8 photographs can be used", "60 steps", "| student | 8 |", "--model my-own"):
        assert words in said
    assert (home / "cache" / "wizard" / "samples.png").is_file()
    assert [question for question in script.asked if question.startswith("Try")] == []


def published(tmp_path):
    """An installed teacher that has its null prompt only."""
    folder = str(write_published(tmp_path / "tiny-q", "q"))
    assert command_line.run(["models", "import", folder, "--variant", "q"]) == 0
    return ModelStore.default().find("tiny-q").folder


def test_a_teacher_without_a_negative_prompt_is_encoded_on_the_way(answers, tmp_path):
    write_encoders(encoders_dir(all_text_encoders()[0]))
    script = Script(
        **answers | {"folder": str(published(tmp_path)), "its_prompts": "encode", "folder_of": str(tmp_path / "none")}
    )
    with pytest.raises(typer.Abort):
        wizard(script).walk(Draft())
    assert lengths_of(tmp_path) == (333, 333)
    said = "\n".join(script.said)
    for words in ("tiny-q has no negative prompt", "GB of memory", "without guidance"):
        assert words in said
    assert "Folder of photographs" in script.asked


def test_encoders_are_only_fetched_where_their_licence_is_accepted(answers, tmp_path):
    script = Script(**answers | {"folder": str(published(tmp_path)), "its_prompts": "encode", "do_you": False})
    with pytest.raises(typer.Abort):
        wizard(script).walk(Draft())
    said = "\n".join(script.said)
    for words in ("at least 11.2 GB", "Community License", "was not accepted"):
        assert words in said
    assert lengths_of(tmp_path) == (154, None)


def test_one_may_continue_with_the_null_prompt_alone(answers, tmp_path):
    changes = {"folder": str(published(tmp_path)), "its_prompts": "continue", "folder_of": str(tmp_path / "none")}
    script = Script(**answers | changes)
    with pytest.raises(typer.Abort):
        wizard(script).walk(Draft())
    assert "Folder of photographs" in script.asked
    assert lengths_of(tmp_path) == (154, None)


def lengths_of(tmp_path):
    """Tokens of the positive and of the negative prompt."""
    prompts = load_prompts(tmp_path / "home" / "data" / "models" / "tiny-q")
    return tuple(None if prompt is None else prompt.tokens.shape[1] for prompt in (prompts.positive, prompts.negative))


@pytest.mark.usefixtures("quick_presets")
def test_what_cannot_work_goes_back_to_the_recipe_and_never_starts(answers):
    script = Script(**answers | {"how_much": ["try it", "try it"], "name_of": ["one", "two"], "train?": [False]})
    trials = [Probe("cpu", 0.01, 9000, 4000, 1), Probe("cpu", 0.01, 300, 4000, 1)]

    def trial(recipe):
        if not trials:
            raise RequestError("the trial failed")
        return trials.pop(0)

    script.answers["how_much"].append("try it")
    script.answers["name_of"].append("three")
    with pytest.raises(typer.Abort):
        wizard(script, trial).walk(Draft())
    assert any("9000 MiB of memory" in line for line in script.said)
    assert list_runs() == []


@pytest.mark.usefixtures("quick_presets")
def test_every_number_can_be_read_and_changed_before_the_trial(answers):
    changes = ["run.steps = none", "run.steps = 70", "data.batch_size = 3", "done"]
    script, tried = Script(**answers | {"numbers": "show", "change_a": changes}), []

    def trial(recipe):
        tried.append(recipe)
        raise typer.Abort

    with pytest.raises(typer.Abort):
        wizard(script, trial).walk(Draft())
    [recipe] = tried
    assert (recipe.run.steps, recipe.data.batch_size, recipe.name) == (70, 3, "my-own")
    assert any(line.startswith("run.steps = 60: Optimizer steps in all") for line in script.said)
    assert any(line.startswith("run.steps: ") and "integer" in line for line in script.said)


def test_a_run_that_was_stopped_is_offered_first_and_can_be_taken_as_it_is(answers, recipe, home):
    assert first_draft(Script()) == Draft()
    run = create_run(recipe(name="my-own", data={"validation_share": 0.25}))
    assert cli.main(["run", str(run.folder / "recipe.toml"), "--folder", str(run.folder)]) == 0
    write_status(run.folder, RunStatus(Phase.PAUSED))
    script = Script(**answers | {"begin": "my-own (paused)", "go_on": False})
    draft = wizard(script).walk(first_draft(script))
    assert draft.model_folder == home / "data" / "models" / "my-own"
    assert first_draft(Script()) == Draft()


def test_a_mistake_is_said_and_the_step_asked_again(answers, tmp_path):
    script = Script(**answers | {"folder_of": str(tmp_path / "none"), "try_again?": [True, False]})
    with pytest.raises(typer.Abort):
        wizard(script).walk(Draft())
    assert len([line for line in script.said if "There is no folder" in line]) == 2


def test_the_trial_measures_real_steps(recipe):
    found = measure(recipe(), steps=3)
    assert found.device == "cpu"
    assert 0 < found.seconds_per_step < 5
    assert found.memory_mib > 50
    assert found.free_memory_mib > 0
    assert found.checkpoint_mib == 1


def test_the_trial_in_a_process_of_its_own_says_the_same_or_why_not(recipe, tmp_path):
    assert measure_apart(recipe()).checkpoint_mib == 1
    with pytest.raises(RequestError, match="not a model folder"):
        measure_apart(recipe(objective={"teacher": tmp_path / "none"}))
    assert Run(tmp_path).events() == []


@pytest.mark.parametrize(
    "talk",
    [
        lambda dialogue: dialogue.ask("Name"),
        lambda dialogue: dialogue.choose("Which", ["one", "two"]),
        lambda dialogue: dialogue.confirm("Sure?"),
    ],
)
def test_no_bar_is_drawn_over_a_question_that_is_being_answered(talk, monkeypatch):
    with terminal.TerminalBars(is_shown=True) as bars:
        seen = []

        def answered(*words, **named):
            seen.append(bars._bars.live.is_started)
            return 1

        monkeypatch.setattr("distill.wizard.terminal.typer.prompt", answered)
        monkeypatch.setattr("distill.wizard.terminal.typer.confirm", answered)
        bars.progress("working").report("Training", 1, 2)
        talk(TerminalDialogue(bars))
        assert seen == [False]
        assert bars._bars.live.is_started
