"""Runs as processes of their own: started, found again, paused, gone on with; killed without losing more than since the last save."""

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest

from distill import cli, launch
from distill.data.folder_lock import turn_at
from distill.runs.runs import Run, create_run, keep_recipe, list_runs, runs_dir
from distill.runs.status import (
    Phase,
    RunProgress,
    RunStatus,
    StopRequest,
    ask_to_stop,
    claim,
    living_process,
    read_status,
    stop_request,
    write_status,
)
from distill.training.checkpoint import checkpoints
from distill.training.train import build_trainer
from mfsr_engine.errors import Cancelled, RequestError
from mfsr_engine.progress import Progress

pytestmark = pytest.mark.usefixtures("home")

QUICK = ("--threads", "1")


def until(condition, timeout_s=600):
    end = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


def test_a_run_is_paused_and_resumed_from_another_program(recipe):
    run = create_run(recipe(run={"steps": 1_000_000, "log_every": 2}))
    run.start(QUICK)
    [found] = list_runs()  # as a window does that was started later
    assert found == Run(runs_dir() / "tiny-student")
    until(lambda: len(found.events()) > 1)
    assert found.is_alive()
    assert found.status().phase is Phase.TRAINING
    with pytest.raises(RequestError, match="already"):
        found.start(QUICK)
    found.ask_to_stop(StopRequest.PAUSE)
    assert found.wait(600)
    assert found.status().phase is Phase.PAUSED
    assert found.has_checkpoint()
    stopped_at = found.events()[-1].step
    found.start(QUICK)
    until(lambda: found.events() and found.events()[-1].step > stopped_at)
    os.kill(living_process(found.folder).pid, signal.SIGKILL)
    assert found.wait(600)
    assert found.status().phase is Phase.FAILED
    assert "gone on with" in found.status().message
    assert checkpoints(found.folder)


def test_a_run_that_cannot_start_says_why(recipe):
    run = create_run(recipe(data={"crop_px": 512, "patch_px": 64}))
    run.start(QUICK)
    assert run.wait(600)
    assert run.status().phase is Phase.FAILED
    assert "512 pixels" in run.status().message


def test_a_name_is_given_once(recipe):
    create_run(recipe())
    with pytest.raises(RequestError, match="already"):
        create_run(recipe())
    assert create_run(recipe(name="other")).recipe().name == "other"


def test_the_number_of_a_dead_process_is_not_taken_for_a_living_one(tmp_path):
    claim(tmp_path)
    assert living_process(tmp_path).pid == os.getpid()
    table = json.loads((tmp_path / "process.json").read_text())
    (tmp_path / "process.json").write_text(json.dumps(table | {"created_s": table["created_s"] - 100}))
    assert living_process(tmp_path) is None


def test_two_processes_cannot_train_in_one_folder(tmp_path):
    claim(tmp_path, os.getppid())
    with pytest.raises(RequestError, match="already"):
        claim(tmp_path)


def test_a_wish_left_in_the_folder_cancels_and_a_new_start_forgets_it(tmp_path):
    progress = RunProgress(tmp_path)
    progress.report("Preparing", 1, 2)
    assert read_status(tmp_path) == RunStatus(Phase.PREPARING, "Preparing", 1, 2)
    ask_to_stop(tmp_path, StopRequest.PAUSE)
    progress._looked_s = 0.0
    with pytest.raises(Cancelled):
        progress.report("Preparing", 2, 2)
    assert stop_request(tmp_path) is StopRequest.PAUSE
    claim(tmp_path)
    assert stop_request(tmp_path) is None


def test_a_status_that_cannot_be_read_is_new(tmp_path):
    assert read_status(tmp_path).phase is Phase.NEW
    write_status(tmp_path, RunStatus(Phase.FINISHED))
    assert read_status(tmp_path).phase is Phase.FINISHED
    (tmp_path / "status.json").write_text("{")
    assert read_status(tmp_path).phase is Phase.NEW


def test_a_bundle_starts_its_own_executable_and_a_source_tree_the_interpreter(monkeypatch):
    assert launch.own_command() == (sys.executable, "-m", "distill")
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert launch.own_command() == (sys.executable, "distill")


def trained_here(file, *words):
    return cli.main(["run", str(file), "--threads", "1", *words])


def test_runs_of_the_command_line_and_of_the_wizard_are_listed_wherever_they_lie(
    recipe, recipe_file, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    created = create_run(recipe(name="of-the-wizard"))
    assert trained_here(recipe_file(recipe())) == 0
    assert trained_here(recipe_file(recipe(name="elsewhere")), "--folder", "deep/elsewhere") == 0
    capsys.readouterr()
    assert cli.main(["list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"tiny-student\tfinished\t{Path('runs', 'tiny-student')}",
        f"of-the-wizard\tnew\t{created.folder}",
    ]
    assert cli.main(["list", "deep"]) == 0
    assert capsys.readouterr().out.startswith("elsewhere\tfinished\t")


def test_a_run_that_was_listed_is_gone_on_with_from_its_own_recipe(recipe, recipe_file, tmp_path, monkeypatch):
    assert trained_here(recipe_file(recipe()), "--folder", str(tmp_path / "deep" / "other")) == 0
    monkeypatch.chdir(tmp_path)
    assert cli.main(["resume", str(tmp_path / "deep" / "other" / "recipe.toml")]) == 0
    assert not (tmp_path / "runs").exists()


def test_a_recipe_in_the_runs_folder_stays_as_it_was_written_unless_another_is_trained(recipe, tmp_path):
    keep_recipe(recipe(), tmp_path)
    file = tmp_path / "recipe.toml"
    file.write_text("# my notes\n" + file.read_text())
    keep_recipe(recipe(), tmp_path)
    assert file.read_text().startswith("# my notes")
    keep_recipe(recipe(run={"steps": 9}), tmp_path)
    assert Run(tmp_path).recipe().run.steps == 9


def test_a_run_of_the_command_line_that_was_killed_is_not_training_any_more(recipe, tmp_path):
    keep_recipe(recipe(), tmp_path)
    claim(tmp_path)
    write_status(tmp_path, RunStatus(Phase.TRAINING, "Training", 3, 9))
    assert Run(tmp_path).status().phase is Phase.TRAINING
    table = json.loads((tmp_path / "process.json").read_text())
    (tmp_path / "process.json").write_text(json.dumps(table | {"created_s": table["created_s"] - 100}))
    assert Run(tmp_path).status().phase is Phase.FAILED


def test_a_run_waits_for_another_that_is_at_the_same_crops_and_can_be_stopped(recipe, tmp_path):
    said = []

    def tell(report):
        said.append(report.stage)
        if report.stage.startswith("Waiting"):
            progress.cancel()

    progress = Progress(on_report=tell)
    with turn_at(tmp_path / "pack", Progress()), pytest.raises(Cancelled):
        build_trainer(recipe(), tmp_path / "run", tmp_path / "pack", progress)
    assert said[-1] == "Waiting for another run that prepares the same crops"
    assert not (tmp_path / "pack" / "pack.json").exists()
