"""Many pictures are put into the journal a part at a time: whoever else changes it waits for one part, not for all."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from mfsr_app.queue.loading import ADDED_AT_ONCE, FIRST_AT_ONCE, add_paths
from mfsr_engine import images
from mfsr_engine.batch import planning
from mfsr_engine.batch.journal import Journal

MANY = 2 * ADDED_AT_ONCE + 3


class WatchedJournal(Journal):
    """Notes how many pictures each change brought, and refuses one of them if it is told to."""

    def __init__(self) -> None:
        super().__init__(None)
        self.parts: list[int] = []
        self.refuses_part: int | None = None
        self.open()

    def add(self, sources):
        given = list(sources)
        self.parts.append(len(given))
        if len(self.parts) == self.refuses_part:
            raise sqlite3.OperationalError("no room")
        return super().add(given)


@pytest.fixture
def journal():
    made = WatchedJournal()
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path) -> Path:
    for number in range(MANY):
        (tmp_path / f"{number:05}.png").touch()
    return tmp_path


def test_all_are_added_in_order_and_none_in_too_large_a_part(journal, folder):
    added = add_paths([folder], journal, ()).finish()
    assert [item.source.path.stem for item in added.items] == [f"{number:05}" for number in range(MANY)]
    assert journal.items() == added.items
    assert journal.parts == [FIRST_AT_ONCE, ADDED_AT_ONCE, MANY - FIRST_AT_ONCE - ADDED_AT_ONCE]
    again = add_paths([folder], journal, ()).finish()
    assert (again.items, again.repeated) == ([], MANY)


def test_the_first_are_added_before_the_others_were_looked_at(journal, folder, monkeypatch):
    looked_at = []
    monkeypatch.setattr(planning, "is_result", lambda path: looked_at.append(path) or False)
    adding = add_paths([folder], journal, ())
    assert looked_at == []
    assert len(adding.next_portion().items) == len(looked_at) == FIRST_AT_ONCE


def test_what_was_added_before_a_part_that_is_refused_is_known(journal, folder):
    journal.refuses_part = 3
    adding = add_paths([folder], journal, ())
    with pytest.raises(sqlite3.OperationalError, match="no room"):
        adding.finish()
    assert journal.items() == adding.so_far.items
    assert len(adding.so_far.items) == FIRST_AT_ONCE + ADDED_AT_ONCE


def test_a_portion_of_nothing_but_results_ends_nothing(journal, folder, monkeypatch):
    monkeypatch.setattr(planning, "is_result", lambda path: int(path.stem) < 2 * ADDED_AT_ONCE)
    added = add_paths([folder, folder / "nothing"], journal, ()).finish()
    assert (len(added.items), added.results, added.unknown) == (3, 2 * ADDED_AT_ONCE, 1)


@pytest.mark.parametrize(("include", "count", "left_out"), [(False, 1, 1), (True, 2, 0)])
def test_own_results_in_a_folder_are_left_out_and_counted(tmp_path, journal, include, count, left_out):
    for name, made in (("a.png", None), ("b.png", images.Provenance("mfsr-small", 1, 0))):
        options = images.WriteOptions(provenance=made)
        images.write(tmp_path / name, np.zeros((4, 6, 3), np.float32), kept=images.KeptMetadata(), options=options)
    added = add_paths([tmp_path], journal, (), include_results=include).finish()
    assert (len(added.items), added.results) == (count, left_out)
