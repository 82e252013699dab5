"""Frozen convolutions in fewer multiplications are the same convolutions."""

import pytest
import torch
import torch.nn.functional as F

from distill.metrics import winograd
from distill.metrics.vgg import Vgg16


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
        (torch.zeros(1, 128, 16, 16), torch.zeros(128, 128, 3, 3, requires_grad=True), False),
    ],
)
def test_only_where_it_is_faster_and_exact(x, weight, expected):
    assert winograd.suits(x, weight) is expected


def test_features_are_those_of_plain_convolutions(vgg_state, truth, monkeypatch):
    def features_and_gradient():
        image = truth[:, :, :64, :64].clone().requires_grad_()
        features = network(image)[0]
        (features * slope).sum().backward()
        return features.detach(), image.grad

    network, slope = Vgg16(taps=(7,), state=vgg_state), picture(1, 512, 8, 8)
    found = features_and_gradient()
    assert network._faster.keys() == {3, 4, 5, 6, 7} - {
        7
    }  # 64 px: 32 at the second stage, 16 at the third, 8 at the fourth
    monkeypatch.setattr(winograd, "suits", lambda x, weight: False)
    for one, wanted in zip(found, features_and_gradient(), strict=True):
        assert (one - wanted).abs().max() < 1e-4 * wanted.abs().max()
