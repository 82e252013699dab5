"""The benchmark of runtimes: the best of several rounds, and ratios to the first."""

import pytest
from rich.console import Console

from benchmarks import runtimes
from benchmarks.runtimes import Figures, best, table


def test_each_time_is_the_least_of_all_rounds():
    rounds = [Figures("a", 2.0, 1.5, 0.9, 100, 0.0), Figures("a", 1.0, 1.6, 0.8, 120, 0.0)]
    assert best(rounds) == Figures("a", 1.0, 1.5, 0.8, 100, 0.0)


def test_ratios_are_to_the_first():
    console = Console(record=True, width=160)
    console.print(table([Figures("a", 2, 1, 0.9, 10, 0), Figures("b", 2, 1, 0.6, 10, 1e-6)], {"b": 26.4}))
    line = next(line for line in console.export_text().splitlines() if "│ b" in line)
    assert [cell for cell in line.split() if cell not in "│┃"] == [
        "b",
        "2.00",
        "1.000",
        "0.600",
        "1.50",
        "10",
        "26",
        "1.0e-06",
    ]


@pytest.mark.parametrize("name", ["torch", "ncnn"])
def test_a_runtime_agrees_with_the_network_as_it_was_trained(name):
    if name == "ncnn":
        pytest.importorskip("ncnn", reason="the optional runtime is not installed")
    assert runtimes.measure(name, 8, 1).departure < 1e-4
