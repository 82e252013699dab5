"""Native libraries are read before they are imported, so that the import does not wait for the disk."""

import subprocess
import sys
from pathlib import Path

import pytest

from mfsr_app.jobs.imports import CHUNK_BYTES, read_ahead


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that must not be imported, with libraries in it, deeper in it, and beside it."""
    folder = tmp_path / "heavy_package"
    (folder / "lib").mkdir(parents=True)
    (tmp_path / "heavy_package.libs").mkdir()
    (folder / "__init__.py").write_text("raise AssertionError('imported')")
    (folder / "binding.abi3.so").write_bytes(b"1" * 10)
    (folder / "lib" / "libcompute.so.1").write_bytes(b"2" * (CHUNK_BYTES + 200))
    (tmp_path / "heavy_package.libs" / "libblas.dylib").write_bytes(b"3" * 3000)
    monkeypatch.syspath_prepend(tmp_path)
    return folder


def test_all_libraries_of_a_package_are_read_and_nothing_else(package):
    assert read_ahead("heavy_package") == 10 + CHUNK_BYTES + 200
    assert read_ahead("heavy_package", "heavy_package.libs") == 10 + CHUNK_BYTES + 200 + 3000
    assert "heavy_package" not in sys.modules


@pytest.mark.parametrize("name", ["no_such_package", "bisect"])
def test_what_has_no_libraries_is_passed_over(name):
    assert read_ahead(name) == 0


def test_library_that_cannot_be_read_is_passed_over(package):
    (package / "binding.abi3.so").unlink()
    (package / "binding.abi3.so").mkdir()
    assert read_ahead("heavy_package") == CHUNK_BYTES + 200


def test_the_thread_that_opens_pictures_reads_their_library_before_its_first_call(parts, qtbot, monkeypatch):
    done: list[str] = []
    monkeypatch.setattr("mfsr_app.parts.read_ahead", lambda *names: done.append(names[0]))
    for name in ("first", "second"):
        with qtbot.waitSignal(parts.background.submit(lambda _, name=name: done.append(name)).ended):
            pass
    assert done == ["cv2", "first", "second"]


def test_the_engine_reads_torch_before_it_imports_it(monkeypatch):
    seen: list[str] = []

    class ReadError(Exception):
        pass

    def note(name):
        seen.append(name)
        raise ReadError

    from mfsr_app import parts

    monkeypatch.setattr(parts, "read_ahead", note)
    monkeypatch.setitem(sys.modules, "mfsr_engine.upscale.engine", None)  # its import would fail
    with pytest.raises(ReadError):
        parts.real_engine()
    assert seen == ["torch"]


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
