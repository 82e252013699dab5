"""Previews of a network in training: written after a checkpoint, and never a reason for training to end."""

import numpy as np
import pytest
import torch

from distill.data.samples import SamplePair
from distill.networks.prompted import PromptName, student_of
from distill.networks.teacher import GuidedTeacher
from distill.runs.runs import Run
from distill.training.assembly import Assembly
from distill.training.checkpoint import load_checkpoint, save_checkpoint
from distill.training.previews import Previews, ValidationEvent, read_validation
from distill.training.validation import Validation
from mfsr_engine.models.card import SamplingTable
from mfsr_engine.models.codec import ResidualPixelCodec


@pytest.fixture
def previews(tiny_teacher, tmp_path, monkeypatch):
    monkeypatch.setenv("MFSR_METRICS_DIR", str(tmp_path / "no-metrics"))
    truth = np.random.default_rng(0).random((32, 32, 3), np.float32)
    pair = SamplePair("one", truth, truth[::4, ::4].copy())
    assembly = Assembly(tiny_teacher, lambda *_: None, ResidualPixelCodec())
    for step in (5, 6):
        save_checkpoint(tmp_path, step, {"step": step}, keep=2)
    return Previews(tmp_path, Validation([pair], assembly, torch.device("cpu")))


@pytest.fixture
def students(tiny_teacher, tmp_path, monkeypatch):
    """Makes previews of a student under its teacher, on the grid named."""
    monkeypatch.setenv("MFSR_METRICS_DIR", str(tmp_path / "no-metrics"))
    truth = np.random.default_rng(0).random((32, 32, 3), np.float32)
    pair = SamplePair("one", truth, truth[::4, ::4].copy())
    student = student_of(tiny_teacher)
    prompts = tiny_teacher.prompt(PromptName.CLEAN), tiny_teacher.prompt(PromptName.DEGRADED)
    guided = GuidedTeacher(tiny_teacher.velocity, *prompts, 2.0)

    def make(network=student, **changes):
        assembly = Assembly(network, lambda *_: None, ResidualPixelCodec(), teacher=guided, **changes)
        return Previews(tmp_path, Validation([pair], assembly, torch.device("cpu")), best_by="map")

    return make, student, guided


def test_a_preview_is_a_sheet_and_a_line_of_scores(previews, tmp_path):
    previews(5)
    assert [path.name for path in Run(tmp_path).previews()] == ["step-00000005.png"]
    assert [event.step for event in read_validation(tmp_path)] == [5]


def test_a_preview_that_cannot_be_written_is_said_and_training_goes_on(previews, tmp_path, caplog):
    (tmp_path / "previews").write_bytes(b"a file in the way of the folder")
    previews(5)
    assert "The preview of step 5 is left out" in caplog.text
    assert read_validation(tmp_path) == []
    caplog.clear()
    (tmp_path / "previews").unlink()
    previews(6)
    assert [path.name for path in Run(tmp_path).previews()] == ["step-00000006.png"]
    assert caplog.text == ""


class Walker(torch.nn.Module):
    """A student that goes straight to where it is told, from the noise of a seed; and the times it was asked for."""

    def __init__(self, goal):
        super().__init__()
        self.goal, self.asked = goal, []

    def forward(self, z, lr, names, t, r):
        self.asked.append((round(float(t[0]), 4), round(float(r[0]), 4)))
        return (z - self.goal) / t[:, None, None, None]


def test_a_student_that_ends_where_its_teacher_does_is_at_no_distance_and_any_seed_ends_there(students, tmp_path):
    make, _, _ = students
    previews = make()
    end = previews._validation.teachers_end()
    for step, goal in ((1, end), (2, end + 0.5)):
        save_checkpoint(tmp_path, step, {"step": step}, keep=2)
        make(Walker(goal))(step)
    exact, off = read_validation(tmp_path)
    assert exact.map_distance == pytest.approx(0, abs=1e-5)
    assert off.map_distance == pytest.approx(0.5, rel=1e-4)
    assert [scores.steps for scores in off.more_steps] == [2, 4]
    assert [scores.map_distance for scores in off.more_steps] == pytest.approx([0.5, 0.5], rel=1e-4)
    assert off.more_steps[0].psnr_y == pytest.approx(off.psnr_y, rel=1e-3)
    assert exact.seed_spread == pytest.approx(0, abs=1e-6)
    assert exact.identity_residual == pytest.approx(0, abs=1e-4)  # whatever the teacher: a straight way is its own mean


def test_the_best_checkpoint_stays_when_worse_ones_follow(students, tmp_path):
    make, _, _ = students
    previews = make()
    end = previews._validation.teachers_end()
    best = []
    for step, distance in enumerate((0.5, 0.2, 0.3, 0.1, 0.4)):
        save_checkpoint(tmp_path, step, {"step": step}, keep=1)
        make(Walker(end + distance))(step)
        best.append(load_checkpoint(tmp_path, "best")["step"])
    assert best == [0, 1, 1, 3, 3]
    assert load_checkpoint(tmp_path)["step"] == 4


def test_previews_walk_on_the_grid_that_ships(students, tmp_path):
    make, _, _ = students
    save_checkpoint(tmp_path, 1, {"step": 1}, keep=2)
    walker = Walker(torch.zeros(()))
    make(walker, sampling=SamplingTable(grid="shift", shift=0.5))(1)
    assert (1.0, 0.6) in walker.asked
    assert (0.6, 0.3333) in walker.asked


@pytest.mark.parametrize(("measure", "value"), [("psnr", -20.0), ("lpips", 0.3), ("dists", -20.0), ("map", 0.7)])
def test_what_decides_the_best_is_lower_for_better_and_psnr_where_there_is_no_such_score(measure, value):
    assert ValidationEvent(1, 20.0, 0.3, None, 0.7).badness(measure) == value


def test_a_best_checkpoint_that_cannot_be_kept_is_said_and_training_goes_on(previews, tmp_path, caplog):
    previews(9)  # there is no checkpoint of this step
    assert "Cannot keep the checkpoint of step 9 as the best" in caplog.text
    assert [event.step for event in read_validation(tmp_path)] == [9]
