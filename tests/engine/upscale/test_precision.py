"""A precision is compared with fp32 on one tile, given up if it drifts, and remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from mfsr_engine.api import DeviceChoice, UpscaleRequest, UpscaleSettings
from mfsr_engine.compute.devices import Compute
from mfsr_engine.hub.store import InstalledModel
from mfsr_engine.models.card import read_card
from mfsr_engine.models.flow import FlowModel
from mfsr_engine.models.loading import LoadedModel, load_model
from mfsr_engine.progress import Progress
from mfsr_engine.upscale import placement
from mfsr_engine.upscale.engine import Engine
from mfsr_engine.upscale.precision import DRIFT_LIMIT, DriftRecord, drift_from_fp32
from tests.fakes.tiny_model_folder import write_tiny_full_size

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

pytestmark = pytest.mark.usefixtures("random_networks")

CPU = torch.device("cpu")
BF16 = Compute(CPU, torch.bfloat16)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_full_size(tmp_path_factory.mktemp("precision") / "tiny")


@pytest.fixture
def record(tmp_path: Path) -> DriftRecord:
    return DriftRecord(tmp_path / "cache" / "precision.json")


def test_bf16_departs_a_little_and_fp32_not_at_all(folder: Path, tiny_model: Path) -> None:
    for model in (folder, tiny_model):
        assert drift_from_fp32(load_model(model, CPU, torch.float32)) == 0
        assert 1e-6 < drift_from_fp32(load_model(model, CPU, torch.bfloat16)) < DRIFT_LIMIT


def test_what_is_no_number_departs_infinitely(tiny_model: Path) -> None:
    model = load_model(tiny_model, CPU, torch.bfloat16)
    broken = replace(model.tile_model, velocity=lambda z, *_: z * float("nan"))  # type: ignore[type-var]
    assert drift_from_fp32(replace(model, tile_model=broken)) == float("inf")


def test_the_exact_model_shares_the_weights(folder: Path) -> None:
    model = load_model(folder, CPU, torch.bfloat16)
    exact = model.in_fp32()
    flow = exact.tile_model
    assert isinstance(flow, FlowModel)
    assert exact.dtype == torch.float32
    z = torch.randn(1, 4, 8, 8)
    with torch.inference_mode():
        velocity = flow.velocity(z, z, flow.prompts.positive, torch.ones(1), torch.zeros(1))
        reference = load_model(folder, CPU, torch.bfloat16).tile_model.velocity.float()  # type: ignore[attr-defined]
        wanted = reference(z, z, flow.prompts.positive, torch.ones(1), torch.zeros(1))
    assert velocity.dtype == torch.float32
    torch.testing.assert_close(velocity, wanted, rtol=0.02, atol=0.02)  # a few inputs pass through bf16


def test_a_precision_that_drifts_is_given_up_with_a_note(
    folder: Path, record: DriftRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "drift_from_fp32", lambda model: 0.5)
    monkeypatch.setattr(placement.devices, "precisions", lambda device: [torch.bfloat16, torch.float32])
    fitted = placement.place(InstalledModel(folder, read_card(folder)), BF16, record, is_dtype_free=True)
    assert fitted.model.dtype == torch.float32
    assert any("bf16" in note and "0.500" in note for note in fitted.notes)


def test_a_precision_that_the_user_chose_is_kept(
    folder: Path, record: DriftRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "drift_from_fp32", lambda model: pytest.fail("was checked"))
    assert (
        placement.place(InstalledModel(folder, read_card(folder)), BF16, record, is_dtype_free=False).model.dtype
        == torch.bfloat16
    )


def test_a_drift_is_measured_once(folder: Path, record: DriftRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    measured: list[LoadedModel] = []
    monkeypatch.setattr(placement, "drift_from_fp32", lambda model: measured.append(model) or 0.001)
    monkeypatch.setattr(placement.devices, "precisions", lambda device: [torch.bfloat16, torch.float32])
    for _ in range(2):
        assert (
            placement.place(InstalledModel(folder, read_card(folder)), BF16, record, is_dtype_free=True).model.dtype
            == torch.bfloat16
        )
    assert len(measured) == 1


@pytest.mark.parametrize("content", ["", "[]", '{"a": "b"}', "{"])
def test_a_damaged_record_is_as_none(folder: Path, tmp_path: Path, content: str) -> None:
    path = tmp_path / "precision.json"
    path.write_text(content, encoding="utf-8")
    model = load_model(folder, CPU, torch.float32)
    record = DriftRecord(path)
    assert record.find(model) is None
    record.add(model, 0.25)
    assert DriftRecord(path).find(model) == 0.25


def test_memory_that_runs_out_while_checking_is_left_to_the_painter(
    folder: Path, record: DriftRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(model: LoadedModel) -> float:
        raise torch.OutOfMemoryError("out of memory")

    monkeypatch.setattr(placement, "drift_from_fp32", full)
    monkeypatch.setattr(placement.devices, "precisions", lambda device: [torch.bfloat16, torch.float32])
    assert (
        placement.place(InstalledModel(folder, read_card(folder)), BF16, record, is_dtype_free=True).model.dtype
        == torch.bfloat16
    )


def test_the_engine_tells_and_loads_once(
    folder: Path, record: DriftRecord, photograph: NDArray[np.float32], monkeypatch: pytest.MonkeyPatch
) -> None:
    loads: list[torch.dtype] = []

    def counted(*arguments: object) -> LoadedModel:
        loads.append(arguments[2])  # type: ignore[arg-type]
        return load_model(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(placement, "load_model", counted)
    monkeypatch.setattr(placement, "drift_from_fp32", lambda model: float("inf"))
    monkeypatch.setattr(placement.devices, "precisions", lambda device: [torch.bfloat16, torch.float32])
    engine = Engine(record=record)
    settings = UpscaleSettings(model=str(folder), device=DeviceChoice.CPU)
    for _ in range(2):
        result = engine.upscale(UpscaleRequest(photograph[:40, :40], settings), Progress())
        assert result.dtype == "fp32"
        assert any("bf16" in note for note in result.notes)
    assert loads == [torch.bfloat16, torch.float32]


def test_memory_that_will_hardly_do_is_told(folder: Path, record: DriftRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placement.devices, "total_memory_mib", lambda device: 1)
    fitted = placement.place(InstalledModel(folder, read_card(folder)), BF16, record, is_dtype_free=False)
    assert any("more than there is" in note for note in fitted.notes)
