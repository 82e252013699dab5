"""The status files of a training process, which any program can follow, and the file that asks it to stop."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from distill.runs.text_file import write_whole
from mfsr_engine.errors import RequestError
from mfsr_engine.progress import Progress, ProgressReport

if TYPE_CHECKING:
    import psutil  # type: ignore[import-untyped]

STATUS_FILE, PROCESS_FILE, STOP_FILE = "status.json", "process.json", "stop"
_WRITE_EVERY_S = 0.5
_LOOK_EVERY_S = 0.5


class Phase(StrEnum):
    """Where a run stands."""

    NEW = "new"
    PREPARING = "preparing"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"


class StopRequest(StrEnum):
    """Why a run is asked to stop; both save first and can be gone on from."""

    PAUSE = "pause"
    STOP = "stop"


@dataclass(frozen=True)
class RunStatus:
    """A moment of a run."""

    phase: Phase
    """Where it stands."""
    stage: str = ""
    """What is being done, for people."""
    done: int = 0
    """Finished units of `total`."""
    total: int = 0
    """Units in this stage; 0 if unknown."""
    message: str = ""
    """Why it failed or stopped, for people."""


def write_status(folder: Path, status: RunStatus) -> None:
    """Replace the status in one move."""
    write_whole(folder / STATUS_FILE, json.dumps(asdict(status)))


def read_status(folder: Path) -> RunStatus:
    """The last status written; "new" if there is none or it cannot be read."""
    try:
        table = json.loads((folder / STATUS_FILE).read_text(encoding="utf-8"))
        return RunStatus(**table | {"phase": Phase(table["phase"])})
    except (OSError, ValueError, KeyError, TypeError):
        return RunStatus(Phase.NEW)


def claim(folder: Path, pid: int | None = None) -> None:
    """Say that a process (by default this one) trains in this folder.

    Raises:
        RequestError: another one does, and lives.
    """
    import psutil

    owner = living_process(folder)
    if owner is not None and owner.pid == (pid or os.getpid()):
        return
    if owner is not None:
        raise RequestError(f"A process trains in {folder} already. Stop it first, or take another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / STOP_FILE).unlink(missing_ok=True)
    process = psutil.Process(pid)
    table = {"pid": process.pid, "created_s": process.create_time()}
    write_whole(folder / PROCESS_FILE, json.dumps(table))


def release(folder: Path) -> None:
    """Say that this process trains here no longer, though it may live on."""
    (folder / PROCESS_FILE).unlink(missing_ok=True)


def living_process(folder: Path) -> psutil.Process | None:
    """The process that trains in this folder, if it lives. A number that another program got since does not count."""
    import psutil

    try:
        table = json.loads((folder / PROCESS_FILE).read_text(encoding="utf-8"))
        process = psutil.Process(int(table["pid"]))
        if abs(process.create_time() - float(table["created_s"])) >= 1:
            return None
        if process.status() == psutil.STATUS_ZOMBIE:  # a child of this program that ended
            process.wait(0)
            return None
        return process
    except (OSError, ValueError, KeyError, TypeError, psutil.Error):
        return None


def ask_to_stop(folder: Path, request: StopRequest) -> None:
    """Leave a request that the training process finds at its next step."""
    write_whole(folder / STOP_FILE, request)


def stop_request(folder: Path) -> StopRequest | None:
    """The request left in the folder."""
    try:
        return StopRequest((folder / STOP_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


class RunProgress(Progress):
    """A progress that is written to the run folder, and is cancelled by a request left there."""

    def __init__(
        self, folder: Path, is_writer: bool = True, also: Callable[[ProgressReport], None] | None = None
    ) -> None:
        """`is_writer` false only looks for wishes, as all processes but the first do; `also` is told what is written."""
        super().__init__(self._write if is_writer else None)
        self._folder, self._also = folder, also
        self._written_s = self._looked_s = 0.0
        self._stage_written = ""

    @property
    def is_cancelled(self) -> bool:
        """Whether `cancel` was called or a request was left."""
        now = time.monotonic()
        if now - self._looked_s > _LOOK_EVERY_S:
            self._looked_s = now
            if stop_request(self._folder) is not None:
                self.cancel()
        return super().is_cancelled

    def check(self) -> None:
        """See `Progress.check`."""
        _ = self.is_cancelled
        super().check()

    def _write(self, report: ProgressReport) -> None:
        if self._also is not None:
            self._also(report)
        now = time.monotonic()
        if report.stage == self._stage_written and now - self._written_s < _WRITE_EVERY_S:
            return
        self._written_s, self._stage_written = now, report.stage
        phase = Phase.TRAINING if report.stage == "Training" else Phase.PREPARING
        with suppress(OSError):  # a full disk: what must be kept says so where it is written
            write_status(self._folder, RunStatus(phase, report.stage, report.done, report.total))
