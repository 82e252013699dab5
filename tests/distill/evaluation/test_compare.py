"""`mfsr compare` puts numbers on how close two pictures are."""

import json

import numpy as np
import pytest

from mfsr_app import command_line
from mfsr_engine import images


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.setenv("MFSR_METRICS_DIR", str(tmp_path / "none"))

    def write(name, level, side=32):
        pixels = np.full((side, side, 3), level, np.float32)
        images.write(tmp_path / name, pixels, kept=images.KeptMetadata())
        return str(tmp_path / name)

    return write


def test_a_known_difference_has_its_known_psnr(write, capsys):
    assert command_line.run(["compare", write("a.png", 100 / 255), write("b.png", 110 / 255), "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)
    step = 10 * (65.481 + 128.553 + 24.966) / 255  # of luma, in 8-bit counts
    assert scores["psnr_y"] == pytest.approx(20 * np.log10(255 / step), abs=0.02)
    assert scores["lpips"] is None


def test_without_weights_it_says_how_to_get_them(write, capsys):
    assert command_line.run(["compare", write("a.png", 0.2), write("b.png", 0.3)]) == 0
    shown = capsys.readouterr()
    assert "LPIPS: not measured" in shown.out
    assert "mfsr distill fetch" in shown.err


def test_sizes_that_differ_are_told_in_one_line(write, capsys):
    assert command_line.run(["compare", write("a.png", 0.2), write("b.png", 0.2, side=48)]) == 2
    shown = capsys.readouterr()
    assert "32 x 32 and 48 x 48" in shown.err
    assert "Traceback" not in shown.err
