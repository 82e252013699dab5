"""Ways to keep the transformer's weights in 8 bits, side by side: memory, error against fp32, time. Random weights.

    python -m benchmarks.eight_bit                       every way whose package is installed
    python -m benchmarks.eight_bit --scale-down 6        with a smaller network

Each way runs in a process of its own, so that its memory is its alone. Beside this program's own whole numbers: diffusers'
layerwise casting, torchao and bitsandbytes, the last two only where they are installed; the program needs neither.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn

from benchmarks import full_size_networks as networks
from benchmarks.rates import median_s
from mfsr_engine.models.dit4sr.eight_bit import EightBitLinear, quantised, use_eight_bits
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer

CPU = torch.device("cpu")
Way = Callable[[VelocityTransformer, torch.dtype], None]
"""Changes a network, loaded in a precision, in place."""


def as_loaded(network: VelocityTransformer, dtype: torch.dtype) -> None:
    """Weights in the precision of the arithmetic."""


def whole_numbers(network: VelocityTransformer, dtype: torch.dtype) -> None:
    """This program's own: whole numbers of 8 bits, a scale for each row."""
    blocks = network.transformer_blocks
    layers = {name: layer for name, layer in blocks.named_modules() if isinstance(layer, nn.Linear)}
    use_eight_bits(blocks, "")
    for name in list(layers):
        old, new = layers.pop(name), blocks.get_submodule(name)
        assert isinstance(new, EightBitLinear)
        new.weight, new.scale = quantised(old.weight, dtype)
        new.bias = old.bias


def layerwise_casting(network: VelocityTransformer, dtype: torch.dtype) -> None:
    """Diffusers: float8 e4m3, cast for each call of a layer."""
    from diffusers.hooks import apply_layerwise_casting

    apply_layerwise_casting(network.transformer_blocks, storage_dtype=torch.float8_e4m3fn, compute_dtype=dtype)


def torchao_int8(network: VelocityTransformer, dtype: torch.dtype) -> None:
    """torchao: whole numbers of 8 bits, weights alone."""
    from torchao.quantization import Int8WeightOnlyConfig, quantize_

    quantize_(network.transformer_blocks, Int8WeightOnlyConfig())


def torchao_float8(network: VelocityTransformer, dtype: torch.dtype) -> None:
    """torchao: float8 with scales, weights alone."""
    from torchao.quantization import Float8WeightOnlyConfig, quantize_

    quantize_(network.transformer_blocks, Float8WeightOnlyConfig())


def bitsandbytes_int8(network: VelocityTransformer, dtype: torch.dtype) -> None:
    """bitsandbytes: LLM.int8, which rounds activations too, outliers apart."""
    from bitsandbytes.nn import Int8Params, Linear8bitLt

    blocks = network.transformer_blocks
    layers = [(name, layer) for name, layer in blocks.named_modules() if isinstance(layer, nn.Linear)]
    for name, layer in layers:
        new = Linear8bitLt(layer.in_features, layer.out_features, has_fp16_weights=False, threshold=6.0)
        new.weight = Int8Params(layer.weight.data, requires_grad=False, has_fp16_weights=False)
        new.bias = layer.bias
        blocks.set_submodule(name, new.to("cpu"))


WAYS: Mapping[str, Way] = MappingProxyType(
    {
        "as loaded": as_loaded,
        "whole numbers, own": whole_numbers,
        "diffusers layerwise casting, float8 e4m3": layerwise_casting,
        "torchao, int8 weights": torchao_int8,
        "torchao, float8 weights": torchao_float8,
        "bitsandbytes, LLM.int8": bitsandbytes_int8,
    }
)
DTYPES: Mapping[str, torch.dtype] = MappingProxyType({"fp32": torch.float32, "bf16": torch.bfloat16})


