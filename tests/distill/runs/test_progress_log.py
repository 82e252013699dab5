"""How a training says now and then how far it is: at once when a stage begins, seldom after that, always at its end."""

import pytest

from distill.runs import progress_log
from distill.runs.events import StepEvent
from distill.runs.progress_log import ProgressLog, line
from mfsr_engine.progress import ProgressReport


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is set."""
    now = [100.0]
    monkeypatch.setattr(progress_log.time, "monotonic", lambda: now[0])
    return now


def event(step, finished):
    return StepEvent(step, step * 4, 60.0 * step, finished, 1e-4, {"meanflow": 0.123456, "skipped": 0.0})


def test_a_line_says_step_share_time_gone_and_left_and_losses():
    assert line(event(30, 0.25)) == "step 30, 25% in 0:30:00, about 1:30:00 left; meanflow 0.1235"
    assert line(event(120, 1.0)) == "step 120, 100% in 2:00:00; meanflow 0.1235"


def test_steps_are_told_seldom_but_the_first_and_the_last_always(clock):
    said = []
    told = ProgressLog(said.append, every_s=30)
    for step, now in ((1, 100.0), (2, 110.0), (3, 129.0), (4, 131.0), (5, 132.0)):
        clock[0] = now
        told.step(event(step, step / 5))
    assert [words.split(",")[0] for words in said] == ["distill: step 1", "distill: step 4", "distill: step 5"]


def test_a_stage_is_told_when_it_begins_and_seldom_after_that(clock):
    said = []
    told = ProgressLog(said.append, every_s=30)
    for stage, done, now in (("Scanning", 0, 0.0), ("Scanning", 3, 29.0), ("Scanning", 5, 31.0), ("Cutting", 0, 32.0)):
        clock[0] = now
        told.report(ProgressReport(stage, done, 9, 0.0))
    assert said == ["distill: Scanning", "distill: Scanning, 5 of 9", "distill: Cutting"]


def test_training_is_told_by_its_events_alone(clock):
    said = []
    told = ProgressLog(said.append)
    told.report(ProgressReport("Training", 1, 9, 0.0))
    told.step(event(1, 0.1))
    assert len(said) == 1
