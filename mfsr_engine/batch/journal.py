"""The queue on disk: its pictures, their order, and the outcome of each. Survives the death of its process."""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mfsr_engine.batch.naming import Source
from mfsr_engine.files.atomic import remove_leftovers
from mfsr_engine.geometry import Size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SCHEMA_VERSION = 1
_LOGS = ("-wal", "-shm")
"""What SQLite keeps beside a file: changes that are not in it yet, and their index."""
_SCHEMA = """
CREATE TABLE items (
    number INTEGER PRIMARY KEY AUTOINCREMENT, place INTEGER NOT NULL, source TEXT NOT NULL, root TEXT, has_twin INTEGER
    NOT NULL, state TEXT NOT NULL DEFAULT 'waiting', target TEXT, was_free INTEGER, owner INTEGER, width INTEGER,
    height INTEGER, result_width INTEGER, result_height INTEGER, seconds REAL, words TEXT NOT NULL DEFAULT '', details
    TEXT NOT NULL DEFAULT '');
CREATE INDEX items_by_source ON items (source);
CREATE INDEX items_by_target ON items (target);
CREATE TABLE plans (number INTEGER PRIMARY KEY CHECK (number = 1), text TEXT NOT NULL);
"""
_OWN_PLANS = "CREATE TABLE IF NOT EXISTS own_plans (number INTEGER PRIMARY KEY, text TEXT NOT NULL)"
"""Of single pictures. Older versions of the program neither make nor read it."""


class _UnreadableError(sqlite3.DatabaseError):
    """A sound database, but none that this version of the program wrote."""


class JournalFile:
    """An SQLite file. May be used from several threads."""

    def __init__(self, path: Path | None) -> None:
        """`path` None keeps everything in memory only. Nothing is opened before `open`."""
        self.path = path
        self._lock = threading.Lock()
        self._db: sqlite3.Connection | None = None

    def open(self) -> bool:
        """Open the file or begin a new one; whether a damaged one had to be put aside (as `.damaged` beside it).

        Raises:
            sqlite3.Error: The file is sound but cannot be used now (locked, no room, no access); it is left as it is.
            OSError: Its folder cannot be made.
        """
        try:
            self._connect()
        except sqlite3.DatabaseError as error:
            if self.path is None or not self.path.is_file() or not _is_unreadable(error):
                self.close()
                raise
            aside = _free_name(self.path)
            _keep_log(self.path, aside)
            self.close()
            self.path.rename(aside)
            for suffix in _LOGS:
                self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
            self._connect()
            return True
        except BaseException:
            self.close()
            raise
        return False

    def open_in_memory(self) -> None:
        """Go on without a file, because it cannot be used; it is left as it is."""
        self.close()
        self.path = None
        self._connect()

    def close(self) -> None:
        """Close the file; nothing is lost if this is never called."""
        with self._lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Everything done with this connection happens as a whole, or not at all.

        Raises:
            sqlite3.Error: Nothing was changed; the file can be used as before.
        """
        with self._lock:
            assert self._db is not None, "the journal is not open"
            if self._db.in_transaction:  # the one before could not even be taken back
                self._db.execute("ROLLBACK")
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                _take_back(self._db)
                raise

    def _connect(self) -> None:
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            self._db = sqlite3.connect(self.path or ":memory:", check_same_thread=False, isolation_level=None)
            with _content_judged():  # of a damaged table even the error's own words need not be UTF-8
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = NORMAL")
                version = self._db.execute("PRAGMA user_version").fetchone()[0]
                if version not in (0, SCHEMA_VERSION):
                    raise _UnreadableError(f"version {version}")
                if version == 0:
                    self._db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
                self._db.execute(_OWN_PLANS)
                _check_content(self._db)


def _take_back(db: sqlite3.Connection) -> None:
    """Undo the open transaction, if SQLite has not done so itself. What went wrong before is what the caller must hear."""
    if db.in_transaction:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")


def _is_unreadable(error: sqlite3.DatabaseError) -> bool:
    """Whether the file itself is at fault, not what happens around it."""
    if isinstance(error, _UnreadableError):
        return True
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extension of the code
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@contextmanager
def _content_judged() -> Iterator[None]:
    """Tell tables and values that are not ours from a disk or another process that is in the way."""
    try:
        yield
    except (ValueError, TypeError) as error:
        raise _UnreadableError(str(error)) from error
    except sqlite3.OperationalError as error:  # a missing table has this code, text that is not UTF-8 has none
        if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR:
            raise _UnreadableError(str(error)) from error
        raise


def _check_content(db: sqlite3.Connection) -> None:
    """Look at every page and every value once; what is wrong is raised."""
    found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if found != "ok":
        raise _UnreadableError(found)
    for column in ("place", "was_free", "owner", "width", "height", "result_width", "result_height"):
        if db.execute(f"SELECT 1 FROM items WHERE typeof({column}) NOT IN ('integer', 'null') LIMIT 1").fetchone():
            raise _UnreadableError(f"{column} of another type")
    for row in db.execute(f"SELECT {_COLUMNS} FROM items"):
        _item(row)
    for (text,) in db.execute("SELECT text FROM plans"):
        str(text)


def _free_name(path: Path) -> Path:
    """Beside `path`, a name of what is put aside that nothing has yet."""
    names = (f"{path.name}.damaged{'' if number == 1 else number}" for number in count(1))
    return next(aside for aside in map(path.with_name, names) if not aside.exists())


def _keep_log(path: Path, aside: Path) -> None:
    """Copy the changes that are not in the file yet; SQLite deletes its own log when a damaged file is closed."""
    with suppress(FileNotFoundError):
        shutil.copyfile(path.with_name(path.name + _LOGS[0]), aside.with_name(aside.name + _LOGS[0]))


_COLUMNS = (
    "number, source, root, has_twin, state, target, width, height, result_width, result_height, seconds, words, details, "
    "coalesce((SELECT text FROM own_plans WHERE own_plans.number = items.number), '')"
)


class ItemState(StrEnum):
    """What became of a picture."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class QueueItem:
    """One picture of the queue."""

    number: int
    """By which it is known; never used again for another."""
    source: Source
    """The picture."""
    state: ItemState = ItemState.WAITING
    """What became of it."""
    target: Path | None = None
    """Its result, or where that is going to be."""
    size: Size | None = None
    """Size of the source, once known."""
    result_size: Size | None = None
    """Size of the result, once there."""
    seconds: float | None = None
    """Time it took, once done."""
    words: str = ""
    """Why it failed, or what the user should know of the result."""
    details: str = ""
    """More about a failure, for developers."""
    own_plan: str = ""
    """How it is worked through, as JSON, whatever the plan of all says; empty is as all others."""

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self.state in (ItemState.WAITING, ItemState.RUNNING)


