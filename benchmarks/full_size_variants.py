"""Ways to run the same full-size networks faster or in less memory, and the stock transformer beside them."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from benchmarks import full_size_networks as networks
from benchmarks.counting import count
from benchmarks.full_size_report import Row
from benchmarks.full_size_stages import count_stages
from mfsr_engine.models.dit4sr.eight_bit import EightBitLinear, quantised, use_eight_bits
from mfsr_engine.models.dit4sr.streaming import stream_blocks

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from benchmarks.full_size_bench import Bench
    from benchmarks.full_size_stages import Stages

BACKENDS = (
    SDPBackend.FLASH_ATTENTION,
    SDPBackend.CUDNN_ATTENTION,
    SDPBackend.EFFICIENT_ATTENTION,
    SDPBackend.MATH,
)


def measure_stock(bench: Bench) -> None:
    """Diffusers' SD3 transformer of equal depth and width and its autoencoder, called plainly.

    Once with the tile's own tokens, and once with twice as many, which is what [X, L] of ours are.
    """
    config, device, dtype = bench.scale.config, bench.device, bench.dtype
    cells = bench.scale.small_px // 2
    network, counted = (networks.stock_transformer(config, place, dtype) for place in (device, torch.device("meta")))
    for title, width in (("equal tile", cells), ("equal tokens", 2 * cells)):
        run, free = (
            _stock_call(bench, net, width, place) for net, place in ((network, device), (counted, torch.device("meta")))
        )
        bench.measure(Row("stock SD3 transformer", title, "transformer", None), run, count(free).flops)
    del network
    autoencoder = networks.autoencoder(bench.scale.autoencoder_channels, device, dtype)
    autoencoder.to(memory_format=torch.contiguous_format)
    latent = torch.randn(1, 16, cells, cells, device=device, dtype=dtype)
    picture = torch.randn(1, 3, 8 * cells, 8 * cells, device=device, dtype=dtype)
    counts = count_stages(bench.scale, dtype, 1)
    bench.measure(
        Row("stock autoencoder", "contiguous", "encode", None),
        lambda: autoencoder.encode(picture),
        counts["encode"].flops,
    )
    bench.measure(
        Row("stock autoencoder", "contiguous", "decode", None),
        lambda: autoencoder.decode(latent),
        counts["decode"].flops,
    )


def _stock_call(bench: Bench, network: Any, width: int, device: torch.device) -> Callable[[], object]:
    prompt = networks.prompt(bench.scale.config, device, bench.dtype)
    latent = torch.randn(1, 16, bench.scale.small_px // 2, width, device=device, dtype=bench.dtype)
    t = torch.full((1,), 1000.0, device=device)
    return lambda: network(
        hidden_states=latent, encoder_hidden_states=prompt.tokens, pooled_projections=prompt.pooled, timestep=t
    )


def measure_variants(bench: Bench, stages: Stages) -> None:
    """Attention kernels, CUDA graph, compiled blocks, both together, compiled decoder, 8-bit and streamed weights."""
    network = stages.velocity
    assert isinstance(network, nn.Module)
    cases = {batch: _Case(bench, stages, batch) for batch in (bench.scale.batches[0], bench.scale.batches[-1])}
    for case in cases.values():
        _measure_attention(bench, case, network)
    for case in cases.values():
        _measure_graph(bench, case, network, "CUDA graph")
    _measure_autoencoder_layout(bench, stages)
    _measure_compiled(bench, cases, network)
    _measure_compiled_decoder(bench, stages)
    torch.compiler.reset()
    _measure_places(bench, cases)


class _Case:
    """A batch of latents for the transformer alone."""

    def __init__(self, bench: Bench, stages: Stages, batch: int) -> None:
        cells = bench.scale.small_px // 2
        self.z, self.lr = (
            torch.randn(batch, 16, cells, cells, device=bench.device, dtype=bench.dtype) for _ in range(2)
        )
        self.t, self.r = torch.ones(batch, device=bench.device), torch.zeros(batch, device=bench.device)
        self.prompt = stages.prompt
        self.title = f"{batch} tile" + "s" * (batch > 1)
        self.flops = count_stages(bench.scale, bench.dtype, batch)["transformer"].flops

    def run(self, network: Callable[..., Tensor]) -> Tensor:
        """One step's velocity."""
        return network(self.z, self.lr, self.prompt, self.t, self.r)


def _measure_attention(bench: Bench, case: _Case, network: nn.Module) -> None:
    for backend in BACKENDS:
        title = f"attention {backend.name.lower()}"
        if bench.device.type != "cuda" and backend not in (SDPBackend.FLASH_ATTENTION, SDPBackend.MATH):
            continue

        def run(backend: SDPBackend = backend) -> None:
            with sdpa_kernel(backend):
                case.run(network)

        bench.measure(Row(case.title, title, "transformer", None), run, case.flops)


