"""Bars on a terminal follow the progress of a job and leave stdout alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfsr_engine.cli.terminal import TerminalBars

if TYPE_CHECKING:
    import pytest


def work(bars: TerminalBars) -> None:
    for label in ("one.png", "two.png"):
        progress = bars.progress(label)
        progress.report("Loading the model")
        for done in range(5):
            progress.report("Upscaling", done, 4)


def test_bars_show_picture_stage_and_units_on_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")  # rich then takes the captured stream for a terminal
    monkeypatch.setenv("COLUMNS", "120")
    with TerminalBars(is_shown=True) as bars:
        work(bars)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "two.png" in captured.err
    assert "Upscaling" in captured.err
    assert "4/4" in captured.err


def test_without_a_terminal_nothing_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    with TerminalBars() as bars:
        work(bars)
    assert capsys.readouterr() == ("", "")


def test_bars_are_away_while_something_else_is_written_and_come_back():
    with TerminalBars(is_shown=True) as bars:
        live = bars._bars.live
        with bars.paused():
            assert not live.is_started
        assert live.is_started
    with bars.paused():
        assert not live.is_started
    assert not live.is_started
