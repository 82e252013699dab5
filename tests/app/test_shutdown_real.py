"""The program itself, asked to end as a system does that shuts down."""

import os
import signal
import subprocess
import sys

import pytest

pytest.importorskip("torch")

from mfsr_app.compare.workspace import read_workspace
from mfsr_engine import images
from mfsr_engine.files.paths import resources_dir

TELL_WHEN_SHARP = """
import sys
from mfsr_app import application
from mfsr_app.main import main

class Told(application._Start):
    def on_painted(self):
        if not self._window.actions_table["upscale"].isEnabled() and self._window.has_sharp_pixels:
            print("sharp", flush=True)

application._Start = Told
raise SystemExit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_the_program_keeps_its_workspace_when_it_is_asked_to_end(tmp_path):
    source = images.read(resources_dir() / "samples" / "sample.jpg")
    photo = tmp_path / "cat.png"
    images.write(photo, source.pixels[40:104, 80:144], kept=source.kept)
    home = tmp_path / "home"
    environment = os.environ | {"MFSR_HOME": str(home), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", TELL_WHEN_SHARP, str(photo)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "sharp\n"
        program.send_signal(signal.SIGTERM)
        program.stdout.read()
        assert program.wait(600) == 0
    workspace = read_workspace(home / "cache" / "workspace")
    assert workspace is not None
    assert workspace.photo == photo
    assert len(workspace.results) == 1
    assert (home / "config" / "window.json").is_file()
