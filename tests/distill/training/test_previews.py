"""Previews of a network in training: written after a checkpoint, and never a reason for training to end."""

import numpy as np
import pytest
import torch

from distill.data.samples import SamplePair
from distill.runs.runs import Run
from distill.training.assembly import Assembly
from distill.training.previews import Previews, read_validation
from mfsr_engine.models.codec import ResidualPixelCodec


@pytest.fixture
def previews(tiny_teacher, tmp_path, monkeypatch):
    monkeypatch.setenv("MFSR_METRICS_DIR", str(tmp_path / "no-metrics"))
    truth = np.random.default_rng(0).random((32, 32, 3), np.float32)
    pair = SamplePair("one", truth, truth[::4, ::4].copy())
    assembly = Assembly(tiny_teacher, lambda *_: None, ResidualPixelCodec())
    return Previews(tmp_path, [pair], assembly, torch.device("cpu"))


def test_a_preview_is_a_sheet_and_a_line_of_scores(previews, tmp_path):
    previews(5)
    assert [path.name for path in Run(tmp_path).previews()] == ["step-00000005.png"]
    assert [event.step for event in read_validation(tmp_path)] == [5]


def test_a_preview_that_cannot_be_written_is_said_and_training_goes_on(previews, tmp_path, caplog):
    (tmp_path / "previews").write_bytes(b"a file in the way of the folder")
    previews(5)
    assert "The preview of step 5 is left out" in caplog.text
    assert read_validation(tmp_path) == []
    caplog.clear()
    (tmp_path / "previews").unlink()
    previews(6)
    assert [path.name for path in Run(tmp_path).previews()] == ["step-00000006.png"]
    assert caplog.text == ""
