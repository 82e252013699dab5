"""The conditional latent: its codec, its files, and whole models whose flow lives in it."""

import json
from dataclasses import asdict

import numpy as np
import pytest
import torch

from mfsr_engine.api import DeviceChoice, DtypeChoice, UpscaleRequest, UpscaleSettings
from mfsr_engine.compute.devices import Compute
from mfsr_engine.errors import ModelError
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.card import ConditionalLatent, FamilyName, ImageTable, ModelCard, read_card
from mfsr_engine.models.compact import model_folder
from mfsr_engine.models.compact.conditional_latent import (
    CODEC_FOLDER,
    LOG_VARIANCE_RANGE,
    ConditionalLatentCodec,
    ConditionalLatentConfig,
    LatentNetworks,
    load_latent_codec,
    read_latent_config,
    save_latent_networks,
)
from mfsr_engine.models.compact.folded import start_torch
from mfsr_engine.models.compact.network import CompactConfig, CompactVelocity
from mfsr_engine.models.families import family_of
from mfsr_engine.models.prompts import Prompt, Prompts
from mfsr_engine.progress import Progress
from mfsr_engine.upscale.engine import Engine

TINY = ConditionalLatentConfig(channels=5, width=8, blocks=2, encoder_width=8, encoder_blocks=1)
VELOCITY = CompactConfig(channels=5, width=8, blocks=1, embedding=16, condition_channels=48, has_interval=True)
ON_CPU = Compute(torch.device("cpu"), torch.float32)
TABLE = ConditionalLatent(channels=5)


def random(*shape, seed=0):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def networks():
    with torch.random.fork_rng():
        torch.manual_seed(2)
        return LatentNetworks(TINY).requires_grad_(False).eval()


@pytest.fixture
def model(tmp_path, networks):
    """A folder of a whole model."""
    with torch.random.fork_rng():
        torch.manual_seed(1)
        velocity = CompactVelocity(VELOCITY)
        for parameter in velocity.parameters():
            if not parameter.abs().sum():
                torch.nn.init.normal_(parameter, std=0.15)
        prompts = Prompts(*(Prompt(torch.randn(1, 16)) for _ in range(3)))
    image = ImageTable(tile_px=64, overlap_px=24, halo_px=10)
    card = ModelCard(name="latent", title="L", family=FamilyName.COMPACT, licence="CC0-1.0", codec=TABLE, image=image)
    model_folder.write(tmp_path / "latent", card, velocity, prompts, networks)
    return tmp_path / "latent"


def test_a_latent_has_a_cell_for_each_pixel_of_the_input(networks):
    codec = ConditionalLatentCodec(networks, torch.float32)
    picture, enlarged = random(2, 3, 24, 16) / 4, random(2, 3, 24, 16, seed=1) / 4
    condition = codec.encode_condition(enlarged)
    z = codec.encode_target(picture, condition)
    assert condition.shape == (2, 48, 6, 4)
    assert z.shape == (2, 5, 6, 4)
    assert codec.decode(z, condition).shape == picture.shape


def test_without_a_decoder_the_picture_is_the_enlarged_one(networks):
    networks.decoder.conv_last.weight.zero_()
    networks.decoder.conv_last.bias.zero_()
    codec, enlarged = ConditionalLatentCodec(networks, torch.float32), random(1, 3, 16, 16) / 4
    condition = codec.encode_condition(enlarged)
    assert torch.equal(codec.decode(random(1, 5, 4, 4), condition), enlarged)


def test_draws_scatter_about_the_mean_by_the_deviation(networks):
    codec = ConditionalLatentCodec(networks, torch.float32)
    picture, condition = random(1, 3, 16, 16) / 4, codec.encode_condition(random(1, 3, 16, 16, seed=1) / 4)
    difference = (torch.nn.functional.pixel_unshuffle(picture, 4) - condition) / TINY.residual_scale
    mean, log_variance = networks.posterior(difference, condition)
    assert torch.equal(codec.encode_target(picture, condition), mean)
    generator = torch.Generator().manual_seed(3)
    draws = torch.stack([codec.encode_target(picture, condition, generator) for _ in range(400)])
    torch.testing.assert_close(draws.mean(0), mean, atol=0.3, rtol=0)
    torch.testing.assert_close(draws.var(0).mean(), log_variance.exp().mean(), atol=0, rtol=0.1)


def test_the_variance_is_bounded(networks):
    networks.encoder.conv_last.bias[5:] = 1000
    _, log_variance = networks.posterior(random(1, 48, 4, 4), random(1, 48, 4, 4))
    assert log_variance.max() == LOG_VARIANCE_RANGE[1]


def test_a_runtime_gives_what_the_decoder_gives_and_steps_aside_for_gradients(networks):
    plain = ConditionalLatentCodec(networks, torch.float32)
    calls = []

    def run(x):
        calls.append(x.shape)
        return start_torch(networks.decoder.folded())(x)

    fast = ConditionalLatentCodec(networks, torch.float32, run)
    z, condition = random(2, 5, 6, 4), random(2, 48, 6, 4, seed=1)
    torch.testing.assert_close(fast.decode(z, condition), plain.decode(z, condition))
    assert len(calls) == 1
    z.requires_grad_(True)
    fast.decode(z, condition).sum().backward()
    assert len(calls) == 1
    assert z.grad.abs().sum() > 0


