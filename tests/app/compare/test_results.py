"""Results that come back from disk: when that fails, and when another picture is open by then."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from mfsr_app.compare.choices import Choices
from mfsr_app.compare.document import DocumentState
from mfsr_app.compare.result_store import ResultStore, StoredResult
from mfsr_app.compare.results import Results
from mfsr_app.compare.view import ViewModel
from mfsr_app.desktop.messages import Messages
from mfsr_app.imaging.raster import raster_of
from mfsr_app.jobs.failure import Failure
from mfsr_engine.api import UpscaleResult, UpscaleSettings
from mfsr_engine.progress import Progress
from tests.fakes.scripted_files import ScriptedFiles

SETTINGS = UpscaleSettings(steps=3)


@dataclass
class HeldBackground:
    """Holds calls until a test ends them."""

    calls: list = field(default_factory=list)

    def submit(self, call, on_done=None, on_failed=None) -> None:
        self.calls.append((call, on_done, on_failed))

    def finish(self) -> None:
        call, on_done, _ = self.calls.pop(0)
        on_done(call(Progress()))

    def fail(self) -> None:
        self.calls.pop(0)[2](Failure("The disk cannot be read.", ""))


def on_disk(steps: int = 3) -> StoredResult:
    result = UpscaleResult(np.full((8, 8, 3), 0.5, np.float32), None, "m", steps, 0, "cpu", "fp32", 0.1)
    return StoredResult(replace(SETTINGS, steps=steps), result=result)


@pytest.fixture
def background() -> HeldBackground:
    return HeldBackground()


@pytest.fixture
def messages(qapp) -> Messages:
    return Messages()


@pytest.fixture
def make_results(background, messages) -> Callable[..., Results]:
    document = DocumentState(ScriptedFiles(), background, messages)
    return lambda **bound: Results(document, Choices(), ViewModel(), ResultStore(**bound), background, messages)


@pytest.fixture
def results(make_results) -> Results:
    return make_results()


def test_a_result_that_could_not_be_brought_back_is_told_and_tried_again_when_asked_for(results, background, messages):
    kept = on_disk()
    results.put(kept)
    results.get(SETTINGS)
    results.get(SETTINGS)
    assert len(background.calls) == 1
    background.fail()
    assert "cannot be read" in messages.newest.text
    results.get(SETTINGS)
    background.finish()
    assert kept.raster is not None


@pytest.mark.parametrize("end", ["finish", "fail"])
def test_what_comes_back_for_a_picture_that_was_closed_is_neither_kept_nor_told(results, background, messages, end):
    old, new = on_disk(), on_disk()
    results.put(old)
    results.get(SETTINGS)
    results.clear()
    results.put(new)
    results.get(SETTINGS)
    heard = []
    results.changed.connect(lambda: heard.append(1))
    getattr(background, end)()
    assert (old.raster, heard, messages.newest) == (None, [], None)
    results.get(SETTINGS)
    assert len(background.calls) == 1, "the new one is being brought back already"
    background.finish()
    assert new.raster is not None
    assert heard == [1]


def test_a_result_in_memory_needs_nothing(results, background):
    kept = on_disk()
    kept.raster = raster_of(kept.result.pixels)
    results.put(kept)
    assert results.get(SETTINGS) is kept
    assert background.calls == []


def test_what_was_moved_to_disk_while_the_screen_changed_is_not_shown_in_the_old_colours(background, make_results):
    results = make_results(bound_bytes=1)
    every = [on_disk(steps) for steps in (1, 2, 3)]
    for kept in every:
        kept.raster = raster_of(kept.result.pixels)
        results.put(kept)
    oldest, heard = every[0], []
    results.changed.connect(lambda: heard.append(results.get(oldest.settings)))
    call, on_done, _ = background.calls.pop(0)
    done = call(Progress())
    results.recolor(lambda pixels: 255 - pixels)
    on_done(done)
    assert isinstance(oldest.result.pixels, np.memmap)
    assert (oldest.raster, heard) == (None, [oldest])
    background.finish()
    assert abs(int(oldest.raster.levels[0][0, 0, 0]) - 127) <= 1
    results.clear()


def test_a_picture_that_is_still_shown_outlives_another_of_its_name_on_disk(tmp_path):
    pixels = np.full((600, 600, 3), 0.2, np.float32)
    older = raster_of(pixels).on_disk(tmp_path / "shown")
    newer = raster_of(pixels[:8] + 0.5).on_disk(tmp_path / "shown")
    assert older.images[0].pixelColor(599, 599).red() == 51
    assert newer.levels[0][0, 0, 0] == round(0.7 * 255)
