"""The network of the metrics computes the same whichever way its convolutions take."""

import torch

from distill import winograd
from distill.metrics.vgg import Vgg16


def picture(*shape, seed=1):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


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


def test_weights_that_shall_be_trained_are_not_taken_for_frozen(vgg_state, truth):
    network = Vgg16(taps=(7,), state=vgg_state).requires_grad_()
    network(truth[:, :, :64, :64])[0].sum().backward()
    assert network.convolutions[4].weight.grad is not None
    assert not network._faster
