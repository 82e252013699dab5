"""Averages of weights."""

import pytest
import torch
from torch import nn

from distill.ema import WeightAverages


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


def test_average_follows_the_recursion_with_a_decay_that_warms_up():
    averages, expected = walked([0.5], [1.0, 3.0, 2.0]), 0.0
    for count, value in enumerate([1.0, 3.0, 2.0], start=1):
        decay = min(0.5, (1 + count) / (10 + count))
        expected = decay * expected + (1 - decay) * value
    assert averages.average()["weight"].item() == pytest.approx(expected)
    assert averages.average()["bias"].item() == pytest.approx(-expected)


def test_long_run_forgets_its_start_at_the_rate_of_the_decay():
    averages = walked([0.9], [1.0] * 2000)
    assert averages.average()["weight"].item() == pytest.approx(1.0, abs=1e-6)


def test_longer_decay_lags_further_behind():
    averages = walked([0.9, 0.999], [float(n) for n in range(300)])
    assert averages.average(0)["weight"] > averages.average(1)["weight"]


def test_average_is_kept_in_fp32_and_apart_from_the_module():
    source = module(1.0).to(torch.bfloat16)
    averages = WeightAverages(source, [0.9])
    with torch.no_grad():
        source.weight.fill_(5.0)
    assert averages.average()["weight"].dtype == torch.float32
    assert averages.average()["weight"].item() == 1.0


def test_saved_averages_go_on_to_the_bit():
    straight = walked([0.9, 0.99], [0.1, 0.7, 0.3, 0.9])
    first = walked([0.9, 0.99], [0.1, 0.7])
    second = WeightAverages(module(0.0), [0.9, 0.99])
    second.load_state_dict(first.state_dict())
    for value in (0.3, 0.9):
        second.update(module(value))
    for index in (0, 1):
        assert all(torch.equal(straight.average(index)[k], second.average(index)[k]) for k in ("weight", "bias"))


def test_averages_of_another_kind_are_refused():
    saved = walked([0.9], [1.0]).state_dict()
    with pytest.raises(ValueError, match=r"shorter|longer"):
        WeightAverages(module(0.0), [0.9, 0.99]).load_state_dict(saved)
    with pytest.raises(ValueError, match="another network"):
        WeightAverages(nn.Sequential(module(0.0)), [0.9]).load_state_dict(saved)