def _measure_graph(bench: Bench, case: _Case, network: nn.Module, title: str) -> None:
    if bench.device.type != "cuda" or not bench.has_time:
        return
    graph = torch.cuda.CUDAGraph()
    try:
        side_stream = torch.cuda.Stream()
        side_stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side_stream):
            for _ in range(3):
                case.run(network)
        torch.cuda.current_stream().wait_stream(side_stream)
        with torch.cuda.graph(graph):
            case.run(network)
    except RuntimeError as error:
        bench.report.add(Row(case.title, title, "transformer", None, note=str(error).splitlines()[0][:200]))
        return
    bench.measure(Row(case.title, title, "transformer", None), graph.replay, case.flops)


def _measure_autoencoder_layout(bench: Bench, stages: Stages) -> None:
    counts = count_stages(bench.scale, bench.dtype, 1)
    values = stages.inputs(1)
    for stage in ("enlarge", "encode", "transformer"):
        stages.run(stage, values)
    autoencoder = stages.codec.autoencoder
    for title, layout in (("contiguous", torch.contiguous_format), ("channels last", torch.channels_last)):
        autoencoder.to(memory_format=layout)
        for stage in ("encode", "decode"):
            bench.measure(Row("1 tile", title, stage, None), partial(stages.run, stage, values), counts[stage].flops)


def _measure_compiled(bench: Bench, cases: dict[int, _Case], network: nn.Module) -> None:
    """Each block compiled by itself: all blocks of a kind share one compilation."""
    if not bench.has_time:
        return
    for block in network.transformer_blocks:  # type: ignore[union-attr]
        block.compile(dynamic=False)
    for case in cases.values():
        began_s = time.perf_counter()
        try:
            case.run(network)
        except Exception as error:
            bench.report.add(
                Row(case.title, "compiled blocks", "transformer", None, note=str(error).splitlines()[0][:200])
            )
            break
        first_s = time.perf_counter() - began_s
        bench.report.add(Row(case.title, "compiled blocks", "first call", first_s))
        bench.measure(Row(case.title, "compiled blocks", "transformer", None), partial(case.run, network), case.flops)
        _measure_graph(bench, case, network, "compiled blocks, CUDA graph")
    for block in network.transformer_blocks:  # type: ignore[union-attr]
        block._compiled_call_impl = None


def _measure_compiled_decoder(bench: Bench, stages: Stages) -> None:
    if not bench.has_time:
        return
    autoencoder = stages.codec.autoencoder
    cells = bench.scale.small_px // 2
    latent = torch.randn(1, 16, cells, cells, device=bench.device, dtype=bench.dtype)
    compiled = torch.compile(autoencoder.decoder, dynamic=False)
    began_s = time.perf_counter()
    try:
        compiled(latent)
    except Exception as error:
        bench.report.add(Row("1 tile", "compiled decoder", "decode", None, note=str(error).splitlines()[0][:200]))
        return
    bench.report.add(Row("1 tile", "compiled decoder", "first call", time.perf_counter() - began_s))
    counts = count_stages(bench.scale, bench.dtype, 1)
    bench.measure(Row("1 tile", "compiled decoder", "decode", None), lambda: compiled(latent), counts["decode"].flops)


def _measure_places(bench: Bench, cases: dict[int, _Case]) -> None:
    """Weights in 8 bits, and blocks streamed from main memory, each as a network of its own."""
    for title, make in (("8-bit weights", _in_eight_bits), ("streamed blocks", _streamed)):
        if not bench.has_time:
            return
        with torch.inference_mode(False), torch.no_grad():  # weights that move must be ordinary tensors
            network = make(bench)
            for case in cases.values():
                bench.measure(
                    Row(case.title, title, "transformer", None),
                    partial(case.run, network),
                    case.flops,
                )
        del network


def _in_eight_bits(bench: Bench) -> nn.Module:
    network = networks.transformer(bench.scale.config, bench.device, bench.dtype)
    weights = {n: m.weight for n, m in network.transformer_blocks.named_modules() if isinstance(m, nn.Linear)}
    biases = {n: m.bias for n, m in network.transformer_blocks.named_modules() if isinstance(m, nn.Linear)}
    use_eight_bits(network.transformer_blocks, "")
    for name in list(weights):
        layer = network.transformer_blocks.get_submodule(name)
        assert isinstance(layer, EightBitLinear)
        layer.weight, layer.scale = quantised(weights.pop(name), bench.dtype)
        layer.bias = biases.pop(name)
    return network


def _streamed(bench: Bench) -> nn.Module:
    network = networks.transformer(bench.scale.config, torch.device("cpu"), bench.dtype)
    stream_blocks(network, bench.device)
    return network
