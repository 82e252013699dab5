"""The wizard with real training in a process of its own, cut down: from the bundled teacher and photographs to a student that upscales."""

import pytest

pytest.importorskip("torch")

from distill.config import OptimizerRecipe, RunRecipe
from distill.preset import Preset
from distill.runs.runs import list_runs
from distill.runs.status import Phase
from distill.wizard.draft import Step
from mfsr_app.compare.files import EnginePictureFiles
from mfsr_app.distill.work import EngineDistillWork
from mfsr_app.parts import AppFiles, build_parts
from tests.fakes.photographs import picture

QUICK = {
    "data": {"crop_px": 64, "crops_per_photo": 1, "versions": 1, "patch_px": 32, "batch_size": 2},
    "objective": {"end_point": {"pixel": 1.0}},
    "optimizer": OptimizerRecipe(warmup_steps=0).model_dump(),
    "run": {"steps": 60, "log_every": 5},
}
pytestmark = pytest.mark.usefixtures("one_thread")

WAIT_MS = 600_000
PHOTOS = 20


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The user's folders, empty."""
    monkeypatch.setenv("MFSR_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("MFSR_METRICS_DIR", str(tmp_path / "no-metrics"))
    yield tmp_path
    for run in list_runs():
        run.ask_to_stop()
        run.wait(600)


@pytest.fixture
def photos(home):
    from mfsr_engine import images

    folder = home / "photos"
    folder.mkdir()
    for number in range(PHOTOS):
        images.write(folder / f"photo-{number}.png", picture(number), kept=images.KeptMetadata())
    (folder / "broken.png").write_bytes(b"not a picture")
    return folder


@pytest.fixture
def quick_presets(monkeypatch):
    from distill import families

    monkeypatch.setitem(families._COMPACT, Preset.TRY, QUICK)


@pytest.fixture
def start(show_window, theme):
    """Begins anew: a window and what it is made of."""

    def engine():
        from mfsr_engine.upscale.engine import Engine

        return Engine()

    def make():
        kept = AppFiles(distill=EngineDistillWork(("--threads", "1")))
        parts = build_parts(engine, EnginePictureFiles(), theme, None, kept=kept)
        window = show_window(parts)
        window.show_page(window.distill_page)
        return window, parts

    return make


@pytest.fixture
def until(qtbot):
    return lambda condition: qtbot.waitUntil(condition, timeout=WAIT_MS)


def start_training(page, photos, qtbot, until):
    """From the first step to a training that learns; it would go on for ever."""
    state = page._state
    until(page.next.isEnabled)
    assert state.draft.teacher.card.name == "mfsr-small-teacher"
    page.next.click()
    page.photos.choose(photos)
    until(lambda: state.samples is not None)
    assert f"{PHOTOS} photographs can be used; left out: 1 broken" in page.photos.report.text()
    page.next.click()
    until(lambda: bool(state.draft.taken_names))
    page.recipe.radios[Preset.TRY].click()
    qtbot.keyClicks(page.recipe.name, "my-own")
    page.next.click()
    until(lambda: state.draft.estimate is not None)
    assert state.draft.estimate.steps == 60
    assert page.check.refusals.text() == ""
    run = RunRecipe(steps=10**6, minutes=60, precision="fp32", log_every=5)
    state.change_recipe(state.recipe().model_copy(update={"run": run}))
    state.measure()
    until(page.next.isEnabled)
    page.next.click()
    until(lambda: state.step is Step.RUN and "from" in page.run.losses.chart.words)


def pause_go_on_and_stop(page, run, until):
    """What a run has learned is there after each of them."""
    until(lambda: page._state.step is Step.RUN and page.run.pause.isVisible() and page.run.pause.isEnabled())
    page.run.pause.click()
    until(lambda: page.run.resume.isVisible())
    assert run.status().phase is Phase.PAUSED
    page.run.resume.click()
    until(lambda: page.run.stop.isVisible() and page.run.stop.isEnabled() and run.status().phase is Phase.TRAINING)
    page.run.stop.click()
    until(page.next.isEnabled)
    until(lambda: page.run.previews.isVisible())
    assert page.run.previews.grid.columns[-1] == "original"


@pytest.mark.slow
@pytest.mark.usefixtures("quick_presets")
def test_from_a_folder_of_photographs_to_a_student_that_upscales(start, photos, qtbot, until):
    window, _ = start()
    start_training(window.distill_page, photos, qtbot, until)
    window.close()

    [run] = list_runs()
    assert run.is_alive()
    window, parts = start()
    window.find_training()
    page, states = window.distill_page, parts.states
    pause_go_on_and_stop(page, run, until)
    page.next.click()
    until(lambda: page.result.table.isVisible())
    assert page.result.table.rowCount() == 6
    page.result.title.setText("My own")
    page.result.install.click()
    until(page.result.use.isVisible)

    page.result.use.click()
    until(lambda: states.choices.settings.model == "my-own")
    assert states.choices.model.title == "My own"
    window.open_path(photos / "photo-0.png")
    until(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    layer = states.upscaling.shown.layer
    assert (layer.size.width, layer.size.height) == (640, 576)
    assert len({layer.images[0].pixel(x, 5) for x in range(0, 600, 7)}) > 5
    window.close()
