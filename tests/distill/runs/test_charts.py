"""Curves for TensorBoard: what the metrics say, without what a resumed run does again, and no trouble without TensorBoard."""

import builtins
import errno
import logging

import pytest

from distill.runs.charts import CHARTS_FOLDER, Charts
from distill.runs.events import StepEvent
from distill.training.trainer import Trainer
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
