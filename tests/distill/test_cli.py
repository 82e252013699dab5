"""`mfsr distill` as a user meets it: a recipe in, a model that upscales out, one clear line for every mistake."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

from distill import cli
from distill.data import Pack
from distill.runs.recipe_file import read_recipe, write_recipe
from distill.runs.runs import Run
from distill.runs.status import Phase, read_status
from distill.training.checkpoint import checkpoints
from mfsr_app import command_line
from mfsr_engine import images
from mfsr_engine.hub.store import ModelStore
from mfsr_engine.models.card import read_card
from tests.fakes.photographs import picture

pytestmark = pytest.mark.usefixtures("home", "random_networks")


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "small.png"
    images.write(path, picture(20, 24, 40), kept=images.KeptMetadata())
    return path


def upscaled(photo, model, steps):
    target = photo.with_name(f"{steps}.png")
    words = ["upscale", str(photo), "--model", str(model), "-o", str(target), "--steps", str(steps), "--device", "cpu"]
    assert command_line.run(words) == 0
    return images.read(target).pixels


@pytest.mark.parametrize("family", ["compact", "full"])
def test_from_a_recipe_to_a_model_that_upscales(
    family, recipe, full_recipe, recipe_file, tmp_path, photo, home, capsys
):
    make = recipe if family == "compact" else full_recipe
    file, folder = recipe_file(make(data={"validation_share": 0.25})), str(tmp_path / "run")
    assert command_line.run(["distill", "run", str(file), "--folder", folder, "--threads", "1"]) == 0
    assert read_status(tmp_path / "run").phase is Phase.FINISHED
    assert command_line.run(["distill", "export", str(file), "--folder", folder, "--title", "Mine"]) == 0
    model = home / "data" / "models" / "tiny-student"
    assert capsys.readouterr().out.split() == [folder, str(model)]
    assert ModelStore.default().find("tiny-student").card.title == "Mine"
    pixels = upscaled(photo, "tiny-student", 1)
    assert pixels.shape == (96, 160, 3)
    assert np.ptp(pixels) > 0.1
    assert not np.array_equal(upscaled(photo, "tiny-student", 2), pixels)
    assert command_line.run(["distill", "export", str(file), "--folder", folder]) == 1
    assert "installed already. Replace it with --overwrite" in capsys.readouterr().err
    assert ModelStore.default().find("tiny-student").card.title == "Mine"
    words = ["distill", "export", str(file), "--folder", folder, "--title", "Newer", "--overwrite"]
    assert command_line.run(words) == 0
    assert ModelStore.default().find("tiny-student").card.title == "Newer"
    assert [path.name for path in model.parent.iterdir()] == ["tiny-student"]


def test_a_model_folder_is_replaced_whole_and_nothing_else_ever(recipe, recipe_file, tmp_path, capsys):
    file, folder, place = recipe_file(recipe()), str(tmp_path / "run"), tmp_path / "place"
    words = ["export", str(file), "--folder", folder, "-o", str(place)]
    assert cli.main(["run", str(file), "--folder", folder, "--threads", "1"]) == 0
    assert cli.main([*words, "--title", "First"]) == 0
    (place / "of-the-first.txt").write_text("")
    assert cli.main([*words, "--title", "Second"]) == 2
    assert "add --overwrite" in capsys.readouterr().err
    assert read_card(place).title == "First"
    assert cli.main([*words, "--title", "Second", "--overwrite"]) == 0
    assert read_card(place).title == "Second"
    assert not (place / "of-the-first.txt").exists()
    (place / "model.toml").unlink()
    assert cli.main([*words, "--overwrite"]) == 2
    assert "no model, and is left as it is" in capsys.readouterr().err
    assert any(place.iterdir())


def test_a_recipe_written_is_the_recipe_read(full_recipe, tmp_path):
    whole = full_recipe(student={"parts": "control"}, objective={"end_point": {"pixel": 1.0}})
    write_recipe(whole, tmp_path / "deep" / "recipe.toml")
    assert read_recipe(tmp_path / "deep" / "recipe.toml") == whole


@pytest.mark.parametrize("family", ["compact", "full"])
def test_what_is_exported_to_a_folder_is_imported_as_any_model_and_listed(
    family, recipe, full_recipe, recipe_file, tmp_path, photo, capsys
):
    file = recipe_file((recipe if family == "compact" else full_recipe)())
    folder, model = str(tmp_path / "run"), str(tmp_path / "model")
    assert cli.main(["run", str(file), "--folder", folder, "--threads", "1"]) == 0
    assert cli.main(["export", str(file), "--folder", folder, "-o", model, "--title", "Mine"]) == 0
    assert command_line.run(["models", "import", model]) == 0
    assert ModelStore.default().find("tiny-student").card.training["recipe"]["run"]["steps"] == 4
    capsys.readouterr()
    assert command_line.run(["models", "list"]) == 0
    assert "tiny-student" in capsys.readouterr().out
    assert upscaled(photo, "tiny-student", 1).shape == (96, 160, 3)


@pytest.mark.parametrize("family", ["compact", "full"])
def test_evaluation_compares_student_teacher_and_bicubic(family, recipe, full_recipe, recipe_file, tmp_path, capsys):
    make = recipe if family == "compact" else full_recipe
    file, folder = recipe_file(make(data={"validation_share": 0.25})), str(tmp_path / "run")
    cli.main(["run", str(file), "--folder", folder])
    capsys.readouterr()
    assert cli.main(["eval", str(file), "--folder", folder, "--device", "cpu", "--json"]) == 0
    said = capsys.readouterr()
    assert "evaluation.png" in said.err
    table = json.loads(said.out)
    assert [(row["name"], row["steps"]) for row in table["rows"]] == [
        ("bicubic", 0),
        ("teacher", 40),
        ("student", 1),
        ("student", 2),
        ("student", 4),
        ("student", 8),
    ]
    assert table["pictures"] >= 1
    assert table == json.loads((tmp_path / "run" / "evaluation.json").read_text())
    assert images.read(tmp_path / "run" / "evaluation.png").pixels.shape[1] > 7 * 64
    assert cli.main(["eval", str(file), "--folder", folder, "--device", "cpu", "--most", "1"]) == 0
    out = capsys.readouterr().out
    assert "| student | 8 |" in out
    assert "mfsr distill fetch" in out


def test_validation_pictures_are_never_trained_on_and_previews_show_them(recipe, recipe_file, tmp_path):
    file, folder = recipe_file(recipe(data={"validation_share": 0.25, "scan": True})), tmp_path / "run"
    assert cli.main(["run", str(file), "--folder", str(folder)]) == 0
    kept = Pack.open(folder / "pack").high
    validation = len((folder / "validation.jsonl").read_text().splitlines())
    assert validation == 1
    assert 0 < len(kept) < 8
    assert [path.name for path in sorted((folder / "previews").iterdir())] == ["step-00000004.png"]
    assert json.loads((folder / "photos.json").read_text())["summary"] == "8 photographs can be used."


def test_a_run_that_streams_prepares_nothing(recipe, recipe_file, tmp_path):
    file, folder = recipe_file(recipe(data={"streaming": True, "patches_per_photo": 2})), tmp_path / "run"
    assert cli.main(["run", str(file), "--folder", str(folder), "--workers", "0"]) == 0
    assert not (folder / "pack").exists()
    assert read_status(folder).phase is Phase.FINISHED
    assert json.loads((folder / "data.json").read_text())["crops"] == 0


def test_a_checkpoint_is_chosen_by_its_step_or_as_the_best(recipe, recipe_file, tmp_path, capsys):
    validated = recipe(
        data={"validation_share": 0.25}, run={"checkpoint_minutes": 1e-6, "keep_checkpoints": 4, "best_by": "psnr"}
    )
    file, folder = str(recipe_file(validated)), str(tmp_path / "run")
    assert cli.main(["run", file, "--folder", folder]) == 0
    events = [json.loads(line) for line in (tmp_path / "run" / "validation.jsonl").read_text().splitlines()]
    best = max(events, key=lambda event: event["psnr_y"])["step"]
    assert [event["step"] for event in events] == [1, 2, 3, 4]
    assert all(event["map_distance"] > 0 and event["identity_residual"] >= 0 for event in events)
    for words, step in ((["--step", "2"], 2), (["--best"], best), ([], 4)):
        place = tmp_path / f"model-{len(words)}-{step}"
        assert cli.main(["export", file, "--folder", folder, "-o", str(place), *words]) == 0
        assert read_card(place).training["steps"] == step
    assert cli.main(["eval", file, "--folder", folder, "--device", "cpu", "--most", "1", "--step", "1", "--json"]) == 0
    assert json.loads((tmp_path / "run" / "evaluation.json").read_text())["trained_steps"] == 1
    capsys.readouterr()
    assert cli.main(["export", file, "--folder", folder, "--step", "9", "-o", str(tmp_path / "none")]) == 2
    assert "There are: 1, 2, 3, 4." in capsys.readouterr().err
    assert cli.main(["export", file, "--folder", folder, "--step", "1", "--best"]) == 2


def test_a_run_says_how_far_it_is_where_there_is_no_terminal(recipe, recipe_file, tmp_path):
    file = recipe_file(recipe(run={"log_every": 2}))
    words = [sys.executable, "-m", "distill", "run", str(file), "--folder", str(tmp_path / "run"), "--threads", "1"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == f"{tmp_path / 'run'}\n"
    assert [line.split(",")[0] for line in done.stderr.splitlines() if "Preparing" not in line] == [
        "distill: step 2",
        "distill: step 4",
        "distill: Saving a checkpoint and a preview",
    ]
    assert re.search(r"100% in \d+:\d\d:\d\d;", done.stderr)
    assert "meanflow" in done.stderr


def test_a_second_run_goes_on_where_the_first_stopped(recipe, recipe_file, tmp_path, capsys):
    folder = tmp_path / "run"
    assert cli.main(["resume", str(recipe_file(recipe())), "--folder", str(folder)]) == 2
    assert "no checkpoint" in capsys.readouterr().err
    assert cli.main(["run", str(recipe_file(recipe())), "--folder", str(folder)]) == 0
    longer = recipe_file(recipe(run={"steps": 6}))
    assert cli.main(["resume", str(longer), "--folder", str(folder)]) == 0
    assert checkpoints(folder)[-1].name == "step-00000006.pt"
    steps = [json.loads(line)["step"] for line in (folder / "metrics.jsonl").read_text().splitlines()]
    assert steps == [1, 2, 3, 4, 5, 6]


def test_fields_can_be_set_on_the_command_line_and_are_kept_with_the_run(recipe, recipe_file, tmp_path, capsys):
    file, folder = str(recipe_file(recipe())), tmp_path / "run"
    words = ["--folder", str(folder), "--set", "objective.guidance=4", "--set", "run.steps=2"]
    assert cli.main(["run", file, *words]) == 0
    assert checkpoints(folder)[-1].name == "step-00000002.pt"
    kept = read_recipe(folder / "recipe.toml")
    assert (kept.objective.guidance, kept.run.steps) == (4.0, 2)
    assert cli.main(["resume", str(folder / "recipe.toml"), "--set", "run.steps=3"]) == 0
    assert checkpoints(folder)[-1].name == "step-00000003.pt"
    capsys.readouterr()
    assert cli.main(["run", file, "--set", "objective.guidance=1e6", "--set", "run.minutes=-3"]) == 2
    said = capsys.readouterr().err
    assert "2 wrong fields" in said
    assert said.count("\n") == 1


def test_a_failure_is_one_line_and_is_kept_in_the_run_folder(recipe, recipe_file, tmp_path, capsys):
    file = recipe_file(recipe(data={"crop_px": 512, "patch_px": 64}))
    assert cli.main(["run", str(file), "--folder", str(tmp_path / "run")]) == 2
    *ticks, message = capsys.readouterr().err.splitlines()
    assert all(line.startswith("distill: ") for line in ticks)
    assert "512 pixels" in message
    status = read_status(tmp_path / "run")
    assert status.phase is Phase.FAILED
    assert "512 pixels" in status.message
    assert not Run(tmp_path / "run").is_alive()


def test_a_run_without_validation_pictures_cannot_be_evaluated_on_them(recipe, recipe_file, tmp_path, photos, capsys):
    file, folder = recipe_file(recipe()), str(tmp_path / "run")
    cli.main(["run", str(file), "--folder", folder])
    capsys.readouterr()
    assert cli.main(["eval", str(file), "--folder", folder, "--device", "cpu"]) == 2
    assert "validation_share" in capsys.readouterr().err
    words = ["eval", str(file), "--folder", folder, "--device", "cpu", "--photos", str(photos), "--most", "1"]
    assert cli.main(words) == 0


def test_a_scan_says_what_is_wrong_with_each_photograph(tmp_path, capsys):
    images.write(tmp_path / "good.png", picture(1), kept=images.KeptMetadata())
    (tmp_path / "bad.png").write_bytes(b"no picture")
    assert cli.main(["scan", str(tmp_path), "--least-px", "64"]) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{tmp_path / 'bad.png'}\tbroken\t")
    assert "1 photographs can be used; left out: 1 broken." in captured.err


def test_a_scan_asks_for_the_size_of_a_recipe_that_does_not_say_one(tmp_path, capsys):
    images.write(tmp_path / "small.png", picture(1, 300, 400), kept=images.KeptMetadata())
    assert cli.main(["scan", str(tmp_path)]) == 0
    assert "384 are needed" in capsys.readouterr().out


def test_the_wizard_needs_a_terminal(capsys):
    assert cli.main(["wizard"]) == 2
    assert "needs a terminal" in capsys.readouterr().err
