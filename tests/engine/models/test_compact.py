"""The bundled velocity model: what its two parametrisations make of the network's output."""

import json
from dataclasses import replace

import pytest
import torch

from mfsr_engine.models.compact import CompactConfig, CompactVelocity
from mfsr_engine.models.compact_files import load_compact, save_compact
from mfsr_engine.models.velocity import Prompt

TINY = CompactConfig(width=8, blocks=2, embedding=16)
TIMES = (0.001, 0.03, 0.2, 0.5, 0.8, 1.0)


def model(preconditioned, *, is_trained=True):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        made = CompactVelocity(replace(TINY, preconditioned=preconditioned)).eval()
        if is_trained:
            torch.nn.init.normal_(made.conv_last.weight, std=0.1)
    return made.requires_grad_(False)


def answer(network, z, t):
    generator = torch.Generator().manual_seed(4)
    lr = torch.randn(z.shape, generator=generator, dtype=z.dtype)
    prompt = Prompt(torch.randn(1, 16, generator=generator))
    times = torch.full((len(z),), t)
    return network(z, lr, prompt, times, times)


@pytest.fixture
def states():
    return torch.randn(2, 48, 6, 5, generator=torch.Generator().manual_seed(5))


@pytest.mark.parametrize("t", TIMES)
def test_preconditioned_network_without_output_is_the_best_linear_guess(states, t):
    """For x ~ N(0, 1) independent of e, E[e - x | z] = z cov(e - x, z) / var(z)."""
    expected = states * (t - (1 - t)) / ((1 - t) ** 2 + t**2)
    torch.testing.assert_close(answer(model(True, is_trained=False), states, t), expected)


@pytest.mark.parametrize("t", TIMES)
def test_unit_change_of_the_output_changes_the_velocity_by_about_one_at_every_time(states, t):
    network = model(True, is_trained=False)
    before = answer(network, states, t)
    network.conv_last.bias += 1
    change = before - answer(network, states, t)
    assert 1 <= change.mean() <= 2**0.5 + 1e-6
    assert change.std() < 1e-5


def test_both_parametrisations_agree_from_pure_noise(states):
    torch.testing.assert_close(answer(model(True), states, 1.0), answer(model(False), states, 1.0))
    assert (answer(model(True), states, 0.5) - answer(model(False), states, 0.5)).abs().max() > 0.1


def test_plain_network_without_output_believes_in_no_difference(states):
    network = model(False, is_trained=False)
    torch.testing.assert_close(answer(network, states, 0.5), states / 0.5)
    torch.testing.assert_close(answer(network, states, 0.001), states / 0.05)  # the floor


@pytest.mark.parametrize("preconditioned", [True, False])
def test_half_precision_is_kept_and_close(states, preconditioned):
    network = model(preconditioned)
    expected = answer(network, states, 0.3)
    got = answer(network.to(torch.bfloat16), states.to(torch.bfloat16), 0.3)
    assert got.dtype == torch.bfloat16
    assert (got.float() - expected).abs().mean() < 0.02 * expected.abs().mean()


@pytest.mark.parametrize("preconditioned", [True, False])
def test_parametrisation_survives_the_disk(tmp_path, states, preconditioned):
    network = model(preconditioned)
    save_compact(network, tmp_path, torch.float32)
    again = load_compact(tmp_path, torch.device("cpu"), torch.float32)
    assert again.config.preconditioned is preconditioned
    torch.testing.assert_close(answer(again, states, 0.3), answer(network, states, 0.3))


def test_configuration_from_before_the_choice_is_plain(tmp_path, states):
    network = model(False)
    save_compact(network, tmp_path, torch.float32)
    path = tmp_path / "transformer" / "config.json"
    fields = json.loads(path.read_text())
    del fields["preconditioned"]
    path.write_text(json.dumps(fields))
    again = load_compact(tmp_path, torch.device("cpu"), torch.float32)
    torch.testing.assert_close(answer(again, states, 0.3), answer(network, states, 0.3))
