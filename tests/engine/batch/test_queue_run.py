"""One picture of a queue, and a whole queue whose process is killed."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mfsr_engine import images
from mfsr_engine.api import MaskedAreas, UpscaleSettings
from mfsr_engine.batch.journal import ItemState, Journal
from mfsr_engine.batch.naming import Conflict, OutputSettings, Source
from mfsr_engine.batch.planning import sources_in
from mfsr_engine.batch.queue_run import run_item
from mfsr_engine.batch.run_plan import RunPlan
from mfsr_engine.errors import Cancelled
from mfsr_engine.files.formats import ImageFormat
from mfsr_engine.files.tables import as_json, from_json
from mfsr_engine.geometry import Size, TargetSize
from mfsr_engine.images.areas import kept_areas
from mfsr_engine.images.reading import provenance_of
from mfsr_engine.progress import Progress
from tests.fakes.scripted_engine import ScriptedUpscaler


def put(path: Path, size: Size = Size(6, 4)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    images.write(path, np.full((size.height, size.width, 3), 0.5, np.float32), kept=images.KeptMetadata())
    return path


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "queue.sqlite")
    made.open()
    yield made
    made.close()


def run_all(journal: Journal, plan: RunPlan = RunPlan(), upscaler: ScriptedUpscaler | None = None) -> list:
    upscaler = upscaler or ScriptedUpscaler()
    for item in journal.items():
        if item.state is ItemState.WAITING:
            run_item(item, plan, journal, upscaler, Progress())
    return journal.items()


def test_a_folder_becomes_a_folder_beside_it_with_names_of_the_template(tmp_path, journal):
    put(tmp_path / "photos" / "deep" / "a.png")
    journal.add(sources_in(tmp_path / "photos"))
    (item,) = run_all(journal)
    assert (item.state, item.size, item.result_size) == (ItemState.DONE, Size(6, 4), Size(24, 16))
    assert item.target == tmp_path / "photos_4x" / "deep" / "a_4x.png"
    assert images.read(item.target).size == Size(24, 16)


def test_the_areas_of_a_plan_are_those_of_its_picture(tmp_path, journal):
    (item,) = journal.add([Source(put(tmp_path / "a.png"))])
    mask = np.zeros((4, 6), np.uint8)
    mask[:2] = 255
    plan = RunPlan(areas=kept_areas(tmp_path / "masks", MaskedAreas(mask, 0.5)))
    assert from_json(RunPlan, as_json(plan)) == plan
    upscaler = ScriptedUpscaler()
    done = run_item(item, plan, journal, upscaler, Progress())
    assert done.state is ItemState.DONE
    assert np.array_equal(upscaler.requests[0].areas.mask, mask)
    assert upscaler.requests[0].areas.fidelity == 0.5
    assert provenance_of(done.target).areas == "50 % of the picture was made with a fidelity of 50 %."


def test_the_plan_says_form_and_place(tmp_path, journal):
    journal.add([Source(put(tmp_path / "a.png"))])
    output = OutputSettings(ImageFormat.JPEG, 50, "{stem} {model} {width}", folder=str(tmp_path / "out"))
    plan = RunPlan(UpscaleSettings(steps=2), output)
    (item,) = run_all(journal, plan)
    assert item.target == tmp_path / "out" / "a mfsr-small 24.jpg"


def test_a_broken_file_is_failed_with_its_reason_and_the_rest_goes_on(tmp_path, journal):
    (tmp_path / "a.png").write_bytes(b"\x89PNG and no more")
    journal.add([Source(tmp_path / "a.png"), Source(tmp_path / "missing.png"), Source(put(tmp_path / "c.png"))])
    items = run_all(journal)
    assert [item.state for item in items] == [ItemState.FAILED, ItemState.FAILED, ItemState.DONE]
    assert "damaged" in items[0].words
    assert "no file" in items[1].words


def test_a_model_that_is_gone_fails_each_picture(tmp_path, journal):
    journal.add([Source(put(tmp_path / "a.png"))])
    (item,) = run_all(journal, RunPlan(UpscaleSettings(model="gone")))
    assert item.state is ItemState.FAILED
    assert "no longer installed" in item.words


@pytest.mark.parametrize("conflict", [Conflict.OVERWRITE, Conflict.SKIP, Conflict.CHANGED, Conflict.UNIQUE])
def test_two_sources_never_share_a_result(tmp_path, journal, conflict):
    for folder in ("x", "y"):
        journal.add([Source(put(tmp_path / folder / "a.png"))])
    items = run_all(journal, RunPlan(output=OutputSettings(folder=str(tmp_path / "out"), conflict=conflict)))
    assert [item.target.name for item in items] == ["a_4x.png", "a_4x 2.png"]


def test_a_result_never_takes_the_place_of_another_source(tmp_path, journal):
    journal.add([Source(put(tmp_path / "a.png")), Source(put(tmp_path / "a_4x.png"))])
    items = run_all(journal, RunPlan(output=OutputSettings(conflict=Conflict.OVERWRITE)))
    assert [item.target.name for item in items] == ["a_4x 2.png", "a_4x_4x.png"]


@pytest.mark.parametrize(
    ("conflict", "state", "name"),
    [
        (Conflict.UNIQUE, ItemState.DONE, "a_4x 2.png"),
        (Conflict.OVERWRITE, ItemState.DONE, "a_4x.png"),
        (Conflict.SKIP, ItemState.SKIPPED, "a_4x.png"),
        (Conflict.CHANGED, ItemState.SKIPPED, "a_4x.png"),
    ],
)
def test_a_second_run_does_what_the_policy_says(tmp_path, journal, conflict, state, name):
    plan = RunPlan(output=OutputSettings(conflict=conflict))
    source = Source(put(tmp_path / "a.png"))
    for _ in range(2):
        journal.add([source])
        items = run_all(journal, plan)
    assert (items[1].state, items[1].target.name) == (state, name)


def test_other_settings_count_as_a_change(tmp_path, journal):
    source = Source(put(tmp_path / "a.png"))
    plan = RunPlan(output=OutputSettings(conflict=Conflict.CHANGED))
    for other in (plan, replace(plan, settings=UpscaleSettings(size=TargetSize(factor=2)))):
        journal.add([source])
        named = replace(other, output=replace(other.output, naming="{stem}!"))
        assert run_all(journal, named)[-1].state is ItemState.DONE


def test_a_stop_lets_the_picture_wait_and_leaves_nothing(tmp_path, journal):
    (item,) = journal.add([Source(put(tmp_path / "a.png"))])
    progress = Progress(lambda report: progress.cancel() if report.done else None)
    with pytest.raises(Cancelled):
        run_item(item, RunPlan(), journal, ScriptedUpscaler(tile_px=2), progress)
    assert journal.items()[0].state is ItemState.WAITING
    assert {path.suffix for path in tmp_path.glob("*.p*")} == {".png"}


def start(journal: Path, seconds: float, *pictures: Path) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "tests.fakes.scripted_queue", str(journal), str(seconds), *map(str, pictures)]
    root = Path(__file__).parents[3]
    return subprocess.Popen(
        words, stdout=subprocess.PIPE, text=True, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}
    )


def kill_at(process: subprocess.Popen[str], wanted: str, times: int) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        times -= line.strip() == wanted
        if not times:
            break
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize(("stage", "times"), [("Upscaling 0", 2), ("Upscaling 3", 3), ("Writing 0", 2), ("done", 2)])
def test_a_queue_that_is_killed_goes_on_where_it_stopped(tmp_path, stage, times):
    pictures = [put(tmp_path / "photos" / f"{name}.png", Size(700, 500)) for name in "abc"]
    kill_at(start(tmp_path / "queue.sqlite", 0.002, *pictures), stage, times)
    results = {path: path.stat().st_mtime_ns for path in tmp_path.glob("photos/*_4x*.png")}
    assert all(images.read(path).size == Size(2800, 2000) for path in results)
    second = start(tmp_path / "queue.sqlite", 0.0)
    assert second.stdout is not None
    said = second.stdout.read().split("\n")
    second.stdout.close()
    assert second.wait() == 0
    assert said.count("done") == 3 - len(results)
    names = sorted(path.name for path in (tmp_path / "photos").iterdir())
    assert names == sorted(["a.png", "b.png", "c.png", *(f"{name}_4x.png" for name in "abc")])
    assert all(path.stat().st_mtime_ns == time for path, time in results.items())
