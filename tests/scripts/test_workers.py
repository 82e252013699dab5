"""Tests run in as many processes as a computer has processors and memory for."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def workers(load_script, monkeypatch):
    script = load_script("workers")
    monkeypatch.delenv(script.COUNT_VARIABLE, raising=False)
    return script


@pytest.mark.parametrize(
    ("processors", "memory_gib", "expected"), [(2, 24.0, 3), (2, 7.7, 2), (8, 16.0, 5), (4, 2.0, 1), (4, None, 5)]
)
def test_neither_processors_nor_memory_are_promised_twice(workers, processors, memory_gib, expected):
    assert workers.count(processors, memory_gib) == expected


@pytest.mark.parametrize(
    ("memory_gib", "chosen", "expected"), [(64.0, None, ("9", "1")), (6.5, None, ("2", "4")), (64.0, "1", ("1", "8"))]
)
def test_the_processors_are_shared_out_between_the_processes(workers, monkeypatch, memory_gib, chosen, expected):
    monkeypatch.setattr(workers, "processors", lambda: 8)
    monkeypatch.setattr(workers, "_memory_gib", lambda: memory_gib)
    if chosen is not None:
        monkeypatch.setenv(workers.COUNT_VARIABLE, chosen)
    found = workers.variables()
    assert (found[workers.COUNT_VARIABLE], found[workers.THREADS_VARIABLE]) == expected


def test_this_computer_has_room_for_one_at_least(workers):
    assert int(workers.variables()[workers.COUNT_VARIABLE]) >= 1


def test_modules_are_compiled_once_whatever_the_caller_has_set(workers, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    environment = {**os.environ, **workers.variables()}
    words = [sys.executable, "-c", "import sys; print(sys.dont_write_bytecode)"]
    said = subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout
    assert said == "False\n"
