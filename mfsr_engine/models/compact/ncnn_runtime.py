"""Runs a folded network on ncnn, whose convolutions take fewer multiplications than torch's (Winograd); installed where it has wheels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from mfsr_engine.errors import ModelError

if TYPE_CHECKING:
    from mfsr_engine.models.compact.folded import Convolution, FoldedNetwork, Run

_MAGIC = 7767517
_OUT_OF_MEMORY = -100
_FLOAT32_TAG = bytes(4)


def start_ncnn(network: FoldedNetwork) -> Run:
    """Run by ncnn with as many threads as torch, in float32, one picture of a batch at a time.

    Raises:
        ImportError: ncnn is not installed.
        ModelError: it did not take the network.
    """
    return _NcnnNetwork(network)


class _NcnnNetwork:
    """A network that ncnn has loaded."""

    def __init__(self, network: FoldedNetwork) -> None:
        import ncnn

        self._ncnn, self._net = ncnn, ncnn.Net()
        option = self._net.opt
        option.num_threads = torch.get_num_threads()
        option.use_vulkan_compute = False
        option.use_fp16_packed = option.use_fp16_storage = option.use_fp16_arithmetic = False
        option.use_bf16_packed = option.use_bf16_storage = False
        layers, self._weights = _written(network)  # borrowed by ncnn: they live as long as the network
        if self._net.load_param_mem(layers) != 0:
            raise ModelError("ncnn cannot run this network. Remove the package ncnn, or update it.")
        self._net.load_model_mem(self._weights)

    def __call__(self, x: Tensor) -> Tensor:
        return torch.stack([self._one(picture) for picture in x])

    def _one(self, picture: Tensor) -> Tensor:
        values = np.ascontiguousarray(picture.numpy())  # borrowed too, until the end of this function
        extractor = self._net.create_extractor()
        extractor.input("input", self._ncnn.Mat(values))
        code, output = extractor.extract("output")
        if code == _OUT_OF_MEMORY:
            raise MemoryError
        if code != 0:
            raise ModelError(f"ncnn could not compute a tile (code {code}). Remove the package ncnn, or update it.")
        return torch.from_numpy(np.array(output))


def _written(network: FoldedNetwork) -> tuple[str, bytes]:
    """The network as ncnn's text of layers, and its weights."""
    lines, weights = ["Input input 0 1 input"], []

    def convolution(name: str, source: str, target: str, layer: Convolution) -> None:
        outputs, size = layer.weight.shape[0], layer.weight.numel()
        lines.append(f"Convolution {name} 1 1 {source} {target} 0={outputs} 1=3 4=1 5=1 6={size}")
        weights.extend([_FLOAT32_TAG, _bytes(layer.weight), _bytes(layer.bias)])

    convolution("first", "input", "x0", network.first)
    for i, (before, after) in enumerate(network.blocks):
        lines.append(f"Split split{i} 1 2 x{i} kept{i} taken{i}")
        convolution(f"before{i}", f"taken{i}", f"linear{i}", before)
        lines.append(f"Swish silu{i} 1 1 linear{i} active{i}")
        convolution(f"after{i}", f"active{i}", f"added{i}", after)
        lines.append(f"BinaryOp sum{i} 2 1 kept{i} added{i} x{i + 1} 0=0")
    lines.append(f"Swish silu 1 1 x{len(network.blocks)} active")
    convolution("last", "active", "output", network.last)
    blobs = 4 + 6 * len(network.blocks)
    return f"{_MAGIC}\n{len(lines)} {blobs}\n" + "\n".join(lines) + "\n", b"".join(weights)


def _bytes(values: Tensor) -> bytes:
    return values.contiguous(memory_format=torch.contiguous_format).numpy().tobytes()
