"""Output of the command line: printing that never raises, and progress bars on stderr, so that stdout holds results only. Knows nothing of
what is computed.
"""

from __future__ import annotations

import codecs
import os
import sys
from contextlib import contextmanager, suppress
from io import TextIOWrapper
from typing import TYPE_CHECKING, Literal, Self

from mfsr_engine.progress import Progress, ProgressReport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import TextIO

_UNPRINTABLE = "mfsr.unprintable"
"""Name of the way in which letters are printed that the stream's encoding lacks."""


def prepare_streams() -> None:
    """Let stdout and stderr take any text, whatever their encoding: what it lacks is written as an escape, and the bytes of a
    file's name that are no text are written as they are.
    """
    codecs.register_error(_UNPRINTABLE, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors=_UNPRINTABLE)


def settle_streams() -> bool:
    """Write out what stdout and stderr still hold. Returns whether that was possible; if not, the end of the process will not
    complain of it again.
    """
    settled = [_try(stream, "") for stream in (sys.stdout, sys.stderr)]  # both, even if the first fails
    return all(settled)


def say(text: object) -> bool:
    """Print a line on stdout. Never raises; returns False if it could not be written, for example to a full disk."""
    return _try(sys.stdout, f"{text}\n")


def complain(text: object) -> bool:
    """Print a line on stderr, as `say` does; control characters, such as those in the name of a file, become escapes."""
    line = "".join(c if c.isprintable() else _escape(c) for c in str(text))
    return _try(sys.stderr, f"{line}\n")


def _try(stream: TextIO | None, text: str) -> bool:
    if stream is None:  # closed before the program began
        return True
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):
        _silence(stream)
        return False
    return True


def _silence(stream: TextIO) -> None:
    """Lead a stream that cannot be written to into nothing; else what it still holds fails again at the program's end."""
    with suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        try:
            os.dup2(nothing, stream.fileno())
        finally:
            os.close(nothing)


def _escaped(error: UnicodeError) -> tuple[str | bytes, int]:
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeError:
        return codecs.lookup_error("backslashreplace")(error)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


class TerminalBars:
    """One line per job: what is done, a bar, units done, time left. Shows nothing where stderr is no terminal."""

    def __init__(self, *, is_shown: bool | None = None, unit: Literal["pieces", "bytes"] = "pieces") -> None:
        """`is_shown` None shows bars if stderr is a terminal. Bytes are shown with their rate."""
        from rich import console, progress  # a tenth of a second, which most lines that are printed do without

        is_bytes = unit == "bytes"
        counts = (
            (progress.DownloadColumn(), progress.TransferSpeedColumn())
            if is_bytes
            else (progress.MofNCompleteColumn(),)
        )
        self._bars = progress.Progress(
            progress.TextColumn("{task.fields[label]}"),
            progress.TextColumn("{task.description}"),
            progress.BarColumn(),
            *counts,
            progress.TimeRemainingColumn(),
            console=console.Console(stderr=True),
            transient=True,
            disable=not (_is_terminal(sys.stderr) if is_shown is None else is_shown),
        )

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take the bars away while something else is written or asked, such as a question that is being answered."""
        is_shown = self._bars.live.is_started
        self._bars.stop()
        try:
            yield
        finally:
            if is_shown:
                self._bars.start()

    def progress(self, label: str) -> Progress:
        """A progress for one job, shown in a line of its own that takes the place of the line before."""
        for old in self._bars.task_ids:
            self._bars.remove_task(old)
        task = self._bars.add_task("", label=label, total=None)
        stage = ""

        def show(report: ProgressReport) -> None:
            nonlocal stage
            with suppress(OSError):  # a terminal that is gone stops no work
                if report.stage != stage:
                    stage = report.stage
                    self._bars.reset(task, description=stage, total=report.total or None)
                self._bars.update(task, completed=report.done, total=report.total or None)

        return Progress(on_report=show)
