"""What runs the network on a processor: all give the same, and the choice is kept."""

import json

import pytest
import torch

from mfsr_engine.errors import ModelError
from mfsr_engine.models.compact import runtime
from mfsr_engine.models.compact.folded import Convolution, FoldedNetwork, start_torch
from mfsr_engine.models.compact.runtime import AGREEMENT, chosen, departure, fastest, start_by_record


def network(width=16, blocks=2, channels=12):
    generator = torch.Generator().manual_seed(1)

    def convolution(inputs, outputs):
        weight = torch.randn(outputs, inputs, 3, 3, generator=generator) / (3 * inputs**0.5)
        return Convolution(weight, torch.randn(outputs, generator=generator) / 10)

    inner = tuple((convolution(width, width), convolution(width, width)) for _ in range(blocks))
    return FoldedNetwork(convolution(2 * channels, width), inner, convolution(width, channels))


def picture(width=21, height=14):
    return torch.randn(2, 24, height, width, generator=torch.Generator().manual_seed(2))


@pytest.fixture(autouse=True)
def any_network_is_worth_measuring(monkeypatch):
    monkeypatch.setattr(runtime, "LEAST_MULTIPLICATIONS", 0)


@pytest.mark.parametrize("width", [4, 16, 24])
def test_ncnn_gives_what_torch_gives(width):
    pytest.importorskip("ncnn", reason="the optional runtime is not installed")
    from mfsr_engine.models.compact.runtime import start_ncnn

    with torch.inference_mode():
        wanted = start_torch(network(width))(picture())
        found = start_ncnn(network(width))(picture())
    assert found.shape == wanted.shape
    assert departure(found, wanted) < AGREEMENT / 10


def test_ncnn_gives_the_same_bits_again():
    pytest.importorskip("ncnn", reason="the optional runtime is not installed")
    from mfsr_engine.models.compact.runtime import start_ncnn

    with torch.inference_mode():
        runs = [start_ncnn(network()) for _ in range(2)]
        results = [run(picture()) for run in runs for _ in range(2)]
    assert all(torch.equal(result, results[0]) for result in results)


def counted(calls, name, start=start_torch):
    return lambda plain: calls.append(name) or start(plain)


def test_what_a_record_says_is_not_measured_again(tmp_path):
    record, calls = tmp_path / "runtime.json", []
    available = {"torch": counted(calls, "torch"), "other": counted(calls, "other")}
    start_by_record(network(), available, record)
    (kept,) = json.loads(record.read_text()).values()
    assert kept in available
    calls.clear()
    start_by_record(network(), available, record)
    assert calls == [kept]


@pytest.mark.parametrize("content", ["", "[1]", "{", '{"a": 1}'])
def test_a_damaged_record_is_measured_anew(tmp_path, content):
    record = tmp_path / "runtime.json"
    record.write_text(content)
    start_by_record(network(), {"torch": start_torch, "other": start_torch}, record)
    assert "torch" in record.read_text()


def test_one_that_departs_is_not_taken():
    def wrong(plain):
        return lambda x: start_torch(plain)(x) * 1.01

    assert fastest(network(), {"torch": start_torch, "other": wrong}) == "torch"


def test_one_that_fails_is_not_taken(tmp_path):
    def failing(plain):
        raise ModelError("no")

    available = {"torch": start_torch, "other": failing}
    assert fastest(network(), available) == "torch"
    with torch.inference_mode():
        assert start_by_record(network(), available, tmp_path / "r.json")(picture()).isfinite().all()


def test_a_small_network_is_not_worth_measuring(tmp_path, monkeypatch):
    monkeypatch.setattr(runtime, "LEAST_MULTIPLICATIONS", network().multiplications + 1)
    calls = []
    start_by_record(
        network(), {"torch": counted(calls, "torch"), "other": counted(calls, "other")}, tmp_path / "r.json"
    )
    assert calls == ["torch"]
    assert not (tmp_path / "r.json").exists()


@pytest.mark.parametrize(
    ("times_s", "name"),
    [
        ({"torch": 1.0, "other": 0.7}, "other"),
        ({"torch": 1.0, "other": 0.95}, "torch"),
        ({"torch": 1.0, "other": 2.0}, "torch"),
    ],
)
def test_another_runtime_has_to_be_clearly_faster(times_s, name):
    assert chosen(times_s) == name
