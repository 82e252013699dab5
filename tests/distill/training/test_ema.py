"""Averages of weights."""

import pytest
import torch
from torch import nn

from distill.training.ema import WeightAverages, exponent


def module(value):
    linear = nn.Linear(1, 1)
    with torch.no_grad():
        linear.weight.fill_(value)
        linear.bias.fill_(-value)
    return linear


def walked(decays, values):
    averages = WeightAverages(module(0.0), decays)
    for value in values:
        averages.update(module(value))
    return averages


@pytest.mark.parametrize(("width", "published"), [(0.05, 16.97), (0.10, 6.94)])
def test_exponents_are_those_published_for_their_widths(width, published):
    assert exponent(width) == pytest.approx(published, abs=0.01)


@pytest.mark.parametrize("width", [0.0, -0.1, 0.289, 1.0])
def test_widths_no_average_can_have_are_refused(width):
    with pytest.raises(ValueError, match="width"):
        exponent(width)


@pytest.mark.parametrize("width", [0.05, 0.1, 0.2, 0.25])
@pytest.mark.parametrize("updates", [400, 1600])
def test_average_is_spread_over_the_run_as_wide_as_it_says_however_long_the_run(width, updates):
    times = [n / updates for n in range(1, updates + 1)]
    mean, square = (walked([width], [t**k for t in times]).average()["weight"].item() for k in (1, 2))
    assert (square - mean**2) ** 0.5 == pytest.approx(width, rel=0.02)
    power = exponent(width)
    assert mean == pytest.approx((power + 1) / (power + 2), abs=0.01)


def test_first_update_replaces_the_weights_there_were():
    assert walked([0.2], [4.0]).average()["weight"].item() == 4.0


def test_bias_is_averaged_as_the_weight_is():
    averages = walked([0.1], [1.0, 3.0, 2.0])
    assert averages.average()["bias"].item() == pytest.approx(-averages.average()["weight"].item())


def test_wider_average_lags_further_behind():
    averages = walked([0.05, 0.2], [float(n) for n in range(300)])
    assert averages.average(0)["weight"] > averages.average(1)["weight"]


def test_average_is_kept_in_fp32_and_apart_from_the_module():
    source = module(1.0).to(torch.bfloat16)
    averages = WeightAverages(source, [0.1])
    with torch.no_grad():
        source.weight.fill_(5.0)
    assert averages.average()["weight"].dtype == torch.float32
    assert averages.average()["weight"].item() == 1.0


def test_saved_averages_go_on_to_the_bit():
    straight = walked([0.1, 0.05], [0.1, 0.7, 0.3, 0.9])
    first = walked([0.1, 0.05], [0.1, 0.7])
    second = WeightAverages(module(0.0), [0.1, 0.05])
    second.load_state_dict(first.state_dict())
    for value in (0.3, 0.9):
        second.update(module(value))
    for index in (0, 1):
        assert all(torch.equal(straight.average(index)[k], second.average(index)[k]) for k in ("weight", "bias"))


def test_averages_of_another_kind_are_refused():
    saved = walked([0.1], [1.0]).state_dict()
    with pytest.raises(ValueError, match=r"shorter|longer"):
        WeightAverages(module(0.0), [0.1, 0.05]).load_state_dict(saved)
    with pytest.raises(ValueError, match="another network"):
        WeightAverages(nn.Sequential(module(0.0)), [0.1]).load_state_dict(saved)


def test_a_module_has_its_average_inside_and_its_own_weights_afterwards():
    averages = walked((0.1,), [1.0, 3.0])
    linear = module(7.0)
    expected = averages.average()["weight"].clone()
    with averages.in_place(linear):
        torch.testing.assert_close(linear.weight.detach(), expected)
        assert linear.weight.item() != 7.0
    assert (linear.weight.item(), linear.bias.item()) == (7.0, -7.0)
    torch.testing.assert_close(averages.average()["weight"], expected)


def test_a_module_has_its_own_weights_again_after_an_error():
    linear = module(7.0)
    with pytest.raises(OSError, match="full"), walked((0.1,), [1.0]).in_place(linear):
        raise OSError("full")
    assert linear.weight.item() == 7.0
