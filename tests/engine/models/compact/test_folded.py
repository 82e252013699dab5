"""The network at one time under one prompt: the same velocity by fewer operations."""

import pytest
import torch

from mfsr_engine.models.compact.folded import FoldedVelocity, folded, start_torch
from mfsr_engine.models.compact.network import CompactVelocity
from mfsr_engine.models.compact.network_config import CompactConfig
from mfsr_engine.models.prompts import Prompt

CPU = torch.device("cpu")


def network(*, has_prior=True, has_interval=True):
    with torch.random.fork_rng():
        torch.manual_seed(3)
        config = CompactConfig(width=8, blocks=2, embedding=16, has_prior=has_prior, has_interval=has_interval)
        made = CompactVelocity(config).eval().requires_grad_(False)
        for layer in made.modules():
            if isinstance(layer, torch.nn.Linear):  # modulation is nothing in a fresh network
                torch.nn.init.normal_(layer.weight, std=0.3)
                torch.nn.init.normal_(layer.bias, std=0.3)
        torch.nn.init.normal_(made.conv_last.weight, std=0.1)
        torch.nn.init.normal_(made.conv_last.bias, std=0.1)
    return made


def inputs(batch=1):
    generator = torch.Generator().manual_seed(4)
    z, lr = (torch.randn(batch, 48, 6, 5, generator=generator) for _ in range(2))
    return z, lr, Prompt(torch.randn(1, 16, generator=generator))


def times(value, batch=1):
    return torch.full((batch,), value)


@pytest.mark.parametrize("has_prior", [True, False])
@pytest.mark.parametrize("has_interval", [True, False])
@pytest.mark.parametrize(("t", "r"), [(1.0, 0.0), (1.0, 0.5), (0.6, 0.2), (0.01, 0.0)])
@torch.inference_mode()
def test_folding_changes_no_velocity(has_prior, has_interval, t, r):
    made = network(has_prior=has_prior, has_interval=has_interval)
    z, lr, prompt = inputs(batch=2)
    wanted = made(z, lr, prompt, times(t, 2), times(r, 2))
    found = FoldedVelocity(made)(z, lr, prompt, times(t, 2), times(r, 2))
    torch.testing.assert_close(found, wanted, rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_times_and_prompts_that_change_are_followed():
    made = network()
    z, lr, prompt = inputs()
    other = Prompt(prompt.pooled + 1)
    velocity = FoldedVelocity(made)
    for asked, t, r in [(prompt, 1.0, 0.5), (prompt, 0.5, 0.0), (prompt, 0.5, 0.2), (other, 0.5, 0.2)]:
        wanted = made(z, lr, asked, times(t), times(r))
        torch.testing.assert_close(velocity(z, lr, asked, times(t), times(r)), wanted, rtol=1e-4, atol=1e-4)


@torch.inference_mode()
def test_it_is_folded_once_for_tiles_of_one_step():
    begun = []
    velocity = FoldedVelocity(network(), lambda plain: begun.append(plain) or start_torch(plain))
    z, lr, prompt = inputs()
    for _ in range(3):
        velocity(z, lr, prompt, times(1.0), times(0.0))
    assert len(begun) == 1


@torch.inference_mode()
def test_samples_with_times_of_their_own_are_run_as_they_are():
    made = network()
    z, lr, prompt = inputs(batch=2)
    t, r = torch.tensor([1.0, 0.4]), torch.zeros(2)
    torch.testing.assert_close(FoldedVelocity(made)(z, lr, prompt, t, r), made(z, lr, prompt, t, r), rtol=0, atol=0)


@torch.inference_mode()
def test_from_pure_noise_the_deviation_is_not_computed():
    made = network()
    _, _, prompt = inputs()
    assert folded(made, prompt, times(1.0), times(0.0)).last.weight.shape[0] == 48
    assert folded(made, prompt, times(0.9), times(0.0)).last.weight.shape[0] == 96
