"""The wizard's flow without a display: what is asked next, what stands in the way, what comes out."""

import subprocess
import sys
from dataclasses import replace

import pytest

from distill.config import MeanFlowObjective
from distill.data.scan import ScanReport
from distill.preset import Preset
from distill.runs.runs import create_run, list_runs
from distill.runs.status import Phase, RunStatus, write_status
from distill.wizard.draft import ChosenTeacher, Computer, Draft, Step
from distill.wizard.encoding import encoder_notices, encoding_terms
from distill.wizard.estimate import Estimate, Probe, estimate, refusals
from distill.wizard.flow import advice, next_step, open_runs, problems, reattached, recipe_of
from distill.wizard.presets import least_photo_px
from distill.wizard.teachers import teacher_in, teacher_options
from mfsr_engine.errors import ModelError, RequestError
from mfsr_engine.hub.catalogue import Catalogue
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.card import FamilyName, Role, read_card, write_card
from mfsr_engine.models.families import all_text_encoders
from mfsr_engine.models.prompt_files import StoredPrompts

pytestmark = pytest.mark.usefixtures("home")

FINE = Estimate("cpu", 5.0, 900, 7200, 1000, 4000, 500, 10_000)


def enough(photos):
    return ScanReport(photos, tuple(photos / f"{number}.png" for number in range(30)), ())


@pytest.fixture
def chosen(photos, compact_teacher):
    """A draft with everything chosen up to the check."""
    return Draft(teacher=teacher_in(compact_teacher), photos=enough(photos), preset=Preset.TRY, name="mine")


def test_the_steps_come_in_order_each_after_the_one_before_is_settled(chosen, photos, tmp_path):
    draft = Draft()
    settled = [
        (Step.TEACHER, {"teacher": chosen.teacher}),
        (Step.PHOTOS, {"photos": chosen.photos}),
        (Step.RECIPE, {"preset": Preset.TRY, "name": "mine"}),
        (Step.CHECK, {"estimate": FINE, "is_check_passed": True}),
        (Step.RUN, {"run_folder": tmp_path, "is_trained": True}),
        (Step.RESULT, {"model_folder": tmp_path}),
    ]
    for step, answers in settled:
        assert next_step(draft) is step
        assert problems(draft, step)
        draft = replace(draft, **answers)
        assert problems(draft, step) == ()
    assert next_step(draft) is Step.DONE


@pytest.mark.parametrize(
    ("change", "step", "words"),
    [
        ({"teacher": None}, Step.TEACHER, "Choose a teacher"),
        ({"photos": None}, Step.PHOTOS, "Choose a folder"),
        ({"preset": None}, Step.RECIPE, "how much"),
        ({"name": ""}, Step.RECIPE, "letters, digits"),
        ({"name": "../out"}, Step.RECIPE, "letters, digits"),
        ({"taken_names": ("mine",)}, Step.RECIPE, "is taken"),
        ({"estimate": None}, Step.CHECK, "has not run"),
        ({"estimate": replace(FINE, memory_mib=5000)}, Step.CHECK, "5000 MiB of memory"),
        ({"estimate": replace(FINE, disk_mib=20_000)}, Step.CHECK, "Make room"),
        ({"estimate": replace(FINE, steps=3)}, Step.CHECK, "only 3 steps"),
    ],
)
def test_what_is_missing_or_cannot_work_is_said_and_holds_the_wizard(chosen, change, step, words):
    draft = replace(chosen, estimate=FINE, is_check_passed=True)
    assert next_step(draft) is Step.RUN
    draft = replace(draft, **change)
    assert next_step(draft) is step
    assert words in problems(draft, step)[0]


@pytest.mark.parametrize(
    ("prompts", "objective", "words"),
    [
        (StoredPrompts(has_negative=False, has_null=True), (8.0, "null"), "leads away from the teacher's null prompt"),
        (StoredPrompts(has_negative=False, has_null=False), (1.0, "negative"), "without guidance"),
    ],
)
def test_a_teacher_without_a_negative_prompt_holds_the_wizard_until_one_continues_without(
    chosen, full_teacher, prompts, objective, words
):
    draft = replace(chosen, teacher=replace(teacher_in(full_teacher), prompts=prompts))
    assert "Encode them" in problems(draft, Step.TEACHER)[0]
    assert next_step(draft) is Step.TEACHER
    draft = replace(draft, goes_without_negative=True)
    assert problems(draft, Step.TEACHER) == ()
    assert any(words in note for note in advice(draft, Step.TEACHER))
    recipe = recipe_of(draft)
    assert (recipe.objective.guidance, recipe.objective.negative_prompt) == objective


def test_what_encoding_takes_is_said(home):
    said = " ".join(encoding_terms(all_text_encoders()[0]))
    for words in ("9.5 GB of memory", "at least 11.2 GB", "Stability AI Community License", "free account"):
        assert words in said
    assert "Stable Diffusion 3.5" in " ".join(encoder_notices(all_text_encoders()[0]))


def test_too_few_photographs_are_refused_and_few_are_advised_against(chosen, photos):
    three = ScanReport(photos, enough(photos).usable[:3], ())
    assert "At least 4" in problems(replace(chosen, photos=three), Step.PHOTOS)[0]
    ten = ScanReport(photos, enough(photos).usable[:10], ())
    assert problems(replace(chosen, photos=ten), Step.PHOTOS) == ()
    assert "fewer than 20" in advice(replace(chosen, photos=ten), Step.PHOTOS)[0]
    assert advice(chosen, Step.PHOTOS) == ()