def measured(name: str, dtype_name: str, scale: networks.Scale) -> dict[str, Any]:
    """Weights' memory, error of the output against fp32 weights and arithmetic, and time, of one way."""
    dtype = DTYPES[dtype_name]
    torch.manual_seed(0)
    reference = networks.transformer(scale.config, CPU, torch.float32)
    arguments = _arguments(scale)
    with torch.no_grad():
        wanted = _velocity(reference, arguments, torch.float32)
    network = reference.to(dtype)
    network.time_text_embed.float()
    WAYS[name](network, dtype)
    with torch.no_grad():
        found = _velocity(network, arguments, dtype)
        seconds = median_s(lambda: _velocity(network, arguments, dtype), CPU, warm_ups=0, repeats=3)
    error = float((found - wanted).square().mean().sqrt() / wanted.square().mean().sqrt())
    return {
        "weights_mib": round(sum(_stored_bytes(t) for t in _tensors(network.transformer_blocks)) / 2**20, 1),
        "error": error,
        "seconds": seconds,
    }


def _arguments(scale: networks.Scale) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    cells, config = scale.small_px // 2, scale.config
    z, lr = (torch.randn(1, config.in_channels, cells, cells, generator=generator) for _ in range(2))
    text = torch.randn(1, networks.TEXT_TOKENS, config.joint_attention_dim, generator=generator)
    return z, lr, text, torch.randn(1, config.pooled_projection_dim, generator=generator)


def _velocity(network: VelocityTransformer, arguments: tuple[Tensor, ...], dtype: torch.dtype) -> Tensor:
    z, lr, text, pooled = (argument.to(dtype) for argument in arguments)
    return network.forward_native(z, lr, text, pooled, torch.ones(1), torch.zeros(1)).float()


def _tensors(module: nn.Module) -> list[Tensor]:
    return [*module.parameters(), *module.buffers()]


def _stored_bytes(tensor: Tensor) -> int:
    """Of a tensor, or of the parts that one of torchao's is made of."""
    names = getattr(tensor, "__tensor_flatten__", None)
    if names is not None:
        return sum(_stored_bytes(getattr(tensor, name)) for name in names()[0])
    extra = sum(part.nbytes for name in ("CB", "SCB") if isinstance(part := getattr(tensor, name, None), Tensor))
    return max(tensor.untyped_storage().nbytes(), extra)


def main() -> None:
    """Measure every way in a process of its own, or the one that is named in this one."""
    parser = argparse.ArgumentParser("python -m benchmarks.eight_bit", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--scale-down", type=int, default=3, metavar="N", help="1/N of the full size's layers and heads"
    )
    parser.add_argument("--ways", nargs="+", choices=tuple(WAYS), default=list(WAYS))
    parser.add_argument("--dtypes", nargs="+", choices=tuple(DTYPES), default=list(DTYPES))
    parser.add_argument("--here", action="store_true", help="measure the first of each in this process and print JSON")
    options = parser.parse_args()
    if options.here:
        print(json.dumps(measured(options.ways[0], options.dtypes[0], networks.reduced(options.scale_down))))
        return
    table = Table("weights kept as", "arithmetic", "weights MiB", "error %", "seconds")
    for way in options.ways:
        for dtype in options.dtypes:
            row = _measured_apart(way, dtype, options.scale_down)
            print(way, dtype, row, flush=True)
            if "failed" in row:
                table.add_row(way, dtype, row["failed"])
            else:
                table.add_row(
                    way, dtype, f"{row['weights_mib']:.1f}", f"{100 * row['error']:.3f}", f"{row['seconds']:.2f}"
                )
    Console(width=120).print(table)


def _measured_apart(way: str, dtype: str, scale_down: int) -> dict[str, Any]:
    words = ["--here", "--ways", way, "--dtypes", dtype, "--scale-down", str(scale_down)]
    command = [sys.executable, "-m", "benchmarks.eight_bit", *words]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        return {"failed": (done.stderr.strip().splitlines() or ["no answer"])[-1][:100]}
    row: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return row


if __name__ == "__main__":
    main()
