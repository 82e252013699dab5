"""The system's wish to stop, as a scheduler or a closing computer sends it."""

import errno
import json
import os
import signal
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image

from distill.training.checkpoint import load_latest
from distill.training.train import main

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
        sender.join(timeout=600)
    assert end.value.exit_code == 130
    state = load_latest(tmp_path / "run")
    assert 0 < state["step"] < 1_000_000
    assert f"Stopped at step {state['step']}. The checkpoint is saved" in capsys.readouterr().err
    assert len(log.read_text().splitlines()) == state["step"]
    assert signal.getsignal(number) is before


def test_a_disk_that_fills_up_ends_training_in_one_line_and_it_goes_on_once_there_is_room(
    recipe, tmp_path, capsys, monkeypatch
):
    """Nothing can be written any more, neither metrics nor status nor checkpoints, from the moment the fifth step is done."""
    recipe.write_text(RECIPE.replace("steps = 1000000", "steps = 8").replace("minutes = 60", "minutes = 1e-9"))
    log = tmp_path / "run" / "metrics.jsonl"
    real_open, real_text = Path.open, Path.write_text

    def check(path):
        if log.is_file() and len(log.read_bytes().splitlines()) >= 5 and path.is_relative_to(tmp_path / "run"):
            raise OSError(errno.ENOSPC, "No space left on device")

    def opened(path, mode="r", *rest, **named):
        if mode != "r" and mode != "rb":
            check(path)
        return real_open(path, mode, *rest, **named)

    def written(path, *rest, **named):
        check(path)
        return real_text(path, *rest, **named)

    with monkeypatch.context() as full:
        full.setattr(Path, "open", opened)
        full.setattr(Path, "write_text", written)
        with pytest.raises(typer.Exit) as end:
            main(recipe, tmp_path / "run", threads=1)
    assert end.value.exit_code == 1
    message = capsys.readouterr().err.splitlines()[-1]
    assert "The last checkpoint is intact; make room and resume." in message
    assert load_latest(tmp_path / "run")["step"] == 4
    main(recipe, tmp_path / "run", threads=1)
    assert load_latest(tmp_path / "run")["step"] == 8
    assert [json.loads(line)["step"] for line in log.read_text().splitlines()] == list(range(1, 9))
