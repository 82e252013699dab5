"""A window that is killed while its queue runs, and the next one."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mfsr_engine import images
from mfsr_engine.files.paths import resources_dir
from mfsr_engine.geometry import Size

ROOT = Path(__file__).parents[3]


def start(journal: Path, engine: str, *pictures: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "tests.fakes.scripted_window", str(journal), engine, *map(str, pictures)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MFSR_HOME": str(journal.parent / "home")}
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)


def read_until(process: subprocess.Popen[str], wanted: str) -> str:
    assert process.stdout is not None
    return next(line.strip() for line in process.stdout if line.strip().startswith(wanted))


def test_a_killed_window_goes_on_where_it_stopped_with_nothing_half_written(tmp_path):
    for name in "abc":
        path = tmp_path / "photos" / f"{name}.png"
        path.parent.mkdir(exist_ok=True)
        images.write(path, np.full((300, 400, 3), 0.5, np.float32), kept=images.KeptMetadata())
    first = start(tmp_path / "queue.sqlite", "one", tmp_path / "photos")
    read_until(first, "done running")
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    results = tmp_path / "photos_4x"
    before = (results / "a_4x.png").stat().st_mtime_ns
    assert [path.name for path in results.glob("*_4x.png")] == ["a_4x.png"]
    second = start(tmp_path / "queue.sqlite", "quick")
    assert read_until(second, "ended") == "ended 2 0"
    second.stdout.close()
    assert second.wait(600) == 0
    assert sorted(path.name for path in results.iterdir()) == ["a_4x.png", "b_4x.png", "c_4x.png"]
    assert (results / "a_4x.png").stat().st_mtime_ns == before
    assert all(images.read(path).size == Size(1600, 1200) for path in results.iterdir())


def test_with_the_bundled_model_a_folder_goes_on_after_a_crash_and_every_result_is_whole(tmp_path):
    pytest.importorskip("torch")
    samples = resources_dir() / "samples"
    folder = tmp_path / "Holidays"
    (folder / "Florida").mkdir(parents=True)
    for place, name in ((folder, "sample_coffee"), (folder, "sample"), (folder / "Florida", "sample_rocket")):
        source = images.read(samples / f"{name}.jpg")
        images.write(place / f"{name}.png", source.pixels[:96, :128], kept=source.kept)
    (folder / "Florida" / "torn.jpg").write_bytes((samples / "sample_rocket.jpg").read_bytes()[:2000])
    first = start(tmp_path / "queue.sqlite", "real", folder)
    read_until(first, "done running")
    first.send_signal(signal.SIGKILL)
    first.wait()
    first.stdout.close()
    results = tmp_path / "Holidays_4x"
    [done] = results.rglob("*_4x.png")
    before = done.stat().st_mtime_ns
    second = start(tmp_path / "queue.sqlite", "real")
    ended = read_until(second, "ended")
    assert ended.startswith("ended 2 1 'torn.jpg: ")
    second.stdout.close()
    assert second.wait(600) == 0
    found = sorted(str(path.relative_to(results)) for path in results.rglob("*") if path.is_file())
    assert found == ["Florida/sample_rocket_4x.png", "sample_4x.png", "sample_coffee_4x.png"]
    assert done.stat().st_mtime_ns == before
    for name in found:
        result = images.read(results / name)
        assert result.size == Size(512, 384)
        assert result.pixels.std() > 0.05
