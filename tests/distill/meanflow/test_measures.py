"""Measures of what the method claims, on flows whose mean velocity is known in closed form."""

import pytest
import torch

from distill.meanflow.measures import identity_residual, map_distance, root_mean_square, seed_spread
from tests.fakes.closed_forms import ALL, wide

T = torch.tensor([1.0, 0.9, 0.5], dtype=torch.float64)
R = torch.tensor([0.0, 0.4, 0.1], dtype=torch.float64)
flows = pytest.mark.parametrize("flow", ALL, ids=lambda flow: flow.name)


@pytest.fixture
def z():
    return torch.randn(3, 4, 2, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


@flows
def test_the_true_mean_velocity_leaves_nothing_of_the_identity(flow, z):
    assert identity_residual(flow.u, z, flow.v(z, T), R, T).max() < 1e-6


@flows
def test_a_mean_velocity_that_is_off_by_a_constant_leaves_that_constant(flow, z):
    found = identity_residual(lambda z, r, t: flow.u(z, r, t) + 0.3, z, flow.v(z, T), R, T)
    torch.testing.assert_close(found, torch.full((3,), 0.3), atol=1e-5, rtol=1e-5)


@flows
def test_the_velocity_at_the_start_taken_for_the_mean_leaves_the_interval_times_its_change(flow, z):
    """u = v: the residual is (t - r) dv/dt, here by differences along the way."""
    h = 1e-4
    v = flow.v(z, T)
    later, earlier = (flow.v(flow.solution(z, T + d, T), T + d) for d in (0.0, -h))
    expected = root_mean_square(wide(T - R, z) * (later - earlier) / h)
    found = identity_residual(lambda z, r, t: flow.v(z, t), z, v, R, T)
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-2)


@flows
def test_one_exact_step_is_at_no_distance_from_the_flows_own_end(flow, z):
    ends = flow.solution(z, 0 * T, T)
    step = z - wide(T, z) * flow.u(z, 0 * T, T)
    assert map_distance(step, ends).max() < 1e-6
    torch.testing.assert_close(map_distance(step + 0.25, ends), torch.full((3,), 0.25), atol=1e-6, rtol=1e-6)


def test_spread_over_seeds_is_their_standard_deviation():
    pictures = torch.rand(1, 2, 3, 4, 4).repeat(3, 1, 1, 1, 1)
    assert seed_spread(pictures) == 0
    assert seed_spread(pictures + torch.tensor([0.0, 0.1, 0.2]).view(3, 1, 1, 1, 1)) == pytest.approx(0.1, rel=1e-4)
