"""The network as it is for one prompt at one time: scale, shift and gate are constants then and become part of the convolutions. What
runs it is an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

from mfsr_engine.models.compact.network import ModulatedBlock

if TYPE_CHECKING:
    from mfsr_engine.models.compact.network import CompactVelocity
    from mfsr_engine.models.prompts import Prompt


@dataclass(frozen=True)
class Convolution:
    """A 3x3 convolution with a border of zeros."""

    weight: Tensor
    """(O, I, 3, 3) float32."""
    bias: Tensor
    """(O,) float32."""

    def __call__(self, x: Tensor) -> Tensor:
        """(B, I, h, w) to (B, O, h, w)."""
        return F.conv2d(x, self.weight, self.bias, padding=1)


@dataclass(frozen=True)
class FoldedNetwork:
    """x = first(input); x += after(silu(before(x))) for each block; output = last(silu(x))."""

    first: Convolution
    """From state and condition to the network's width."""
    blocks: tuple[tuple[Convolution, Convolution], ...]
    """Before and after the activation of each block."""
    last: Convolution
    """To the network's output."""

    @property
    def multiplications(self) -> int:
        """For each cell."""
        convolutions = (self.first, *(one for block in self.blocks for one in block), self.last)
        return sum(one.weight.numel() for one in convolutions)


Run = Callable[[Tensor], Tensor]
"""What a folded network makes of (B, I, h, w) float32 on the CPU: (B, O, h, w) float32."""
Start = Callable[[FoldedNetwork], Run]
"""Prepares a folded network to be run."""


def folded(network: CompactVelocity, prompt: Prompt, t: Tensor, r: Tensor) -> FoldedNetwork:
    """Fold a network; from pure noise, t = 1, the deviation of its prior plays no part in the velocity and is left out.

    With scale, shift and gate from the embedding, (1 + scale) (W x + b) + shift is a convolution with weights (1 + scale) W and bias
    (1 + scale) b + shift; likewise (1 + gate) (W x + b).

    Args:
        network: on the CPU in float32.
        prompt: one.
        t: (1,) fp32 time, 0..1.
        r: (1,) fp32 time aimed at, 0..t.
    """
    embedding = network.embedding(prompt, t, r)
    blocks = []
    for block in network.blocks:
        assert isinstance(block, ModulatedBlock)
        scale, shift, gate = block.modulation(embedding)[0].chunk(3)
        before, after = block.conv_in, block.conv_out
        blocks.append((_scaled(before, 1 + scale, shift), _scaled(after, 1 + gate, torch.zeros_like(gate))))
    last = _convolution(network.conv_last.weight, network.conv_last.bias)
    if network.config.has_prior and t.item() == 1:
        channels = network.config.channels
        last = _convolution(last.weight[:channels], last.bias[:channels])
    return FoldedNetwork(_convolution(network.conv_first.weight, network.conv_first.bias), tuple(blocks), last)


def start_torch(network: FoldedNetwork) -> Run:
    """Run by torch, channels last."""

    def run(x: Tensor) -> Tensor:
        hidden = network.first(x.contiguous(memory_format=torch.channels_last))
        for before, after in network.blocks:
            hidden += after(F.silu(before(hidden), inplace=True))
        return network.last(F.silu(hidden, inplace=True))

    return run


class FoldedVelocity:
    """A network on the CPU in float32 that is folded anew whenever prompt or times change; see `VelocityModel`."""

    def __init__(self, network: CompactVelocity, start: Start = start_torch) -> None:
        """Nothing is folded yet."""
        self.network = network
        """As it was loaded."""
        self._start = start
        self._folded_for: tuple[Prompt, float, float] | None = None
        self._run: Run | None = None

    def __call__(self, z: Tensor, lr: Tensor, prompt: Prompt, t: Tensor, r: Tensor) -> Tensor:
        """See `VelocityModel`. All of a batch have one prompt and the same times, or the network runs as it is."""
        is_shared = len(prompt.pooled) == 1 and bool((t == t[0]).all()) and bool((r == r[0]).all())
        if not is_shared:
            return self.network(z, lr, prompt, t, r)  # type: ignore[no-any-return]
        run = self._prepared(prompt, t[:1], r[:1])
        output = run(torch.cat([z, lr], dim=1))
        if t[0] == 1:  # from pure noise a prior's mean is the data point, as without a prior
            return z - output
        return self.network.velocity(output, z, t)

    def _prepared(self, prompt: Prompt, t: Tensor, r: Tensor) -> Run:
        asked = (prompt, t.item(), r.item())
        known = self._folded_for
        if self._run is None or known is None or known[0] is not prompt or known[1:] != asked[1:]:
            self._run = None  # freed before the next one is made
            self._run = self._start(folded(self.network, prompt, t, r))
            self._folded_for = asked
        return self._run


def _scaled(layer: torch.nn.Conv2d, scale: Tensor, shift: Tensor) -> Convolution:
    assert layer.bias is not None
    return _convolution(layer.weight * scale[:, None, None, None], layer.bias * scale + shift)


def _convolution(weight: Tensor, bias: Tensor | None) -> Convolution:
    assert bias is not None
    return Convolution(weight.contiguous(memory_format=torch.channels_last), bias)
