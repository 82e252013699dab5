"""The full-size network with prompts of different lengths: each sample answers as it would alone."""

import pytest
import torch

from distill.networks.full_size import PromptedTransformer
from distill.networks.prompted import PromptName
from mfsr_engine.models.prompts import Prompt
from tests.fakes.tiny_transformer import make_transformer

LENGTHS = {PromptName.CLEAN: 333, PromptName.DEGRADED: 333, PromptName.NULL: 154}


def make(names):
    torch.manual_seed(1)
    prompts = {name: Prompt(torch.randn(1, 10), torch.randn(1, LENGTHS[name], 12)) for name in names}
    return PromptedTransformer(make_transformer(), prompts)


def inputs(count):
    generator = torch.Generator().manual_seed(2)
    z, lr = (torch.randn(count, 4, 4, 4, generator=generator) for _ in range(2))
    return z, lr, torch.linspace(0.4, 1.0, count), torch.linspace(0.0, 0.3, count)


@pytest.mark.parametrize("order", [[0, 2, 1, 2, 0], [2, 2, 0], [1, 0], [0]])
def test_each_sample_of_a_mixed_batch_is_as_alone(order):
    network, names = make(PromptName), torch.tensor(order)
    z, lr, t, r = inputs(len(order))
    together = network(z, lr, names, t, r)
    for row, name in enumerate(order):
        one = slice(row, row + 1)
        alone = network.velocity(z[one], lr[one], network.prompt(PromptName(name)), t[one], r[one])
        torch.testing.assert_close(together[one], alone, rtol=1e-4, atol=1e-5)


def test_prompts_of_one_length_are_one_pass():
    network, passes = make(PromptName), []
    network.velocity.register_forward_hook(lambda *_: passes.append(1))
    z, lr, t, r = inputs(4)
    network(z, lr, torch.tensor([0, 1, 1, 0]), t, r)
    assert len(passes) == 1
    network(z, lr, torch.tensor([0, 2, 1, 2]), t, r)
    assert len(passes) == 3


def test_every_sample_of_a_mixed_batch_has_its_gradient():
    network = make(PromptName)
    z, lr, t, r = inputs(3)
    z.requires_grad_(True)
    network(z, lr, torch.tensor([0, 2, 1]), t, r).square().sum().backward()
    assert (z.grad.flatten(1).abs().sum(dim=1) > 0).all()


def test_prompts_that_are_not_used_may_be_missing():
    network = make([PromptName.CLEAN])
    z, lr, t, r = inputs(2)
    assert network(z, lr, torch.zeros(2, dtype=torch.long), t, r).isfinite().all()
    assert network.prompt(PromptName.NULL) is None
    with pytest.raises(AssertionError, match="no prompt NULL"):
        network(z, lr, torch.tensor([0, 2]), t, r)
