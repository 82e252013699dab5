"""The system's wish to stop, as a scheduler or a closing computer sends it."""

import os
import signal
import threading
import time

import numpy as np
import pytest
import typer
from PIL import Image

from distill.checkpoint import load_latest
from distill.train import main

pytestmark = pytest.mark.usefixtures("fresh_accelerator")

RECIPE = """
name = "tiny"
[data]
photos = "photos"
crop_px = 64
patch_px = 16
batch_size = 2
versions = 1
validation_share = 0
[network]
width = 8
blocks = 2
embedding = 16
[objective]
kind = "flow-matching"
[run]
steps = 1000000
precision = "fp32"
log_every = 1
checkpoint_minutes = 60
"""


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "photos").mkdir()
    for number in range(2):
        pixels = np.random.default_rng(number).integers(0, 256, (64, 64, 3), np.uint8)
        Image.fromarray(pixels).save(tmp_path / "photos" / f"{number}.png")
    path = tmp_path / "recipe.toml"
    path.write_text(RECIPE)
    return path


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signal_saves_where_the_training_stands_and_says_so(recipe, tmp_path, capsys, number):
    before, log = signal.getsignal(number), tmp_path / "run" / "metrics.jsonl"

    def send():
        while not log.is_file():
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    sender = threading.Thread(target=send)
    sender.start()
    try:
        with pytest.raises(typer.Exit) as end:
            main(recipe, tmp_path / "run", threads=1)
    finally:
        sender.join(timeout=10)
    assert end.value.exit_code == 130
    state = load_latest(tmp_path / "run")
    assert 0 < state["step"] < 1000
    assert f"Stopped at step {state['step']}. The checkpoint is saved" in capsys.readouterr().err
    assert len(log.read_text().splitlines()) == state["step"]
    assert signal.getsignal(number) is before
