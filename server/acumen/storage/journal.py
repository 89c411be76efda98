"""The journal: the ordered, durable list of changes of which everything in memory is a fold.

One thread writes. It takes every change that waits, decides and inserts them in one transaction, and so pays one fsync
for all (group commit). Changes of other processes on the same file are found by polling; either way entries reach
`apply` once, in order.
"""

import asyncio
import hashlib
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from google.protobuf.message import Message

from acumen.clock import Clock
from acumen.errors import AcumenError, RequestIdReused, RevisionTimeout
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.storage.database import connect, transaction

POLL_S = 0.05
PAGE = 10_000
REMEMBER_MS = 24 * 3600 * 1000

R = TypeVar("R")
Decide: TypeAlias = Callable[[sqlite3.Connection], JournalEntry]
Apply: TypeAlias = Callable[[int, JournalEntry], None]


@dataclass(slots=True)
class _Pending:
    decide: Decide
    request_id: str
    digest: bytes
    done: "asyncio.Future[int]"


class SqliteJournal:
    """A journal in the data folder's SQLite file; an async context manager.

    `apply(revision, entry)` is called on the event loop for every entry, of this process or another, in order.
    """

    def __init__(self, data_dir: Path, clock: Clock, apply: Apply) -> None:
        self._data_dir, self._clock, self._apply = data_dir, clock, apply
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._waiting: list[_Pending] = []
        self._wake = asyncio.Event()
        self._advanced = asyncio.Condition()
        self._applied = 0
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def revision(self) -> int:
        """Newest revision applied here."""
        return self._applied

    async def __aenter__(self) -> "SqliteJournal":
        self._connection = await self._run(connect, self._data_dir, "FULL")
        await self._catch_up()
        self._tasks = [asyncio.create_task(self._write_loop()), asyncio.create_task(self._follow_loop())]
        return self

    async def __aexit__(self, *_: object) -> None:
        while self._waiting:
            await self._commit_waiting()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._run(self._connection.close)
        self._thread.shutdown()

    async def append(self, decide: Decide, request: Message, request_id: str = "") -> int:
        """Write the entry that `decide` returns inside the transaction; return its revision, on disk and applied.

        A `request_id` seen before with the same request returns its first revision and writes nothing; with another
        request it raises `RequestIdReused`. Raises `StorageFull`, and whatever product error `decide` raises.
        """
        digest = hashlib.sha256(request.SerializeToString(deterministic=True)).digest()
        pending = _Pending(decide, request_id, digest, asyncio.get_running_loop().create_future())
        self._waiting.append(pending)
        self._wake.set()
        return await pending.done

    async def wait_for(self, revision: int, timeout_s: float | None) -> None:
        """Return once `revision` has been applied here; raises `RevisionTimeout` after `timeout_s`."""
        if revision <= self._applied:
            return
        try:
            async with asyncio.timeout(timeout_s), self._advanced:
                await self._advanced.wait_for(lambda: revision <= self._applied)
        except TimeoutError:
            raise RevisionTimeout(revision, self._applied) from None

    async def _write_loop(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._commit_waiting()

    async def _commit_waiting(self) -> None:
        taken, self._waiting = self._waiting, []
        if not taken:
            return
        try:
            results = await self._run(self._commit, taken)
            await self._catch_up()
        except Exception as error:  # whatever stopped the transaction is each waiting caller's answer
            results = [error] * len(taken)
        for pending, result in zip(taken, results, strict=True):
            _resolve(pending.done, result)

    def _commit(self, taken: list[_Pending]) -> list[int | Exception]:
        with transaction(self._connection):
            return [self._insert(pending) for pending in taken]

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
        body = pending.decide(self._connection).SerializeToString()
        revision = execute("INSERT INTO journal (body, time_ms) VALUES (?, ?)", (body, now)).lastrowid
        assert revision is not None
        if pending.request_id:
            execute("DELETE FROM requests WHERE time_ms < ?", (now - REMEMBER_MS,))
            execute("INSERT INTO requests VALUES (?, ?, ?, ?)", (pending.request_id, pending.digest, revision, now))
        return revision

    async def _follow_loop(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            await self._catch_up()

    async def _catch_up(self) -> None:
        """Apply every entry after the newest applied one."""
        while rows := await self._run(self._read, self._applied):
            for revision, body in rows:
                if revision > self._applied:  # two callers may have read the same page
                    self._apply(revision, JournalEntry.FromString(body))
                    self._applied = revision
            async with self._advanced:
                self._advanced.notify_all()

    def _read(self, after: int) -> list[tuple[int, bytes]]:
        query = "SELECT revision, body FROM journal WHERE revision > ? ORDER BY revision LIMIT ?"
        return self._connection.execute(query, (after, PAGE)).fetchall()

    async def _run(self, function: Callable[..., R], *args: Any) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)


def _resolve(done: "asyncio.Future[int]", result: int | Exception) -> None:
    if done.done():  # the caller went away; what was decided stays decided
        return
    if isinstance(result, Exception):
        done.set_exception(result)
    else:
        done.set_result(result)
