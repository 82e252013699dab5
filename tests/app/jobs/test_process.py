"""A command in a process of its own: its words come back, its failure is told, and it can be stopped."""

import subprocess
import sys

import pytest

from mfsr_app.jobs import process as own_process
from mfsr_engine.errors import Cancelled, RequestError
from mfsr_engine.progress import Progress


@pytest.fixture(autouse=True)
def python_as_command(monkeypatch):
    monkeypatch.setattr(own_process, "own_command", lambda: (sys.executable, "-c"))


def test_what_it_prints_comes_back():
    said = []
    progress = Progress(lambda report: said.append(report.stage))
    assert own_process.run_apart(("print('done')",), "Measuring", progress) == "done\n"
    assert set(said) == {"Measuring"}


def test_a_failure_is_told_in_its_own_words():
    words = "import sys; sys.stderr.write('noise\\nmfsr: There is no room.\\n'); sys.exit(2)"
    with pytest.raises(RequestError, match=r"^There is no room\.$"):
        own_process.run_apart((words,), "Measuring", Progress())


def test_it_ends_when_it_is_cancelled(monkeypatch):
    """The command itself would wait for ever."""
    started = []

    class Watched(subprocess.Popen):
        def __init__(self, *given, **named):
            super().__init__(*given, **named)
            started.append(self)

    monkeypatch.setattr(own_process.subprocess, "Popen", Watched)
    progress = Progress(lambda report: progress.cancel())
    with pytest.raises(Cancelled):
        own_process.run_apart(("import threading; threading.Event().wait()",), "Measuring", progress)
    (process,) = started
    assert process.returncode not in (None, 0)
