"""The file of the queue: a change that fails leaves it usable, and the caller learns why it failed."""

import sqlite3

import pytest

from mfsr_engine.journal_file import JournalFile

PLAN = "INSERT INTO plans VALUES (1, ?)"


@pytest.fixture
def file(tmp_path):
    made = JournalFile(tmp_path / "queue.sqlite")
    made.open()
    yield made
    made.close()


def plans(file: JournalFile) -> list[str]:
    with file.transaction() as db:
        return [row[0] for row in db.execute("SELECT text FROM plans")]


def refuse_commits(action: int, what: str | None, *_) -> int:
    is_commit = action == sqlite3.SQLITE_TRANSACTION and what == "COMMIT"
    return sqlite3.SQLITE_DENY if is_commit else sqlite3.SQLITE_OK


def test_after_a_commit_that_fails_nothing_is_changed_and_the_file_can_be_used(file):
    with pytest.raises(sqlite3.DatabaseError, match="not authorized"), file.transaction() as db:
        db.execute(PLAN, ("refused",))
        db.set_authorizer(refuse_commits)
    db.set_authorizer(None)
    assert plans(file) == []
    with file.transaction() as db:
        db.execute(PLAN, ("taken",))
    assert plans(file) == ["taken"]


def test_an_error_that_has_ended_the_transaction_already_is_the_one_that_is_told(file):
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"), file.transaction() as db:
        db.execute(PLAN, ("undone",))
        db.execute("INSERT OR ROLLBACK INTO plans VALUES (2, 'of a wrong number')")
    assert plans(file) == []


def test_an_error_of_the_caller_takes_everything_back(file):
    with pytest.raises(ZeroDivisionError), file.transaction() as db:
        db.execute(PLAN, ("undone",))
        db.execute(PLAN, (str(1 // 0),))
    assert plans(file) == []


def refuse_ends(action: int, what: str | None, *_) -> int:
    is_end = action == sqlite3.SQLITE_TRANSACTION and what in ("COMMIT", "ROLLBACK")
    return sqlite3.SQLITE_DENY if is_end else sqlite3.SQLITE_OK


def test_where_not_even_taking_back_is_possible_the_first_error_is_told(file):
    with pytest.raises(ZeroDivisionError), file.transaction() as db:
        db.set_authorizer(refuse_ends)
        db.execute(PLAN, (str(1 // 0),))
    db.set_authorizer(None)
    assert plans(file) == []
