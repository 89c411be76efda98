"""Which patterns exist: what a decision asks and notes inside its transaction, so that all workers decide alike."""

import hashlib
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from acumen.errors import EmbedderMismatch, PatternExists, PatternNotFound, RevisionMismatch
from acumen.proto.storage.v1.bank_pb2 import Purged

_SELECT = "SELECT revision, live FROM patterns WHERE namespace = ? AND id = ?"
_PUT = "INSERT OR REPLACE INTO patterns VALUES (?, ?, ?, ?, ?)"


class Live(NamedTuple):
    """A pattern that is there, and the embedder of its namespace; `subject` is a SHA-256, empty for nobody's."""

    namespace: str
    id: str
    revision: int
    subject: bytes
    embedder: str


def require(connection: sqlite3.Connection, namespace: str, ids: Iterable[str]) -> None:
    """Raise `PatternNotFound` for the first id that is not there."""
    for pattern_id in ids:
        if live_revision(connection, namespace, pattern_id) is None:
            raise PatternNotFound(pattern_id, f"in namespace '{namespace}'")


def match(connection: sqlite3.Connection, namespace: str, wanted: Sequence[tuple[str, int]], create_only: bool) -> None:
    """Check ids before they are written; a wanted revision of 0 takes any.

    Raises `PatternExists` where only new ones are to be written, `PatternNotFound` or `RevisionMismatch` where a
    revision is wanted that is not the stored one.
    """
    for pattern_id, revision in wanted:
        stored = live_revision(connection, namespace, pattern_id)
        if stored is not None and create_only:
            raise PatternExists(pattern_id, namespace)
        if revision and stored is None:
            raise PatternNotFound(pattern_id, f"in namespace '{namespace}'")
        if revision and stored != revision:
            raise RevisionMismatch(pattern_id, revision, stored or 0)


def live_revision(connection: sqlite3.Connection, namespace: str, pattern_id: str) -> int | None:
    """Return the revision of a pattern's last write; None when it is not there."""
    row = connection.execute(_SELECT, (namespace, pattern_id)).fetchone()
    return int(row[0]) if row and row[1] else None


def digest(subject: str) -> bytes:
    """Return what stands for a subject on disk once it is purged: its SHA-256; nothing for nobody."""
    return hashlib.sha256(subject.encode()).digest() if subject else b""


def written(connection: sqlite3.Connection, namespace: str, subjects: Mapping[str, str], revision: int) -> None:
    """Note that patterns were written, by id with their subjects."""
    rows = [(namespace, pattern_id, revision, 1, digest(subject)) for pattern_id, subject in subjects.items()]
    connection.executemany(_PUT, rows)


def revised(connection: sqlite3.Connection, namespace: str, ids: Iterable[str], revision: int) -> None:
    """Note that patterns were changed, not whose they are."""
    query = "UPDATE patterns SET revision = ? WHERE namespace = ? AND id = ? AND live"
    connection.executemany(query, [(revision, namespace, pattern_id) for pattern_id in ids])


def deleted(connection: sqlite3.Connection, namespace: str, ids: Iterable[str], revision: int) -> None:
    """Note that patterns were deleted; the note outlives them, so that restoring an older state deletes them again."""
    query = "UPDATE patterns SET revision = ?, live = 0 WHERE namespace = ? AND id = ? AND live"
    connection.executemany(query, [(revision, namespace, pattern_id) for pattern_id in ids])


def deleted_after(connection: sqlite3.Connection, revision: int) -> list[tuple[str, str]]:
    """Return (namespace, id) of patterns that were deleted after a revision and are not back."""
    query = "SELECT namespace, id FROM patterns WHERE revision > ? AND NOT live ORDER BY namespace, id"
    return connection.execute(query, (revision,)).fetchall()


def purged(connection: sqlite3.Connection, namespace: str, subject: bytes, ids: Iterable[str], revision: int) -> None:
    """Forget a subject's patterns and those of `ids`, or all of a namespace; note that their bytes are to be erased."""
    if subject:
        connection.execute("DELETE FROM patterns WHERE namespace = ? AND subject = ?", (namespace, subject))
        query = "DELETE FROM patterns WHERE namespace = ? AND id = ?"
        connection.executemany(query, [(namespace, pattern_id) for pattern_id in ids])
    else:
        connection.execute("DELETE FROM patterns WHERE namespace = ?", (namespace,))
        connection.execute("DELETE FROM namespaces WHERE name = ?", (namespace,))
    connection.execute("INSERT OR REPLACE INTO purges VALUES (?, ?, ?, ?, 0)", (None, revision, namespace, subject))


def open_purges(connection: sqlite3.Connection) -> list[Purged]:
    """Return the purges whose bytes are still to be erased."""
    return _purges(connection, "NOT done", ())


def purges_after(connection: sqlite3.Connection, revision: int) -> list[Purged]:
    """Return the purges after a revision."""
    return _purges(connection, "revision > ?", (revision,))


def close_purges(connection: sqlite3.Connection, upto: int) -> None:
    """Note that the bytes of all purges up to a revision are gone."""
    connection.execute("UPDATE purges SET done = 1 WHERE revision <= ?", (upto,))


def _purges(connection: sqlite3.Connection, condition: str, values: tuple[int, ...]) -> list[Purged]:
    query = f"SELECT DISTINCT namespace, subject FROM purges WHERE {condition} ORDER BY revision"  # noqa: S608
    rows = connection.execute(query, values).fetchall()
    return [Purged(namespace=namespace, subject_sha256=subject) for namespace, subject in rows]


def replace_all(connection: sqlite3.Connection, live: Iterable[Live]) -> None:
    """Make the tables say that exactly these are there.

    What is there no more was not deleted: a later restore of a newer state brings it back.
    """
    connection.execute("DELETE FROM patterns WHERE live")
    connection.execute("DELETE FROM namespaces")
    for one in live:
        connection.execute(_PUT, (one.namespace, one.id, one.revision, 1, one.subject))
        set_embedder(connection, one.namespace, one.embedder)


def all_live(connection: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """Return {(namespace, id): revision} of every pattern that is there."""
    rows = connection.execute("SELECT namespace, id, revision FROM patterns WHERE live").fetchall()
    return {(namespace, pattern_id): revision for namespace, pattern_id, revision in rows}


def settle_embedder(connection: sqlite3.Connection, namespace: str, embedder: str) -> None:
    """Note the embedder of a namespace's first patterns; raises `EmbedderMismatch` where it holds those of another."""
    row = connection.execute("SELECT embedder FROM namespaces WHERE name = ?", (namespace,)).fetchone()
    if row and row[0] != embedder:
        raise EmbedderMismatch(namespace, row[0], embedder)
    if not row:
        set_embedder(connection, namespace, embedder)


def set_embedder(connection: sqlite3.Connection, namespace: str, embedder: str) -> None:
    """Note that a namespace's vectors are of this embedder from now on."""
    connection.execute("INSERT OR REPLACE INTO namespaces VALUES (?, ?)", (namespace, embedder))
