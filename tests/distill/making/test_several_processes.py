"""`-m distill.train` under a launcher: two processes share one recipe and train a part of a full-size student together."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from distill.checkpoint import load_latest
from distill.status import Phase, read_status

PLACE = Path(__file__).resolve().parents[3]


@pytest.fixture
def q_teacher(full_teacher, tmp_path):
    """The same teacher as DiT4SR q, whose `to_k_control` weights have no part in the result."""
    folder = shutil.copytree(full_teacher, tmp_path / "q")
    card = folder / "model.toml"
    card.write_text(card.read_text().replace('variant = "r1"', 'variant = "q"'))
    return folder


@pytest.mark.slow
def test_two_processes_train_a_part_of_a_full_size_student_together(full_recipe, q_teacher, recipe_file, tmp_path):
    student = {"parts": "control", "gradient_checkpointing": True}
    file, folder = recipe_file(full_recipe(student=student, objective={"teacher": q_teacher})), tmp_path / "run"
    launch = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2"]
    done = subprocess.run(
        [*launch, "-m", "distill.train", str(file), "--folder", str(folder), "--threads", "1"],
        check=False,
        capture_output=True,
        text=True,
        cwd=PLACE,
        env=os.environ | {"ACCELERATE_USE_CPU": "1", "OMP_NUM_THREADS": "1"},
        timeout=200,
    )
    assert done.returncode == 0, done.stderr[:3000]
    assert read_status(folder).phase is Phase.FINISHED
    last = json.loads((folder / "metrics.jsonl").read_text().splitlines()[-1])
    assert last["trained_images"] == 4 * 2 * 2  # steps, patches, processes
    state = load_latest(folder)["network"]
    assert all(torch.isfinite(value).all() for value in state.values())
    assert not any(".to_k_control." in name for name in state)
