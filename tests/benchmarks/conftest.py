"""Pairs, a scripted engine and a judge without weights for the benchmarks' tests."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.scores import BenchmarkScores
from mfsr_engine.api import ModelInfo, UpscaleResult


class EnlargingUpscaler:
    """Repeats pixels, and remembers what it was asked."""

    def __init__(self):
        self.requests = []
        self.warmed = []

    def models(self):
        student = ModelInfo("mfsr-small", "Small", 4, 1, 8, is_teacher=False, licence="Apache-2.0")
        teacher = ModelInfo("mfsr-small-teacher", "Teacher", 4, 40, 50, is_teacher=True, licence="Apache-2.0")
        return [student, teacher]

    def warm_up(self, settings, progress):
        self.warmed.append(settings)

    def upscale(self, request, progress):
        self.requests.append(request)
        pixels = request.pixels.repeat(4, axis=0).repeat(4, axis=1)
        steps = request.settings.steps
        return UpscaleResult(pixels, None, request.settings.model, steps, request.settings.seed, "cpu", "fp32", 0.5)


class MeanJudge:
    """BenchmarkScores by the mean difference in grey levels, as PSNR, so that tests need no weights."""

    def score(self, result, truth):
        assert result.shape == truth.shape
        difference = float(np.abs(result.astype(float) - truth).mean())
        return BenchmarkScores(psnr_y=difference, ssim_y=1.0, lpips=0.25, dists=0.5, niqe=4.0)


@pytest.fixture
def upscaler():
    return EnlargingUpscaler()


@pytest.fixture
def judge():
    return MeanJudge()


@pytest.fixture
def pair_folder(tmp_path):
    """Four flat pairs, whose truths are brighter by 0, 2, 4 and 6 levels."""
    folder = tmp_path / "flat"
    for part in ("lr", "hr"):
        (folder / part).mkdir(parents=True)
    for index in range(4):
        Image.new("RGB", (8, 6), (100, 100, 100)).save(folder / "lr" / f"{index}.png")
        level = 100 + 2 * index
        Image.new("RGB", (32, 24), (level, level, level)).save(folder / "hr" / f"{index}.png")
    return folder


@pytest.fixture
def no_cache(monkeypatch, tmp_path):
    """An empty cache folder."""
    monkeypatch.setenv("MFSR_METRICS_DIR", str(tmp_path / "cache"))
    return Path(tmp_path / "cache")