class Journal:
    """A list of pictures in SQLite. May be called from several threads; every call is one transaction."""

    def __init__(self, path: Path | None) -> None:
        """`path` None keeps the list in memory only. Nothing is opened before `open`."""
        self._file = JournalFile(path)

    @property
    def path(self) -> Path | None:
        """Where it lies; None is in memory."""
        return self._file.path

    @path.setter
    def path(self, path: Path | None) -> None:
        self._file.path = path

    def open(self) -> bool:
        """Open the file or begin a new one; whether a damaged one had to be put aside (as `.damaged` beside it).

        Raises:
            sqlite3.Error: The file is sound but cannot be used now (locked, no room, no access); it is left as it is.
            OSError: Its folder cannot be made.
        """
        return self._file.open()

    def open_in_memory(self) -> None:
        """Go on with an empty list in memory, because the file cannot be used; it is left as it is."""
        self._file.open_in_memory()

    def close(self) -> None:
        """Close the file; nothing is lost if this is never called."""
        self._file.close()

    def items(self) -> list[QueueItem]:
        """Everything, in its order."""
        with self._file.transaction() as db:
            return [_item(row) for row in db.execute(f"SELECT {_COLUMNS} FROM items ORDER BY place, number")]

    def item(self, number: int) -> QueueItem | None:
        """One picture, or None if it was taken out."""
        with self._file.transaction() as db:
            row = db.execute(f"SELECT {_COLUMNS} FROM items WHERE number = ?", (number,)).fetchone()
            return None if row is None else _item(row)

    def add(self, sources: Iterable[Source]) -> list[QueueItem]:
        """Put pictures at the end, leaving out those that wait already; gives back the new ones."""
        with self._file.transaction() as db:
            query = "SELECT source FROM items WHERE state IN ('waiting', 'running')"
            known = {row[0] for row in db.execute(query)}
            place = db.execute("SELECT coalesce(max(place), 0) FROM items").fetchone()[0]
            added = []
            for source in sources:
                if str(source.path) in known:
                    continue
                known.add(str(source.path))
                place += 1
                values = (place, str(source.path), None if source.root is None else str(source.root), source.has_twin)
                cursor = db.execute("INSERT INTO items (place, source, root, has_twin) VALUES (?, ?, ?, ?)", values)
                assert cursor.lastrowid is not None
                added.append(QueueItem(cursor.lastrowid, source))
            return added

    def remove(self, numbers: Iterable[int]) -> None:
        """Take pictures out of the list; files are not touched."""
        with self._file.transaction() as db:
            gone = [(number,) for number in numbers]
            db.executemany("DELETE FROM items WHERE number = ?", gone)
            db.executemany("DELETE FROM own_plans WHERE number = ?", gone)

    def reorder(self, numbers: Sequence[int]) -> None:
        """Let these stand in this order, in the places that they have together."""
        with self._file.transaction() as db:
            wanted = set(numbers)
            found = {row[0]: row[1] for row in db.execute("SELECT number, place FROM items") if row[0] in wanted}
            places = sorted(found.values())
            kept = [number for number in numbers if number in found]
            db.executemany("UPDATE items SET place = ? WHERE number = ?", list(zip(places, kept, strict=True)))

    def reset(self, numbers: Iterable[int]) -> None:
        """Let pictures wait again, as if nothing had become of them."""
        cleared = "state = 'waiting', target = NULL, seconds = NULL, words = '', details = '', owner = NULL"
        with self._file.transaction() as db:
            db.executemany(f"UPDATE items SET {cleared} WHERE number = ?", [(number,) for number in numbers])

    def claim(self, number: int, target: Path) -> None:
        """Note, before work on a picture begins, where its result will be."""
        with self._file.transaction() as db:
            values = (str(target), not target.exists(), os.getpid(), number)
            db.execute(
                "UPDATE items SET state = 'running', target = ?, was_free = ?, owner = ? WHERE number = ?", values
            )

    def finish(self, item: QueueItem) -> None:
        """Note what became of a picture."""
        size, result = item.size, item.result_size
        values = (
            item.state.value,
            None if item.target is None else str(item.target),
            *((None, None) if size is None else (size.width, size.height)),
            *((None, None) if result is None else (result.width, result.height)),
            item.seconds,
            item.words,
            item.details,
            item.number,
        )
        with self._file.transaction() as db:
            db.execute(
                "UPDATE items SET state = ?, target = ?, width = ?, height = ?, result_width = ?, result_height = ?, "
                "seconds = ?, words = ?, details = ? WHERE number = ?",
                values,
            )

    def is_spoken_for(self, target: Path, item: QueueItem) -> bool:
        """Whether `target` is a source of the list, or the result of another source in it."""
        path, own = str(target), str(item.source.path)
        query = "SELECT 1 FROM items WHERE (source = ?1 OR target = ?1) AND source != ?2 LIMIT 1"
        with self._file.transaction() as db:
            return db.execute(query, (path, own)).fetchone() is not None

    def plan_text(self) -> str | None:
        """The plan that was noted last."""
        with self._file.transaction() as db:
            row = db.execute("SELECT text FROM plans").fetchone()
            return None if row is None else str(row[0])

    def set_plan_text(self, text: str) -> None:
        """Note how the pictures are worked through."""
        with self._file.transaction() as db:
            db.execute("INSERT INTO plans VALUES (1, ?1) ON CONFLICT (number) DO UPDATE SET text = ?1", (text,))

    def forget_plan(self) -> None:
        """Note that nothing is under way any more."""
        with self._file.transaction() as db:
            db.execute("DELETE FROM plans")

    def set_own_plan(self, numbers: Iterable[int], text: str) -> None:
        """Note how these pictures are worked through, whatever the plan of all says; empty is as all others."""
        numbers = list(numbers)
        with self._file.transaction() as db:
            db.executemany("DELETE FROM own_plans WHERE number = ?", [(number,) for number in numbers])
            if text:
                db.executemany("INSERT INTO own_plans VALUES (?, ?)", [(number, text) for number in numbers])

    def recover(self) -> int:
        """Tidy up after a process that was killed; gives back how many pictures it had in hand.

        A result whose name was free and is there now is whole, because files are written whole or not at all; its
        picture is done. Any other picture in hand waits again. Half-written temporary files are deleted.
        """
        with self._file.transaction() as db:
            query = "SELECT number, target, was_free, owner FROM items WHERE state = 'running'"
            rows = db.execute(query).fetchall()
            for number, target, was_free, owner in rows:
                path = None if target is None else Path(target)
                if path is not None and owner is not None:
                    _remove_leftovers(path.parent, owner)
                is_done = path is not None and was_free and path.is_file()
                state = ItemState.DONE if is_done else ItemState.WAITING
                values = (state.value, target if is_done else None, number)
                db.execute("UPDATE items SET state = ?, target = ?, owner = NULL WHERE number = ?", values)
            return len(rows)


def _remove_leftovers(folder: Path, process_id: int) -> None:
    with suppress(OSError):
        remove_leftovers(folder, process_id)


def _item(row: Sequence[Any]) -> QueueItem:
    number, source, root, has_twin, state, target, width, height, result_width, result_height, *rest = row
    seconds, words, more, own_plan = rest
    return QueueItem(
        number,
        Source(Path(source), None if root is None else Path(root), bool(has_twin)),
        ItemState(state),
        None if target is None else Path(target),
        None if width is None else Size(width, height),
        None if result_width is None else Size(result_width, result_height),
        seconds,
        words,
        more,
        str(own_plan),
    )
