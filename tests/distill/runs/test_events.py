"""The log a run writes and others read while it runs."""

import pytest

from distill.runs.events import EventLog, EventLogError, StepEvent, is_healthy, read_events


def event(step):
    return StepEvent(step, 16 * step, 1.5 * step, step / 100, 1e-4, {"meanflow": 0.25, "gradient_norm": 1.0})


@pytest.fixture
def log(tmp_path):
    log = EventLog(tmp_path)
    for step in (10, 20, 30):
        log.append(event(step))
    return log


def test_what_was_written_is_read(log, tmp_path):
    assert read_events(tmp_path) == [event(10), event(20), event(30)]


def test_no_log_yet_is_no_events(tmp_path):
    assert read_events(tmp_path) == []


def test_line_still_being_written_is_left_for_later(log, tmp_path):
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 40, "trai')
    assert read_events(tmp_path) == [event(10), event(20), event(30)]


def test_rewinding_drops_later_events_and_a_line_cut_short(log, tmp_path):
    with (tmp_path / "metrics.jsonl").open("a") as file:
        file.write('{"step": 40, "trai')
    log.rewind(20)
    log.append(event(25))
    assert read_events(tmp_path) == [event(10), event(20), event(25)]


def test_rewinding_a_log_that_is_not_there_makes_none(tmp_path):
    EventLog(tmp_path).rewind(0)
    assert not list(tmp_path.iterdir())


def test_log_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "metrics.jsonl").mkdir()
    with pytest.raises(EventLogError, match="checkpoint is intact"):
        EventLog(tmp_path).append(event(1))


@pytest.mark.parametrize(
    ("value", "healthy"), [(0.0, True), (-3.0, True), (float("nan"), False), (float("inf"), False)]
)
def test_health_is_all_losses_being_numbers(value, healthy):
    assert is_healthy({"good": 1.0, "other": value}) is healthy
