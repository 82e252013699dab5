"""Times the full-size model with random weights, stage by stage, next to the floor of its counted operations.

    python -m benchmarks.full_size --out DIR --minutes 8         on a GPU: everything, the most telling first
    python -m benchmarks.full_size --out DIR --tiny              rehearsal on a plain processor, seconds
    python -m benchmarks.full_size --out DIR --scale-down 6      the same with a sixth of layers and heads
    python -m benchmarks.full_size --out DIR --only training     memory and speed of distillation

One step, 128x128 to 512x512 (one tile) and 1024x1024 to 4096x4096 (tiles of 128). Speed does not depend on the weights'
values. Needs torch, diffusers and platformdirs; no window, no hub. Ends with a short table; all figures are in
DIR/full_size.json, which is written again after every measurement.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from benchmarks import full_size_networks as networks
from benchmarks import full_size_tiles, full_size_variants
from benchmarks.full_size_bench import Bench
from benchmarks.full_size_report import Report, Row
from benchmarks.full_size_stages import STAGES, Stages, build, count_stages
from benchmarks.rates import measure_rates

if TYPE_CHECKING:
    from benchmarks.counting import Count

GROUPS = ("small", "stock", "large", "variants", "training")
DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16, "fp32": torch.float32}


def main() -> None:
    """Measure as the command line says."""
    options = _options()
    device = torch.device(options.device or ("cuda" if torch.cuda.is_available() else "cpu"))
    dtype = DTYPES[options.dtype]
    scale = (
        networks.TINY if options.tiny else networks.reduced(options.scale_down) if options.scale_down else networks.FULL
    )
    report = Report(options.out)
    rates = measure_rates(device, dtype, is_rehearsal=options.tiny)
    report.facts |= {"device": rates.device, "torch": torch.__version__, "rates": asdict(rates), "scale": asdict(scale)}
    print(
        f"{rates.device}, {rates.dtype}: matrix products {rates.matmul_tflops:.2f} TFLOP/s, convolutions "
        f"{rates.conv_tflops:.2f} TFLOP/s, copies {rates.copy_gb_s:.0f} GB/s",
        flush=True,
    )
    if options.batches:
        scale = replace(scale, batches=tuple(options.batches))
    bench = Bench(scale, device, dtype, rates, report, time.monotonic() + 60 * options.minutes, options.repeats)
    torch.manual_seed(0)
    with torch.inference_mode():
        _run_inference(bench, options.only)
    if "training" in options.only:
        from benchmarks import full_size_training

        full_size_training.measure(bench)
    report.print_table()


def _run_inference(bench: Bench, only: list[str]) -> None:
    if set(only) <= {"training"}:
        return
    stages = build(bench.scale, bench.device, bench.dtype)
    if "small" in only:
        measure_small(bench, stages)
    if "stock" in only:
        full_size_variants.measure_stock(bench)
    if "large" in only:
        full_size_tiles.measure_large(bench, stages)
    if "variants" in only:  # last: compiling takes long
        full_size_variants.measure_variants(bench, stages)


def measure_small(bench: Bench, stages: Stages) -> None:
    """One tile and batches of tiles, stage by stage and whole, plain eager."""
    for batch in bench.scale.batches:
        counts = count_stages(bench.scale, bench.dtype, batch)
        values = stages.inputs(batch)
        side = bench.scale.small_px
        case = f"{side} to {4 * side}" + (f", {batch} tiles" if batch > 1 else "")
        for stage in STAGES:
            row = Row(case, "eager", stage, None, live_mib=counts[stage].peak_mib)
            if bench.measure(row, partial(stages.run, stage, values), counts[stage].flops) is None:
                return
        _measure_whole(bench, stages, case, batch, counts)


def _measure_whole(bench: Bench, stages: Stages, case: str, batch: int, counts: dict[str, Count]) -> None:
    values = stages.inputs(batch)

    def whole() -> None:
        for stage in STAGES:
            stages.run(stage, values)
        values["result"].cpu()

    flops = sum(counts[stage].flops for stage in STAGES)
    bench.measure(Row(case, "eager", "whole", None), whole, flops)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m benchmarks.full_size", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for full_size.json")
    parser.add_argument("--minutes", type=float, default=8, help="start nothing more after this time")
    parser.add_argument("--device", choices=("cpu", "cuda", "mps"), default=None)
    parser.add_argument("--dtype", choices=tuple(DTYPES), default="bf16")
    parser.add_argument("--only", nargs="+", choices=GROUPS, default=list(GROUPS[:-1]))
    parser.add_argument("--repeats", type=int, default=5, help="runs that a median is taken of")
    parser.add_argument("--batches", type=int, nargs="+", default=None, help="numbers of tiles to try together")
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--tiny", action="store_true", help="very small networks and pictures")
    sizes.add_argument("--scale-down", type=int, default=None, metavar="N", help="1/N of the layers and heads")
    return parser.parse_args()


if __name__ == "__main__":
    main()
