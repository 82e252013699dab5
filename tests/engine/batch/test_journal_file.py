"""The file of the queue: a change that fails leaves it usable, and the caller learns why it failed."""

import sqlite3

import pytest

from mfsr_engine.batch.journal import JournalFile

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


def add_plan(file: JournalFile, text: str, *, refused: tuple[str, ...] = ()) -> None:
    """Note a plan while SQLite refuses some of the ways to end a transaction."""

    def answer(action: int, what: str | None, *_) -> int:
        is_refused = action == sqlite3.SQLITE_TRANSACTION and what in refused
        return sqlite3.SQLITE_DENY if is_refused else sqlite3.SQLITE_OK

    with file.transaction() as db:
        db.execute(PLAN, (text,))
        db.set_authorizer(answer if refused else None)


def add_plan_and_fail(file: JournalFile, failing: str) -> None:
    with file.transaction() as db:
        db.execute(PLAN, ("undone",))
        db.execute(failing)


def allow_everything(file: JournalFile) -> None:
    file._db.set_authorizer(None)


def test_after_a_commit_that_fails_nothing_is_changed_and_the_file_can_be_used(file):
    with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        add_plan(file, "refused", refused=("COMMIT",))
    allow_everything(file)
    assert plans(file) == []
    add_plan(file, "taken")
    assert plans(file) == ["taken"]


def test_where_a_failed_commit_cannot_be_taken_back_at_once_that_is_made_up_for(file):
    with pytest.raises(sqlite3.DatabaseError, match="not authorized"):
        add_plan(file, "refused", refused=("COMMIT", "ROLLBACK"))
    allow_everything(file)
    assert plans(file) == []


def test_an_error_that_has_ended_the_transaction_already_is_the_one_that_is_told(file):
    with pytest.raises(sqlite3.IntegrityError, match="CHECK constraint failed"):
        add_plan_and_fail(file, "INSERT OR ROLLBACK INTO plans VALUES (2, 'of a wrong number')")
    assert plans(file) == []


def test_an_error_inside_takes_everything_back(file):
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        add_plan_and_fail(file, "DELETE FROM nowhere")
    assert plans(file) == []
