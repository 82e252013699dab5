"""The file of the queue: opened, put aside if it is damaged, and changed in whole transactions. Knows no pictures."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import contextmanager, suppress
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


class _UnknownVersionError(sqlite3.DatabaseError):
    """Written by another version of the program."""


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
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            if version == 0:
                self._db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;")
            elif version != SCHEMA_VERSION:
                raise _UnknownVersionError(f"version {version}")


def _take_back(db: sqlite3.Connection) -> None:
    """Undo the open transaction, if SQLite has not done so itself. What went wrong before is what the caller must hear."""
    if db.in_transaction:
        with suppress(sqlite3.Error):
            db.execute("ROLLBACK")


def _is_unreadable(error: sqlite3.DatabaseError) -> bool:
    """Whether the file itself is at fault, not what happens around it."""
    if isinstance(error, _UnknownVersionError):
        return True
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # without the extension of the code
    return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _free_name(path: Path) -> Path:
    """Beside `path`, a name of what is put aside that nothing has yet."""
    names = (f"{path.name}.damaged{'' if number == 1 else number}" for number in count(1))
    return next(aside for aside in map(path.with_name, names) if not aside.exists())


def _keep_log(path: Path, aside: Path) -> None:
    """Copy the changes that are not in the file yet; SQLite deletes its own log when a damaged file is closed."""
    with suppress(FileNotFoundError):
        shutil.copyfile(path.with_name(path.name + _LOGS[0]), aside.with_name(aside.name + _LOGS[0]))
