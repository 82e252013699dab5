"""fp32 arithmetic from weights in lower precision, one layer at a time."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from mfsr_engine.models.upcast import widened


def network() -> nn.Sequential:
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Conv2d(3, 8, 3), nn.GroupNorm(2, 8), nn.SiLU(), nn.Flatten(), nn.Linear(8 * 16, 5))
    return layers.to(torch.bfloat16)


def test_the_result_is_that_of_fp32_with_the_same_weights() -> None:
    low = network()
    exact = network().float()
    x = torch.randn(2, 3, 6, 6).bfloat16()
    with torch.inference_mode():
        with widened(low):
            found = low(x)
        torch.testing.assert_close(found, exact(x.float()))
        assert not torch.equal(low(x).float(), found)


def test_afterwards_everything_is_as_before() -> None:
    low = network()
    before = dict(low.named_parameters())
    with torch.inference_mode(), widened(low):
        low(torch.randn(1, 3, 6, 6).bfloat16())
        assert all(p.dtype == torch.bfloat16 for p in low.parameters())  # no layer is at work now
    assert all(before[name] is parameter for name, parameter in low.named_parameters())
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in low.modules())


def test_weights_come_back_also_when_a_layer_fails() -> None:
    low = network()
    with widened(low), pytest.raises(RuntimeError):
        low(torch.randn(1, 4, 6, 6))
    assert all(p.dtype == torch.bfloat16 for p in low.parameters())
