"""Tiny packs, networks, teachers and recipes that the tests of training share."""

import pytest
from accelerate.state import AcceleratorState

from distill.config import DataRecipe, MeanFlowObjective, OptimizerRecipe, Recipe, RunRecipe
from distill.runs.recipe_file import write_recipe
from mfsr_engine import images
from mfsr_engine.models.card import AutoencoderKl, FamilyName, ImageTable, ModelCard, Role, SamplingTable, write_card
from mfsr_engine.models.prompts import Prompts, save_prompts
from tests.fakes import tiny_training
from tests.fakes.photographs import picture
from tests.fakes.published_model import ENCODED_TOKENS, NULL_TOKENS, random_prompt, write_published


@pytest.fixture(autouse=True)
def always_one_thread(one_thread):
    """Every test here computes with one thread."""


@pytest.fixture
def fresh_accelerator():
    """Accelerate keeps the first precision it sees for the whole process."""
    AcceleratorState._reset_state(reset_partial_state=True)
    yield
    AcceleratorState._reset_state(reset_partial_state=True)


@pytest.fixture
def tiny_pack():
    return tiny_training.make_pack()


@pytest.fixture
def tiny_stream():
    return tiny_training.make_stream()


@pytest.fixture
def batch(tiny_stream):
    return tiny_stream.batch(0)


@pytest.fixture
def tiny_teacher():
    return tiny_training.make_teacher()


@pytest.fixture
def home(tmp_path, monkeypatch, fresh_accelerator):
    """The user's folders, empty, and no weights of metrics."""
    monkeypatch.setenv("MFSR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MFSR_METRICS_DIR", str(tmp_path / "no-metrics"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "home"


@pytest.fixture(scope="session")
def photos(tmp_path_factory):
    """Eight photographs of 160 x 144 pixels, one of them in a subfolder."""
    folder = tmp_path_factory.mktemp("photos")
    (folder / "deep").mkdir()
    for number in range(8):
        place = folder / ("deep" if number == 7 else "") / f"photo-{number}.png"
        images.write(place, picture(number), kept=images.KeptMetadata())
    return folder


@pytest.fixture(scope="session")
def compact_teacher(tmp_path_factory):
    """Model folder of a tiny compact teacher with random weights."""
    return tiny_training.write_teacher(tmp_path_factory.mktemp("teachers") / "compact", guidance=2.0)


@pytest.fixture(scope="session")
def full_teacher(tmp_path_factory):
    """Model folder of a tiny DiT4SR r1 whose prompts are encoded: these are longer than its null prompt."""
    folder = write_published(tmp_path_factory.mktemp("teachers") / "full", "r1", channels=4)
    prompts = (random_prompt(tokens, seed) for seed, tokens in enumerate((ENCODED_TOKENS, ENCODED_TOKENS, NULL_TOKENS)))
    save_prompts(Prompts(*prompts), folder)
    card = ModelCard(
        name="tiny-dit4sr",
        title="Tiny DiT4SR",
        family=FamilyName.DIT4SR,
        variant="r1",
        role=Role.TEACHER,
        licence="Pi-Lab License 1.0",
        licence_url="https://example.org/licence",
        image=ImageTable(size_multiple=4, min_px=32, tile_px=64, overlap_px=24, halo_px=8, color="wavelet"),
        codec=AutoencoderKl(),
        sampling=SamplingTable(grid="shift", default_steps=40, max_steps=40, guidance=8.0),
    )
    write_card(card, folder)
    return folder


@pytest.fixture
def recipe(photos, compact_teacher):
    """Makes a recipe of four quick steps; parts can be replaced: `recipe(run={...}, data={...}, student={...})`."""

    def make(teacher=compact_teacher, **changes):
        data = {"photos": photos, "crop_px": 64, "crops_per_photo": 1, "versions": 1, "patch_px": 32, "batch_size": 2}
        run = {"steps": 4, "precision": "fp32", "log_every": 1}
        objective = {"teacher": teacher, "guidance": 2.0}
        whole = Recipe(
            name="tiny-student",
            data=DataRecipe(**data | changes.pop("data", {})),
            objective=MeanFlowObjective(**objective | changes.pop("objective", {})),
            optimizer=OptimizerRecipe(warmup_steps=0, **changes.pop("optimizer", {})),
            run=RunRecipe(**run | changes.pop("run", {})),
        )
        return Recipe.model_validate(whole.model_dump() | changes)

    return make


@pytest.fixture
def full_recipe(recipe, full_teacher):
    """The same with the full-size teacher."""

    def make(**changes):
        data = {"crop_px": 128, "patch_px": 64} | changes.pop("data", {})
        return recipe(teacher=full_teacher, data=data, **changes)

    return make


@pytest.fixture
def recipe_file(tmp_path):
    """Writes a recipe to a file."""

    def write(recipe):
        write_recipe(recipe, tmp_path / "recipe.toml")
        return tmp_path / "recipe.toml"

    return write
