"""Imports in the window's threads are Python's own."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
PROGRAM = """
from PySide6.QtCore import QCoreApplication
from mfsr_app.jobs.worker import Worker
from mfsr_app.jobs.imports import restore_plain_imports
app = QCoreApplication([])
restore_plain_imports()
restore_plain_imports()
worker = Worker("a worker")
def work(_):
    import shy
    return "there"
worker.submit(work, print, lambda failure: print(failure.text)).ended.connect(app.quit)
app.exec()
worker.stop()
"""
SHY = """
def __getattr__(name):
    if name == "__wrapped__":
        raise ImportError("cannot import name from a half-made module")
    raise AttributeError(name)
"""


def test_a_job_can_import_a_module_that_does_not_bear_to_be_asked_for_names_it_has_not(tmp_path):
    (tmp_path / "shy.py").write_text(SHY)
    program = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(tmp_path)!r}]\n{PROGRAM}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (done.stdout.strip(), done.stderr) == ("there", "")


def test_a_window_brings_plain_imports_back(window):
    import builtins

    assert builtins.__import__.__name__ != "__feature_import__"
