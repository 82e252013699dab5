"""The conditional latent in training, and teachers and students whose flow lives in it."""

from pathlib import Path

import numpy as np
import pytest
import torch

from distill.config import (
    ConditionalLatentObjective,
    EndPointLosses,
    FlowMatchingObjective,
    NetworkRecipe,
)
from distill.data import Batch
from distill.evaluation.export import empty_network, export, export_codec
from distill.evaluation.install import export_to, install
from distill.networks.families import CompactNetworks
from distill.training.conditional_latent import (
    LEAST_WEIGHT,
    MOST_WEIGHT,
    ConditionalLatentLoss,
    new_latent,
)
from distill.training.endpoint import PictureLoss
from distill.training.pairs import flow_pairs
from distill.training.recipe_checks import check
from distill.training.train import train
from mfsr_engine.api import UpscaleRequest, UpscaleSettings
from mfsr_engine.errors import RequestError
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.card import ConditionalLatent, Role, read_card
from mfsr_engine.models.compact.conditional_latent import ConditionalLatentCodec
from mfsr_engine.models.compact.network import load_compact
from mfsr_engine.models.prompts import load_prompts
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.engine import Engine
from tests.fakes.tiny_training import generator

pytestmark = pytest.mark.usefixtures("home")

SHAPE = NetworkRecipe(width=8, blocks=2, embedding=16)
SMALL = {"channels": 3, "encoder_width": 8, "encoder_blocks": 1}


def objective(**changes):
    picture = changes.pop("picture", {"pixel": 1.0})
    return ConditionalLatentObjective(picture=EndPointLosses(**picture), **SMALL, **changes)


def latent(**changes):
    return new_latent(objective(**changes), SHAPE, seed=1)


def loss_of(network, **changes):
    settings = objective(**changes)
    return ConditionalLatentLoss(settings, network, PictureLoss(settings.picture, {}))


def with_peer(batch, value):
    peer = torch.full_like(batch.high, torch.nan)
    peer[:] = value
    return Batch(batch.high, batch.low, peer=peer)


def test_equal_seeds_start_equal():
    first, again = latent().state_dict(), latent().state_dict()
    assert all(torch.equal(first[name], again[name]) for name in first)


def test_a_decoder_starts_as_one_step_of_the_student_it_is_given(compact_teacher):
    network = latent(start=compact_teacher).networks
    velocity, prompts = load_compact(compact_teacher, torch.device("cpu"), torch.float32), load_prompts(compact_teacher)
    condition, ones = torch.randn(2, 48, 6, 5, generator=generator()), torch.ones(2)
    none = torch.zeros(2, 48, 6, 5)
    expected = -velocity(none, condition, prompts.positive.expanded(2), ones, 0 * ones)
    found = network.decoder(torch.cat([none[:, :3], condition], dim=1))
    torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-3)
    other = network.decoder(torch.cat([none[:, :3] + 1, condition], dim=1))
    assert not torch.allclose(other, found, atol=1e-3)


def test_a_student_of_another_shape_is_refused(compact_teacher):
    with pytest.raises(RequestError, match="another network"):
        new_latent(objective(start=compact_teacher), NetworkRecipe(width=8, blocks=3, embedding=16), seed=1)


def test_only_draws_from_noise_are_judged_by_the_peer(batch):
    losses = {"pixel": 0.0, "peer": 1.0}
    network = latent()
    far = with_peer(batch, 100.0)
    assert loss_of(network, prior_share=0.0, picture=losses)(network, far, 0, generator()).parts.get("peer") is None
    judged = loss_of(network, prior_share=1.0, picture=losses)(network, far, 0, generator()).parts
    assert judged["peer"] > 90
    assert "nats" not in judged


def test_the_weight_of_the_divergence_follows_the_information_found(batch):
    network = latent()
    before = network.divergence_weight.item()
    little, much = loss_of(network, nats=1e4), loss_of(network, nats=1e-4)
    for step in range(5):
        little(network, batch, step, generator(step))
    lower = network.divergence_weight.item()
    assert lower < before
    for step in range(20):
        much(network, batch, step, generator(step))
    assert network.divergence_weight.item() > lower
    for _ in range(10_000):
        network.follow(1e6, 1e-3)
    assert network.divergence_weight.item() == pytest.approx(MOST_WEIGHT)
    for _ in range(10_000):
        network.follow(0.0, 1e4)
    assert network.divergence_weight.item() == pytest.approx(LEAST_WEIGHT)


def test_every_part_learns(batch):
    network = latent()
    torch.nn.init.normal_(network.networks.decoder.conv_last.weight, std=0.1)
    loss_of(network)(network, batch, 0, generator()).loss.backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.parameters())


