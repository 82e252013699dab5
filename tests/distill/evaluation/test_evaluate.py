"""Evaluation with made-up methods: every one gets every picture, scores and time are means, and the sheet shows them."""

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from distill.data.samples import SamplePair, sample_pairs
from distill.evaluation import evaluate as evaluation
from distill.evaluation import methods
from distill.evaluation.evaluate import Method, evaluate
from distill.evaluation.scores import Scorer, Scores, mean
from mfsr_engine.api import DeviceChoice
from mfsr_engine.errors import RequestError
from mfsr_engine.models.prompts import load_prompts, save_prompts
from mfsr_engine.progress import Progress
from tests.fakes.photographs import picture

pytestmark = pytest.mark.usefixtures("home")


def pairs_of(count, side=64):
    truths = [picture(number, side, side) for number in range(count)]
    return [SamplePair(f"{n}.png", truth, truth[::4, ::4]) for n, truth in enumerate(truths)]


def compared(pairs, methods, folder):
    return evaluate(pairs, methods, Scorer(), folder / "sheet.png", Progress(), degradation="camera", seed=3)


def nearest(pixels, progress):
    return pixels.repeat(4, axis=0).repeat(4, axis=1)


def test_the_closer_contestant_scores_better_and_time_is_that_of_later_pictures(tmp_path, monkeypatch):
    pairs = pairs_of(3)
    truths = {pair.damaged.tobytes(): pair.truth for pair in pairs}
    now, takes = [0.0], [20.0, 0.25, 0.5]
    monkeypatch.setattr(evaluation, "time", SimpleNamespace(perf_counter=lambda: now[0]))

    def almost(pixels, progress):
        now[0] += takes.pop(0)
        return truths[pixels.tobytes()] + 0.01

    result = compared(pairs, [Method("nearest", 0, nearest), Method("student", 2, almost)], tmp_path)
    far, near = result.rows
    assert near.scores.psnr_y > 39 > far.scores.psnr_y
    assert near.scores.ssim_y > far.scores.ssim_y
    assert (far.seconds, near.seconds) == (0.0, 0.375)
    assert (result.pictures, result.crop_px, result.degradation, result.seed) == (3, 64, "camera", 3)


def test_without_weights_the_table_says_how_to_get_them(tmp_path):
    result = compared(pairs_of(1), [Method("nearest", 0, nearest), Method("student", 4, nearest)], tmp_path)
    assert result.rows[0].scores.lpips is None
    assert result.rows[0].scores.niqe is None  # 64 px are too few for it
    lines = result.table().splitlines()
    assert lines[2].startswith("| nearest | - | ")
    assert lines[3].startswith("| student | 4 | ")
    assert lines[2].count("|") == lines[0].count("|")
    assert "mfsr distill fetch" in lines[-1]
    assert json.loads(result.to_json())["rows"][1]["steps"] == 4


def test_the_sheet_has_a_column_for_each_contestant_and_the_original(tmp_path):
    pairs = pairs_of(8)
    compared(pairs, [Method("nearest", 0, nearest)], tmp_path)
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    cell = 64 + 4
    assert sheet.shape == (22 + 6 * cell, 4 + 2 * cell, 3)
    original = (np.clip(pairs[5].truth, 0, 1) * 255 + 0.5).astype(np.uint8)
    assert np.array_equal(sheet[22 + 5 * cell : 22 + 5 * cell + 64, 4 + cell : 4 + cell + 64], original)


def test_nothing_to_compare_on_is_a_mistake_with_a_message(tmp_path):
    with pytest.raises(RequestError, match="validation_share"):
        compared([], [Method("nearest", 0, nearest)], tmp_path)


def test_large_pictures_get_niqe(tmp_path):
    result = compared(pairs_of(1, 192), [Method("nearest", 0, nearest)], tmp_path)
    assert result.rows[0].scores.niqe > 0


def test_a_mean_over_pictures_lacks_what_one_of_them_lacks():
    assert mean([Scores(20, 0.5, 0.4, 0.2, 5), Scores(30, 0.7, 0.2, 0.4)]) == Scores(
        25, 0.6, pytest.approx(0.3), pytest.approx(0.3)
    )


def test_samples_are_reproducible_and_damaged(photos):
    files = sorted(photos.glob("*.png"))
    first, again = (sample_pairs(files, 64, "camera", 1, Progress(), most=3) for _ in range(2))
    assert [pair.name for pair in first] == ["photo-0.png", "photo-1.png", "photo-2.png"]
    assert all(np.array_equal(a.damaged, b.damaged) for a, b in zip(first, again, strict=True))
    other = sample_pairs(files, 64, "camera", 2, Progress(), most=3)
    assert not np.array_equal(first[0].damaged, other[0].damaged)
    assert first[0].truth.shape == (64, 64, 3)
    assert first[0].damaged.shape == (16, 16, 3)
    assert sample_pairs(files, 256, "camera", 1, Progress()) == []


def test_the_teacher_is_compared_under_the_negative_prompt_that_the_recipe_names(
    full_recipe, full_teacher, tmp_path, monkeypatch
):
    monkeypatch.setattr(methods, "TEACHER_STEPS", 1)
    prompts = load_prompts(full_teacher)
    without = shutil.copytree(full_teacher, tmp_path / "without")
    save_prompts(replace(prompts, negative=None), without)

    def painted(teacher, negative_prompt):
        recipe = full_recipe(objective={"teacher": teacher, "negative_prompt": negative_prompt})
        made = methods.methods_of(recipe, tmp_path / "none", DeviceChoice.CPU)
        return made[1].upscale(picture(1, 32, 32), Progress())

    away_from_null = painted(full_teacher, "null")
    assert np.array_equal(away_from_null, painted(without, "negative"))
    assert not np.array_equal(away_from_null, painted(full_teacher, "negative"))