def test_the_licence_is_said_to_be_inherited(chosen):
    assert "CC0-1.0" in advice(chosen, Step.TEACHER)[-1]


@pytest.mark.parametrize("preset", list(Preset))
@pytest.mark.parametrize("family", list(FamilyName))
def test_every_preset_gives_a_sound_recipe_for_every_family(chosen, compact_teacher, full_teacher, preset, family):
    folder = compact_teacher if family is FamilyName.COMPACT else full_teacher
    draft = replace(
        chosen,
        teacher=teacher_in(folder),
        preset=preset,
        degradation="camera",
        computer=Computer("cuda", "bf16", has_perceptual=True),
    )
    recipe = recipe_of(draft)
    assert isinstance(recipe.objective, MeanFlowObjective)
    assert recipe.objective.guidance == read_card(folder).sampling.guidance
    assert (recipe.name, recipe.data.degradation, recipe.run.precision) == ("mine", "camera", "bf16")
    assert recipe.data.scan
    assert recipe.data.validation_share > 0
    assert recipe.data.crop_px == least_photo_px(preset, read_card(folder)) >= recipe.data.patch_px
    assert recipe.data.patch_px % 16 == 0
    assert (recipe.objective.end_point.lpips > 0) == (family is FamilyName.COMPACT)
    assert recipe.student.parts == "all" or family is FamilyName.DIT4SR


def test_without_the_metrics_weights_no_perceptual_loss_is_asked_for(chosen):
    recipe = recipe_of(chosen)
    assert isinstance(recipe.objective, MeanFlowObjective)
    assert recipe.objective.end_point.lpips == 0
    assert "mfsr distill fetch" in advice(chosen, Step.RECIPE)[0]


def test_numbers_the_user_changed_win_over_the_preset(chosen):
    changed = recipe_of(chosen).model_copy(update={"name": "other"})
    changed = changed.model_copy(update={"run": changed.run.model_copy(update={"minutes": 1.0})})
    recipe = recipe_of(replace(chosen, advanced=changed))
    assert recipe.run.minutes == 1.0
    assert recipe.name == "mine"


def test_a_run_begun_earlier_is_gone_on_with_at_its_own_step(recipe):
    run = create_run(recipe())
    assert open_runs(list_runs(), ()) == []  # nothing saved yet
    (run.folder / "step-00000001.pt").touch()
    assert open_runs(list_runs(), ()) == [run]
    assert open_runs(list_runs(), ("tiny-student",)) == []
    assert next_step(reattached(run)) is Step.RUN
    write_status(run.folder, RunStatus(Phase.FINISHED))
    assert next_step(reattached(run)) is Step.RESULT
    assert reattached(run).name == "tiny-student"


def test_a_draft_that_is_not_ready_has_no_recipe():
    with pytest.raises(RequestError, match="Choose a teacher"):
        recipe_of(Draft())


def test_the_estimate_follows_from_the_trial(chosen):
    recipe = recipe_of(chosen)
    probe = Probe("cpu", seconds_per_step=0.5, memory_mib=900, free_memory_mib=4000, checkpoint_mib=30)
    found = estimate(recipe, probe, photos=20, free_disk_mib=9000)
    assert recipe.run.minutes is not None
    assert found.minutes == recipe.run.minutes
    assert found.steps == 120 * recipe.run.minutes
    assert found.trained_images == found.steps * recipe.data.batch_size
    crops = 20 * recipe.data.crops_per_photo
    crop_bytes = 3 * recipe.data.crop_px**2 * (1 + recipe.data.versions / 16)  # students have no worse pictures
    assert found.disk_mib == round(crops * crop_bytes / 2**20) + 3 * 30
    assert refusals(found) == ()
    by_steps = recipe.model_copy(update={"run": recipe.run.model_copy(update={"minutes": None, "steps": 240})})
    assert estimate(by_steps, probe, 20, 9000).minutes == pytest.approx(2.0)


def test_teachers_are_the_installed_ones_and_those_of_the_catalogue(compact_teacher, tmp_path):
    student = read_card(compact_teacher).model_copy(update={"name": "a-student", "role": Role.STUDENT})
    write_card(student, tmp_path / "models" / "a-student")
    options = teacher_options(ModelStore([compact_teacher.parent, tmp_path / "models"]), Catalogue.default())
    assert options[0].installed == ChosenTeacher(compact_teacher, read_card(compact_teacher))
    names = [option.name for option in options]
    assert "a-student" not in names
    fetched = [option for option in options if option.installed is None]
    assert "dit4sr_q" in [option.name for option in fetched]
    assert all(option.notices for option in fetched)
    with pytest.raises(ModelError, match="is a student: guidance is built into it"):
        teacher_in(tmp_path / "models" / "a-student")


def test_the_flow_loads_neither_torch_nor_qt():
    code = (
        "import sys; import distill.wizard.flow, distill.wizard.teachers, distill.wizard.encoding, distill.wizard.presets;"
        "import distill.runs.runs, distill.cli;"
        "sys.exit(any(name in sys.modules for name in ('torch', 'PySide6', 'accelerate')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
