"""Many pictures are put into the journal a part at a time: whoever else changes it waits for one part, not for all."""

import sqlite3
from pathlib import Path

import numpy as np
import pytest

from mfsr_app.queue.loading import ADDED_AT_ONCE, add_paths
from mfsr_engine import images
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
    added = add_paths([folder], journal, ())
    assert [item.source.path.stem for item in added.items] == [f"{number:05}" for number in range(MANY)]
    assert journal.items() == added.items
    assert max(journal.parts) <= ADDED_AT_ONCE
    again = add_paths([folder], journal, ())
    assert (again.items, again.repeated) == ([], MANY)


def test_where_a_later_part_is_refused_the_list_is_as_before(journal, folder):
    journal.refuses_part = 3
    with pytest.raises(sqlite3.OperationalError, match="no room"):
        add_paths([folder], journal, ())
    assert journal.items() == []


@pytest.mark.parametrize(("include", "count", "left_out"), [(False, 1, 1), (True, 2, 0)])
def test_own_results_in_a_folder_are_left_out_and_counted(tmp_path, journal, include, count, left_out):
    for name, made in (("a.png", None), ("b.png", images.Provenance("mfsr-small", 1, 0))):
        options = images.WriteOptions(provenance=made)
        images.write(tmp_path / name, np.zeros((4, 6, 3), np.float32), kept=images.KeptMetadata(), options=options)
    added = add_paths([tmp_path], journal, (), include_results=include)
    assert (len(added.items), added.results) == (count, left_out)
