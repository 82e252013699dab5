"""PSNR and SSIM on luma against closed forms."""

import math

import numpy as np
import pytest
import torch

from distill.metrics.fidelity import grain, luma, psnr_y, ssim_y


def grey(value, side=32):
    return torch.full((1, 3, side, side), value)


@pytest.mark.parametrize(
    ("colour", "y"), [((0, 0, 0), 16), ((1, 1, 1), 235), ((1, 0, 0), 81.481), ((0, 1, 0), 144.553)]
)
def test_luma_is_the_studio_range_of_bt601(colour, y):
    image = torch.tensor(colour, dtype=torch.float32).view(1, 3, 1, 1)
    assert luma(image).item() == pytest.approx(y, abs=1e-4)


def test_luma_weighs_the_channels_in_rgb_order():
    blue = torch.tensor([0.0, 0.0, 1.0]).view(1, 3, 1, 1)
    assert luma(blue).item() == pytest.approx(16 + 24.966)


def test_psnr_of_a_constant_difference_is_its_logarithm():
    difference = 219 * 0.1
    assert psnr_y(grey(0.4), grey(0.5)).item() == pytest.approx(20 * math.log10(255 / difference), abs=1e-4)


def test_psnr_counts_the_border():
    result, truth = grey(0.5), grey(0.5)
    result[..., 0, 0] = 0.0
    expected = 10 * math.log10(255**2 * 32 * 32 / (219 * 0.5) ** 2)
    assert psnr_y(result, truth).item() == pytest.approx(expected, abs=1e-4)


def test_equal_pictures_have_infinite_psnr_and_ssim_of_one():
    image = torch.rand(2, 3, 24, 20, generator=torch.Generator().manual_seed(0))
    assert torch.isinf(psnr_y(image, image)).all()
    assert ssim_y(image, image).tolist() == pytest.approx([1.0, 1.0])


def test_ssim_of_two_constants_is_their_luminance_term():
    a, b = 16 + 219 * 0.2, 16 + 219 * 0.8
    c1 = (0.01 * 255) ** 2
    assert ssim_y(grey(0.2), grey(0.8)).item() == pytest.approx((2 * a * b + c1) / (a * a + b * b + c1), abs=1e-6)


def test_ssim_of_one_window_follows_the_formula():
    generator = np.random.default_rng(0)
    first, second = generator.random((3, 11, 11)), generator.random((3, 11, 11))
    offsets = np.arange(11) - 5
    line = np.exp(-(offsets**2) / (2 * 1.5**2))
    window = np.outer(line, line) / np.outer(line, line).sum()
    x, y = (luma(torch.from_numpy(image)[None])[0, 0].numpy() for image in (first, second))
    mx, my = (window * x).sum(), (window * y).sum()
    vx, vy = (window * (x - mx) ** 2).sum(), (window * (y - my) ** 2).sum()
    cov = (window * (x - mx) * (y - my)).sum()
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    expected = (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
    assert ssim_y(torch.from_numpy(first)[None], torch.from_numpy(second)[None]).item() == pytest.approx(
        expected, abs=1e-9
    )


def test_pictures_of_a_batch_are_scored_apart():
    truth = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    result = truth.clone()
    result[1] = 1 - result[1]
    scores = ssim_y(result, truth)
    assert scores[0].item() == pytest.approx(1)
    assert scores[1].item() < 0


def test_grain_is_measured_where_the_truth_is_flat():
    truth = torch.full((1, 3, 64, 64), 0.5)
    truth[..., 32:] = (torch.arange(32) % 2).float()  # stripes, not flat
    noise = torch.randn(1, 1, 64, 64, generator=torch.Generator().manual_seed(0)) * 4 / 255
    restless = truth + noise
    restless[..., 32:] = 0
    assert grain(truth, truth).item() == pytest.approx(0, abs=1e-4)
    assert grain(restless, truth).item() == pytest.approx(4, rel=0.05)
