"""Runs a recipe in child processes that are killed (kill -9) again and again, in turn at a random moment of their whole life, from the
first look at the photographs on, and after some more steps were saved; then to the end, and compares with an undisturbed run.

Started by a test with a recipe, a folder and how often to kill as its arguments; writes `report.json` into the folder. A process
of its own, so that what it forks has not computed anything yet and the libraries are loaded only once.
"""

import json
import os
import random
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import torch
import torch._dynamo

from distill.config import Recipe
from distill.runs.events import read_events
from distill.runs.recipe_file import read_recipe
from distill.runs.status import read_status
from distill.training.checkpoint import checkpoints, load_latest
from distill.training.train import train

MOST_STEPS = 3
"""Saved in one round, so that a fast computer is not done before the last one."""
STUCK_S = 300.0

with suppress(ImportError):  # what a first step loads
    import torch.utils.tensorboard


def started(recipe: Recipe, folder: Path) -> int:
    """A child that goes on with the run."""
    child = os.fork()
    if child == 0:
        torch.set_num_threads(1)
        train(recipe, folder)
        os._exit(0)
    return child


def killed(recipe: Recipe, folder: Path, patience_s: float, steps: int, delay_s: float) -> dict[str, object]:
    """One child, killed a little after it has saved so many steps, or when patience ends; what it left behind."""
    until_s, wanted = time.monotonic() + patience_s, newest(folder) + steps
    child = started(recipe, folder)
    while newest(folder) < wanted and time.monotonic() < until_s:
        time.sleep(0.002)
    time.sleep(delay_s)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    state = load_latest(folder)
    events = read_events(folder)
    return {
        "phase": read_status(folder).phase,
        "saved": state["step"] if state else 0,
        "told": events[-1].step if events else 0,
    }


def newest(folder: Path) -> int:
    """Step of the newest checkpoint; 0 if there is none."""
    found = checkpoints(folder)
    return int(found[-1].stem.removeprefix("step-")) if found else 0


def finished(recipe: Recipe, folder: Path) -> tuple[dict[str, torch.Tensor], list[int]]:
    """Weights and told steps after the whole run, trained in a child to its end, where alone it saves and paints."""
    run = recipe.run.model_copy(update={"checkpoint_minutes": 60.0})
    assert os.waitpid(started(recipe.model_copy(update={"run": run}), folder), 0)[1] == 0
    state = load_latest(folder)
    assert state is not None
    return state["network"] | {"step": torch.tensor(state["step"])}, [event.step for event in read_events(folder)]


def main(file: Path, folder: Path, kills: int) -> None:
    """So many rounds, the rest, and the comparison."""
    recipe = read_recipe(file)
    generator = random.Random(2)
    rounds = []
    for number in range(kills):
        patience_s = (
            STUCK_S if number % 2 else generator.uniform(0.02, 1.2)
        )  # a slow computer gets as far as a fast one
        steps, delay_s = generator.randint(1, MOST_STEPS), generator.uniform(0, 0.02)
        rounds.append(killed(recipe, folder / "killed", patience_s, steps, delay_s))
    (disturbed, told), (undisturbed, _) = finished(recipe, folder / "killed"), finished(recipe, folder / "undisturbed")
    report = {
        "rounds": rounds,
        "told": told,
        "final_step": int(disturbed["step"]),
        "equals_undisturbed": all(torch.equal(disturbed[name], value) for name, value in undisturbed.items()),
        "phase": read_status(folder / "killed").phase,
    }
    (folder / "report.json").write_text(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
