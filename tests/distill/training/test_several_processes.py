"""`-m distill.training.train` under a launcher: two processes share one recipe and train a part of a full-size student together."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from distill.evaluation.export import export
from distill.runs.status import Phase, read_status
from distill.training.checkpoint import load_latest
from mfsr_engine.models.loading import load_model

pytestmark = pytest.mark.usefixtures("home")

PLACE = Path(__file__).resolve().parents[3]


@pytest.fixture
def q_teacher(full_teacher, tmp_path):
    """The same teacher as DiT4SR q, whose `to_k_control` weights have no part in the result."""
    folder = shutil.copytree(full_teacher, tmp_path / "q")
    card = folder / "model.toml"
    card.write_text(card.read_text().replace('variant = "r1"', 'variant = "q"'))
    return folder


def launch(file, folder):
    """The training of a recipe by two processes, to its end."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    return subprocess.run(
        [*launcher, "-m", "distill.training.train", str(file), "--folder", str(folder), "--threads", "1"],
        check=False,
        capture_output=True,
        text=True,
        cwd=PLACE,
        env=os.environ | {"ACCELERATE_USE_CPU": "1", "OMP_NUM_THREADS": "1"},
        timeout=600,
    )


def launched(file, folder):
    """The same, and it went well."""
    done = launch(file, folder)
    assert done.returncode == 0, done.stderr[:3000]


@pytest.mark.slow
def test_two_processes_train_a_part_of_a_full_size_student_together(full_recipe, q_teacher, recipe_file, tmp_path):
    student = {"parts": "control", "gradient_checkpointing": True}
    file, folder = recipe_file(full_recipe(student=student, objective={"teacher": q_teacher})), tmp_path / "run"
    launched(file, folder)
    assert read_status(folder).phase is Phase.FINISHED
    last = json.loads((folder / "metrics.jsonl").read_text().splitlines()[-1])
    assert last["trained_images"] == 4 * 2 * 2  # steps, patches, processes
    state = load_latest(folder)["network"]
    assert all(torch.isfinite(value).all() for value in state.values())
    assert not any(".to_k_control." in name for name in state)


@pytest.mark.slow
def test_two_processes_share_a_whole_student_out_and_what_comes_out_is_exported(
    full_recipe, full_teacher, recipe_file, tmp_path
):
    recipe = full_recipe(
        student={"gradient_checkpointing": True},
        data={"validation_share": 0.25},
        run={"shard": True, "precision": "bf16"},
    )
    file, folder = recipe_file(recipe), tmp_path / "run"
    launched(file, folder)
    assert read_status(folder).phase is Phase.FINISHED
    state = load_latest(folder)["network"]
    assert all(type(value) is torch.Tensor and torch.isfinite(value).all() for value in state.values())
    assert len((folder / "validation.jsonl").read_text().splitlines()) == 1
    assert [path.name for path in (folder / "previews").iterdir()] == ["step-00000004.png"]
    card = export(recipe, folder, tmp_path / "model", title="Shared")
    assert card.training["teacher"] == "tiny-dit4sr"
    assert load_model(tmp_path / "model", torch.device("cpu"), torch.float32).tile_model.prompts.positive is not None


@pytest.mark.slow
def test_a_walk_with_a_shared_out_student_is_refused_in_words(full_recipe, recipe_file, tmp_path):
    file = recipe_file(full_recipe(run={"shard": True}, objective={"end_point": {"pixel": 1.0}}))
    done = launch(file, tmp_path / "run")
    assert done.returncode != 0
    assert "rollout_share = 0" in done.stderr