def test_a_tile_is_decoded_as_the_whole_is(networks):
    """Beyond the reach of the decoder's convolutions nothing counts."""
    codec, reach = ConditionalLatentCodec(networks, torch.float32), 2 + 2 * TINY.blocks
    z, condition = random(1, 5, 30, 8), random(1, 48, 30, 8, seed=1)
    whole = codec.decode(z, condition)[:, :, 40:80]
    cut = slice(10 - reach, 20 + reach)
    part = codec.decode(z[:, :, cut], condition[:, :, cut])[:, :, 4 * reach : -4 * reach]
    torch.testing.assert_close(part, whole, atol=1e-5, rtol=1e-5)


def test_in_fp32_a_half_precision_codec_computes_as_its_widened_weights(networks, tmp_path):
    save_latent_networks(networks, tmp_path, torch.bfloat16)
    half = load_latent_codec(tmp_path, TABLE, Compute(torch.device("cpu"), torch.bfloat16))
    wide = load_latent_codec(tmp_path, TABLE, ON_CPU)
    z, picture, condition = random(1, 5, 6, 4), random(1, 3, 24, 16) / 4, random(1, 48, 6, 4, seed=1)
    torch.testing.assert_close(half.in_fp32().decode(z, condition), wide.decode(z, condition))
    torch.testing.assert_close(half.in_fp32().encode_target(picture, condition), wide.encode_target(picture, condition))
    assert wide.in_fp32() is wide


def test_files_give_the_networks_back(networks, tmp_path):
    save_latent_networks(networks, tmp_path)
    assert read_latent_config(tmp_path) == TINY
    codec = load_latent_codec(tmp_path, TABLE, ON_CPU, start_torch)
    z, condition = random(1, 5, 6, 4), random(1, 48, 6, 4, seed=1)
    expected = ConditionalLatentCodec(networks, torch.float32).decode(z, condition)
    torch.testing.assert_close(codec.decode(z, condition), expected, atol=1e-3, rtol=1e-2)
    assert codec.run is not None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"width": 9}, "do not fit"),
        ({"width": 10**9}, "width must be"),
        ({"blocks": True}, "blocks must be"),
        ({"residual_scale": 0.0}, "residual_scale must be"),
        ({"residual_scale": "x"}, "residual_scale must be"),
        ({"unknown": 1}, "unknown"),
        ({"channels": 4}, "do not fit"),
    ],
)
def test_a_configuration_that_does_not_fit_is_named(networks, tmp_path, change, message):
    save_latent_networks(networks, tmp_path)
    path = tmp_path / CODEC_FOLDER / "config.json"
    path.write_text(json.dumps(asdict(TINY) | change))
    with pytest.raises(ModelError, match=message):
        load_latent_codec(tmp_path, TABLE, ON_CPU)


def test_a_card_that_says_something_else_is_refused(networks, tmp_path):
    save_latent_networks(networks, tmp_path)
    with pytest.raises(ModelError, match="has 5 channels"):
        load_latent_codec(tmp_path, ConditionalLatent(channels=6), ON_CPU)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(ModelError, match=r"config\.json cannot be used"):
        load_latent_codec(tmp_path, TABLE, ON_CPU)


def settings(**changes):
    return UpscaleSettings(model="latent", device=DeviceChoice.CPU, dtype=DtypeChoice.FP32, **changes)


def test_a_whole_model_upscales_in_any_number_of_steps(model):
    picture = np.random.default_rng(0).random((20, 30, 3)).astype(np.float32)
    engine = Engine(ModelStore((model.parent,)))
    one, again, four, other = (
        engine.upscale(UpscaleRequest(picture, settings(**changes)), Progress()).pixels
        for changes in ({}, {}, {"steps": 4}, {"seed": 5})
    )
    assert one.shape == (80, 120, 3)
    assert np.array_equal(one, again)
    assert not np.array_equal(one, four)
    assert not np.array_equal(one, other)


def test_a_whole_model_is_checked_and_measured(model):
    card = read_card(model)
    family = family_of(card)
    family.check(model, card)
    family.check_config(model, card)
    parameters = sum(
        value.numel() for value in (*LatentNetworks(TINY).parameters(), *CompactVelocity(VELOCITY).parameters())
    )
    assert family.size(model, card).other_parameters == parameters


def test_a_model_without_its_codec_is_refused(model):
    (model / CODEC_FOLDER / "diffusion_pytorch_model.safetensors").unlink()
    with pytest.raises(ModelError, match="missing"):
        family_of(read_card(model)).check(model, read_card(model))


def test_a_velocity_for_another_latent_is_refused(model):
    config = model / "transformer" / "config.json"
    config.write_text(json.dumps(json.loads(config.read_text()) | {"channels": 6}))
    with pytest.raises(ModelError, match="needs 5 channels"):
        family_of(read_card(model)).check_config(model, read_card(model))


@pytest.mark.parametrize("value", [0, -1, True, 1.5, 10**9])
def test_condition_channels_must_be_a_whole_number(value):
    with pytest.raises(ValueError, match="condition_channels"):
        CompactConfig(condition_channels=value)
