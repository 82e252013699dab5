"""Weights in 8 bits: small, close to the original, and closer than plain 8-bit floats."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from torch import nn

from mfsr_engine.models.dit4sr.checkpoints import load_transformer_folder
from mfsr_engine.models.dit4sr.eight_bit import EightBitLinear, quantised, use_eight_bits
from mfsr_engine.models.prompts import Prompt
from tests.fakes.tiny_model_folder import write_tiny_full_size

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("random_networks")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_weights_move_by_a_quarter_of_a_step_on_average(dtype: torch.dtype) -> None:
    weight = torch.randn(7, 50, generator=torch.Generator().manual_seed(0)) * torch.logspace(-3, 1, 7)[:, None]
    integers, scale = quantised(weight, dtype)
    assert integers.dtype == torch.int8
    assert scale.dtype == dtype
    step = weight.abs().amax(dim=1, keepdim=True) / 127
    assert ((integers * scale.float() - weight).abs() <= 1.01 * step).all()  # the largest may exceed its rounded scale
    assert ((integers * scale.float() - weight).abs().mean(dim=1) <= 0.3 * step[:, 0]).all()


def test_a_row_of_zeros_stays_zero() -> None:
    integers, scale = quantised(torch.zeros(2, 3), torch.float16)
    assert not (integers * scale.float()).any()


def test_bell_shaped_weights_lose_a_third_of_what_8_bit_floats_lose_at_most() -> None:
    weight = 0.02 * torch.randn(256, 1536, generator=torch.Generator().manual_seed(0))
    integers, scale = quantised(weight, torch.bfloat16)
    ours = (integers * scale.float() - weight).norm()
    floats = (weight.to(torch.float8_e4m3fn).float() - weight).norm()
    assert ours < floats / 3


def test_the_layer_computes_with_the_expanded_weight() -> None:
    layer = EightBitLinear(5, 3)
    weight, bias, x = torch.randn(3, 5), torch.randn(3), torch.randn(2, 4, 5)
    layer.weight, layer.scale = quantised(weight, torch.float32)
    layer.bias.copy_(bias)
    torch.testing.assert_close(layer(x), x @ (layer.weight * layer.scale).T + bias)
    assert layer.to(torch.bfloat16)(x.bfloat16()).dtype == torch.bfloat16


def test_only_linear_layers_are_replaced() -> None:
    blocks = nn.ModuleList([nn.Sequential(nn.Linear(2, 3), nn.Conv2d(1, 1, 1)), nn.Linear(3, 1)])
    assert use_eight_bits(blocks, "b.") == {"b.0.0.weight", "b.1.weight"}
    assert [type(layer) for layer in (blocks[0][0], blocks[0][1], blocks[1])] == [
        EightBitLinear,
        nn.Conv2d,
        EightBitLinear,
    ]


def test_a_transformer_in_eight_bits_gives_nearly_the_same(tmp_path: Path) -> None:
    folder = write_tiny_full_size(tmp_path / "m") / "transformer"
    full, small = (load_transformer_folder(folder, is_eight_bit=is_small) for is_small in (False, True))
    z, lr, prompt, t, r = (
        torch.randn(2, 4, 8, 12),
        torch.randn(2, 4, 8, 12),
        Prompt(torch.randn(1, 10), torch.randn(1, 5, 12)),
        torch.ones(2),
        torch.zeros(2),
    )
    with torch.inference_mode():
        wanted, found = full(z, lr, prompt, t, r), small(z, lr, prompt, t, r)
    assert 0 < (found - wanted).norm() / wanted.norm() < 0.02
    kept = [v for v in small.transformer_blocks.state_dict().values() if v.ndim == 2 and v.numel() > 200]
    assert {v.dtype for v in kept if v.shape[1] > 1} == {torch.int8}
