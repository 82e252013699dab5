"""The quality benchmark: which rows, which means, and what it writes."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from benchmarks import methods, pairs, quality
from benchmarks.scores import BenchmarkScores


@pytest.fixture
def console():
    return Console(record=True, width=160)


@pytest.fixture
def run(upscaler, judge, console, pair_folder):
    def run(*arguments):
        return quality.run(["--pairs", str(pair_folder), *map(str, arguments)], upscaler, console, judge)

    return run


def test_students_have_a_row_for_each_step_count_and_teachers_one(upscaler):
    rows = methods.choose(["bicubic", "mfsr-small", "mfsr-small-teacher"], upscaler)
    assert [row.name for row in rows] == [
        "bicubic",
        "mfsr-small, 1 step",
        "mfsr-small, 2 steps",
        "mfsr-small, 4 steps",
        "mfsr-small, 8 steps",
        "mfsr-small-teacher, 40 steps",
    ]


def test_steps_can_be_fixed_for_one_model(upscaler):
    (row,) = methods.choose(["runs/mine@3"], upscaler)
    assert (row.settings.model, row.settings.steps) == ("runs/mine", 3)


def test_an_at_sign_without_a_number_belongs_to_the_name(upscaler):
    (row,) = methods.choose(["runs@home/mine"], upscaler, steps=[1])
    assert row.settings.model == "runs@home/mine"


def test_the_original_is_shown_as_squares_or_smoothly(upscaler):
    pixels = np.random.default_rng(0).random((3, 5, 3), np.float32)
    nearest, bicubic = (row.upscale(pixels).pixels for row in methods.choose(["nearest", "bicubic"], upscaler))
    assert nearest.shape == bicubic.shape == (12, 20, 3)
    assert (nearest.reshape(3, 4, 5, 4, 3) == nearest[::4, ::4][:, None, :, None]).all()
    assert not np.array_equal(nearest, bicubic)


def test_the_engine_gets_seed_steps_and_guidance(upscaler):
    (row,) = methods.choose(["mfsr-small"], upscaler, steps=[2], seed=7, guidance=1.5)
    row.upscale(np.zeros((4, 4, 3), np.float32))
    settings = upscaler.requests[0].settings
    assert (settings.steps, settings.seed, settings.guidance) == (2, 7, 1.5)


def test_the_model_is_loaded_before_the_clock_starts(upscaler):
    (row,) = methods.choose(["mfsr-small"], upscaler, steps=[1])
    row.upscale(np.zeros((4, 4, 3), np.float32))
    assert upscaler.warmed == [row.settings]


def test_means_are_over_all_pictures(run):
    (row,) = run("--models", "mfsr-small", "--steps", 1)
    assert list(row.scores) == ["0", "1", "2", "3"]
    assert row.mean.psnr_y == pytest.approx(3)


def test_limit_takes_the_first_pictures(run):
    (row,) = run("--models", "bicubic", "--limit", 2)
    assert row.mean.psnr_y == pytest.approx(1)


def test_the_table_shows_every_row_and_column(run, console):
    run("--models", "bicubic", "mfsr-small", "--steps", 1, 2)
    text = console.export_text()
    for word in ("PSNR-Y", "SSIM-Y", "LPIPS", "DISTS", "NIQE", "s/picture", "bicubic", "mfsr-small, 2 steps", "0.2500"):
        assert word in text


def test_json_holds_means_and_pictures(run, tmp_path):
    run("--models", "bicubic", "--json", tmp_path / "out.json", "--seed", 3)
    written = json.loads((tmp_path / "out.json").read_text())
    (row,) = written["rows"]
    assert (written["pairs"], written["pictures"], written["seed"]) == ("flat", 4, 3)
    assert row["mean"]["psnr_y"] == pytest.approx(3)
    assert row["pictures"]["3"]["psnr_y"] == pytest.approx(6)
    assert row["pictures"]["3"]["seconds"] > 0


def test_saved_results_are_lossless(run, tmp_path):
    run("--models", "mfsr-small", "--steps", 1, "--limit", 1, "--save", tmp_path / "results")
    saved = np.asarray(Image.open(tmp_path / "results" / "mfsr-small__1_step" / "0.png"))
    assert saved.shape == (24, 32, 3)
    assert (saved == 100).all()


def test_the_sheet_has_a_column_each_and_the_truth(run, tmp_path):
    options = ("--grid", tmp_path / "sheet.png", "--grid-pictures", "3", "--grid-crop", 24)
    run("--models", "bicubic", "mfsr-small", "--steps", 1, *options)
    sheet = np.asarray(Image.open(tmp_path / "sheet.png"))
    assert sheet.shape == (22 + 24 + 4 + 22, 3 * 28 + 4, 3)
    row = sheet[22 + 22 + 12]
    assert [row[4 + 28 * column + 12][0] for column in range(3)] == [100, 100, 106]


def test_a_folder_without_pairs_is_refused(tmp_path):
    with pytest.raises(pairs.PairsError, match="no pairs"):
        pairs.find(tmp_path)


def test_a_truth_of_another_size_is_refused(pair_folder):
    Image.new("RGB", (30, 24)).save(pair_folder / "hr" / "0.png")
    with pytest.raises(pairs.PairsError, match="4 times"):
        pairs.read(pairs.find(pair_folder)[0])


@pytest.fixture
def kinds_folder(tmp_path, pair_folder):
    """Two kinds with the same four pairs."""
    for kind in ("old", "web"):
        shutil.copytree(pair_folder, tmp_path / "kinds" / kind)
    return tmp_path / "kinds"


def test_kinds_are_measured_one_by_one_and_told_apart(upscaler, judge, console, kinds_folder, tmp_path):
    arguments = ["--kinds", str(kinds_folder), "--models", "bicubic", "mfsr-small", "--steps", "1"]
    rows = quality.run([*arguments, "--json", str(tmp_path / "kinds.json")], upscaler, console, judge)
    assert [row.name for row in rows] == 2 * ["bicubic", "mfsr-small, 1 step"]
    text = console.export_text()
    assert "old" in text
    assert "web" in text
    assert "+0.000 (+0.000 to +0.000)" in text  # LPIPS of this judge is the same for all
    assert [report["pairs"] for report in json.loads((tmp_path / "kinds.json").read_text())] == ["old", "web"]


def test_a_folder_without_kinds_names_the_command(upscaler, judge, console, tmp_path):
    with pytest.raises(pairs.PairsError, match=r"benchmarks\.degraded_pairs --kinds"):
        quality.run(["--kinds", str(tmp_path)], upscaler, console, judge)


def test_a_paired_difference_says_its_interval():
    def row(lpips):
        scores = {
            str(n): BenchmarkScores(psnr_y=30, ssim_y=1, lpips=value, dists=0, niqe=None)
            for n, value in enumerate(lpips)
        }
        return quality.Row("row", scores, dict.fromkeys(scores, 1.0))

    text = quality.kinds_table({"web": [row([0.5, 0.6]), row([0.4, 0.5])]}, "")
    assert list(text.columns[4].cells) == ["", "-0.100 (-0.100 to -0.100)"]
