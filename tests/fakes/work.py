"""Work counted instead of timed: the same on a slow machine as on a fast one, and while others keep it busy."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator


def lines_run(action: Callable[[], object]) -> int:
    """Lines of Python that this thread runs in `action`, those that Qt calls included; every round of a loop counts."""
    count, before = 0, sys.gettrace()

    def trace(frame, event, argument):
        nonlocal count
        count += event == "line"
        return trace

    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return count


@dataclass
class SqliteWork:
    """What a connection had to do."""

    statements: list[str] = field(default_factory=list)
    """First word of each, in capitals."""
    steps: int = 0
    """Instructions of SQLite's machine, in units of ten."""


@contextmanager
def sqlite_work(connection: sqlite3.Connection) -> Iterator[SqliteWork]:
    """Count what a connection does while this is open."""
    work = SqliteWork()

    def step() -> int:
        work.steps += 1
        return 0

    connection.set_trace_callback(lambda statement: work.statements.append(statement.split()[0].upper()))
    connection.set_progress_handler(step, 10)
    try:
        yield work
    finally:
        connection.set_trace_callback(None)
        connection.set_progress_handler(None, 0)


class CountedNumber(int):
    """A number that counts, for all of its kind together, how often two are compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        CountedNumber.compared += 1
        return int.__eq__(self, other)

    __hash__ = int.__hash__
