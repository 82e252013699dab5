"""The benchmark of the window: its table, its bounds, its exit code; and that every part of it measures what it says."""

import json
import subprocess
from types import SimpleNamespace

import pytest
from rich.console import Console

from benchmarks.window import __main__ as window
from benchmarks.window.figures import Figure, from_text, share, to_text

FAST = Figure("paint", 2.0, "ms", 8.0, "many")
SLOW = Figure("stall", 60.0, "ms", 50.0)
TOLD = Figure("warm", 3.0, "s")


@pytest.fixture
def console():
    return Console(record=True, width=160)


@pytest.mark.parametrize(
    ("figure", "is_met"), [(FAST, True), (SLOW, False), (TOLD, True), (Figure("", 8, "", 8), True)]
)
def test_a_bound_is_the_most_a_figure_may_be(figure, is_met):
    assert figure.is_met is is_met


def test_figures_go_from_one_process_to_another():
    assert from_text(to_text([FAST, TOLD])) == [FAST, TOLD]
    with pytest.raises(ValueError, match="no figures"):
        from_text("{}")


def test_a_share_of_all_values_lies_below():
    values = list(range(100))
    assert (share(values, 0.5), share(values, 0.99), share(values, 1.0)) == (50, 99, 99)


@pytest.mark.parametrize(("figures", "code"), [([FAST, TOLD], 0), ([FAST, SLOW], 1), ([], 2)])
def test_the_exit_code_tells_whether_every_bound_holds_and_all_was_measured(console, figures, code):
    assert window.run(["--only", "paint"], console, lambda part: figures) == code


def test_the_table_names_what_fails(console):
    window.run(["--only", "paint"], console, lambda part: [FAST, SLOW, TOLD])
    lines = console.export_text().splitlines()
    assert any("paint" in line and "2.0 ms" in line and "holds" in line for line in lines)
    assert any("stall" in line and "60.0 ms" in line and "FAILS" in line for line in lines)
    assert any("warm" in line and "3.00 s" in line and "holds" not in line for line in lines)


def test_json_says_what_holds(console, tmp_path):
    window.run(["--only", "paint", "--json", str(tmp_path / "out.json")], console, lambda part: [SLOW])
    (written,) = json.loads((tmp_path / "out.json").read_text())
    assert (written["name"], written["is_met"]) == ("stall", False)


def test_each_part_runs_offscreen_for_a_user_who_has_nothing(monkeypatch):
    calls = []

    def run(command, **settings):
        calls.append((command, settings["env"]))
        return SimpleNamespace(stdout=f"words\n{to_text([FAST])}\n", stderr="")

    monkeypatch.setattr(subprocess, "run", run)
    assert window.measure_apart("paint") == [FAST]
    ((command, environment),) = calls
    assert command[-1] == "benchmarks.window.paint"
    assert environment["QT_QPA_PLATFORM"] == "offscreen"
    assert "MFSR_HOME" in environment


def test_a_part_that_fails_is_told_and_does_not_stop_the_rest(monkeypatch, capsys):
    def run(command, **settings):
        raise subprocess.CalledProcessError(1, command, stderr="no weights")

    monkeypatch.setattr(subprocess, "run", run)
    assert window.measure_apart("sharp") == []
    assert "sharp: no weights" in capsys.readouterr().err
