"""The bundled velocity model: what its two parametrisations make of the network's output."""

import json
import math
from dataclasses import replace

import pytest
import torch

from mfsr_engine.models.compact.network import (
    MAX_LOG_DEVIATION,
    CompactConfig,
    CompactVelocity,
    load_compact,
    save_compact,
)
from mfsr_engine.models.prompts import Prompt

TINY = CompactConfig(width=8, blocks=2, embedding=16)
TIMES = (0.001, 0.03, 0.2, 0.5, 0.8, 1.0)


def model(has_prior, *, is_trained=True):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        made = CompactVelocity(replace(TINY, has_prior=has_prior)).eval()
        if is_trained:
            torch.nn.init.normal_(made.conv_last.weight, std=0.1)
    return made.requires_grad_(False)


def believing(mean, deviation):
    """A model whose prior is the same for every value, whatever it sees."""
    made = model(True, is_trained=False)
    made.conv_last.bias[:48] = mean
    made.conv_last.bias[48:] = MAX_LOG_DEVIATION * math.atanh(math.log(deviation) / MAX_LOG_DEVIATION)
    return made


def answer(network, z, t):
    generator = torch.Generator().manual_seed(4)
    lr = torch.randn(z.shape, generator=generator).to(z.dtype)
    prompt = Prompt(torch.randn(1, 16, generator=generator))
    times = torch.full((len(z),), t)
    return network(z, lr, prompt, times, times)


@pytest.fixture
def states():
    return torch.randn(2, 48, 6, 5, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("t", TIMES)
@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 1.0), (0.7, 0.3), (-2.0, 4.0)])
def test_prior_gives_the_regression_of_the_velocity_on_the_state(states, mean, deviation, t):
    """For x ~ N(m, s^2) and e ~ N(0, 1), E[e - x | z] = -m + cov(e - x, z) / var(z) (z - (1 - t) m)."""
    slope = (t - (1 - t) * deviation**2) / ((1 - t) ** 2 * deviation**2 + t**2)
    expected = -mean + slope * (states - (1 - t) * mean)
    torch.testing.assert_close(answer(believing(mean, deviation), states, t), expected, rtol=1e-4, atol=1e-4)


def test_fresh_prior_is_that_of_unit_data(states):
    torch.testing.assert_close(answer(model(True, is_trained=False), states, 0.3), answer(believing(0, 1), states, 0.3))


def test_small_prior_is_the_plain_prediction_except_near_the_data(states):
    plain, sure = model(False, is_trained=False), believing(0.7, 0.06)
    plain.conv_last.bias += 0.7
    torch.testing.assert_close(answer(sure, states, 0.8), answer(plain, states, 0.8), rtol=0.01, atol=0.01)
    assert (answer(sure, states, 0.05) - answer(plain, states, 0.05)).abs().mean() > 1


def test_both_parametrisations_agree_from_pure_noise(states):
    plain, prior = model(False), model(True)
    prior.conv_last.weight[:48] = plain.conv_last.weight
    prior.conv_first.load_state_dict(plain.conv_first.state_dict())
    prior.blocks.load_state_dict(plain.blocks.state_dict())
    prior.time_embedder.load_state_dict(plain.time_embedder.state_dict())
    prior.embedding_out.load_state_dict(plain.embedding_out.state_dict())
    torch.testing.assert_close(answer(prior, states, 1.0), answer(plain, states, 1.0))
    assert (answer(prior, states, 0.5) - answer(plain, states, 0.5)).abs().max() > 0.1


def test_plain_network_without_output_believes_in_no_difference(states):
    network = model(False, is_trained=False)
    torch.testing.assert_close(answer(network, states, 0.5), states / 0.5)
    torch.testing.assert_close(answer(network, states, 0.001), states / 0.05)  # the floor


@pytest.mark.parametrize("has_prior", [True, False])
def test_half_precision_is_kept_and_close(states, has_prior):
    network = model(has_prior)
    expected = answer(network, states, 0.3)
    got = answer(network.to(torch.bfloat16), states.to(torch.bfloat16), 0.3)
    assert got.dtype == torch.bfloat16
    assert (got.float() - expected).abs().mean() < 0.02 * expected.abs().mean()


@pytest.mark.parametrize("has_prior", [True, False])
def test_parametrisation_survives_the_disk(tmp_path, states, has_prior):
    network = model(has_prior)
    save_compact(network, tmp_path, torch.float32)
    again = load_compact(tmp_path, torch.device("cpu"), torch.float32)
    assert again.config.has_prior is has_prior
    torch.testing.assert_close(answer(again, states, 0.3), answer(network, states, 0.3))


def test_configuration_from_before_the_choice_is_plain(tmp_path, states):
    network = model(False)
    save_compact(network, tmp_path, torch.float32)
    path = tmp_path / "transformer" / "config.json"
    fields = json.loads(path.read_text())
    del fields["has_prior"]
    path.write_text(json.dumps(fields))
    again = load_compact(tmp_path, torch.device("cpu"), torch.float32)
    torch.testing.assert_close(answer(again, states, 0.3), answer(network, states, 0.3))
