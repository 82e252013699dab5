"""Blur kernels: they keep brightness, do not shift the picture, and have the width they say."""

import math

import numpy as np
import pytest

from distill.degrade.kernels import BlurSpec, _bessel_j1, elliptical, sinc

SPECS = [
    BlurSpec("gaussian", 0.2, 0.2, 0.0),
    BlurSpec("gaussian", 3.0, 0.8, 0.7),
    BlurSpec("generalised", 2.0, 1.0, -2.0, 0.5),
    BlurSpec("generalised", 1.5, 1.5, 0.0, 4.0),
    BlurSpec("plateau", 2.5, 0.4, 3.0, 1.0),
    BlurSpec("plateau", 0.5, 1.5, 1.0, 2.0),
]
KERNELS = [elliptical(size, spec) for size in (7, 13, 21) for spec in SPECS]
KERNELS += [sinc(size, cutoff) for size in (7, 13, 21) for cutoff in (math.pi / 5, math.pi / 3, 2.0, math.pi)]


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernel_keeps_brightness_and_place(kernel):
    assert kernel.dtype == np.float32
    assert kernel.shape[0] == kernel.shape[1]
    assert kernel.sum(dtype=np.float64) == pytest.approx(1.0, abs=1e-5)
    np.testing.assert_allclose(kernel, kernel[::-1, ::-1], atol=1e-7)  # the same turned by half: no shift


def second_moments(kernel):
    offsets = np.arange(len(kernel)) - len(kernel) // 2
    x, y = np.meshgrid(offsets, offsets)
    return float((kernel * x * x).sum()), float((kernel * y * y).sum()), float((kernel * x * y).sum())


def test_gaussian_has_the_spread_it_was_asked_for():
    along_x, along_y, mixed = second_moments(elliptical(41, BlurSpec("gaussian", 3.0, 1.5, 0.0)))
    assert (along_x, along_y, mixed) == pytest.approx((9.0, 2.25, 0.0), rel=1e-3, abs=1e-6)


def test_angle_turns_the_ellipse():
    along_x, along_y, mixed = second_moments(elliptical(41, BlurSpec("gaussian", 3.0, 1.5, math.pi / 4)))
    assert along_x == pytest.approx(along_y, rel=1e-4)
    assert mixed == pytest.approx((9.0 - 2.25) / 2, rel=1e-2)


def test_generalised_kernel_of_exponent_one_is_the_gaussian():
    np.testing.assert_allclose(
        elliptical(21, BlurSpec("generalised", 2.0, 1.0, 0.3, 1.0)),
        elliptical(21, BlurSpec("gaussian", 2.0, 1.0, 0.3)),
        atol=1e-8,
    )


def test_exponent_of_the_generalised_kernel_makes_it_flat_or_peaked():
    centre, near = 10, 11
    ratio = {
        beta: kernel[centre, near] / kernel[centre, centre]
        for beta in (0.5, 1.0, 4.0)
        for kernel in [elliptical(21, BlurSpec("generalised", 2.0, 2.0, 0.0, beta))]
    }
    assert ratio[0.5] < ratio[1.0] < ratio[4.0]


def test_plateau_falls_as_a_power_rather_than_exponentially():
    kernel = elliptical(21, BlurSpec("plateau", 1.0, 1.0, 0.0, 1.0))
    assert kernel[10, 15] / kernel[10, 10] == pytest.approx(1 / 26, rel=1e-4)


def test_sinc_rings_and_passes_low_frequencies_only():
    kernel = sinc(21, math.pi / 3)
    assert kernel.min() < 0
    response = np.abs(np.fft.fft(kernel.sum(axis=0), 64))
    assert response[0] == pytest.approx(1.0, abs=1e-5)
    assert response[4] > 0.8  # well below the cutoff of 64 / 6
    assert response[24] < 0.1  # well above


def test_sinc_with_the_largest_cutoff_leaves_most_in_the_centre():
    kernel = sinc(21, math.pi)
    assert kernel[10, 10] == kernel.max()
    assert kernel[10, 10] > 0.7


@pytest.mark.parametrize(
    ("x", "value"),
    [(0.0, 0.0), (1.0, 0.4400505857449335), (10.0, 0.04347274616886144), (50.0, -0.09751182812517514)],
)
def test_the_bessel_function_has_the_values_of_the_tables(x, value):
    assert _bessel_j1(np.array([x]))[0] == pytest.approx(value, abs=1e-14)
