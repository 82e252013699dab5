"""A table of odd, damaged and hostile files: each is read or refused with a message of the right kind, in little memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import mfsr_engine
from mfsr_engine import images
from mfsr_engine.api import UpscaleSettings
from mfsr_engine.batch.batch import Done, Failed, run_batch
from mfsr_engine.batch.naming import Naming
from mfsr_engine.batch.planning import plan_items
from mfsr_engine.progress import Progress
from tests.fakes.odd_files import TABLE, make_all
from tests.fakes.scripted_engine import ScriptedUpscaler

SPARE_BYTES = 256 << 20
"""Address space beyond that of the loaded decoders in which the whole table must do."""
READER = """
import json, sys
from pathlib import Path
from mfsr_engine.errors import ImageReadError
from mfsr_engine.images import decoders, read
from mfsr_engine.images.reading import header_size, small_copy
import cv2, imagecodecs, pillow_heif, rawpy, tifffile, PIL.AvifImagePlugin, PIL.WebPImagePlugin

folder = Path(sys.argv[1])
names = json.loads(sys.argv[2])
if sys.platform == "linux":
    import resource
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + int(sys.argv[3]), resource.RLIM_INFINITY))
for name in names:
    told = {}
    for way in (header_size, lambda path: small_copy(path, 16), read):
        try:
            found = way(folder / name)
        except ImageReadError as error:
            told["refused"] = str(error)
        else:
            told["notes"] = list(getattr(found, "notes", ()))
    print(json.dumps([name, told]), flush=True)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("odd")
    make_all(place)
    return place


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, dict]:
    """What a process of little memory says of each file, by name; one that ends it says nothing of those after it."""
    root = Path(mfsr_engine.__file__).parents[1]
    environment = os.environ | {"PYTHONPATH": str(root), "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"}
    names = json.dumps([file.name for file in TABLE])
    program = [sys.executable, "-c", READER, str(folder), names, str(SPARE_BYTES)]
    ended = subprocess.run(program, env=environment, capture_output=True, check=False, text=True)
    told = dict(json.loads(line) for line in ended.stdout.splitlines())
    return told | {"": {"refused": f"{ended.returncode}: {ended.stderr}"}}


@pytest.mark.parametrize("file", TABLE, ids=lambda file: file.name)
def test_each_is_read_or_refused_in_the_right_words(answers, file):
    assert file.name in answers, answers[""]["refused"]
    told = answers[file.name]
    if file.right:
        refusal = told.get("refused", "it was read")
        assert file.right in refusal
        assert refusal.count(file.name) == 1
        assert "\n" not in refusal
    else:
        assert "refused" not in told
        notes = " ".join(told["notes"])
        assert file.note in notes if file.note else not notes


def test_the_reader_says_nothing_else(answers):
    assert answers[""]["refused"] == "0: "


def test_the_table_is_long_enough():
    assert len(TABLE) >= 100
    assert len({file.name for file in TABLE}) == len(TABLE)


def test_a_folder_of_them_all_is_worked_through(tmp_path):
    place = tmp_path / "all"
    place.mkdir()
    table = make_all(place)
    for name in ("0_first.png", "m_middle.png", "zz_last.png"):
        images.write(place / name, np.full((8, 8, 3), 0.5, np.float32), kept=images.KeptMetadata())
    items = plan_items([place], Naming())
    outcomes = list(run_batch(items, UpscaleSettings(), ScriptedUpscaler(), lambda item: Progress()))
    done = {outcome.item.source.name for outcome in outcomes if isinstance(outcome, Done)}
    failed = {outcome.item.source.name: str(outcome.error) for outcome in outcomes if isinstance(outcome, Failed)}
    assert done == {name for name, file in table.items() if not file.right} | {
        "0_first.png",
        "m_middle.png",
        "zz_last.png",
    }
    assert set(failed) == {name for name, file in table.items() if file.right and name != "folder.png"}
    for name, words in failed.items():
        assert words.count(name) == 1, words
        assert "inside the program" not in words
    results = [path.name for path in place.with_name("all_4x").rglob("*") if path.is_file()]
    assert len(results) == len(done)


UPSCALER = """
import json, resource, sys
from mfsr_engine import cli
code = cli.main(sys.argv[1:])
unit = 1 if sys.platform == "darwin" else 1024
print(json.dumps({"code": code, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit}))
"""
MOST_BYTES = 2 << 30
GOOD = ("0_first.png", "m_middle.png", "zz_last.png")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the peak of a process is asked of the system's resource module")
def test_the_command_line_upscales_what_is_good_among_them_all(tiny_model, tmp_path):
    place, results = tmp_path / "all", tmp_path / "results"
    place.mkdir()
    table = make_all(place)
    for name in GOOD:
        images.write(place / name, np.full((8, 8, 3), 0.5, np.float32), kept=images.KeptMetadata())
    environment = os.environ | {
        "PYTHONPATH": str(Path(mfsr_engine.__file__).parents[1]),
        "MFSR_HOME": str(tmp_path / "home"),
        "OMP_NUM_THREADS": "1",
    }
    words = ["upscale", str(place), "-o", str(results), "--model", str(tiny_model), "--device", "cpu", "--json"]
    words += ["--scale", "2"]  # the largest are then refused for what they are, not for what they would become
    ended = subprocess.run(
        [sys.executable, "-c", UPSCALER, *words], env=environment, capture_output=True, check=False, text=True
    )
    *told, end = (json.loads(line) for line in ended.stdout.splitlines())
    assert end["code"] == 1
    assert end["peak"] < MOST_BYTES
    assert "Traceback" not in ended.stderr
    done = {Path(one["input"]).name for one in told if one["status"] == "done"}
    failed = {Path(one["input"]).name: one["error"] for one in told if one["status"] == "failed"}
    assert done == {name for name, file in table.items() if not file.right} | set(GOOD)
    assert set(failed) == {name for name, file in table.items() if file.right} - {"folder.png"}
    assert {name: words for name, words in failed.items() if table[name].right not in words} == {}
    written = {path for path in results.rglob("*") if path.is_file()}
    assert written == {Path(one["output"]) for one in told if one["status"] == "done"}
    assert {path.name for path in place.iterdir()} == {*table, *GOOD}
    assert {path.name for path in tmp_path.iterdir()} <= {"all", "results", "home"}
