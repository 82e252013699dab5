"""What the command line prints never ends its work: any encoding, any name, a stdout that is full, closed or gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mfsr_engine import images
from mfsr_engine.cli import terminal
from mfsr_engine.cli import upscale as upscale_command
from mfsr_engine.errors import MfsrError

PROGRAM = (
    "import sys; from mfsr_engine.cli import upscale as cli; from tests.fakes.scripted_engine import ScriptedUpscaler; "
    "cli._engine = lambda *_: ScriptedUpscaler(); sys.exit(cli.main(sys.argv[1:]))"
)
NAMES = ("Река.png", "a\x1b[2Jb.png", "c.png")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "p").mkdir()
    for name in NAMES:
        images.write(tmp_path / "p" / name, np.full((4, 6, 3), 0.5, np.float32), kept=images.KeptMetadata())
    (tmp_path / "p" / "Беда.png").write_bytes(b"no picture")
    return tmp_path / "p"


def upscale(folder, *words, encoding="utf-8", **options) -> subprocess.CompletedProcess[bytes]:
    root = Path(upscale_command.__file__).parents[2]
    environment = os.environ | {
        "PYTHONIOENCODING": encoding, "PYTHONPATH": str(root), "MFSR_HOME": str(folder.parent / "home"),
    }  # fmt: skip
    program = [sys.executable, "-c", PROGRAM, "upscale", str(folder), *words]
    return subprocess.run(program, env=environment, cwd=root, check=False, **({"capture_output": True} | options))


def results(folder) -> list[str]:
    return sorted(path.name for path in folder.with_name("p_4x").iterdir())


EXPECTED = ["a_[2Jb_4x.png", "c_4x.png", "Река_4x.png"]


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_name_that_the_encoding_lacks_ends_nothing(folder, encoding, words):
    ended = upscale(folder, *words, encoding=encoding)
    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
    assert b"\x1b" not in ended.stderr
    assert len(ended.stdout.splitlines()) == 3 + len(words)
    assert results(folder) == EXPECTED
    if words:
        told = [json.loads(line) for line in ended.stdout.decode(encoding).splitlines()]
        assert {Path(line["input"]).name for line in told} == {*NAMES, "Беда.png"}


@pytest.mark.skipif(os.name != "posix", reason="names of bytes")
def test_a_name_that_is_no_text_is_printed_as_its_bytes(folder):
    source = os.fsencode(folder / "c.png")
    os.rename(source, source.replace(b"c.png", b"c\xff.png"))  # noqa: PTH104
    assert b"c\xff_4x.png\n" in upscale(folder).stdout


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a full device")
@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_full_stdout_ends_nothing_but_is_no_success(folder, words):
    (folder / "Беда.png").unlink()
    with Path("/dev/full").open("wb") as full:
        ended = upscale(folder, *words, stdout=full, stderr=subprocess.PIPE, capture_output=False)
    assert (ended.returncode, ended.stderr) == (1, b"")
    assert results(folder) == EXPECTED


@pytest.mark.skipif(os.name != "posix", reason="descriptors")
@pytest.mark.parametrize("closed", ["1", "2", "1 2"])
def test_closed_streams_end_nothing(folder, closed):
    (folder / "Беда.png").unlink()
    shut = f"import os, sys; [os.close(int(d)) for d in {closed!r}.split()]; os.execv(sys.argv[1], sys.argv[1:])"
    root = Path(upscale_command.__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root), "MFSR_HOME": str(folder.parent / "home")}
    program = [sys.executable, "-c", shut, sys.executable, "-c", PROGRAM, "upscale", str(folder)]
    ended = subprocess.run(program, env=environment, cwd=root, check=False, capture_output=True)
    assert ended.returncode == 0
    assert b"Traceback" not in ended.stderr
    assert results(folder) == EXPECTED


@pytest.mark.skipif(os.name != "posix", reason="pipes")
def test_a_reader_that_is_gone_ends_nothing(folder):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = upscale(folder, stdout=writing, stderr=subprocess.PIPE, capture_output=False)
    finally:
        os.close(writing)
    assert ended.returncode == 1
    assert b"Traceback" not in ended.stderr
    assert b"BrokenPipe" not in ended.stderr
    assert results(folder) == EXPECTED


@pytest.mark.parametrize(("words", "expected"), [
    ("a.png is damaged.", "/in/a.png is damaged."),
    ("There is no file /in/a.png. Check it.", "There is no file /in/a.png. Check it."),
    ("/out/a.png exists already.", "/in/a.png: /out/a.png exists already."),
    ("The result of a.png (8 x 8 pixels) does not fit.", "The result of /in/a.png (8 x 8 pixels) does not fit."),
    ("extra.png is another.", "/in/a.png: extra.png is another."),
    ("Steps must be 1.", "/in/a.png: Steps must be 1."),
])  # fmt: skip
def test_a_failure_names_its_file_once_and_with_its_folder(words, expected):
    assert upscale_command._with_path(MfsrError(words), Path("/in/a.png")) == expected


def test_a_stream_that_is_closed_within_the_program_is_no_error(monkeypatch):
    with Path(os.devnull).open("w") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
    assert not terminal.say("lost")
