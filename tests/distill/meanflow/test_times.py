"""How the two times of a sample are drawn."""

import pytest
import torch

from distill.meanflow.times import logit_normal, time_pairs

COUNT = 40_000


def draw(seed=0, count=COUNT, **options):
    return time_pairs(count, torch.Generator().manual_seed(seed), **options)


def test_times_are_ordered_and_inside_the_unit_interval():
    times = draw(instantaneous_share=0.3, whole_share=0.1)
    assert times.t.dtype == times.r.dtype == torch.float32
    assert (times.r >= 0).all()
    assert (times.r <= times.t).all()
    assert (times.t <= 1).all()


def test_single_times_have_the_asked_mean_and_spread_of_the_logit():
    logit = torch.logit(logit_normal(COUNT, -0.4, 0.8, torch.Generator().manual_seed(1)))
    assert float(logit.mean()) == pytest.approx(-0.4, abs=0.02)
    assert float(logit.std()) == pytest.approx(0.8, abs=0.02)


def test_pairs_are_the_larger_and_the_smaller_of_two_draws():
    """The larger and the smaller of two normal draws lie std / sqrt(pi) above and below their mean."""
    times = draw(mean=-0.4, std=1.2, instantaneous_share=0.0)
    offset = 1.2 / torch.pi**0.5
    assert float(torch.logit(times.t).mean()) == pytest.approx(-0.4 + offset, abs=0.02)
    assert float(torch.logit(times.r).mean()) == pytest.approx(-0.4 - offset, abs=0.02)


@pytest.mark.parametrize("share", [0.0, 0.25, 0.75, 1.0])
def test_asked_share_is_instantaneous(share):
    times = draw(instantaneous_share=share)
    assert float((times.r == times.t).float().mean()) == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize("share", [0.0, 0.2, 1.0])
def test_asked_share_is_the_whole_way_whatever_the_instantaneous_share_is(share):
    for instantaneous in (0.0, 0.5, 1.0):
        times = draw(instantaneous_share=instantaneous, whole_share=share)
        is_whole = (times.r == 0) & (times.t == 1)
        assert float(is_whole.float().mean()) == pytest.approx(share, abs=0.01)
        rest = times.r[~is_whole] == times.t[~is_whole]
        assert share == 1 or float(rest.float().mean()) == pytest.approx(instantaneous, abs=0.01)


def test_same_generator_state_gives_the_same_times():
    first, again, other = draw(7), draw(7), draw(8)
    assert torch.equal(first.t, again.t)
    assert torch.equal(first.r, again.r)
    assert not torch.equal(first.t, other.t)
