"""Device and precision are chosen from what works here, and what does not is explained."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest
import torch

from mfsr_engine.api import DeviceChoice, DtypeChoice
from mfsr_engine.compute import devices
from mfsr_engine.errors import DeviceError

CPU = torch.device("cpu")


def test_the_cpu_in_fp32_always_works() -> None:
    compute = devices.choose(DeviceChoice.CPU, DtypeChoice.FP32)
    assert (compute.device, compute.dtype, compute.dtype_name) == (CPU, torch.float32, "fp32")


@pytest.mark.parametrize(("has_it", "expected"), [(True, torch.bfloat16), (False, torch.float32)])
def test_auto_takes_bf16_on_a_cpu_only_if_it_multiplies_it_itself(
    monkeypatch: pytest.MonkeyPatch, has_it: bool, expected: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: has_it, raising=False)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False, raising=False)
    assert devices.choose(DeviceChoice.CPU).dtype == expected


def test_auto_falls_back_when_a_precision_computes_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: True, raising=False)
    monkeypatch.setattr(devices, "works", lambda device, dtype: dtype == torch.float32)
    assert devices.choose(DeviceChoice.CPU).dtype == torch.float32
    with pytest.raises(DeviceError, match='"bf16" does not work on "cpu"'):
        devices.choose(DeviceChoice.CPU, DtypeChoice.BF16)


def test_a_precision_that_gives_nan_does_not_work(monkeypatch: pytest.MonkeyPatch) -> None:
    convolve = torch.conv2d

    def broken(picture: torch.Tensor, *args: object, **options: object) -> torch.Tensor:
        result = convolve(picture, *args, **options)  # type: ignore[arg-type]
        return result if picture.dtype == torch.float32 else result * torch.nan

    monkeypatch.setattr(torch, "conv2d", broken)
    assert not devices.works.__wrapped__(CPU, torch.bfloat16)


def test_bf16_works_where_torch_emulates_it() -> None:
    assert devices.works(CPU, torch.bfloat16)


@pytest.mark.parametrize("kind", [DeviceChoice.CUDA, DeviceChoice.MPS])
def test_a_missing_device_is_named_with_the_way_out(kind: DeviceChoice) -> None:
    if torch.cuda.is_available() or torch.backends.mps.is_available():
        pytest.skip("this computer has a GPU")
    with pytest.raises(DeviceError, match=f'no device "{kind}".*"cpu" or "auto"'):
        devices.choose(kind)


def test_the_report_names_every_device_with_its_memory() -> None:
    report = devices.describe_devices()[-1]
    assert report.device == "cpu"
    assert "fp32" in report.dtypes
    assert report.preferred in report.dtypes
    assert report.memory_mib is not None
    assert report.free_mib is not None
    assert 0 < report.free_mib <= report.memory_mib


@pytest.mark.parametrize(
    ("text", "processors"),
    [("max 100000\n", None), ("200000 100000\n", 2), ("150000 100000", 2), ("1000 100000", 1), ("400000 50000", 8)],
)
def test_the_share_of_a_container_is_rounded_up(text: str, processors: int | None) -> None:
    assert devices.processor_quota(text) == processors


@pytest.mark.parametrize(
    ("cores", "processors", "allowed", "quota", "threads"),
    [
        (4, 8, 8, None, 4),
        (None, 8, 8, None, 8),
        (4, 8, 2, None, 2),
        (4, 8, 8, "300000 100000", 3),
        (4, 8, 8, "max 100000", 4),
        (4, 8, 8, "something else", 4),
        (32, 64, 64, None, 16),
    ],
)
def test_there_is_one_thread_for_each_core_that_may_be_used(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    cores: int | None,
    processors: int,
    allowed: int,
    quota: str | None,
    threads: int,
) -> None:
    file = tmp_path / "cpu.max"
    if quota is not None:
        file.write_text(quota)
    monkeypatch.setattr(devices, "_CONTAINER_QUOTA", file)
    monkeypatch.setattr(psutil, "cpu_count", lambda logical=True: processors if logical else cores)
    monkeypatch.setattr(psutil.Process, "cpu_affinity", lambda _: list(range(allowed)), raising=False)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 16)
    assert devices.best_threads() == threads


def test_a_system_that_does_not_tell_where_a_process_may_run_gets_a_thread_for_each_core(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(psutil.Process, "cpu_affinity", raising=False)
    monkeypatch.setattr(devices, "_CONTAINER_QUOTA", Path("not there"))
    monkeypatch.setattr(psutil, "cpu_count", lambda logical=True: 8 if logical else 4)
    monkeypatch.setattr(torch, "get_num_threads", lambda: 8)
    assert devices.best_threads() == 4


@pytest.mark.parametrize(("asked", "variable", "set_to"), [(3, None, [3]), (3, "2", [3]), (0, "2", []), (0, None, [7])])
def test_threads_are_those_asked_for_else_the_systems_else_the_best(
    monkeypatch: pytest.MonkeyPatch, asked: int, variable: str | None, set_to: list[int]
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    if variable is not None:
        monkeypatch.setenv("OMP_NUM_THREADS", variable)
    found: list[int] = []
    monkeypatch.setattr(torch, "set_num_threads", found.append)
    monkeypatch.setattr(devices, "best_threads", lambda: 7)
    devices.use_threads(asked)
    assert found == set_to
