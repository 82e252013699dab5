"""What a recipe's teacher must have is checked before anything is prepared, and everything wrong is said at once."""

import shutil

import pytest
from safetensors.torch import load_file, save_file

from distill.training.recipe_checks import check, teacher_faults
from distill.training.train import build_trainer
from mfsr_engine.errors import ModelError, RequestError
from mfsr_engine.files import paths
from mfsr_engine.models.card import Role, read_card, write_card
from mfsr_engine.models.prompt_files import StoredPrompts, stored_prompts
from mfsr_engine.progress import Progress

pytestmark = pytest.mark.usefixtures("home")

PROMPTS = "prompts.safetensors"


@pytest.fixture
def with_prompts(full_teacher, tmp_path):
    """Makes a copy of the teacher with some of its prompts: `with_prompts("positive", null="positive")`."""

    def make(*names, place=tmp_path / "copy", **others):
        folder = shutil.copytree(full_teacher, place)
        tensors = load_file(folder / PROMPTS)
        kept = {name: name for name in names} | others
        save_file(
            {
                f"{new}.{part}": tensors[f"{old}.{part}"].clone()
                for new, old in kept.items()
                for part in ("pooled", "tokens")
            },
            folder / PROMPTS,
        )
        return folder

    return make


def test_what_is_stored_is_seen_without_reading_it_as_tensors(full_teacher, with_prompts, tmp_path):
    assert stored_prompts(full_teacher) == StoredPrompts(has_negative=True, has_null=True)
    assert stored_prompts(with_prompts("positive", null="positive")) == StoredPrompts(False, False)
    assert stored_prompts(with_prompts("positive", "null", place=tmp_path / "b")) == StoredPrompts(False, True)
    for content in (b"", b"12345678", b"\xff" * 100, b"\x02\0\0\0\0\0\0\0[]"):
        (tmp_path / PROMPTS).write_bytes(content)
        with pytest.raises(ModelError, match="cannot be read"):
            stored_prompts(tmp_path)


def test_a_teacher_as_published_is_only_refused_where_it_would_be_guided(full_recipe, with_prompts):
    teacher = with_prompts("positive", null="positive")
    [fault] = teacher_faults(full_recipe(objective={"teacher": teacher}))
    assert "no negative prompt" in fault
    assert f"`mfsr prompts encode --model {teacher}`" in fault
    assert "negative_prompt" not in fault
    assert "objective.guidance = 1" in fault
    [fault] = teacher_faults(full_recipe(objective={"teacher": teacher, "negative_prompt": "null"}))
    assert "no null prompt besides its positive one" in fault
    assert teacher_faults(full_recipe(objective={"teacher": teacher, "guidance": 1.0})) == ()


def test_the_null_prompt_serves_as_the_negative_one_where_the_recipe_says_so(full_recipe, with_prompts, tmp_path):
    teacher = with_prompts("positive", "null")
    [fault] = teacher_faults(full_recipe(objective={"teacher": teacher}))
    assert 'objective.negative_prompt = "null"' in fault
    recipe = full_recipe(objective={"teacher": teacher, "negative_prompt": "null"}, run={"steps": 1})
    assert teacher_faults(recipe) == ()
    build_trainer(recipe, tmp_path / "run", tmp_path / "pack", Progress()).train(Progress())


def test_an_installed_teacher_is_called_by_its_name(full_recipe, with_prompts):
    teacher = with_prompts("positive", null="positive", place=paths.user_models_dir() / "tiny-dit4sr")
    [fault] = teacher_faults(full_recipe(objective={"teacher": teacher}))
    assert "`mfsr prompts encode --model tiny-dit4sr`" in fault


@pytest.mark.parametrize("guidance", [1.0, 4.0])
def test_a_student_is_no_teacher(full_recipe, with_prompts, guidance):
    teacher = with_prompts("positive", "negative", "null")
    write_card(read_card(teacher).model_copy(update={"role": Role.STUDENT}), teacher)
    [fault] = teacher_faults(full_recipe(objective={"teacher": teacher, "guidance": guidance}))
    assert "Tiny DiT4SR is a student: guidance is built into it" in fault


def test_everything_is_said_at_once_and_before_anything_is_prepared(recipe, with_prompts, tmp_path):
    teacher = with_prompts("positive", null="positive")
    wrong = recipe(teacher=teacher, data={"photos": tmp_path / "nowhere", "patch_px": 60})
    with pytest.raises(RequestError) as refused:
        build_trainer(wrong, tmp_path / "run", tmp_path / "pack", Progress())
    for words in ("There is no folder", "no negative prompt", "multiple of 16"):
        assert words in str(refused.value)
    assert not (tmp_path / "pack").exists()


def test_what_a_compact_student_cannot_do_is_said_at_once(recipe):
    with pytest.raises(RequestError) as refused:
        check(recipe(data={"latent_patches": 2}, student={"parts": "lora"}))
    assert "trained whole" in str(refused.value)
    assert "latent_patches = 0" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("nowhere", "it holds no model.toml."),
        ("dit4sr_q", "`mfsr models pull dit4sr_q` fetches the teacher of this name."),
        ("dit4rs_q", "Did you mean dit4sr_q?"),
        ("mfsr-small-teachr", "Did you mean mfsr-small-teacher?"),
    ],
)
def test_a_teacher_that_is_nowhere_is_said_to_be_so_and_what_is_named_like_it(recipe, tmp_path, name, hint):
    [fault] = teacher_faults(recipe(teacher=tmp_path / name))
    assert "not a model folder" in fault
    assert fault.endswith(hint)