def test_training_brings_decoded_pictures_nearer_to_their_truth(batch):
    network = latent()
    loss = loss_of(network, nats=20.0, prior_share=0.0)
    optimizer = torch.optim.Adam(network.parameters(), 3e-3)
    found = []
    for step in range(60):
        made = loss(network, batch, step, generator(step))
        optimizer.zero_grad()
        made.loss.backward()
        optimizer.step()
        found.append(made.parts["pixel"].item())
    assert np.mean(found[-5:]) < 0.9 * found[0]


def test_a_latent_without_a_loss_is_refused():
    with pytest.raises(ValueError, match="nothing to learn"):
        objective(picture={})


def test_nothing_is_compared_while_a_codec_is_trained(codec_recipe):
    with pytest.raises(RequestError, match="validation_share"):
        check(codec_recipe(data={"validation_share": 0.3}))


def test_a_codec_is_no_model(codec_recipe):
    with pytest.raises(RequestError, match="makes a codec"):
        empty_network(codec_recipe())


def test_a_codec_is_exported_into_a_folder_by_the_command_of_models(codec_recipe, tmp_path):
    recipe = codec_recipe()
    folder = export_to(recipe, trained(recipe, tmp_path / "run"), tmp_path / "made")
    assert sorted(path.name for path in (folder / "codec").iterdir()) == [
        "config.json",
        "diffusion_pytorch_model.safetensors",
    ]
    with pytest.raises(RequestError, match=r"makes a codec.*-o"):
        install(recipe, tmp_path / "run", tmp_path / "models")


def test_a_model_is_no_codec(recipe, tmp_path):
    with pytest.raises(RequestError, match="makes a model"):
        export_codec(recipe(), tmp_path, tmp_path)


@pytest.fixture
def codec_recipe(recipe):
    """Makes a recipe of a codec in four quick steps."""

    def make(**changes):
        return recipe(network=SHAPE.model_dump(), **changes).model_copy(update={"objective": objective()})

    return make


def trained(recipe, folder):
    train(recipe, folder)
    return folder


def test_codec_teacher_and_student_are_trained_one_after_the_other(recipe, codec_recipe, tmp_path):
    codec = codec_recipe()
    export_codec(codec, trained(codec, tmp_path / "codec-run"), tmp_path / "codec")
    network = NetworkRecipe(width=8, blocks=1, embedding=16, codec=tmp_path / "codec")
    teacher = recipe(network=network.model_dump()).model_copy(update={"objective": FlowMatchingObjective()})
    made = tmp_path / "models" / "teacher"
    card = export(teacher, trained(teacher, tmp_path / "teacher-run"), made, title="Teacher")
    assert card.codec == ConditionalLatent(factor=4, channels=3)
    student = recipe(teacher=made, objective={"guidance": 1.0})
    folder = tmp_path / "models" / student.name
    export(student, trained(student, tmp_path / "student-run"), folder, title="Student")
    assert read_card(folder).codec == card.codec
    assert (read_card(folder).role, card.role) == (Role.STUDENT, Role.TEACHER)
    engine, pixels = Engine(ModelStore((tmp_path / "models",))), np.full((16, 20, 3), 0.4, np.float32)
    for name in ("teacher", student.name):
        request = UpscaleRequest(pixels, UpscaleSettings(model=name, steps=2))
        assert engine.upscale(request, Progress()).pixels.shape == (64, 80, 3)


def test_a_codec_goes_on_where_it_stopped(codec_recipe, tmp_path):
    whole = codec_recipe(run={"steps": 6}, optimizer={"learning_rate": 1e-3, "final_learning_rate": 1e-3})
    export_codec(whole, trained(whole, tmp_path / "whole"), tmp_path / "a")
    half = whole.model_copy(update={"run": whole.run.model_copy(update={"steps": 3})})
    trained(half, tmp_path / "parts")
    export_codec(whole, trained(whole, tmp_path / "parts"), tmp_path / "b")
    first, second = (CompactNetworks().codec_identity(_model(tmp_path / name)) for name in ("a", "b"))
    assert first == second


def _model(folder: Path) -> Path:
    """A folder with a card, for what is asked of model folders."""
    (folder / "model.toml").write_text(
        'format = 1\nname = "a"\ntitle = "A"\nfamily = "compact"\nlicence = "MIT"\n[codec]\nkind = "conditional-latent"\nchannels = 3\n'
    )
    return folder


def test_a_flow_in_a_latent_draws_its_data_from_the_posterior(batch):
    codec = ConditionalLatentCodec(latent().networks, torch.float32)
    with torch.no_grad():
        first, again, other = (flow_pairs(batch, codec, generator=generator(seed)).x for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
