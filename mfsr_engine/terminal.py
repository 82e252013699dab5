"""Progress bars on a terminal, on stderr so that stdout holds results alone. Knows nothing of what is computed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.progress import Progress as RichProgress

from mfsr_engine.progress import Progress, ProgressReport

if TYPE_CHECKING:
    from types import TracebackType


class TerminalBars:
    """One line per job: what is done, a bar, units done, time left. Shows nothing where stderr is no terminal."""

    def __init__(self, *, is_shown: bool | None = None, unit: Literal["pieces", "bytes"] = "pieces") -> None:
        """`is_shown` None shows bars if stderr is a terminal. Bytes are shown with their rate."""
        counts = (DownloadColumn(), TransferSpeedColumn()) if unit == "bytes" else (MofNCompleteColumn(),)
        self._bars = RichProgress(
            TextColumn("{task.fields[label]}"),
            TextColumn("{task.description}"),
            BarColumn(),
            *counts,
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            disable=not (sys.stderr.isatty() if is_shown is None else is_shown),
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    def progress(self, label: str) -> Progress:
        """A progress for one job, shown in a line of its own that takes the place of the line before."""
        for old in self._bars.task_ids:
            self._bars.remove_task(old)
        task = self._bars.add_task("", label=label, total=None)
        stage = ""

        def show(report: ProgressReport) -> None:
            nonlocal stage
            if report.stage != stage:
                stage = report.stage
                self._bars.reset(task, description=stage, total=report.total or None)
            self._bars.update(task, completed=report.done, total=report.total or None)

        return Progress(on_report=show)
