"""Convolutions in fewer multiplications are the same convolutions, and so are their gradients."""

import copy

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from distill import winograd
from distill.networks.prompted import new_teacher
from mfsr_engine.models.compact.network_config import CompactConfig


def weights(outputs, inputs, seed=0):
    return torch.randn(outputs, inputs, 3, 3, generator=torch.Generator().manual_seed(seed)) / (9 * inputs) ** 0.5


def picture(*shape, seed=1):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("shape", [(1, 5, 4, 4), (2, 5, 8, 12), (3, 16, 20, 4)])
@pytest.mark.parametrize("is_channels_last", [True, False])
def test_it_is_a_convolution(shape, is_channels_last):
    """Bound: 2e-5 of the largest value, for the transforms have factors up to 8."""
    x, weight = picture(*shape), weights(7, shape[1])
    if is_channels_last:
        x = x.contiguous(memory_format=torch.channels_last)
    bias = picture(7, seed=3)
    wanted = F.conv2d(x, weight, bias, padding=1)
    found = winograd.FrozenConvolution(weight, bias)(x)
    assert found.shape == wanted.shape
    assert found.is_contiguous(memory_format=torch.channels_last)
    assert (found - wanted).abs().max() < 2e-5 * wanted.abs().max()


def test_its_gradient_is_that_of_the_convolution():
    weight, slope = weights(7, 5), picture(2, 7, 8, 12, seed=2)
    gradients = []
    for function in (lambda x: F.conv2d(x, weight, padding=1), winograd.FrozenConvolution(weight, torch.zeros(7))):
        x = picture(2, 5, 8, 12).requires_grad_()
        (function(x) * slope).sum().backward()
        gradients.append(x.grad)
    wanted, found = gradients
    assert (found - wanted).abs().max() < 2e-5 * wanted.abs().max()


@pytest.mark.parametrize(
    ("x", "weight", "expected"),
    [
        (torch.zeros(1, 128, 16, 16), torch.zeros(128, 128, 3, 3), True),
        (torch.zeros(1, 128, 16, 18), torch.zeros(128, 128, 3, 3), False),
        (torch.zeros(1, 128, 8, 8), torch.zeros(128, 128, 3, 3), False),
        (torch.zeros(1, 64, 16, 16), torch.zeros(128, 64, 3, 3), False),
        (torch.zeros(1, 128, 16, 16).bfloat16(), torch.zeros(128, 128, 3, 3), False),
    ],
)
def test_only_where_it_is_faster_and_exact(x, weight, expected):
    assert winograd.suits(x, weight) is expected


def test_with_a_bound_of_its_own():
    assert winograd.suits(torch.zeros(1, 96, 16, 16), torch.zeros(96, 96, 3, 3), least_channels=96)


@pytest.fixture
def pair():
    """A plain convolution and a trained one with the same parameters."""
    plain = nn.Conv2d(96, 96, 3, padding=1)
    trained = copy.deepcopy(plain)
    winograd.speed_up(trained)
    assert isinstance(trained, winograd.TrainedConvolution)
    return plain, trained


def close(found, wanted, bound=3e-5):
    return found.shape == wanted.shape and (found - wanted).abs().max() < bound * wanted.abs().max()


def count_of_calls(monkeypatch):
    calls = []
    kept = winograd._Trained.apply
    monkeypatch.setattr(winograd._Trained, "apply", lambda *arguments: calls.append(1) or kept(*arguments))
    return calls


def test_result_and_all_gradients_of_a_trained_convolution(pair, monkeypatch):
    calls = count_of_calls(monkeypatch)
    slope, found = picture(2, 96, 16, 20, seed=5), []
    for convolution in pair:
        x = picture(2, 96, 16, 20).contiguous(memory_format=torch.channels_last).requires_grad_()
        result = convolution(x)
        (result * slope).sum().backward()
        found.append((result.detach(), x.grad, convolution.weight.grad, convolution.bias.grad))
    assert calls == [1]
    for wanted, mine in zip(*found, strict=True):
        assert close(mine, wanted)


def test_only_gradients_that_are_asked_for(pair):
    _, trained = pair
    trained.weight.requires_grad_(False)
    x = picture(1, 96, 16, 16).requires_grad_()
    trained(x).sum().backward()
    assert x.grad is not None
    assert trained.weight.grad is None
    assert trained.bias.grad is not None


def test_without_bias():
    plain = nn.Conv2d(96, 100, 3, padding=1, bias=False)
    wanted = plain(picture(1, 96, 16, 16))
    winograd.speed_up(plain)
    assert close(plain(picture(1, 96, 16, 16)), wanted)


def test_forward_derivative_of_a_trained_convolution(pair):
    """As the exact derivative of MeanFlow's target needs it; in the picture alone, and in the weights, too."""
    x, moved = picture(1, 96, 16, 16), picture(1, 96, 16, 16, seed=7)
    wanted, mine = (torch.func.jvp(convolution, (x,), (moved,))[1] for convolution in pair)
    assert close(mine, wanted)

    def of_all(convolution):
        values = {name: value.detach() for name, value in convolution.named_parameters()}
        ways = {name: torch.ones_like(value) for name, value in values.items()}
        return torch.func.jvp(lambda v: torch.func.functional_call(convolution, v, x), (values,), (ways,))[1]

    wanted, mine = map(of_all, pair)
    assert close(mine, wanted)


@pytest.mark.parametrize(
    "convolution",
    [
        nn.Conv2d(96, 96, 3, padding=1, stride=2),
        nn.Conv2d(96, 96, 3),
        nn.Conv2d(96, 96, 5, padding=1),
        nn.Conv2d(96, 96, 3, padding=1, groups=2),
        nn.Conv2d(96, 96, 3, padding=1, padding_mode="reflect"),
        nn.Conv2d(96, 96, 3, padding=2, dilation=2),
    ],
)
def test_other_convolutions_stay_what_they_are(convolution):
    winograd.speed_up(convolution)
    assert type(convolution) is nn.Conv2d


@pytest.mark.parametrize("shape", [(1, 96, 16, 18), (1, 96, 8, 8)])
def test_pictures_that_do_not_suit_pass_by_the_plain_way(pair, shape, monkeypatch):
    calls = count_of_calls(monkeypatch)
    plain, trained = pair
    assert torch.equal(trained(picture(*shape)), plain(picture(*shape)))
    assert not calls


def test_networks_for_training_have_them():
    network = new_teacher(CompactConfig(width=96, blocks=1, embedding=8), seed=0)
    kinds = {type(module) for module in network.modules() if isinstance(module, nn.Conv2d)}
    assert kinds == {winograd.TrainedConvolution}
