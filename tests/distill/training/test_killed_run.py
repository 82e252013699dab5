"""A whole run, preparation and all, that is killed again and again."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("home")

DRIVER = Path(__file__).resolve().parents[1] / "processes" / "killed_run.py"
KILLS = {"compact": 10, "full": 4}
"""A full-size run differs by its latents and its size; each of its rounds takes several times as long."""
STEPS = {"compact": 60, "full": 24}


@pytest.mark.slow
@pytest.mark.parametrize("family", ["compact", "full"])
def test_killed_again_and_again_a_run_loses_at_most_the_step_in_hand(
    family, recipe, full_recipe, recipe_file, tmp_path
):
    kills, steps = KILLS[family], STEPS[family]
    make = recipe if family == "compact" else full_recipe
    data = {"validation_share": 0.25, "scan": True, "latent_patches": 2 * (family == "full")}
    file = recipe_file(make(data=data, run={"steps": steps, "checkpoint_minutes": 1e-9}))
    environment = {**os.environ, "PYTHONPATH": str(DRIVER.parents[3]), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, str(DRIVER), str(file), str(tmp_path), str(kills)]
    done = subprocess.run(command, env=environment, timeout=800, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    report = json.loads((tmp_path / "report.json").read_text())
    rounds = report["rounds"]
    assert len(rounds) == kills
    for one in rounds:  # a step is told, then saved
        assert one["told"] - 1 <= one["saved"] <= one["told"]
    saved = [one["saved"] for one in rounds]
    assert saved == sorted(saved)
    assert all(0 < after < steps for after in saved[1::2]), "killed before the first step, or after the last"
    assert all(before < after for before, after in zip(saved[::2], saved[1::2], strict=True))
    assert report["told"] == list(range(1, steps + 1))
    assert report["final_step"] == steps
    assert report["equals_undisturbed"]
    assert report["phase"] == "finished"
