"""The demonstration of the method: every objective is trained and measured, and a stopped command goes on."""

import json

import pytest
import torch
from accelerate.state import AcceleratorState

from benchmarks import demonstration
from mfsr_engine import images
from tests.fakes.photographs import picture
from tests.fakes.tiny_training import write_teacher


@pytest.fixture
def words(tmp_path, monkeypatch):
    """The command's words for one short run of each objective of a tiny teacher, without the weights of metrics."""
    AcceleratorState._reset_state(reset_partial_state=True)
    monkeypatch.setenv("MFSR_METRICS_DIR", str(tmp_path / "no-metrics"))
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(2):
        images.write(photos / f"photo-{number}.png", picture(number), kept=images.KeptMetadata())
    write_teacher(tmp_path / "teacher")
    runs = ["--folder", str(tmp_path / "runs"), "--teacher", str(tmp_path / "teacher")]
    threads = torch.get_num_threads()
    yield [str(photos), str(photos), *runs, "--crop", "128", "--side", "64", "--pictures", "1", "--threads", "1"]
    torch.set_num_threads(threads)
    AcceleratorState._reset_state(reset_partial_state=True)


def test_every_objective_is_trained_measured_and_printed_and_what_is_finished_is_not_done_again(
    words, tmp_path, capsys
):
    words += ["--steps", "2", "--seeds", "1"]
    assert demonstration.main(words) == 0
    printed = capsys.readouterr().out
    assert all(f"│ {name}" in printed for name in demonstration.OBJECTIVES)
    assert "2 in" in printed
    files = sorted((tmp_path / "runs").glob(f"*/{demonstration.RESULT_FILE}"))
    assert len(files) == len(demonstration.OBJECTIVES)
    results = [json.loads(file.read_text()) for file in files]
    assert {result["steps_trained"] for result in results} == {2}
    assert [scores["steps"] for scores in results[0]["scores"]] == [1, 2, 4]
    l1, meanflow = results[0], next(result for result in results if result["objective"] == "MeanFlow")
    assert l1["scores"][0]["psnr_y"] != meanflow["scores"][0]["psnr_y"]
    for file, result in zip(files, results, strict=True):
        file.write_text(json.dumps(result | {"steps_trained": 7}))
    assert demonstration.main(words) == 0
    assert "7 in" in capsys.readouterr().out


def test_ways_to_have_the_derivative_are_compared_with_all_else_equal(words, tmp_path, capsys):
    assert demonstration.main([*words, "--compare", "derivatives", "--steps", "2", "--seeds", "1"]) == 0
    printed = capsys.readouterr().out
    assert all(f"│ {name}" in printed for name in demonstration.DERIVATIVES)
    options = demonstration.parse([*words, "--compare", "derivatives"])
    recipes = [demonstration.recipe_of(name, 0, 2, options) for name in demonstration.DERIVATIVES]
    differing = [recipe.objective.model_dump() | {"derivative": "", "secant_step": 0} for recipe in recipes]
    assert all(one == differing[0] for one in differing)
    asked = [(recipe.objective.derivative, recipe.objective.secant_step) for recipe in recipes[1:]]
    assert asked == [("secant", 0.02), ("secant", 0.05), ("midpoint", 0.02), ("midpoint", 0.05)]


def test_a_cheaper_objective_takes_more_steps_in_the_same_time(words, monkeypatch):
    monkeypatch.setattr(demonstration, "_seconds", lambda objective, steps, options: 1 + steps * len(objective))
    options = demonstration.parse(words)
    assert demonstration.steps_in("L1", 100, options) == 50
    assert demonstration.steps_in("MeanFlow", 100, options) == 12


def test_photographs_that_cannot_serve_are_said(words, tmp_path, capsys):
    assert demonstration.main([str(tmp_path), *words[1:-8], "--crop", "512", "--side", "64"]) == 1
    assert "choose" in capsys.readouterr().err
