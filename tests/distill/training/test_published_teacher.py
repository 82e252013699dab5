"""Teachers as they are published become students through the commands that a person types. Prompts have their published lengths: 154
tokens as published, 333 once encoded.
"""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from distill.training.checkpoint import checkpoints
from mfsr_app import command_line
from mfsr_engine import images
from mfsr_engine.files import paths
from mfsr_engine.hub.parts import encoders_dir
from mfsr_engine.models.card import read_card
from mfsr_engine.models.families import all_text_encoders
from tests.fakes.photographs import picture
from tests.fakes.published_model import ENCODED_TOKENS, NULL_TOKENS, write_published
from tests.fakes.tiny_encoders import write_encoders
from tests.fakes.tiny_hub import published_hub, running_hub

pytestmark = pytest.mark.usefixtures("home", "random_networks")

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_S = 600
RECIPE = """
name = "mine"

[data]
photos = "{photos}"
crop_px = 128
crops_per_photo = 1
versions = 1
patch_px = 64
batch_size = 2
validation_share = 0.25

[student]
parts = "lora"
lora_rank = 2

[objective]
kind = "meanflow"
teacher = "{teacher}"
guidance = {guidance}

[run]
steps = {steps}
precision = "fp32"
log_every = 1
checkpoint_minutes = 0.005
"""


@pytest.fixture
def work(tmp_path, monkeypatch):
    """Where the commands are typed; encoders are where a pull leaves them."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    write_encoders(encoders_dir(all_text_encoders()[0]))
    return tmp_path / "work"


@pytest.fixture
def mfsr(capsys):
    """`mfsr("models", "list")` types the command, checks its exit code, and gives back what it said."""

    def run(*words, code=0):
        capsys.readouterr()
        found = command_line.run(list(words))
        said = capsys.readouterr()
        assert found == code, said.err
        assert "Traceback" not in said.err
        return said.out + said.err

    return run


def write(place, **numbers):
    place.write_text(RECIPE.format(**{"guidance": 8.0, "steps": 2} | numbers))
    return str(place)


def lengths(teacher):
    """Tokens of each stored prompt."""
    with safe_open(paths.user_models_dir() / teacher / "prompts.safetensors", framework="pt") as file:
        return {name: file.get_slice(name).get_shape()[1] for name in file.keys() if name.endswith("tokens")}  # noqa: SIM118


def killed_once_it_saved(recipe, folder):
    """`mfsr distill run` in a process of its own, ended by SIGKILL after a checkpoint."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    words = [sys.executable, "-m", "distill", "run", recipe, "--threads", "1"]
    with subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        until_s = time.monotonic() + PATIENCE_S
        while not checkpoints(folder) and process.poll() is None and time.monotonic() < until_s:
            time.sleep(0.01)
        process.kill()
        _, said = process.communicate()
    assert process.returncode == -signal.SIGKILL, said.decode()
    return int(checkpoints(folder)[-1].stem.removeprefix("step-"))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_pulled_encoded_distilled_killed_resumed_compared_exported_and_used(
    tmp_path, monkeypatch, home, photos, work, mfsr
):
    with running_hub(monkeypatch, tmp_path) as server:
        published_hub(server, tmp_path, monkeypatch)
        mfsr("models", "pull", "dit4sr_r1", "--accept-licence")
    assert lengths("dit4sr_r1") == {"positive.tokens": NULL_TOKENS, "null.tokens": NULL_TOKENS}
    recipe = write(work / "recipe.toml", photos=photos, teacher="dit4sr_r1", steps=200)
    assert "mfsr prompts encode --model dit4sr_r1" in mfsr("distill", "run", recipe, code=2)
    mfsr("prompts", "encode", "--model", "dit4sr_r1")
    assert lengths("dit4sr_r1") == {
        "positive.tokens": ENCODED_TOKENS,
        "negative.tokens": ENCODED_TOKENS,
        "null.tokens": NULL_TOKENS,
    }
    run = work / "runs" / "mine"
    saved = killed_once_it_saved(recipe, run)
    write(work / "recipe.toml", photos=photos, teacher="dit4sr_r1", steps=saved + 3)
    mfsr("distill", "resume", recipe)
    steps = [json.loads(line)["step"] for line in (run / "metrics.jsonl").read_text().splitlines()]
    assert steps == list(range(1, saved + 4))
    assert "| student | 8 |" in mfsr("distill", "eval", recipe, "--device", "cpu", "--most", "1")
    mfsr("distill", "export", recipe)
    card = read_card(home / "data" / "models" / "mine")
    assert (card.is_teacher, card.training["teacher"], card.training["guidance"]) == (False, "dit4sr_r1", 8.0)
    assert card.licence == read_card(home / "data" / "models" / "dit4sr_r1").licence
    images.write(work / "photo.png", picture(3, 20, 28), kept=images.KeptMetadata())
    mfsr("upscale", "photo.png", "--model", "mine", "--device", "cpu", "-o", "large.png")
    pixels = images.read(work / "large.png").pixels
    assert pixels.shape == (80, 112, 3)
    assert np.ptp(pixels) > 0.1


@pytest.mark.parametrize("variant", ["q", "f"])
def test_an_imported_teacher_trains_without_guidance_as_published_and_with_it_once_encoded(
    variant, tmp_path, photos, work, mfsr
):
    mfsr("models", "import", str(write_published(tmp_path / f"tiny_{variant}", variant)), "--variant", variant)
    recipe = write(work / "recipe.toml", photos=photos, teacher=f"tiny_{variant}")
    said = mfsr("distill", "run", recipe, code=2)
    assert "has no negative prompt for guidance to lead away from" in said
    assert f"`mfsr prompts encode --model tiny_{variant}`" in said
    assert not (work / "runs" / "mine" / "pack").exists()
    mfsr("distill", "run", write(work / "plain.toml", photos=photos, teacher=f"tiny_{variant}", guidance=1.0))
    mfsr("prompts", "encode", "--model", f"tiny_{variant}")
    mfsr("distill", "run", recipe, "--folder", "guided")
    for folder in (work / "runs" / "mine", work / "guided"):
        losses = [
            json.loads(line)["losses"]["meanflow"] for line in (folder / "metrics.jsonl").read_text().splitlines()
        ]
        assert len(losses) == 2
        assert np.isfinite(losses).all()
