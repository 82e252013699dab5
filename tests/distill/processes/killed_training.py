"""Trains in child processes that are killed (kill -9) at ten random moments, then to the end, and compares with an undisturbed run.

Started by a test with a folder as its argument; writes `report.json` there. A process of its own, so that what it forks has not
computed anything yet and the libraries, with those an optimizer asks for at its first step, are loaded only once.
"""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import torch
import torch._dynamo

from distill.training.checkpoint import load_latest
from distill.training.trainer import Trainer
from mfsr_engine.progress import Progress
from tests.fakes.tiny_training import FAST, make_parts, make_run

STEPS, ROUNDS = 120, 10


def train(folder: Path, announce: int | None = None) -> None:
    """Go on to the end with a checkpoint at every step; tells through the pipe where it began and each step it saved."""
    torch.set_num_threads(1)
    run = make_run(STEPS, checkpoint_minutes=1e-9 if announce else 60)
    parts = make_parts()
    if announce is not None:
        parts.after_save = lambda step: _tell(announce, step)
    trainer = Trainer(folder, run, FAST, parts)
    trainer.resume()
    if announce is not None:
        _tell(announce, trainer.step)
    trainer.train(Progress())


def killed(folder: Path, generator: random.Random) -> dict[str, int]:
    """One child, killed at a random moment of a random step, so that a slow computer gets as far as a fast one."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        train(folder, writer)
        os._exit(0)
    os.close(writer)
    told = b""
    for _ in range(1 + generator.randrange(STEPS // ROUNDS)):  # it has resumed, and saved some steps
        told += os.read(reader, 8)
    time.sleep(generator.uniform(0.0, 0.05))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while more := os.read(reader, 1 << 16):
        told += more
    os.close(reader)
    steps = [int.from_bytes(told[at : at + 8], "little") for at in range(0, len(told), 8)]
    state = load_latest(folder)
    return {"resumed": steps[0], "announced": steps[-1], "loaded": state["step"] if state else 0}


def finished(folder: Path) -> dict[str, torch.Tensor]:
    """The weights after the whole run, trained in a child to its end."""
    child = os.fork()
    if child == 0:
        train(folder)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    state = load_latest(folder)
    assert state is not None
    return state["network"] | {"step": torch.tensor(state["step"])}


def _tell(pipe: int, step: int) -> None:
    os.write(pipe, step.to_bytes(8, "little"))


def main(folder: Path) -> None:
    """Ten rounds, the rest, and the comparison."""
    generator = random.Random(1)
    rounds = [killed(folder / "killed", generator) for _ in range(ROUNDS)]
    disturbed, undisturbed = finished(folder / "killed"), finished(folder / "undisturbed")
    report = {
        "rounds": rounds,
        "wanted_steps": STEPS,
        "final_step": int(disturbed["step"]),
        "equals_undisturbed": all(torch.equal(disturbed[name], value) for name, value in undisturbed.items()),
    }
    (folder / "report.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
