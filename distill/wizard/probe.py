"""Runs a few training steps on synthetic pictures to estimate what training will take on this computer."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import psutil  # type: ignore[import-untyped]
import torch

from distill.config import Recipe
from distill.data import Batches, Pack
from distill.data.latents import AT_ONCE, record_bytes
from distill.launch import own_command
from distill.metrics import weights
from distill.runs.events import read_events
from distill.runs.recipe_file import write_recipe
from distill.training.assembly import Assembly, assemble
from distill.training.checkpoint import checkpoints
from distill.training.sharding import this_process
from distill.training.streams import batches, latent_config
from distill.training.trainer import Trainer, TrainerParts
from distill.wizard.draft import Computer
from distill.wizard.estimate import Probe
from mfsr_engine.compute import devices
from mfsr_engine.errors import OutOfMemoryError, RequestError
from mfsr_engine.progress import Progress

STEPS = 5
_MIB = 2**20
_APART_TIMEOUT_S = 600


def this_computer() -> Computer:
    """What decides between recipes here."""
    compute = devices.choose()
    names = {torch.float32: "fp32", torch.bfloat16: "bf16", torch.float16: "fp16"}
    return Computer(compute.device.type, names[compute.dtype], weights.is_fetched())  # type: ignore[arg-type]


def measure(recipe: Recipe, steps: int = STEPS) -> Probe:
    """Train a few steps as the recipe says, on random pictures, in a folder that is thrown away.

    Raises:
        OutOfMemoryError: not even one step fits.
        MfsrError: the recipe cannot be trained; the message says why.
    """
    device = this_process().device
    free_mib = devices.free_memory_mib(device) or 0
    run = recipe.run.model_copy(update={"steps": steps, "minutes": None, "log_every": 1})
    try:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            assembly = assemble(recipe, device)
            stream, latent_bytes, latent_seconds = _timed_stream(recipe, assembly, folder, device)
            parts = TrainerParts(assembly.network, assembly.objective, stream, assembly.adversary)
            load = _Load()
            Trainer(folder, run, recipe.optimizer, parts).train(Progress())
            others_share = load.others_share() if device.type == "cpu" else 0.0
            times = [0.0, *(event.elapsed_s for event in read_events(folder))]
            checkpoint_mib = -(-checkpoints(folder)[-1].stat().st_size // _MIB)
    except torch.OutOfMemoryError as error:
        raise OutOfMemoryError(
            "A training step does not fit into memory. Choose smaller patches or batches, or fewer parts to train."
        ) from error
    between = [later - earlier for earlier, later in pairwise(times)]
    seconds = statistics.median(between[1:] or between)
    return Probe(
        device.type,
        max(seconds, 1e-6),
        _used_mib(device),
        free_mib,
        checkpoint_mib,
        latent_bytes,
        latent_seconds,
        others_share,
    )


class _Load:
    """What other programs take of the processor, from when this is made."""

    def __init__(self) -> None:
        self._began_s, self._busy_s, self._own_s = time.monotonic(), _busy_s(), _own_s()

    def others_share(self) -> float:
        """Share 0..1 of all cores."""
        passed_s = max(1e-6, time.monotonic() - self._began_s)
        others_s = (_busy_s() - self._busy_s) - (_own_s() - self._own_s)
        return min(1.0, max(0.0, others_s / (passed_s * (psutil.cpu_count() or 1))))


def _busy_s() -> float:
    """Processor time of all programs since the computer was started."""
    times = psutil.cpu_times()._asdict()
    return float(sum(value for name, value in times.items() if name in ("user", "system", "nice", "irq", "softirq")))


def _own_s() -> float:
    times = psutil.Process().cpu_times()
    return float(times.user + times.system)


def measure_apart(recipe: Recipe) -> Probe:
    """The same in a process of its own, so that its memory is its own and this one stays small.

    Raises:
        RequestError: the trial failed; the message says why.
    """
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "recipe.toml"
        write_recipe(recipe, file)
        done = subprocess.run(
            [*own_command(), "probe", str(file)],
            capture_output=True,
            text=True,
            check=False,
            timeout=_APART_TIMEOUT_S,
            cwd=Path(__file__).resolve().parent.parent.parent,
        )
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["no reason given"])[-1].removeprefix("mfsr: ")
        raise RequestError(f"The trial of a few training steps failed: {said}")
    return Probe(**json.loads(done.stdout.splitlines()[-1]))


def _timed_stream(recipe: Recipe, assembly: Assembly, folder: Path, device: torch.device) -> tuple[Batches, int, float]:
    """Batches of random pictures; room and time that the kept latents of one patch take. The first few are left out."""
    if not recipe.data.latent_patches:
        return batches(recipe, assembly, _random_pack(recipe), folder, device, Progress()), 0, 0.0
    few = recipe.model_copy(update={"data": recipe.data.model_copy(update={"latent_patches": 2 * AT_ONCE})})
    began: list[float] = []
    progress = Progress(on_report=lambda _: began.append(time.perf_counter()))
    stream = batches(few, assembly, _random_pack(recipe), folder, device, progress)
    return stream, record_bytes(latent_config(few, assembly)), (time.perf_counter() - began[-1]) / AT_ONCE


def _random_pack(recipe: Recipe) -> Pack:
    side = recipe.data.patch_px
    random = np.random.default_rng(0)
    large = random.integers(0, 256, (1, side, side, 3), np.uint8)
    return Pack(large, random.integers(0, 256, (1, 1, side // 4, side // 4, 3), np.uint8), large)


def _used_mib(device: torch.device) -> int:
    if device.type == "cuda":
        return int(torch.cuda.max_memory_allocated(device)) // _MIB
    if device.type == "mps":
        return int(torch.mps.driver_allocated_memory()) // _MIB
    return int(psutil.Process().memory_info().rss) // _MIB
