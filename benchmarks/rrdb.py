"""Real-ESRGAN x4plus in torch, with the weights read from its ncnn files, so both runtimes run one network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

if TYPE_CHECKING:
    from pathlib import Path

_WIDTH, _GROWTH, _BLOCKS = 64, 32, 23
_HALF_TAG = 0x01306B47  # what ncnn writes before weights stored as float16


class DenseBlock(nn.Module):
    """Five convolutions, each seeing all before it (Wang et al. 2018, fig. 4)."""

    def __init__(self) -> None:
        super().__init__()
        widths = [_WIDTH + index * _GROWTH for index in range(5)]
        outputs = [_GROWTH] * 4 + [_WIDTH]
        self.convolutions = nn.ModuleList(nn.Conv2d(i, o, 3, padding=1) for i, o in zip(widths, outputs, strict=True))

    def forward(self, x: Tensor) -> Tensor:
        """Refine (B, 64, H, W)."""
        seen = [x]
        for convolution in self.convolutions[:-1]:
            seen.append(F.leaky_relu(convolution(torch.cat(seen, 1)), 0.2))
        refined: Tensor = x + 0.2 * self.convolutions[-1](torch.cat(seen, 1))
        return refined


class ResidualDenseBlock(nn.Module):
    """Three dense blocks in a scaled residual."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks = nn.Sequential(DenseBlock(), DenseBlock(), DenseBlock())

    def forward(self, x: Tensor) -> Tensor:
        """Refine (B, 64, H, W)."""
        refined: Tensor = x + 0.2 * self.blocks(x)
        return refined


class Rrdb(nn.Module):
    """The x4 network of Real-ESRGAN (Wang et al. 2021, arXiv 2107.10833)."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, _WIDTH, 3, padding=1)
        self.body = nn.Sequential(*(ResidualDenseBlock() for _ in range(_BLOCKS)))
        self.after_body = nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1)
        self.upsamplers = nn.ModuleList(nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1) for _ in range(2))
        self.fine = nn.Conv2d(_WIDTH, _WIDTH, 3, padding=1)
        self.last = nn.Conv2d(_WIDTH, 3, 3, padding=1)

    def forward(self, image: Tensor) -> Tensor:
        """Upscale (B, 3, H, W) sRGB 0..1 to (B, 3, 4 H, 4 W), not clamped."""
        x = self.first(image)
        x = x + self.after_body(self.body(x))
        for upsampler in self.upsamplers:
            x = F.leaky_relu(upsampler(F.interpolate(x, scale_factor=2.0, mode="nearest")), 0.2)
        large: Tensor = self.last(F.leaky_relu(self.fine(x), 0.2))
        return large


def load_ncnn(file: Path) -> Rrdb:
    """Build the network from an ncnn `.bin`: convolutions in the order of use, float16 weights, float32 biases.

    Raises:
        ValueError: The file does not hold exactly this network.
    """
    network = Rrdb()
    data, position = file.read_bytes(), 0
    for convolution in (module for module in network.modules() if isinstance(module, nn.Conv2d)):
        if int.from_bytes(data[position : position + 4], "little") != _HALF_TAG:
            raise ValueError(f"{file.name} holds no float16 weights at byte {position}.")
        weight = np.frombuffer(data, np.float16, convolution.weight.numel(), position + 4)
        position += 4 + weight.nbytes
        bias = np.frombuffer(data, np.float32, convolution.out_channels, position)
        position += bias.nbytes
        convolution.weight.data = torch.from_numpy(weight.astype(np.float32)).view_as(convolution.weight)
        convolution.bias = nn.Parameter(torch.from_numpy(bias.copy()))
    if position != len(data):
        raise ValueError(f"{file.name} is {len(data) - position} bytes longer than the network.")
    return network.requires_grad_(False).eval()
