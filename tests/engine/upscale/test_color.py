"""Colour correction on pictures of any size."""

import pytest
import torch
import torch.nn.functional as F

from mfsr_engine.upscale.color import Moments, MomentSum, adain, adain_map, extrapolated, low_frequencies, wavelet


def picture(h, w, seed=0):
    return torch.rand(2, 3, h, w, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_adain_gives_the_mean_and_deviation_of_the_style():
    content, style = picture(20, 30), picture(9, 7, seed=1) * 0.3 + 0.4
    result = adain(content, style)
    assert torch.allclose(result.mean((2, 3)), style.mean((2, 3)))
    assert torch.allclose(result.std((2, 3)), style.std((2, 3)), rtol=1e-3)


def test_adain_of_a_flat_picture_is_the_mean_of_the_style():
    content, style = torch.full((1, 3, 4, 4), 0.2), picture(5, 5).float()[:1]
    assert torch.allclose(adain(content, style), style.mean((2, 3), keepdim=True).expand(1, 3, 4, 4), atol=1e-4)


@pytest.mark.parametrize("function", [adain, wavelet])
def test_a_picture_keeps_its_own_colours(function):
    content = picture(33, 21)
    assert torch.allclose(function(content, content), content)


def test_low_frequencies_are_five_dilated_binomial_blurs():
    kernel = torch.tensor([1.0, 2.0, 1.0], dtype=torch.float64) / 4
    kernel = torch.outer(kernel, kernel).expand(3, 1, 3, 3)
    expected = content = picture(48, 40)
    for step in (1, 2, 4, 8, 16):
        expected = F.conv2d(F.pad(expected, (step,) * 4, mode="replicate"), kernel, groups=3, dilation=step)
    assert torch.allclose(low_frequencies(content), expected)


def test_wavelet_takes_flat_colour_from_the_style_and_detail_from_the_content():
    content = picture(64, 64)
    shifted = content + 0.1
    assert torch.allclose(wavelet(content, shifted), shifted)
    flat = torch.full_like(content, 0.7)
    assert torch.allclose(wavelet(content, flat) - 0.7, content - low_frequencies(content))


@pytest.mark.parametrize("size", [(1, 1), (1, 5), (3, 2), (15, 40)])
@pytest.mark.parametrize("function", [adain, wavelet])
def test_pictures_smaller_than_the_widest_blur_work(function, size):
    result = function(picture(*size), picture(*size, seed=1))
    assert result.shape == (2, 3, *size)
    assert result.isfinite().all()


def test_moments_of_parts_are_those_of_the_whole():
    whole = picture(20, 30)[0]
    halves, ones = MomentSum(), torch.ones(20, 18)
    ramp = torch.ones(20, 18)
    ramp[:, 12:] = torch.linspace(1, 0, 6)  # what both parts show is shared between them
    halves.add(whole[:, :, :18], ramp)
    rest = ones.clone()
    rest[:, :6] = 1 - ramp[:, 12:]
    halves.add(whole[:, :, 12:], rest)
    found = halves.moments()
    assert torch.allclose(torch.tensor(found.mean, dtype=torch.float64), whole.mean((1, 2)))
    assert torch.allclose(torch.tensor(found.variance, dtype=torch.float64), whole.var((1, 2)))


def test_a_map_from_moments_does_what_adain_does():
    content, style = picture(20, 30)[:1], picture(9, 7, seed=1)[:1] * 0.3 + 0.4
    assert torch.allclose(adain_map(moments(content), moments(style))(content), adain(content, style))


def moments(content):
    found = MomentSum()
    found.add(content[0], torch.ones(content.shape[2:]))
    return found.moments()


def test_a_part_that_is_the_whole_is_taken_as_it_is():
    content, style = moments(picture(8, 9)), moments(picture(8, 9, seed=1))
    found = extrapolated(content, style, style)
    assert found.mean == pytest.approx(content.mean)
    assert found.variance == pytest.approx(content.variance)


@pytest.mark.parametrize(("part", "whole"), [(0.0, 0.05), (1e-6, 0.05), (0.05, 0.01), (0.05, 0.0)])
def test_the_variance_of_a_part_never_runs_away(part, whole):
    content = Moments((0.5,), (part * 0.8 + 1e-4,))
    found = extrapolated(content, Moments((0.5,), (part,)), Moments((0.4,), (whole,)))
    assert found.mean == pytest.approx((0.4,))
    assert 0.7 * whole <= found.variance[0] <= whole + 2e-4
