"""Linear layers with 8-bit weights that are dequantised when used. Knows no files and no devices."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

_LARGEST = 127


class EightBitLinear(nn.Module):
    """x W^T + b with W = scale * integers from -127 to 127, one scale a row.

    Whole numbers with a scale for each output lose a quarter of what 8-bit floats lose on bell-shaped weights, and every
    device has them.
    """

    weight: Tensor
    scale: Tensor

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.register_buffer("weight", torch.zeros(outputs, inputs, dtype=torch.int8))
        self.register_buffer("scale", torch.ones(outputs, 1))
        self.bias = nn.Parameter(torch.zeros(outputs), requires_grad=False)

    def forward(self, x: Tensor) -> Tensor:
        """(..., inputs) float to (..., outputs) of the same dtype. One copy of the weight in x's precision is made."""
        return F.linear(x, self.weight * self.scale.to(x.dtype), self.bias)


def quantised(weight: Tensor, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
    """Integers and scales of a weight.

    Args:
        weight: (outputs, inputs) float.
        dtype: precision it will be expanded to; the scales are exact in it, so that rows gain no error in their length.

    Returns:
        (outputs, inputs) int8 and (outputs, 1) in `dtype`.
    """
    wide = weight.float()
    smallest = torch.finfo(dtype).tiny * torch.finfo(dtype).eps  # also rows of tiny weights have one in fp16
    scale = (wide.abs().amax(dim=1, keepdim=True) / _LARGEST).clamp(min=smallest).to(dtype)
    return (wide / scale.float()).round_().clamp_(-_LARGEST, _LARGEST).to(torch.int8), scale


def use_eight_bits(blocks: nn.Module, prefix: str) -> frozenset[str]:
    """Replace every linear layer below `blocks`, empty, by one for 8-bit weights.

    Args:
        blocks: what is searched; its own place in the model is `prefix`.
        prefix: put before the names that are returned.

    Returns:
        Names of the weights that are now kept in 8 bits; for each there is a `scale` beside `weight`.
    """
    linears = [(name, layer) for name, layer in blocks.named_modules() if isinstance(layer, nn.Linear)]
    for name, layer in linears:
        blocks.set_submodule(name, EightBitLinear(layer.in_features, layer.out_features))
    return frozenset(f"{prefix}{name}.weight" for name, _ in linears)
