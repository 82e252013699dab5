"""Runs a command of this program as a subprocess that can be stopped."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING

from distill.launch import own_command
from mfsr_engine.errors import Cancelled, RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mfsr_engine.progress import Progress

LOOK_EVERY_S = 0.1
END_WITHIN_S = 5.0
_ROOT = Path(__file__).resolve().parent.parent.parent


def run_apart(words: Sequence[str], stage: str, progress: Progress) -> str:
    """Run a sub-command of `mfsr distill` to its end and give back what it printed.

    Args:
        words: the sub-command and its arguments.
        stage: what is done, for people.
        progress: told that it goes on; stops the process when cancelled.

    Raises:
        RequestError: the command failed; the message is its own.
        Cancelled: stopped.
    """
    with subprocess.Popen(
        [*own_command(), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=_ROOT,
    ) as process:
        try:
            while True:
                progress.report(stage)
                try:
                    said, complained = process.communicate(timeout=LOOK_EVERY_S)
                    break
                except subprocess.TimeoutExpired:
                    continue
        except Cancelled:
            _end(process)
            raise
    if process.returncode != 0:
        raise RequestError((complained.strip().splitlines() or ["No reason was given."])[-1].removeprefix("mfsr: "))
    return said


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    until_s = time.monotonic() + END_WITHIN_S
    while process.poll() is None and time.monotonic() < until_s:
        time.sleep(LOOK_EVERY_S)
    process.kill()
