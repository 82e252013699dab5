"""The distance between a velocity and its target, and its adaptive weight."""

import pytest
import torch

from distill.meanflow.target import adaptively_weighted, squared_error


def test_error_is_the_mean_square_of_each_sample():
    u, target = torch.zeros(2, 3, 4, 4), torch.zeros(2, 3, 4, 4)
    u[0] += 2
    u[1, 0] += 3
    assert squared_error(u, target).tolist() == pytest.approx([4.0, 3.0])


def test_error_of_bf16_velocities_is_summed_in_fp32():
    u = torch.full((1, 16, 64, 64), 1.0, dtype=torch.bfloat16)
    error = squared_error(u, torch.zeros_like(u))
    assert error.dtype == torch.float32
    assert error.item() == 1.0


def test_adaptive_weight_divides_by_the_loss_itself_without_gradient():
    loss = torch.tensor([4.0, 0.5], requires_grad=True)
    weighted = adaptively_weighted(loss, power=1.0, offset=0.5)
    assert weighted.tolist() == pytest.approx([4 / 4.5, 0.5])
    weighted.sum().backward()
    assert loss.grad.tolist() == pytest.approx([1 / 4.5, 1.0])


def test_power_zero_leaves_the_loss_alone():
    loss = torch.tensor([4.0, 0.5])
    assert torch.equal(adaptively_weighted(loss, power=0.0), loss)


def test_hard_samples_do_not_outweigh_easy_ones():
    loss = torch.tensor([1e6, 1.0])
    assert adaptively_weighted(loss, power=1.0, offset=1e-3).tolist() == pytest.approx([1.0, 1.0], rel=1e-2)
