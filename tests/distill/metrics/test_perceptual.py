"""LPIPS, DISTS and VGG16: what holds for any weights, and pinned values for the published ones."""

import pytest
import torch

from distill.metrics.dists import ChannelMoments, Dists, l2_pool
from distill.metrics.lpips import Lpips
from distill.metrics.vgg import Vgg16


@pytest.fixture(params=["lpips", "dists"])
def metric(request, alex_state, vgg_state):
    return Lpips(alex_state) if request.param == "lpips" else Dists(vgg_state)


def test_equal_pictures_are_at_distance_zero(metric, truth):
    assert metric(truth, truth).item() == pytest.approx(0, abs=1e-5)


def test_distance_is_symmetric_and_positive(metric, truth, blurred):
    there, back = metric(truth, blurred).item(), metric(blurred, truth).item()
    assert there > 1e-4
    assert there == pytest.approx(back, rel=1e-4)


def test_pairs_of_a_batch_are_scored_apart(metric, truth, blurred):
    both = metric(torch.cat([truth, blurred]), torch.cat([truth, truth]))
    assert both.shape == (2,)
    assert both[0].item() == pytest.approx(0, abs=1e-5)
    assert both[1].item() == pytest.approx(metric(blurred, truth).item(), abs=1e-5)


def test_the_picture_gets_a_gradient_and_the_weights_none(metric, truth, blurred):
    picture = blurred.clone().requires_grad_()
    metric(picture, truth).sum().backward()
    assert picture.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in metric.parameters())


def test_the_gradient_is_finite_for_a_black_picture(metric):
    black = torch.zeros(1, 3, 64, 64, requires_grad=True)
    metric(black, torch.zeros(1, 3, 64, 64)).sum().backward()
    assert torch.isfinite(black.grad).all()


def test_l2_pool_keeps_the_size_of_a_constant_away_from_the_border():
    pooled = l2_pool(torch.full((1, 2, 16, 16), 3.0))
    assert pooled.shape == (1, 2, 8, 8)
    assert pooled[0, 0, 4, 4].item() == pytest.approx(3)


def test_l2_pool_is_the_root_of_the_weighted_mean_square():
    image = torch.zeros(1, 1, 8, 8)
    image[0, 0, 4, 4] = 8.0
    assert l2_pool(image)[0, 0, 2, 2].item() == pytest.approx(8 * 0.5)


def test_channel_moments_are_the_sums_they_stand_for():
    x, y = torch.rand(2, 2, 3, 6, 5, dtype=torch.float64)
    mean_x, mean_y = x.mean((2, 3)), y.mean((2, 3))
    rest_x, rest_y = x - mean_x[..., None, None], y - mean_y[..., None, None]
    sums = (rest_x.square(), rest_y.square(), rest_x * rest_y)
    for found, expected in zip(
        ChannelMoments.apply(x, y), (mean_x, mean_y, *(s.mean((2, 3)) for s in sums)), strict=True
    ):
        torch.testing.assert_close(found, expected)


def test_gradient_of_channel_moments_is_that_of_the_sums():
    x, y = torch.rand(2, 2, 3, 4, 5, dtype=torch.float64).requires_grad_().unbind()
    assert torch.autograd.gradcheck(ChannelMoments.apply, (x, y))


def test_vgg_taps_give_the_stages_widths_and_sizes(vgg_state, truth):
    tapped = Vgg16(state=vgg_state)(truth)
    assert [tuple(tap.shape[1:]) for tap in tapped] == [
        (64, 96, 96),
        (128, 48, 48),
        (256, 24, 24),
        (512, 12, 12),
        (512, 6, 6),
    ]


def test_vgg_may_be_tapped_before_the_relu(vgg_state, truth):
    raw = Vgg16((1,), rectified=False, state=vgg_state)(truth)[0]
    rectified = Vgg16((1,), state=vgg_state)(truth)[0]
    assert raw.min() < 0
    torch.testing.assert_close(raw.clamp(min=0), rectified)


def test_vgg_ends_at_its_last_tap(vgg_state):
    assert len(Vgg16((3,), state=vgg_state).convolutions) == 4


@pytest.mark.parametrize("taps", [(), (3, 1), (13,), (-1, 2), (2, 2)])
def test_vgg_refuses_impossible_taps(vgg_state, taps):
    with pytest.raises(ValueError, match="Taps"):
        Vgg16(taps, state=vgg_state)


@pytest.mark.usefixtures("published_weights")
class TestPublishedWeights:
    def test_lpips(self, truth, blurred):
        assert Lpips()(blurred, truth).item() == pytest.approx(0.03133, abs=1e-4)

    def test_dists(self, truth, blurred):
        assert Dists()(blurred, truth).item() == pytest.approx(0.08927, abs=1e-4)
