"""Curves for TensorBoard: what the metrics say, without what a resumed run does again, and no trouble without TensorBoard."""

import builtins
import errno
import logging
import sys
from types import ModuleType

import pytest
from PIL import Image

from distill.runs.charts import CHARTS_FOLDER, PREVIEW, Charts
from distill.runs.events import StepEvent
from distill.training.trainer import Trainer
from mfsr_engine.errors import RequestError
from mfsr_engine.progress import Progress
from tests.fakes.tiny_training import FAST, make_parts, make_run


def event(step, loss):
    return StepEvent(step, 16 * step, 2.0 * step, step / 10, 1e-3, {"meanflow": loss})


def drawn(folder, name):
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    accumulator = accumulators.EventAccumulator(str(folder / CHARTS_FOLDER))
    accumulator.Reload()
    return [(point.step, pytest.approx(point.value)) for point in accumulator.Scalars(name)]


@pytest.fixture
def no_tensorboard(monkeypatch):
    real = builtins.__import__

    def importing(name, *rest, **named):
        if "tensorboard" in name:
            raise ImportError(name)
        return real(name, *rest, **named)

    monkeypatch.setattr(builtins, "__import__", importing)


def test_every_number_of_an_event_is_a_curve(tmp_path):
    pytest.importorskip("tensorboard")
    charts = Charts(tmp_path)
    charts.append(event(1, 0.5))
    charts.append(event(2, 0.25))
    charts.close()
    assert drawn(tmp_path, "loss/meanflow") == [(1, 0.5), (2, 0.25)]
    assert drawn(tmp_path, "learning_rate") == [(1, 1e-3), (2, 1e-3)]
    assert drawn(tmp_path, "trained_images") == [(1, 16), (2, 32)]


def test_steps_done_again_after_a_crash_are_drawn_once(tmp_path):
    pytest.importorskip("tensorboard")
    for steps in ((1, 2, 3), (2, 3, 4)):
        charts = Charts(tmp_path)
        for step in steps:
            charts.append(event(step, 10 * step + steps[0]))
        charts.close()
    assert drawn(tmp_path, "loss/meanflow") == [(1, 11), (2, 22), (3, 32), (4, 42)]


@pytest.mark.usefixtures("no_tensorboard")
def test_without_tensorboard_nothing_is_written_and_nothing_fails(tmp_path):
    charts = Charts(tmp_path)
    charts.append(event(1, 0.5))
    charts.append(event(2, 0.5))
    charts.close()
    assert not (tmp_path / CHARTS_FOLDER).exists()


def test_charts_that_cannot_be_written_are_left_out_with_a_warning(tmp_path, caplog):
    pytest.importorskip("tensorboard")
    (tmp_path / CHARTS_FOLDER).write_text("a file where the folder should be")
    charts = Charts(tmp_path)
    with caplog.at_level(logging.WARNING):
        charts.append(event(1, 0.5))
        charts.append(event(2, 0.5))
    assert len(caplog.records) == 1
    assert "left out from step 1 on" in caplog.text
    caplog.clear()


def test_a_disk_that_fills_up_ends_the_charts_and_not_the_training(tmp_path, caplog, monkeypatch):
    """TensorBoard raises what its writer met at every later call, the closing one included."""
    writer = pytest.importorskip("torch.utils.tensorboard").SummaryWriter

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    charts = Charts(tmp_path)
    charts.append(event(1, 0.5))
    written = charts._writer
    monkeypatch.setattr(writer, "add_scalar", full)
    monkeypatch.setattr(writer, "close", full)
    with caplog.at_level(logging.WARNING):
        charts.append(event(2, 0.5))
        charts.close()
    monkeypatch.undo()
    written.close()
    assert "left out from step 2 on" in caplog.text
    caplog.clear()
    assert drawn(tmp_path, "loss/meanflow") == [(1, 0.5)]


@pytest.mark.usefixtures("fresh_accelerator")
def test_a_training_draws_its_curves(tmp_path):
    pytest.importorskip("tensorboard")
    Trainer(tmp_path, make_run(10), FAST, make_parts()).train(Progress())
    assert [step for step, _ in drawn(tmp_path, "loss/meanflow")] == [5, 10]


def test_a_preview_is_shown_beside_the_curves(tmp_path):
    accumulators = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    Image.new("RGB", (12, 8), (200, 10, 30)).save(tmp_path / "sheet.png")
    charts = Charts(tmp_path)
    charts.append(event(1, 0.5))
    charts.picture(1, tmp_path / "sheet.png")
    charts.close()
    accumulator = accumulators.EventAccumulator(str(tmp_path / CHARTS_FOLDER))
    accumulator.Reload()
    (shown,) = accumulator.Images(PREVIEW)
    assert (shown.step, shown.width, shown.height) == (1, 12, 8)


class Wandb(ModuleType):
    """Keeps what a run of Weights & Biases is given."""

    def __init__(self):
        super().__init__("wandb")
        self.begun, self.logged, self.is_finished = [], [], False

    def init(self, **words):
        self.begun.append(words)
        return self

    def log(self, values, step):
        self.logged.append((step, values))

    def Image(self, path):
        return f"picture {path}"

    def finish(self):
        self.is_finished = True


@pytest.fixture
def wandb(monkeypatch):
    fake = Wandb()
    monkeypatch.setitem(sys.modules, "wandb", fake)
    return fake


def test_nothing_is_sent_anywhere_unless_a_project_is_named(tmp_path, wandb):
    charts = Charts(tmp_path)
    charts.append(event(1, 0.5))
    charts.close()
    assert wandb.begun == []


def test_curves_and_previews_go_to_the_project_that_is_named(tmp_path, wandb):
    Image.new("RGB", (12, 8)).save(tmp_path / "sheet.png")
    for _ in range(2):  # a run that goes on is the same run there
        charts = Charts(tmp_path, "faces")
        charts.append(event(1, 0.5))
        charts.picture(2, tmp_path / "sheet.png")
        charts.close()
    one, two = wandb.begun
    assert one == two
    assert (one["project"], one["resume"]) == ("faces", "allow")
    assert wandb.logged[0] == (1, {"loss/meanflow": 0.5, "learning_rate": 1e-3, "trained_images": 16})
    assert wandb.logged[1] == (2, {PREVIEW: f"picture {tmp_path / 'sheet.png'}"})
    assert wandb.is_finished


def test_a_project_without_the_library_is_refused_before_training(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "wandb", None)
    with pytest.raises(RequestError, match="pip install wandb"):
        Charts(tmp_path, "faces")
