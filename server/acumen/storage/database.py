"""The one SQLite file of a data folder: how it is opened, and what tables it has."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from acumen.errors import StorageFull

FILE = "acumen.db"
# `patterns` is what a decision inside a transaction may ask: which ids exist, in which revision, which were deleted.
SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
    revision INTEGER PRIMARY KEY AUTOINCREMENT,
    body BLOB NOT NULL,
    time_ms INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS requests (
    id TEXT PRIMARY KEY,
    digest BLOB NOT NULL,
    revision INTEGER NOT NULL,
    time_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS requests_by_time ON requests (time_ms);
CREATE TABLE IF NOT EXISTS predictions (
    id TEXT PRIMARY KEY,
    namespace TEXT NOT NULL,
    model TEXT NOT NULL,
    version TEXT NOT NULL,
    p REAL NOT NULL,
    time_ms INTEGER NOT NULL,
    event_happened INTEGER
);
CREATE TABLE IF NOT EXISTS patterns (
    namespace TEXT NOT NULL,
    id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    live INTEGER NOT NULL,
    subject BLOB NOT NULL,
    PRIMARY KEY (namespace, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS namespaces (
    name TEXT PRIMARY KEY,
    embedder TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS purges (
    number INTEGER PRIMARY KEY,
    revision INTEGER NOT NULL,
    namespace TEXT NOT NULL,
    subject BLOB NOT NULL,
    done INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY,
    body BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
    model TEXT NOT NULL,
    version TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (model, version)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    fencing INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL
) WITHOUT ROWID;
"""
BUSY_TIMEOUT_MS = 10_000
# SQLite says FULL for a disk without room alone; a quota and a limit on the size of files are errors of its writes.
_REFUSED = frozenset(
    [
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR_WRITE,
        sqlite3.SQLITE_IOERR_TRUNCATE,
        sqlite3.SQLITE_IOERR_FSYNC,
        sqlite3.SQLITE_IOERR_SHMSIZE,
    ]
)


def connect(data_dir: Path, synchronous: str) -> sqlite3.Connection:
    """Open the file in WAL mode, making it if need be; `synchronous` is FULL (acknowledged is on disk) or NORMAL."""
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = sqlite3.connect(data_dir / FILE, isolation_level=None, check_same_thread=False)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.execute("PRAGMA secure_delete = ON")  # what is deleted or rewritten leaves no bytes behind
    connection.executescript(SCHEMA)
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what happens inside, or none of it; a disk that refuses to be written is `StorageFull`."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("COMMIT")
    except BaseException as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode in _REFUSED:
            raise StorageFull(f"the journal could not be written: {error} ({error.sqlite_errorname})") from error
        raise


def erase(connection: sqlite3.Connection) -> None:
    """Rewrite the file, so that no page and no log holds what was deleted or overwritten.

    Raises sqlite3.OperationalError while another process reads an older state; try again then.
    """
    connection.execute("VACUUM")
    busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        raise sqlite3.OperationalError("the write-ahead log is still being read")
