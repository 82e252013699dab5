"""The kernel distance of patches: what holds by definition, and that it tells blur from photographs."""

import pytest
import torch

from distill.metrics.kid import PatchFeatures, kid
from distill.metrics.vgg import STAGE_ENDS, Vgg16


def test_it_is_the_unbiased_discrepancy_of_the_cubic_kernel():
    x, y = torch.tensor([[1.0, 0.0], [0.0, 2.0], [1.0, 1.0]]), torch.tensor([[0.0, 0.0], [2.0, 2.0]])

    def k(a, b):
        return (sum(p * q for p, q in zip(a.tolist(), b.tolist(), strict=True)) / 2 + 1) ** 3

    within_x = sum(k(a, b) for i, a in enumerate(x) for j, b in enumerate(x) if i != j) / 6
    within_y = sum(k(a, b) for i, a in enumerate(y) for j, b in enumerate(y) if i != j) / 2
    across = sum(k(a, b) for a in x for b in y) / 6
    assert kid(x, y) == pytest.approx(within_x + within_y - 2 * across)


def test_draws_of_one_kind_are_nearer_than_those_of_another():
    generator = torch.Generator().manual_seed(0)
    one, two = torch.randn(200, 16, generator=generator), torch.randn(150, 16, generator=generator)
    assert abs(kid(one, two)) < 0.05 < kid(one, two + 1)


def test_too_few_features_or_features_of_another_network_are_refused():
    with pytest.raises(ValueError, match="cannot be compared"):
        kid(torch.zeros(1, 4), torch.zeros(5, 4))
    with pytest.raises(ValueError, match="cannot be compared"):
        kid(torch.zeros(5, 4), torch.zeros(5, 3))


def test_patches_lie_side_by_side_and_each_has_its_features(vgg_state):
    features = PatchFeatures(Vgg16(STAGE_ENDS[-1:], state=vgg_state))
    pictures = torch.rand(2, 3, 140, 70, generator=torch.Generator().manual_seed(1))
    found = features(pictures)
    assert found.shape == (4, 512)
    alone = features(pictures[:1, :, 64:128, :64])[0]
    assert (found[1] - alone).abs().max() < 1e-4 * alone.abs().max()
    with pytest.raises(ValueError, match="no patch"):
        features(pictures[..., :60])


def test_blurred_pictures_are_further_from_the_truth_than_the_truth_moved(published_weights, truth, blurred):
    features = PatchFeatures()
    rolled = [torch.roll(truth, shift, (2, 3)) for shift in ((7, 3), (40, 20), (11, 60))]
    known = features(torch.cat([truth, *rolled])[..., :64, :64])
    again = features(torch.cat([torch.roll(truth, shift, (2, 3)) for shift in ((5, 9), (30, 31), (60, 2))]))
    soft = features(torch.cat([torch.roll(blurred, shift, (2, 3)) for shift in ((5, 9), (30, 31), (60, 2))]))
    assert kid(soft, known) > kid(again, known)
