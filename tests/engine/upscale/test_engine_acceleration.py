"""What is done for speed begins after the first picture, changes no picture, and leaves the repair in fp32 alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from mfsr_engine import cli, images
from mfsr_engine.api import Acceleration, DeviceChoice, DtypeChoice, UpscaleRequest, UpscaleSettings
from mfsr_engine.models.dit4sr import acceleration
from mfsr_engine.models.dit4sr.acceleration import CompiledBlocks
from mfsr_engine.models.dit4sr.transformer import VelocityTransformer
from mfsr_engine.progress import Progress, ProgressReport
from mfsr_engine.upscale.engine import Engine
from tests.fakes.tiny_model_folder import write_tiny_full_size

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

pytestmark = pytest.mark.usefixtures("random_networks")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_full_size(tmp_path / "tiny")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[CompiledBlocks]:
    """Compiled networks in the order of their calls; traced by the compiler, run without its kernels."""
    made: list[CompiledBlocks] = []

    class Watched(CompiledBlocks):
        def __init__(self, network: VelocityTransformer) -> None:
            super().__init__(network, backend="eager")

        def __call__(self, *arguments: object) -> torch.Tensor:
            made.append(self)
            return super().__call__(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(acceleration, "CompiledBlocks", Watched)
    return made


def upscaled(engine: Engine, folder: Path, pixels: NDArray[np.float32], dtype: DtypeChoice) -> NDArray[np.float32]:
    settings = UpscaleSettings(str(folder), device=DeviceChoice.CPU, dtype=dtype)
    return engine.upscale(UpscaleRequest(pixels, settings), Progress()).pixels


@pytest.mark.parametrize("dtype", [DtypeChoice.FP32, DtypeChoice.BF16])
def test_it_begins_with_the_second_picture_and_changes_nothing(
    folder: Path, photograph: NDArray[np.float32], calls: list[CompiledBlocks], dtype: DtypeChoice
) -> None:
    engine = Engine(acceleration=Acceleration.COMPILE)
    first = upscaled(engine, folder, photograph[:40, :50], dtype)
    assert calls == []
    second = upscaled(engine, folder, photograph[:40, :50], dtype)
    assert len(calls) == 1
    assert not calls[0].has_given_up
    assert float(np.abs(second - first).max()) < (1e-4 if dtype is DtypeChoice.FP32 else 0.02)
    torch.compiler.reset()


def test_nothing_is_done_unless_asked_for_and_possible(
    folder: Path, tiny_model: Path, photograph: NDArray[np.float32], calls: list[CompiledBlocks]
) -> None:
    for engine, model in (
        (Engine(), folder),
        (Engine(acceleration=Acceleration.COMPILE), tiny_model),
        (Engine(acceleration=Acceleration.GRAPH), folder),  # there are no CUDA graphs on a CPU
    ):
        pictures = [upscaled(engine, model, photograph[:40, :50], DtypeChoice.FP32) for _ in range(2)]
        assert np.array_equal(*pictures)
    assert calls == []


def test_a_model_that_was_loaded_while_a_picture_was_made_is_the_one_that_is_used_next(
    tiny_model: Path, tiny_teacher: Path, photograph: NDArray[np.float32]
) -> None:
    """The window lets other work be done between two tiles, and that may be given up before it has a picture."""
    engine = Engine()
    others = UpscaleSettings(str(tiny_teacher), device=DeviceChoice.CPU, dtype=DtypeChoice.FP32)
    between: list[str] = []

    def make_way(report: ProgressReport) -> None:
        if report.stage == "Upscaling" and not between:
            between.append(report.stage)
            engine.warm_up(others, Progress())

    settings = UpscaleSettings(str(tiny_model), device=DeviceChoice.CPU, dtype=DtypeChoice.FP32)
    request = UpscaleRequest(photograph[:40, :50], settings)
    assert engine.upscale(request, Progress(make_way)).model == "tiny"
    assert between
    assert engine.upscale(UpscaleRequest(photograph[:40, :50], others), Progress()).model == "tiny-teacher"
    assert engine.upscale(request, Progress()).model == "tiny"


def test_the_command_line_asks_for_it(
    folder: Path, photograph: NDArray[np.float32], calls: list[CompiledBlocks], tmp_path: Path
) -> None:
    source = tmp_path / "photos"
    source.mkdir()
    for name in ("a.png", "b.png"):
        images.write(source / name, photograph[:40, :50], kept=images.KeptMetadata())
    words = ["--model", str(folder), "--device", "cpu", "--dtype", "fp32", "--accelerate", "compile"]
    assert cli.main(["upscale", str(source), "-o", str(tmp_path / "out"), *words]) == 0
    assert len(calls) == 1
    torch.compiler.reset()
