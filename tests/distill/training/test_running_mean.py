"""Means of numbers over steps."""

import torch

from distill.training.trainer import RunningMean


def test_each_number_has_its_own_count_and_taking_starts_anew():
    meter = RunningMean()
    assert meter.is_empty
    meter.add({"loss": torch.tensor(1.0), "norm": torch.tensor(4.0)})
    meter.add({"loss": torch.tensor(3.0)})
    means = meter.take()
    assert {name: mean.item() for name, mean in means.items()} == {"loss": 2.0, "norm": 4.0}
    assert meter.is_empty
    meter.add({"loss": torch.tensor(7.0)})
    assert meter.take()["loss"].item() == 7.0


def test_added_tensors_are_not_changed():
    meter, value = RunningMean(), torch.tensor(1.0)
    meter.add({"loss": value})
    meter.add({"loss": torch.tensor(2.0)})
    assert value.item() == 1.0
