"""The home of programs that are driven and pictured: nothing reaches the user's own folders, and its name may be seen."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = """
from pathlib import Path
from mfsr_engine.files import paths
for place in (Path.home(), paths.config_dir(), paths.data_dir(), paths.cache_dir(), paths.log_dir()):
    print(place)
"""


@pytest.fixture
def script(load_script):
    return load_script("own_home")


def test_a_home_is_there_for_a_while_and_takes_all_with_it(script, tmp_path):
    with script.own_home(tmp_path / "anna") as home:
        (home / "Pictures").mkdir()
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_already_is_left_alone(script, tmp_path):
    (tmp_path / "anna").mkdir()
    with pytest.raises(SystemExit, match="--home"), script.own_home(tmp_path / "anna"):
        pass
    assert (tmp_path / "anna").is_dir()


def test_every_place_of_the_program_is_inside_whatever_the_user_has_set(script, tmp_path):
    """Also where the desktop names folders of its own."""
    theirs = dict.fromkeys(script.variables_of(tmp_path), "/somewhere/else")
    environment = os.environ | theirs | script.variables_of(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", PLACES], capture_output=True, text=True, env=environment, check=True, cwd=ROOT
    )
    places = [Path(line) for line in done.stdout.splitlines()]
    assert len(places) == 5
    assert all(place.is_relative_to(tmp_path) for place in places)


def test_pictures_show_no_name_of_a_temporary_folder(script):
    assert script.USUAL_HOME.name.isalpha()


@pytest.mark.parametrize("name", ["drive_window.py", "take_screenshots.py"])
def test_who_drives_the_window_gives_it_such_a_home(name):
    code = (ROOT / "scripts" / name).read_text(encoding="utf-8")
    assert "with own_home(options.home) as home" in code
    assert "TemporaryDirectory" not in code
