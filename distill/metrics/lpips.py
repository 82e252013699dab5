"""LPIPS v0.1 on AlexNet: perceptual distance of two pictures. Differentiable, so it serves as a training loss too."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from distill.metrics import weights

_SHIFT = (-0.030, -0.088, -0.188)
_SCALE = (0.458, 0.448, 0.450)
# AlexNet: channels in and out, kernel, stride, padding. A 3/2 max pool stands before the second and third convolution.
_LAYERS = ((3, 64, 11, 4, 2), (64, 192, 5, 1, 2), (192, 384, 3, 1, 1), (384, 256, 3, 1, 1), (256, 256, 3, 1, 1))
_POOLED_BEFORE = (1, 2)
_EPSILON = 1e-10


class Lpips(nn.Module):
    """Learned perceptual distance (Zhang et al. 2018, arXiv 1801.03924, eq. 1), version 0.1, AlexNet, frozen."""

    shift: Tensor
    scale: Tensor

    def __init__(self, state: dict[str, Tensor] | None = None) -> None:
        """Build the network.

        Args:
            state: Tensors as `weights.load(Network.LPIPS_ALEX)` gives them; None loads these.

        Raises:
            WeightsError: `state` is None and the weights were not fetched.
        """
        super().__init__()
        tensors = weights.load(weights.Network.LPIPS_ALEX) if state is None else state
        self.convolutions = nn.ModuleList(nn.Conv2d(i, o, k, s, p) for i, o, k, s, p in _LAYERS)
        for index, convolution in enumerate(self.convolutions):
            convolution.load_state_dict(
                {"weight": tensors[f"conv{index}.weight"], "bias": tensors[f"conv{index}.bias"]}
            )
            self.register_buffer(f"head{index}", tensors[f"head{index}.weight"].view(1, -1, 1, 1).clone())
        self.register_buffer("shift", torch.tensor(_SHIFT).view(1, 3, 1, 1))
        self.register_buffer("scale", torch.tensor(_SCALE).view(1, 3, 1, 1))
        self.requires_grad_(False)
        self.eval()

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        """Distance of each pair, (B,), 0 for equal pictures; both (B, 3, H, W) sRGB 0..1, sides at least 32 px."""
        pairs = zip(self.features(first), self.features(second), strict=True)
        layers = [self._distance(index, one, other) for index, (one, other) in enumerate(pairs)]
        return torch.stack(layers).sum(0)

    def features(self, image: Tensor) -> list[Tensor]:
        """The five activations (B, C, h, w) of (B, 3, H, W) sRGB 0..1, each of unit length over its channels."""
        x = (2 * image - 1 - self.shift) / self.scale
        activations = []
        for index, convolution in enumerate(self.convolutions):
            if index in _POOLED_BEFORE:
                x = F.max_pool2d(x, 3, 2)
            x = F.relu(convolution(x))
            activations.append(_unit_length(x))
        return activations

    def _distance(self, index: int, one: Tensor, other: Tensor) -> Tensor:
        head = self.get_buffer(f"head{index}")
        return ((one - other).square() * head).sum(1).mean((1, 2))


def _unit_length(x: Tensor) -> Tensor:
    # The epsilon is inside the root, so that the gradient stays finite where all channels are zero.
    return x * torch.rsqrt(x.square().sum(1, keepdim=True) + _EPSILON)
