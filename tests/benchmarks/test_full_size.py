"""The full-size benchmark counts rightly, runs on a bare machine, and writes what it found."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import torch

from benchmarks import full_size_networks as networks
from benchmarks.counting import AttentionCount, LiveMemory, count
from benchmarks.full_size_stages import STAGES, count_stages
from mfsr_engine.models.dit4sr.transformer_config import VALUES_PER_TOKEN
from mfsr_engine.models.weights import AUTOENCODER_TENSORS

if TYPE_CHECKING:
    from pathlib import Path

META = torch.device("meta")
BARE = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "pydantic", "typer", "tomli_w", "cv2", "tifffile"}:
            raise ImportError(f"{name} is not on the machine")
        return None

sys.meta_path.insert(0, Absent())
import torch
torch.set_num_threads(1)
from benchmarks import full_size
words = "--tiny --device cpu --minutes 60 --repeats 1 --only small stock large training"
sys.argv[1:] = ["--out", sys.argv[1], *words.split()]
full_size.main()
"""


def test_a_matrix_product_and_its_memory_are_counted() -> None:
    a, b = torch.empty(30, 40, device=META), torch.empty(40, 50, device=META)
    found = count(lambda: a @ b)
    assert found.flops == 2 * 30 * 40 * 50
    assert found.peak_mib == pytest.approx(30 * 50 * 4 / 2**20)


def test_memory_that_was_freed_does_not_count() -> None:
    with LiveMemory() as memory:
        for _ in range(5):
            made = torch.zeros(1000)
            del made
        kept = torch.zeros(500)
    assert memory.peak == 4000
    assert memory.now == kept.nbytes


def test_attention_is_two_matrix_products() -> None:
    attention = AttentionCount()
    query = torch.empty(2, 3, 7, 8, device=META)
    assert attention(query, query, query).shape == query.shape
    assert attention.flops == 2 * (2 * 2 * 3 * 7 * 7 * 8)


def test_the_full_size_is_the_published_one() -> None:
    network = networks.transformer(networks.FULL.config, META, torch.bfloat16)
    parameters = sum(p.numel() for name, p in network.named_parameters())
    interval = sum(p.numel() for name, p in network.named_parameters() if "interval_embedder" in name)
    assert parameters - interval == 2_594_049_216


def test_what_the_memory_plan_reckons_with_is_what_is_counted() -> None:
    counts = count_stages(networks.FULL, torch.bfloat16, 1)
    tokens, width = 32 * 32, networks.FULL.config.width
    reckoned_mib = VALUES_PER_TOKEN * width * tokens * 2 / 2**20
    assert counts["transformer"].peak_mib == pytest.approx(reckoned_mib, rel=0.05)
    reckoned_mib = AUTOENCODER_TENSORS * 256 * 512 * 512 * 2 / 2**20
    assert counts["decode"].peak_mib == pytest.approx(reckoned_mib, rel=0.05)
    assert counts["encode"].peak_mib < reckoned_mib


@pytest.mark.slow
def test_a_rehearsal_runs_without_window_and_hub_and_writes_everything(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", BARE, str(tmp_path)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "full_size.json").read_text(encoding="utf-8"))
    rows = found["rows"]
    assert not [row for row in rows if row["seconds"] is None]
    assert {"encode", "transformer", "decode", "copy and blend", "whole"} <= {row["stage"] for row in rows}
    assert {row["case"] for row in rows} >= {"32 to 128", "stock SD3 transformer", "48 to 192", "training, 1 samples"}
    transformer = next(row for row in rows if row["stage"] == "transformer")
    assert transformer["ratio"] == pytest.approx(transformer["seconds"] / transformer["floor_s"])
    assert found["rates"]["matmul_tflops"] > 0
    if sys.platform == "linux":
        for case, stages in (("32 to 128", STAGES), ("48 to 192", (*STAGES, "copy and blend"))):
            peaks = {row["stage"]: row["allocated_mib"] for row in rows if row["case"] == case}
            assert all(peaks[stage] > 50 for stage in stages), (case, peaks)
