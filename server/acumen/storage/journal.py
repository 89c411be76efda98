"""The journal: the ordered, durable list of changes of which everything in memory is a fold.

One thread writes. It takes every change that waits, decides and inserts them in one transaction, and so pays one fsync
for all (group commit). Another thread reads what was committed, by this process or another on the same file, and
prepares it; the event loop applies it, in order, once. A write is acknowledged when it is on disk and applied here.
"""

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeAlias, TypeVar

from google.protobuf.message import Message

from acumen.clock import Clock
from acumen.errors import AcumenError, JournalGap, RequestIdReused, RevisionTimeout, RevisionTooOld
from acumen.proto.storage.v1.bank_pb2 import Restored
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.storage.database import connect, erase, transaction
from acumen.storage.failpoints import failpoint

POLL_S = 0.05
PAGE = 256
TRUNCATE_ROWS = 10_000
REMEMBER_MS = 24 * 3600 * 1000

R = TypeVar("R")
Decide: TypeAlias = Callable[[sqlite3.Connection, int], JournalEntry]


class Fold(Protocol):
    """What the entries are folded into."""

    def prepare(self, entry: JournalEntry) -> Any:
        """Do the slow part of an entry that depends on nothing but the entry; on a thread of the journal."""

    def apply(self, revision: int, entry: JournalEntry, prepared: Any) -> None:
        """Change the state; on the event loop, in order."""


@dataclass(slots=True)
class _Pending:
    decide: Decide
    request_id: str
    digest: bytes
    done: "asyncio.Future[int]"


@dataclass(frozen=True, slots=True)
class Record:
    """An entry as it was written."""

    revision: int
    time_ms: int
    entry: JournalEntry


