"""3x3 convolutions with frozen weights by Winograd's minimal filtering (Lavin and Gray 2016, arXiv 1509.09308, F(4x4, 3x3)): a quarter of
the multiplications, and half of the time where there are many channels. PyTorch's own convolutions on processors do not have it.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

TILE = 4
"""Side of a tile of the result."""
LEAST_CHANNELS = 128
"""Channels from which less multiplication outweighs the transforms."""
LEAST_PIXELS = 256
"""Pixels of a picture from which there are tiles enough."""

_WINDOW = TILE + 2
# The paper's matrices for F(4x4, 3x3), by columns and rows at once: B for pixels, G for weights, A for the result.
_B = torch.tensor(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ],
    dtype=torch.float32,
)
_G = torch.tensor([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]], dtype=torch.float64) / 24
_A = torch.tensor(
    [[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]], dtype=torch.float32
)
_PIXELS, _RESULT = torch.kron(_B, _B), torch.kron(_A, _A)


class FrozenConvolution:
    """One convolution of stride 1 and padding 1 that is never trained; differentiable in the picture."""

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        """`weight` is (O, C, 3, 3) float32, `bias` (O,)."""
        self._bias = bias.detach()
        self._forward = transformed(weight)
        self._backward: Tensor | None = None
        self._weight = weight

    def __call__(self, x: Tensor) -> Tensor:
        """(B, C, H, W) float32 with sides that are multiples of `TILE` to (B, O, H, W), channels last."""
        result: Tensor = _Convolved.apply(x, self)  # type: ignore[no-untyped-call]
        return result

    def forward(self, x: Tensor) -> Tensor:
        """The same without gradient."""
        return _convolved(x, self._forward, self._bias)

    def backward(self, gradient: Tensor) -> Tensor:
        """Gradient of the picture from that of the result: a convolution by the same weights turned by half."""
        if self._backward is None:
            self._backward = transformed(self._weight.flip(2, 3).transpose(0, 1))
        return _convolved(gradient, self._backward, gradient.new_zeros(()))


def suits(x: Tensor, weight: Tensor) -> bool:
    """Whether a convolution is one of those that get faster: on a processor, in fp32, with many channels and pixels."""
    height, width = x.shape[2:]
    return (
        x.device.type == "cpu"
        and x.dtype == weight.dtype == torch.float32
        and not weight.requires_grad
        and not torch.is_autocast_enabled("cpu")
        and min(weight.shape[:2]) >= LEAST_CHANNELS
        and height * width >= LEAST_PIXELS
        and height % TILE == width % TILE == 0
    )


def transformed(weight: Tensor) -> Tensor:
    """(36, C, O) float32 of weights (O, C, 3, 3); computed in fp64, as it is done once."""
    outputs, inputs = weight.shape[:2]
    wide = torch.einsum("ab,oibc,dc->adio", _G, weight.detach().double(), _G)
    return wide.reshape(_WINDOW**2, inputs, outputs).float().contiguous()


class _Convolved(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, convolution: FrozenConvolution) -> Tensor:
        ctx.convolution = convolution
        return convolution.forward(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        return ctx.convolution.backward(gradients[0]), None


def _convolved(x: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    """Tiles of pixels, then products over the channels for each of 36 places, then tiles of the result; one matrix product each."""
    batch, inputs, height, width = x.shape
    outputs, rows, columns = weights.shape[2], height // TILE, width // TILE
    padded = F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
    image, line, pixel, channel = padded.stride()
    windows = padded.as_strided(
        (_WINDOW, _WINDOW, batch, rows, columns, inputs), (line, pixel, image, TILE * line, TILE * pixel, channel)
    )
    pixels = (_PIXELS @ windows.reshape(_WINDOW**2, -1)).view(_WINDOW**2, batch * rows * columns, inputs)
    products = torch.bmm(pixels, weights).view(_WINDOW**2, -1)
    tiles = (_RESULT @ products).view(TILE, TILE, batch, rows, columns, outputs)
    result = torch.empty((batch, outputs, height, width), memory_format=torch.channels_last)
    torch.add(tiles.permute(2, 3, 0, 4, 1, 5), bias, out=_tiled(result))
    return result


def _tiled(result: Tensor) -> Tensor:
    """(B, rows, `TILE`, columns, `TILE`, O) view of (B, O, H, W)."""
    batch, outputs, height, width = result.shape
    return result.permute(0, 2, 3, 1).view(batch, height // TILE, TILE, width // TILE, TILE, outputs)
