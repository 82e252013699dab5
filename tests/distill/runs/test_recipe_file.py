"""Recipes as files: in which words they are refused, and where their teacher is found."""

import pytest

from distill.runs.recipe_file import read_recipe
from mfsr_engine.errors import RequestError
from mfsr_engine.hub.store import ModelStore

STUDENT = 'name = "s"\n[data]\nphotos = "photos"\n[objective]\nkind = "meanflow"\nteacher = "teacher"\n'


def test_a_recipe_that_has_nothing_to_learn_from_is_refused_in_words(tmp_path):
    file = tmp_path / "recipe.toml"
    file.write_text(f"{STUDENT}weight = 0\n")
    with pytest.raises(RequestError, match=r"wrong field objective\S*: With weight = 0 there is nothing to learn from"):
        read_recipe(file)


def test_a_teacher_is_a_folder_seen_from_the_recipe_or_the_name_of_an_installed_model(tmp_path):
    file, name = tmp_path / "recipe.toml", "mfsr-small-teacher"
    file.write_text(STUDENT.replace('"teacher"', f'"{name}"'), encoding="utf-8")
    assert read_recipe(file).objective.teacher == ModelStore.default().find(name).folder
    (tmp_path / name).mkdir()
    assert read_recipe(file).objective.teacher == tmp_path / name


def test_a_teacher_that_is_nowhere_is_sought_beside_the_recipe(tmp_path):
    file = tmp_path / "recipe.toml"
    file.write_text(STUDENT, encoding="utf-8")
    assert read_recipe(file).objective.teacher == tmp_path / "teacher"


def test_every_fault_is_said_at_once_with_the_nearest_known_name(tmp_path):
    file = tmp_path / "recipe.toml"
    text = STUDENT.replace('"photos"\n', '"photos"\npach_px = 64\nbatch_size = 0\n')
    file.write_text(f"{text}guidence = 4\nsecant_step = 0.9\n[run]\nminutes = -3\nlearning_rate = 1\nquux = 2\n")
    with pytest.raises(RequestError) as refused:
        read_recipe(file)
    said = str(refused.value)
    assert said.startswith(f"The recipe {file} has 7 wrong fields: ")
    for words in (
        "data.batch_size: Input should be greater than or equal to 1",
        "data.pach_px: There is no such field (did you mean data.patch_px?)",
        "objective.guidence: There is no such field (did you mean objective.guidance?)",
        "objective.secant_step: Input should be less than 0.5",
        "run.minutes: Input should be greater than 0",
        "run.learning_rate: There is no such field (did you mean optimizer.learning_rate?)",
        "run.quux: There is no such field",
    ):
        assert words in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[data]\nphotos = 'p'\n[objective]\nkind = 'meanflow'\nteacher = 't'", "name: Field required"),
        ("name = 's'\ndata = 3\n[objective]\nkind = 'meanflow'\nteacher = 't'", "data: Input should be a table"),
        (
            "name = 's'\n[data]\nphotos = 'p'\n[objective]\nteacher = 't'",
            "objective.kind: Input should be 'flow-matching' or",
        ),
        (
            "name = 's'\n[data]\nphotos = 'p'\n[objective]\nkind = 'gan'",
            "objective.kind: Input should be 'flow-matching' or",
        ),
    ],
)
def test_whatever_is_wrong_is_said_in_words(tmp_path, text, words):
    file = tmp_path / "recipe.toml"
    file.write_text(text)
    with pytest.raises(RequestError, match="has a wrong field") as refused:
        read_recipe(file)
    assert words in str(refused.value)


def test_a_patch_larger_than_its_crop_is_refused_by_the_recipe_itself(tmp_path):
    file = tmp_path / "recipe.toml"
    file.write_text(STUDENT.replace('"photos"\n', '"photos"\ncrop_px = 64\npatch_px = 128\n'))
    with pytest.raises(RequestError, match=r"128 pixels \(patch_px\) cannot be cut from crops of 64 \(crop_px\)"):
        read_recipe(file)


@pytest.mark.parametrize(
    ("change", "of"),
    [
        ("objective.guidance=4", lambda r: r.objective.guidance == 4),
        (" run.minutes = 2.5 ", lambda r: r.run.minutes == 2.5),
        ("run.minutes=", lambda r: r.run.minutes is None),
        ("objective.derivative=jvp", lambda r: r.objective.derivative == "jvp"),
        ('student.parts="lora"', lambda r: r.student.parts == "lora"),
        ("optimizer.ema_widths=[0.1, 0.05]", lambda r: r.optimizer.ema_widths == (0.1, 0.05)),
        ("objective.end_point.pixel=1", lambda r: r.objective.end_point.pixel == 1),
        ("data.scan=true", lambda r: r.data.scan),
        ("data.photos=elsewhere", lambda r: r.data.photos.name == "elsewhere"),
        ("name=other", lambda r: r.name == "other"),
    ],
)
def test_a_field_can_be_set_beside_the_file(tmp_path, change, of):
    file = tmp_path / "recipe.toml"
    file.write_text(f"{STUDENT}\n[run]\nminutes = 9\n")
    assert not of(read_recipe(file))
    assert of(read_recipe(file, [change]))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("objective.guidance", "sets no field"),
        ("=4", "sets no field"),
        ("name.first=x", "name is a field"),
        ("objective.guidance=1e6", "less than or equal to 100"),
        ("objective.gidance=4", "did you mean objective.guidance"),
    ],
)
def test_what_cannot_be_set_is_said(tmp_path, change, words):
    file = tmp_path / "recipe.toml"
    file.write_text(STUDENT)
    with pytest.raises(RequestError, match=words):
        read_recipe(file, [change])