class SqliteJournal:
    """A journal in the data folder's SQLite file; an async context manager.

    `start` is the revision that `fold` already holds, from a snapshot.
    """

    def __init__(self, data_dir: Path, clock: Clock, fold: Fold, start: int = 0) -> None:
        self._data_dir, self._clock, self._fold = data_dir, clock, fold
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="follow")
        self._waiting: list[_Pending] = []
        self._committed: list[tuple[int, asyncio.Future[int]]] = []
        self._wake_writer, self._wake_reader = asyncio.Event(), asyncio.Event()
        self._advanced = asyncio.Condition()
        self._applied = start
        self.behind = False
        self._tasks: list[asyncio.Task[None]] = []
        self.failed: asyncio.Future[None] = asyncio.get_event_loop().create_future()

    @property
    def revision(self) -> int:
        """Newest revision applied here."""
        return self._applied

    async def __aenter__(self) -> "SqliteJournal":
        self._connection = await self._write_side(connect, self._data_dir, "FULL")
        self._read_connection = await self._read_side(connect, self._data_dir, "FULL")
        self.behind = await self.transact(self._pass_over)
        await self._catch_up()
        self._tasks = [asyncio.create_task(self._write_loop()), asyncio.create_task(self._follow_loop())]
        return self

    async def __aexit__(self, *_: object) -> None:
        while self._waiting:
            await self._commit_waiting()
        if self._committed:
            await asyncio.wait([done for _, done in self._committed], timeout=1)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.failed.cancel()
        await self._read_side(self._read_connection.close)
        await self._write_side(self._connection.close)
        self._reader.shutdown()
        self._writer.shutdown()

    async def append(self, decide: Decide, request: Message, request_id: str = "") -> int:
        """Write the entry that `decide(connection, revision)` returns inside the transaction; return its revision.

        A `request_id` seen before with the same request returns its first revision and writes nothing; with another
        request it raises `RequestIdReused`. Raises `StorageFull`, and whatever product error `decide` raises, which
        must be before it changes a table.
        """
        digest = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
        pending = _Pending(decide, request_id, digest, asyncio.get_running_loop().create_future())
        self._waiting.append(pending)
        self._wake_writer.set()
        return await pending.done

    async def transact(self, function: Callable[[sqlite3.Connection], R]) -> R:
        """Run `function` in a transaction of its own, without an entry."""

        def run() -> R:
            with transaction(self._connection):
                return function(self._connection)

        return await self._write_side(run)

    async def wait_for(self, revision: int, timeout_s: float | None) -> None:
        """Return once `revision` has been applied here; raises `RevisionTimeout` after `timeout_s`."""
        if revision <= self._applied:
            return
        try:
            async with asyncio.timeout(timeout_s), self._advanced:
                await self._advanced.wait_for(lambda: revision <= self._applied)
        except TimeoutError:
            raise RevisionTimeout(revision, self._applied) from None

    async def advances(self, revision: int, timeout_s: float) -> bool:
        """Wait until something after `revision` is applied; return False when nothing was within `timeout_s`."""
        try:
            await self.wait_for(revision + 1, timeout_s)
        except RevisionTimeout:
            return False
        return True

    async def records(self, after: int) -> list[Record]:
        """Return the next page of entries after a revision; raises `RevisionTooOld` where they were truncated."""
        applied, rows = self._applied, await self._read_side(self._read, after)
        if (rows[0][0] if rows else applied + 1) > after + 1:
            raise RevisionTooOld(after, rows[0][0] - 1 if rows else applied)
        unbroken = [row for number, row in enumerate(rows, after + 1) if row[0] == number]
        return [Record(revision, time_ms, JournalEntry.FromString(body)) for revision, body, time_ms in unbroken]

    async def truncate(self, revision: int, age_ms: int = 0) -> None:
        """Delete entries up to and including a revision, which a snapshot must hold; the newest entry always stays.

        So do those from the first on that is younger than `age_ms`: other processes may not have read them yet.
        """
        young = "SELECT min(revision) - 1 FROM journal WHERE revision <= ? AND time_ms > ?"
        before = self._clock.now_ms() - age_ms
        kept = await self.transact(lambda c: c.execute(young, (revision, before)).fetchone()[0]) if age_ms else None
        last = revision if kept is None else kept
        query = (
            "DELETE FROM journal WHERE revision IN (SELECT revision FROM journal WHERE revision <= ? "
            "AND revision < (SELECT max(revision) FROM journal) ORDER BY revision LIMIT ?)"
        )
        while await self.transact(lambda c: c.execute(query, (last, TRUNCATE_ROWS)).rowcount) == TRUNCATE_ROWS:
            pass

    async def erase(self) -> None:
        """Leave no bytes of what was truncated.

        Raises sqlite3.OperationalError while another process reads an older state; try again then.
        """
        await self._write_side(lambda: erase(self._connection))

    async def restores(self) -> dict[int, str]:
        """Return the snapshots that the entries still there restore, by revision."""
        query = "SELECT revision, body FROM journal WHERE substr(body, 1, 2) = ?"
        key = JournalEntry(restored=Restored()).SerializeToString()[:2]  # what every such entry begins with
        rows = await self.transact(lambda connection: connection.execute(query, (key,)).fetchall())
        return {revision: JournalEntry.FromString(body).restored.snapshot for revision, body in rows}

    def _pass_over(self, connection: sqlite3.Connection) -> bool:
        """Number what comes after what the fold holds; return whether the file, being new or older, knew less."""
        if self._last(connection) >= self._applied:
            return False
        connection.execute("DELETE FROM sqlite_sequence WHERE name = 'journal'")
        connection.execute("INSERT INTO sqlite_sequence VALUES ('journal', ?)", (self._applied,))
        return True

    @staticmethod
    def _last(connection: sqlite3.Connection) -> int:
        query = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'journal'"
        return int(connection.execute(query).fetchone()[0])

    async def _write_loop(self) -> None:
        while True:
            await self._wake_writer.wait()
            self._wake_writer.clear()
            await self._commit_waiting()

    async def _commit_waiting(self) -> None:
        taken, self._waiting = self._waiting, []
        if not taken:
            return
        try:
            results = await self._write_side(self._commit, taken)
        except Exception as error:  # whatever stopped the transaction is each waiting caller's answer
            results = [error] * len(taken)
        for pending, result in zip(taken, results, strict=True):
            if isinstance(result, int):
                self._committed.append((result, pending.done))
            elif not pending.done.done():  # else the caller went away; what was decided stays decided
                pending.done.set_exception(result)
        self._wake_reader.set()

    def _commit(self, taken: list[_Pending]) -> list[int | Exception]:
        failpoint("journal.begin")
        with transaction(self._connection):
            results = [self._insert(pending) for pending in taken]
            failpoint("journal.inserted")
        failpoint("journal.committed")
        return results

    def _insert(self, pending: _Pending) -> int | Exception:
        """Write one change inside the open transaction; a refusal is that caller's alone."""
        try:
            known = self._known(pending)
            return self._write(pending) if known is None else known
        except AcumenError as error:
            return error

    def _known(self, pending: _Pending) -> int | None:
        if not pending.request_id:
            return None
        query = "SELECT digest, revision FROM requests WHERE id = ?"
        row = self._connection.execute(query, (pending.request_id,)).fetchone()
        if row and row[0] != pending.digest:
            raise RequestIdReused(pending.request_id)
        return int(row[1]) if row else None

    def _write(self, pending: _Pending) -> int:
        now, execute = self._clock.now_ms(), self._connection.execute
        revision = self._last(self._connection) + 1
        body = pending.decide(self._connection, revision).SerializeToString()
        execute("INSERT INTO journal (revision, body, time_ms) VALUES (?, ?, ?)", (revision, body, now))
        if pending.request_id:
            execute("DELETE FROM requests WHERE time_ms < ?", (now - REMEMBER_MS,))
            execute("INSERT INTO requests VALUES (?, ?, ?, ?)", (pending.request_id, pending.digest, revision, now))
        return revision

    async def _follow_loop(self) -> None:
        """Apply what is committed, at once when this process wrote it, else within `POLL_S`."""
        try:
            while True:
                try:
                    async with asyncio.timeout(POLL_S):
                        await self._wake_reader.wait()
                except TimeoutError:
                    pass
                self._wake_reader.clear()
                await self._catch_up()
        except Exception as error:
            self._give_up(error)
            raise

    def _give_up(self, error: Exception) -> None:
        """A state that cannot follow the journal must not go on answering; who composed it waits for `failed`."""
        if not self.failed.done():
            self.failed.set_exception(error)
        for _, done in self._committed:
            if not done.done():
                done.set_exception(error)

    async def _catch_up(self) -> None:
        """Apply every entry after the newest applied one, then acknowledge."""
        while page := await self._read_side(self._prepared, self._applied):
            for revision, entry, prepared in page:
                if revision != self._applied + 1:
                    raise JournalGap(self._applied, revision)
                self._fold.apply(revision, entry, prepared)
                self._applied = revision
            failpoint("journal.applied")
            self._acknowledge()
            async with self._advanced:
                self._advanced.notify_all()
        self._acknowledge()

    def _acknowledge(self) -> None:
        waiting: list[tuple[int, asyncio.Future[int]]] = []
        for revision, done in self._committed:
            if revision > self._applied:
                waiting.append((revision, done))
            elif not done.done():
                done.set_result(revision)
        self._committed = waiting

    def _prepared(self, after: int) -> list[tuple[int, JournalEntry, Any]]:
        entries = [(revision, JournalEntry.FromString(body)) for revision, body, _ in self._read(after)]
        return [(revision, entry, self._fold.prepare(entry)) for revision, entry in entries]

    def _read(self, after: int) -> list[tuple[int, bytes, int]]:
        query = "SELECT revision, body, time_ms FROM journal WHERE revision > ? ORDER BY revision LIMIT ?"
        return self._read_connection.execute(query, (after, PAGE)).fetchall()

    async def _write_side(self, function: Callable[..., R], *args: Any) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._writer, function, *args)

    async def _read_side(self, function: Callable[..., R], *args: Any) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._reader, function, *args)


def entries_after(connection: sqlite3.Connection, revision: int) -> Iterator[JournalEntry]:
    """Yield the entries after a revision, in order, those of the open transaction too; none may be truncated."""
    for (body,) in connection.execute("SELECT body FROM journal WHERE revision > ? ORDER BY revision", (revision,)):
        yield JournalEntry.FromString(body)
