"""Training runs on disk: created, started as subprocesses, paused, resumed, followed. Loads no torch."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from distill.config import Recipe
from distill.launch import log_tail, own_command
from distill.runs.events import StepEvent, read_events
from distill.runs.progress_log import TICK
from distill.runs.recipe_file import read_recipe, write_recipe
from distill.runs.status import (
    PROCESS_FILE,
    STATUS_FILE,
    Phase,
    RunStatus,
    StopRequest,
    ask_to_stop,
    claim,
    living_process,
    read_status,
)
from mfsr_engine.errors import RequestError
from mfsr_engine.files import paths

RECIPE_FILE, LOG_FILE, PREVIEW_FOLDER = "recipe.toml", "log.txt", "previews"
TABLE_FILE, GRID_FILE = "evaluation.json", "evaluation.png"
"""What an evaluation leaves in a run folder: scores, and pictures."""
HERE = Path("runs")
"""Where the command line puts runs, seen from where it is started."""
_ACTIVE = (Phase.NEW, Phase.PREPARING, Phase.TRAINING)


def runs_dir() -> Path:
    """Folder of the user's training runs, those of the wizard. It may not exist yet."""
    return paths.data_dir() / "runs"


def usual_folder(recipe: Recipe, file: Path) -> Path:
    """Where a recipe is trained from the command line: in the run's folder that its file lies in, else in runs/NAME."""
    is_runs_own = file.name == RECIPE_FILE and (file.parent / STATUS_FILE).is_file()
    return file.parent if is_runs_own else HERE / recipe.name


@dataclass(frozen=True)
class Run:
    """One run, known by its folder alone, so that a window can find it again after any restart."""

    folder: Path
    """Recipe, checkpoints, metrics, previews and log."""

    @property
    def name(self) -> str:
        """Name of the run: its folder's."""
        return self.folder.name

    def recipe(self) -> Recipe:
        """What is trained.

        Raises:
            RequestError: the recipe in the folder is missing or damaged.
        """
        return read_recipe(self.folder / RECIPE_FILE)

    def is_alive(self) -> bool:
        """Whether a process trains here now."""
        return living_process(self.folder) is not None

    def status(self) -> RunStatus:
        """Where the run stands. A process that vanished without a word has failed; the log's end says more."""
        status = read_status(self.folder)
        has_begun = any((self.folder / name).exists() for name in (LOG_FILE, PROCESS_FILE))
        if status.phase in _ACTIVE and has_begun and not self.is_alive():
            said = log_tail(self.folder / LOG_FILE, 3, without=TICK)
            message = "Training ended unexpectedly. It can be gone on with from the last checkpoint."
            return replace(status, phase=Phase.FAILED, message=f"{message} {said}".strip())
        return status

    def events(self) -> list[StepEvent]:
        """The learning curve so far."""
        return read_events(self.folder)

    def previews(self) -> list[Path]:
        """Previews so far, oldest first."""
        return sorted((self.folder / PREVIEW_FOLDER).glob("step-*.png"))

    def has_checkpoint(self) -> bool:
        """Whether there is something to go on from, or to export."""
        return any(self.folder.glob("step-*.pt"))

    def start(self, extra: Sequence[str] = (), command: Sequence[str] | None = None) -> None:
        """Train in a process of its own that outlives this one; goes on from the newest checkpoint.

        Args:
            extra: more words for `mfsr distill run`, for example `("--threads", "2")`.
            command: words to put before `run`; None is this program's own.

        Raises:
            RequestError: it trains already, or no process can be started.
        """
        if self.is_alive():
            raise RequestError(f"{self.name} is being trained already.")
        place = self.folder.resolve()
        words = [*(command or own_command()), "run", str(place / RECIPE_FILE), "--folder", str(place)]
        try:
            with (self.folder / LOG_FILE).open("ab") as log:
                process = subprocess.Popen(
                    [*words, *extra],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=Path(__file__).resolve().parent.parent.parent,
                    **_detached(),
                )
        except OSError as error:
            raise RequestError(f"Cannot start training: {error}.") from error
        process.returncode = 0  # disowned: it outlives this program; `living_process` takes note of its end
        with suppress(Exception):  # it may have ended already; its status says how
            claim(self.folder, process.pid)

    def ask_to_stop(self, request: StopRequest = StopRequest.STOP) -> None:
        """Ask the process to save and end, at its next step. Nothing happens if there is none."""
        process = living_process(self.folder)
        if process is None:
            return
        ask_to_stop(self.folder, request)
        if os.name != "nt":
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGTERM)

    def wait(self, timeout_s: float) -> bool:
        """Wait until the process has ended; False if it has not by then."""
        until_s = time.monotonic() + timeout_s
        while self.is_alive():
            if time.monotonic() > until_s:
                return False
            time.sleep(0.05)
        return True


def create_run(recipe: Recipe, root: Path | None = None) -> Run:
    """Make the folder of a new run, named after its recipe.

    Raises:
        RequestError: there is a run of this name, or the folder cannot be written.
    """
    folder = (root or runs_dir()) / recipe.name
    if (folder / RECIPE_FILE).exists():
        raise RequestError(f"There is a run named {recipe.name} already. Choose another name, or go on with that run.")
    write_recipe(recipe, folder / RECIPE_FILE)
    return Run(folder)


def keep_recipe(recipe: Recipe, folder: Path) -> None:
    """Write down in a run's folder what is trained there, so that the run can be found by it; a file that says so stays as it is.

    Raises:
        RequestError: it cannot be written.
    """
    file = folder / RECIPE_FILE
    with suppress(RequestError):
        if read_recipe(file) == recipe:
            return
    write_recipe(recipe, file)


def list_runs(root: Path | None = None) -> list[Run]:
    """All runs, the one that changed last first."""
    folders = [path.parent for path in (root or runs_dir()).glob(f"*/{RECIPE_FILE}")]
    return [Run(folder) for folder in sorted(folders, key=lambda folder: -folder.stat().st_mtime)]


def _detached() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.DETACHED_PROCESS}
    return {"start_new_session": True}
