"""3x3 convolutions by Winograd's minimal filtering (Lavin and Gray 2016, arXiv 1509.09308, F(4x4, 3x3)): a quarter of the multiplications,
and half of the time where there are many channels. PyTorch's own convolutions on processors do not have it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from collections.abc import Sequence

TILE = 4
"""Side of a tile of the result."""
LEAST_CHANNELS = 128
"""Channels from which less multiplication outweighs the transforms."""
LEAST_TRAINED_CHANNELS = 96
"""The same where weights have a gradient, too: it is taken from pixels that were transformed already."""
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
_RESULT = torch.kron(_A, _A)
_WEIGHTS = torch.kron(_G, _G).float()
_GRADIENT = _RESULT.T.contiguous()


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


class TrainedConvolution(nn.Conv2d):
    """A 3x3 convolution of stride 1 and padding 1 that is trained: the same function, with its gradients in less time where that `suits`.

    Made of a plain one by `speed_up`; parameters, their names and their order stay. The gradients can be differentiated forward, not
    backward once more.
    """

    def forward(self, input: Tensor) -> Tensor:
        """(B, C, H, W) to (B, O, H, W), as `torch.nn.Conv2d`."""
        if not suits(input, self.weight, LEAST_TRAINED_CHANNELS):
            return super().forward(input)
        result, _ = _Trained.apply(input, self.weight, self.bias)  # type: ignore[no-untyped-call]
        return result  # type: ignore[no-any-return]


def speed_up(network: nn.Module) -> None:
    """Turn every plain 3x3 convolution of a network that will be trained into a `TrainedConvolution`, in place."""
    for module in network.modules():
        if type(module) is nn.Conv2d and _is_plain(module):
            module.__class__ = TrainedConvolution


def _is_plain(convolution: nn.Conv2d) -> bool:
    return (
        convolution.kernel_size == (3, 3)
        and convolution.stride == convolution.padding == convolution.dilation == (1, 1)
        and convolution.groups == 1
        and convolution.padding_mode == "zeros"
    )


def suits(x: Tensor, weight: Tensor, least_channels: int = LEAST_CHANNELS) -> bool:
    """Whether a convolution is one of those that get faster: on a processor, in fp32, with many channels and pixels."""
    height, width = x.shape[2:]
    return (
        x.device.type == "cpu"
        and x.dtype == weight.dtype == torch.float32
        and not torch.is_autocast_enabled("cpu")
        and min(weight.shape[:2]) >= least_channels
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


class _Trained(torch.autograd.Function):
    @staticmethod
    def forward(x: Tensor, weight: Tensor, bias: Tensor | None) -> tuple[Tensor, Tensor]:
        pixels = _pixels(x)
        return _result(torch.bmm(pixels, _transformed(weight)), x.shape, bias), pixels

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
        x, weight, bias = inputs
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(output[1], weight)
        ctx.save_for_forward(x, weight)
        ctx.has_bias = bias is not None

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        gradient, (pixels, weight) = gradients[0], ctx.saved_tensors
        of_x = of_weight = of_bias = None
        if ctx.needs_input_grad[0]:
            turned = _transformed(weight.flip(2, 3).transpose(0, 1))
            of_x = _result(torch.bmm(_pixels(gradient), turned), gradient.shape, None)
        if ctx.needs_input_grad[1]:
            of_weight = _weight_gradient(pixels, gradient)
        if ctx.has_bias and ctx.needs_input_grad[2]:
            of_bias = gradient.sum((0, 2, 3))
        return of_x, of_weight, of_bias

    @staticmethod
    def jvp(ctx: Any, of_x: Tensor | None, of_weight: Tensor | None, of_bias: Tensor | None) -> tuple[Tensor, None]:
        x, weight = ctx.saved_tensors
        result = torch.zeros((), dtype=x.dtype)
        if of_x is not None:
            result = result + F.conv2d(of_x, weight, padding=1)
        if of_weight is not None:
            result = result + F.conv2d(x, of_weight, padding=1)
        if of_bias is not None:
            result = result + of_bias[:, None, None]
        return result, None


def _convolved(x: Tensor, weights: Tensor, bias: Tensor) -> Tensor:
    return _result(torch.bmm(_pixels(x), weights), x.shape, bias)


def _pixels(x: Tensor) -> Tensor:
    """(36, B * rows * columns, C) transformed tiles of (B, C, H, W)."""
    batch, channels, height, width = x.shape
    padded = F.pad(x.permute(0, 2, 3, 1), (0, 0, 1, 1, 1, 1))
    image, line, pixel, channel = padded.stride()
    windows = padded.as_strided(
        (_WINDOW, _WINDOW, batch, height // TILE, width // TILE, channels),
        (line, pixel, image, TILE * line, TILE * pixel, channel),
    )
    by_lines = _B @ windows.reshape(_WINDOW, -1)  # rows, then columns: a third of the work of both at once
    return torch.matmul(_B, by_lines.view(_WINDOW, _WINDOW, -1)).view(_WINDOW**2, -1, channels)


def _result(products: Tensor, shape: Sequence[int], bias: Tensor | None) -> Tensor:
    """(B, O, H, W) channels last from (36, B * rows * columns, O) products; `shape` has B, H and W."""
    batch, _, height, width = shape
    outputs = products.shape[2]
    tiles = (_RESULT @ products.view(_WINDOW**2, -1)).view(TILE, TILE, batch, height // TILE, width // TILE, outputs)
    result = torch.empty((batch, outputs, height, width), memory_format=torch.channels_last)
    added = tiles.new_zeros(()) if bias is None else bias.detach()
    torch.add(tiles.permute(2, 3, 0, 4, 1, 5), added, out=_tiled(result))
    return result


def _transformed(weight: Tensor) -> Tensor:
    """The same as `transformed`, in fp32: for weights that change at every step."""
    outputs, inputs = weight.shape[:2]
    return (_WEIGHTS @ weight.detach().permute(2, 3, 1, 0).reshape(9, -1)).view(_WINDOW**2, inputs, outputs)


def _weight_gradient(pixels: Tensor, gradient: Tensor) -> Tensor:
    """(O, C, 3, 3) from transformed pixels (36, B * rows * columns, C) and the gradient of the result (B, O, H, W).

    The transposed algorithm: what A does to the products in the result, its transpose does to the result's gradient.
    """
    outputs, inputs = gradient.shape[1], pixels.shape[2]
    tiles = _tiled(gradient.contiguous(memory_format=torch.channels_last)).permute(2, 4, 0, 1, 3, 5)
    slopes = (_GRADIENT @ tiles.reshape(TILE**2, -1)).view(_WINDOW**2, -1, outputs)
    products = torch.bmm(slopes.transpose(1, 2), pixels)
    return (_WEIGHTS.T @ products.view(_WINDOW**2, -1)).view(3, 3, outputs, inputs).permute(2, 3, 0, 1)


def _tiled(result: Tensor) -> Tensor:
    """(B, rows, `TILE`, columns, `TILE`, O) view of (B, O, H, W)."""
    batch, outputs, height, width = result.shape
    return result.permute(0, 2, 3, 1).view(batch, height // TILE, TILE, width // TILE, TILE, outputs)
