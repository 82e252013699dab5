"""Walks against closed forms."""

from __future__ import annotations

import itertools
import math

import pytest
import torch
from torch import Tensor

from mfsr_engine.errors import Cancelled
from mfsr_engine.models import sampling


@pytest.mark.parametrize("grid", ["linear", "cosine", "shift", "flow-match-euler"])
@pytest.mark.parametrize("steps", [1, 2, 5, 40])
def test_grids_fall_from_one_to_zero(grid: sampling.Grid, steps: int) -> None:
    times = sampling.times(grid, steps)
    assert len(times) == steps + 1
    assert times[0] == 1
    assert times[-1] == 0
    assert all(t > r for t, r in itertools.pairwise(times))


def test_grids_in_numbers() -> None:
    assert sampling.times("linear", 4) == (1, 0.75, 0.5, 0.25, 0)
    assert sampling.times("cosine", 4) == pytest.approx((1, 0.5 + math.sqrt(0.125), 0.5, 0.5 - math.sqrt(0.125), 0))
    assert sampling.times("shift", 2, shift=3) == (1, 0.75, 0)
    assert sampling.times("shift", 4, shift=1) == pytest.approx(sampling.times("linear", 4))


def test_dit4sr_walks_by_the_times_of_its_scheduler() -> None:
    """The scheduler shifts its table of 1000 times, spans it evenly, and shifts what it took from there once more."""

    def shifted(s: float) -> float:
        return 3 * s / (1 + 2 * s)

    times = sampling.times("flow-match-euler", 40, shift=3)
    table = torch.linspace(1, shifted(0.001), 40, dtype=torch.float64).tolist()
    assert times == pytest.approx([*map(shifted, table), 0])
    assert times[-4:] == pytest.approx((0.14651, 0.08105, 0.00893, 0), abs=1e-5)
    assert sampling.times("flow-match-euler", 2, shift=3) == pytest.approx((1, 0.00893, 0), abs=1e-5)
    assert sampling.times("flow-match-euler", 1, shift=3) == (1, 0)


@pytest.mark.parametrize("steps", [1, 2, 7])
def test_the_mean_velocity_of_a_known_flow_ends_at_its_data_with_any_number_of_steps(steps: int) -> None:
    data, noise = torch.randn(2, 3, 4, 4), torch.randn(2, 3, 4, 4)

    def u(z: Tensor, r: Tensor, t: Tensor) -> Tensor:
        return (z - data) / t[:, None, None, None]  # straight lines to `data`: the mean velocity does not depend on r

    torch.testing.assert_close(sampling.meanflow(u, noise, sampling.times("cosine", steps)), data, atol=1e-5, rtol=0)


def test_times_arrive_as_the_model_expects_them() -> None:
    seen: list[tuple[float, float]] = []

    def u(z: Tensor, r: Tensor, t: Tensor) -> Tensor:
        assert r.shape == t.shape == (z.shape[0],)
        assert r.dtype == t.dtype == torch.float32
        seen.append((t[0].item(), r[0].item()))
        return torch.zeros_like(z)

    sampling.meanflow(u, torch.zeros(3, 1, 1, 1), (1, 0.5, 0))
    assert seen == [(1, 0.5), (0.5, 0)]
    seen.clear()
    sampling.meanflow(sampling.instantaneous(u), torch.zeros(3, 1, 1, 1), (1, 0.5, 0))
    assert seen == [(1, 1), (0.5, 0.5)]


def test_euler_steps_converge_to_the_exact_flow() -> None:
    def v(z: Tensor, r: Tensor, t: Tensor) -> Tensor:
        return z  # dz/dt = z, so z(0) = z(1) / e

    ends = [
        sampling.meanflow(sampling.instantaneous(v), torch.ones(1, 1, 1, 1), sampling.times("linear", n)).item()
        for n in (40, 80)
    ]
    errors = [abs(end - math.exp(-1)) for end in ends]
    assert errors[0] < 0.01
    assert errors[1] / errors[0] == pytest.approx(0.5, abs=0.02)  # first order


def test_guidance_leads_away_from_the_negative() -> None:
    u = sampling.guided(lambda z, r, t: torch.full_like(z, 1.0), lambda z, r, t: torch.full_like(z, 3.0), 8.0)
    one = torch.ones(1)
    assert u(torch.zeros(1, 1, 1, 1), one, one).item() == 1 + 8 * (3 - 1)


def test_a_walk_can_be_stopped_between_steps() -> None:
    steps = 0

    def stop_at_third() -> None:
        nonlocal steps
        steps += 1
        if steps == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        sampling.meanflow(lambda z, r, t: z, torch.ones(1, 1, 1, 1), sampling.times("linear", 10), stop_at_third)
    assert steps == 3
