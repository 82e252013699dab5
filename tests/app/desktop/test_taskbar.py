"""Progress on the taskbar: what goes over a real D-Bus, and that nothing is sent where nobody knows the program."""

import os
import shutil
import subprocess
import sys

import pytest
from PySide6.QtGui import QGuiApplication

from mfsr_app.desktop.taskbar import TaskbarProgress

SEND = """
from PySide6.QtGui import QGuiApplication
from mfsr_app.desktop.taskbar import TaskbarProgress
app = QGuiApplication([])
app.setDesktopFileName("org.mfsr.mfsr-app")
taskbar = TaskbarProgress()
print(*(taskbar.show_share(share) for share in (0.25, 0.251, 0.5, None, None)))
app.processEvents()
"""
LISTEN = """
dbus-monitor --session "interface='com.canonical.Unity.LauncherEntry'" > "$1" &
sleep 1
"$2" -c "$3"
sleep 1
kill %1
"""


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="needs a D-Bus daemon")
@pytest.mark.skipif(shutil.which("dbus-monitor") is None, reason="needs dbus-monitor")
def test_what_changes_is_sent_to_the_bus(tmp_path):
    heard = tmp_path / "heard.txt"
    command = ["dbus-run-session", "--", "bash", "-c", LISTEN, "listen", str(heard), sys.executable, SEND]
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=600, check=False)
    assert done.stdout.split() == ["True", "False", "True", "True", "False"], done.stderr
    text = heard.read_text()
    assert text.count("member=Update") == 3
    assert 'string "application://org.mfsr.mfsr-app.desktop"' in text
    shares = [line.split()[-1] for line in text.splitlines() if "double" in line]
    assert shares == ["0.25", "0.5", "0"]
    shown = [line.split()[-1] for line in text.splitlines() if "boolean" in line]
    assert shown == ["true", "true", "false"]


def test_nothing_is_sent_where_the_desktop_does_not_know_the_program(qapp, monkeypatch):
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    assert QGuiApplication.desktopFileName() in ("", "python", "pytest")
    monkeypatch.setattr(QGuiApplication, "desktopFileName", lambda: "")
    assert not TaskbarProgress().show_share(0.5)
