"""Starting: what opens the window, what goes to the command line, and what is not loaded yet."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from mfsr_app import main
from mfsr_app.desktop import display


@pytest.mark.parametrize(
    "arguments", [[], ["photo.jpg"], ["folder/photo"], ["--measure-startup", "a.png"], ["--theme=dark"]]
)
def test_files_and_nothing_open_the_window(arguments):
    assert main._is_for_window(arguments)


@pytest.mark.parametrize("arguments", [["upscale", "a.png"], ["--version"], ["--help"], ["doctor"], ["nonsense"]])
def test_everything_else_goes_to_the_command_line(arguments):
    assert not main._is_for_window(arguments)


@pytest.mark.parametrize(
    ("words", "unwanted"),
    [
        (["--version"], ["torch", "numpy", "typer", "pydantic", "rich", "distill", "PySide6"]),
        (["upscale", "--help"], ["torch", "distill", "PySide6", "rich.progress"]),
        (["models", "list"], ["torch", "distill", "PySide6"]),
        (["--help"], ["torch", "PySide6"]),
    ],
)
def test_a_command_loads_no_more_than_it_needs(words, unwanted):
    code = "import sys; from mfsr_app import main; main.main(sys.argv[1:]); print('LOADED', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=True)
    printed, _, loaded = done.stdout.rpartition("LOADED")
    assert printed
    assert not set(unwanted) & set(loaded.split())


def test_the_help_tells_how_to_open_the_window(capsys):
    assert main.main(["--help"]) == 0
    assert "mfsr PHOTO.jpg" in capsys.readouterr().out


def test_a_file_without_suffix_opens_the_window(tmp_path, monkeypatch):
    (tmp_path / "photo").touch()
    monkeypatch.chdir(tmp_path)
    assert main._is_for_window(["photo"])


def test_without_a_display_one_is_told_what_to_do(monkeypatch, capsys):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert main.main([]) == 1
    assert "mfsr upscale PHOTO.jpg" in capsys.readouterr().err


def test_missing_libraries_are_named_by_package():
    assert display.missing_packages({"libc.so.6": "libc6", "libnothere.so.9": "libnothere9"}) == ["libnothere9"]


SHOW_A_WINDOW = """
import sys
from pathlib import Path
import mfsr_app.main
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from mfsr_app.application import build_parts, real_engine
from mfsr_app.ui.icons import register_icons
from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.ui.theme import Theme
from mfsr_app.window import MainWindow
app = QApplication([])
register_icons()
window = MainWindow(build_parts(real_engine, EnginePictureFiles(), Theme(app)))
window.show()
QTimer.singleShot(50, window.close)
app.exec()
heavy = {"torch", "cv2", "diffusers", "PIL", "scipy"} & set(sys.modules)
print(sorted(heavy))
"""


def run(code: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "MFSR_HOME": str(home)}
    return subprocess.run(
        [sys.executable, *code], capture_output=True, text=True, env=environment, timeout=600, check=False
    )


def test_the_windows_code_loads_nothing_that_it_does_not_show(tmp_path):
    heavy = {
        "torch",
        "cv2",
        "PIL",
        "pydantic",
        "psutil",
        "huggingface_hub",
        "distill.config",
        "mfsr_engine.models.card",
    }
    done = run(["-c", f"import sys, mfsr_app.application; print(sorted({heavy!r} & set(sys.modules)))"], tmp_path)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_windows_code_is_imported_without_pyside6s_import_hook(tmp_path):
    code = (
        "import builtins, sys, mfsr_app.application as application\n"
        "def show(*_): print(builtins.__import__.__name__ == '__feature_import__', 'PySide6.QtCore' in sys.modules)\n"
        "application.run_window = show\n"
        "from mfsr_app import main\n"
        "main.main([])"
    )
    done = run(["-c", code], tmp_path)
    assert done.stdout.strip() == "False True", done.stderr


def test_showing_the_window_loads_neither_torch_nor_codecs(tmp_path):
    done = run(["-c", SHOW_A_WINDOW], tmp_path)
    assert done.stdout.strip() == "[]", done.stderr


def test_the_start_can_be_measured_and_what_was_open_stays_remembered(tmp_path):
    remembered = (tmp_path / "config" / "window.json", tmp_path / "cache" / "workspace" / "workspace.json")
    for path in remembered:
        path.parent.mkdir(parents=True)
        path.write_text("what was open", encoding="utf-8")
    done = run(["-m", "mfsr_app", "--measure-startup"], tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["window_shown_s"] > 0
    assert [path.read_text(encoding="utf-8") for path in remembered] == ["what was open"] * 2
