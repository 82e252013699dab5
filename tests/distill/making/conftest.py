"""A folder of photographs, tiny teachers of both families on disk, and recipes for a few steps with them."""

import json

import pytest
import torch
from diffusers import AutoencoderKL

from distill.config import DataRecipe, MeanFlowObjective, OptimizerRecipe, Recipe, RunRecipe
from distill.families import CompactTraining
from distill.networks import new_teacher
from distill.recipe_file import write_recipe
from mfsr_engine import images
from mfsr_engine.hub.card import AutoencoderKl, Family, ImageTable, ModelCard, Role, SamplingTable, write_card
from mfsr_engine.models.checkpoints import save_transformer
from mfsr_engine.models.compact import CompactConfig
from mfsr_engine.models.prompts import Prompts, save_prompts
from mfsr_engine.models.transformer import VelocityTransformer
from mfsr_engine.models.transformer_config import TransformerConfig
from mfsr_engine.models.velocity import Prompt
from tests.fakes.photographs import picture

PUBLISHED = TransformerConfig(
    sample_size=32,
    in_channels=4,
    out_channels=4,
    num_layers=2,
    attention_head_dim=8,
    num_attention_heads=4,
    joint_attention_dim=12,
    pooled_projection_dim=10,
    pos_embed_max_size=48,
    dual_attention_layers=(0,),
    lr_keys="own",
)
OWN_FIELDS = ("lr_keys", "time_unit", "has_interval", "control_conv_scale")


@pytest.fixture(autouse=True)
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
    folder = tmp_path_factory.mktemp("teachers") / "compact"
    network = new_teacher(CompactConfig(width=8, blocks=2, embedding=16), seed=1)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for parameter in network.parameters():
            if not parameter.abs().sum():
                parameter.normal_(std=0.1, generator=generator)
    card = ModelCard(
        name="tiny-teacher",
        title="Tiny teacher",
        family=Family.COMPACT,
        role=Role.TEACHER,
        licence="CC0-1.0",
        attribution="Nobody",
        image=ImageTable(tile_px=64, overlap_px=24, halo_px=10),
        sampling=SamplingTable(default_steps=3, max_steps=40, guidance=2.0),
    )
    CompactTraining().write(folder, card, network, folder)
    return folder


@pytest.fixture(scope="session")
def full_teacher(tmp_path_factory):
    """Folder of a tiny DiT4SR r1 in published layout: the configuration says nothing that only this program knows."""
    torch.manual_seed(0)
    folder = tmp_path_factory.mktemp("teachers") / "full"
    network = VelocityTransformer(PUBLISHED)
    with torch.no_grad():  # as smooth in time as a trained one
        first = network.time_text_embed.timestep_embedder.linear_1.weight
        first[:, :60] = first[:, 128:188] = 0
    save_transformer(network, folder / "transformer")
    config = json.loads((folder / "transformer" / "config.json").read_text())
    published = {name: value for name, value in config.items() if name not in OWN_FIELDS}
    (folder / "transformer" / "config.json").write_text(json.dumps(published))
    autoencoder = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(4, 4, 8, 8),
        norm_num_groups=2,
        latent_channels=4,
        scaling_factor=1.5,
        shift_factor=0.1,
    )
    with torch.no_grad():
        autoencoder.decoder.conv_out.weight.mul_(0.05)
    autoencoder.save_pretrained(folder / "vae")
    save_prompts(Prompts(*(Prompt(torch.randn(1, 10), torch.randn(1, 5, 12)) for _ in range(2))), folder)
    card = ModelCard(
        name="tiny-dit4sr",
        title="Tiny DiT4SR",
        family=Family.DIT4SR,
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
