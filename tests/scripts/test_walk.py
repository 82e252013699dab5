"""The script that counts how far one goes through the code counts what is called, where, and from where."""

import threading

import pytest

from mfsr_engine import geometry
from mfsr_engine.geometry import Rect, Size, TargetSize
from mfsr_engine.settings.settings import SettingsFile


@pytest.fixture
def walk(load_script):
    return load_script("walk").Walk()


def test_functions_of_the_program_and_ways_between_their_files_are_counted(walk):
    with walk.traced():
        SettingsFile.default()  # whose folder another file knows
        sorted([3, 1])
    TargetSize().resolve(Size(3, 4))  # which is not looked at any more
    assert {"mfsr_engine/settings/settings.py", "mfsr_engine/files/paths.py"} <= walk.files
    assert "mfsr_engine/geometry.py" not in walk.files
    assert walk.edges["mfsr_engine/settings/settings.py", "mfsr_engine/files/paths.py"] >= 1


def test_threads_that_begin_meanwhile_are_counted_too(walk):
    with walk.traced():
        thread = threading.Thread(target=lambda: Rect(0, 0, 4, 4).scaled(2))
        thread.start()
        thread.join()
    assert ("mfsr_engine/geometry.py", "Rect.scaled") in walk.functions


def test_bodies_of_classes_which_are_part_of_an_import_are_not_counted(walk):
    code = compile("class Made:\n    value = 1\n", geometry.__file__, "exec")
    with walk.traced():
        exec(code, {})
    assert not walk.files
