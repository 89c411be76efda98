"""Snapshots made and restored, subjects purged, patterns expired: by whichever worker holds the lease."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from acumen import log
from acumen.bank.writes import Origin, Writes
from acumen.clock import Clock
from acumen.errors import AcumenError, LeaseHeld
from acumen.index.cache import GraphCache
from acumen.proto.storage.v1 import bank_pb2 as journalled
from acumen.proto.storage.v1.journal_pb2 import JournalEntry
from acumen.storage import patterns as table
from acumen.storage.failpoints import failpoint
from acumen.storage.journal import POLL_S, SqliteJournal, entries_after
from acumen.storage.leases import Lease, held
from acumen.storage.snapshot import Section
from acumen.storage.snapshot_files import SnapshotInfo
from acumen.storage.snapshot_header import Header
from acumen.storage.snapshots import SnapshotFolder
from acumen.upkeep.state import State, live

LEASE = "upkeep"
TICK_S = 2.0
EXPIRE_AT_ONCE = 256
RETRY_S = 0.1
ERASE_TRIES = 100
FOLLOWED_S = 2 * POLL_S  # after that every worker that is not stuck has read an entry
TRUNCATED_MS = 1_000  # younger entries stay
LEASE_TRIES = 120  # longer than a dead holder's lease lasts

R = TypeVar("R")
_log = log.logger("upkeep")


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """What a purge removed."""

    patterns: int
    verdicts: int
    trajectories: int
    revision: int


@dataclass(frozen=True, slots=True)
class Started:
    """What this process started from: a snapshot's id, if any, and the damaged ones that were set aside."""

    snapshot: str
    damaged: tuple[str, ...]


@dataclass(slots=True)
class Upkeep:
    """The work that is done once, not once a worker; an async context manager that runs it in the background."""

    state: State
    journal: SqliteJournal
    writes: Writes
    folder: SnapshotFolder
    graphs: GraphCache
    clock: Clock
    holder: str
    interval_ms: int
    started: Started
    _thread: ThreadPoolExecutor = field(init=False)
    _task: "asyncio.Task[None]" = field(init=False)
    _alone: asyncio.Lock = field(init=False)
    _started_ms: int = field(init=False)

    async def __aenter__(self) -> "Upkeep":
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="upkeep")
        self._alone = asyncio.Lock()
        self._started_ms = self.clock.now_ms()
        self._task = asyncio.create_task(self._loop())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self._quietly(self._last_snapshot)
        self._thread.shutdown()

    # snapshots

    async def create_snapshot(self) -> SnapshotInfo:
        """Make a snapshot of what is applied here, keep the newest, truncate the journal before the oldest kept."""
        async with self._leased():
            return await self._create()

    async def _create(self) -> SnapshotInfo:
        revision, sections = self.journal.revision, self.state.frozen()
        identity = self.state.bank.preparer.embedder.identity
        header = Header(
            embedder=identity.id, dimension=identity.dimension, revision=revision, created_ms=self.clock.now_ms()
        )
        info = await self._run(self._write, header, sections)
        await self._truncate()
        await self._run(self._forget_graphs)
        _log.info("snapshot", id=info.id, revision=revision, bytes=info.size_bytes)
        return info

    def _write(self, header: Header, sections: Callable[[], Iterator[Section]]) -> SnapshotInfo:
        info = self.folder.create(header, sections())
        self.folder.retain(pinned=set(self.state.bank.restored.values()))
        return info

    def _forget_graphs(self) -> None:
        """Delete cached graphs of segments that are no more; while some are being built, none."""
        indexes = [one.vectors for one in self.state.bank.namespaces.values() if one.vectors is not None]
        if all(index.settle(0) for index in indexes):
            used = {key for index in indexes for key in index.graph_keys()}
            self.graphs.forget(set(self.graphs.keys()) - used)

    async def _truncate(self, age_ms: int = TRUNCATED_MS) -> None:
        """Entries before the oldest snapshot kept are needed no more, nor are restores among them."""
        oldest = await self._run(self.folder.reach)
        await self.journal.truncate(oldest, age_ms)
        restored = self.state.bank.restored
        for revision in [revision for revision in restored if revision <= oldest]:
            del restored[revision]

    async def restore(self, snapshot_id: str, as_of: bool, origin: Origin) -> tuple[int, int]:
        """Bring back the bank of a snapshot; return how many deletions were applied again, and the revision.

        Raises `SnapshotNotFound`, `SnapshotCorrupt`, `SnapshotTooNew`, `LeaseHeld`.
        """
        async with self._leased() as lease:
            info = await self._run(self.folder.find, snapshot_id)
            since = 0 if info.uploaded else info.revision
            purges = await self.journal.transact(lambda c: table.purges_after(c, since))
            there = await self._run(self._live_in, snapshot_id, purges)
            reapplied: list[int] = []

            def decide(connection: sqlite3.Connection, revision: int) -> JournalEntry:
                lease.check(connection)  # so that the purges are still the same
                change = _restored(connection, snapshot_id, since, as_of)
                reapplied.append(sum(len(deletion.ids) for deletion in change.deletions))
                table.replace_all(connection, there)
                for deletion in change.deletions:
                    table.deleted(connection, deletion.namespace, deletion.ids, revision)
                for purge in change.purges:
                    table.purged(connection, purge.namespace, purge.subject_sha256, (), revision)
                return JournalEntry(restored=change)

            revision = await self.journal.append(decide, origin.request, origin.request_id)
            if not await self._finish_purges():
                await self._create()
        return (reapplied[0] if reapplied else 0), revision

    def _live_in(self, snapshot_id: str, purges: Sequence[journalled.Purged]) -> list[table.Live]:
        """Return every pattern of a snapshot, all of which is read and so verified, but for what was purged."""
        with self.folder.open(snapshot_id) as snapshot:
            namespaces = self.state.bank.loaded(snapshot)
        for purge in purges:
            if purge.namespace in namespaces:
                namespaces[purge.namespace].purge(purge.subject_sha256)
        return live(namespaces)

    # purges

    async def purge(self, namespace: str, subject: str, origin: Origin) -> Purge:
        """Remove a subject (empty: the whole namespace) from memory, then from every file; return when it is gone."""
        digest = table.digest(subject)
        async with self._leased() as lease:
            kept, looked = self.state.bank.namespace(namespace), self.journal.revision
            owned = kept.owned(digest)
            verdicts, trajectories = kept.others_of(digest)

            def decide(connection: sqlite3.Connection, revision: int) -> JournalEntry:
                lease.check(connection)
                for entry in entries_after(connection, looked):
                    owned.follow(entry)
                ids = sorted(owned.ids)
                table.purged(connection, namespace, digest, ids, revision)
                return JournalEntry(purged=journalled.Purged(namespace=namespace, subject_sha256=digest, ids=ids))

            revision = await self.journal.append(decide, origin.request, origin.request_id)
            failpoint("purge.journalled")
            await self._finish_purges()
        return Purge(patterns=len(owned.ids), verdicts=len(verdicts), trajectories=len(trajectories), revision=revision)

    async def _finish_purges(self) -> bool:
        """Leave what was purged in no file; return whether there was anything to do.

        The snapshot that is made holds all that is left, so that every other and the whole journal before it can go.
        What a killed process left undone, the next one does.
        """
        upto = self.journal.revision
        if not await self.journal.transact(table.open_purges):
            return False
        info = await self._create()
        failpoint("purge.snapshot_made")
        await self._run(self.folder.keep_only, [info.id])
        await self._run(lambda: self.graphs.forget(self.graphs.keys()))
        failpoint("purge.snapshots_deleted")
        await asyncio.sleep(FOLLOWED_S)
        await self._truncate(age_ms=0)
        await self._erase()
        failpoint("purge.rewritten")
        await self.journal.transact(lambda c: table.close_purges(c, upto))
        return True

    async def _erase(self) -> None:
        for attempt in range(ERASE_TRIES):
            try:
                await self.journal.erase()
                return
            except sqlite3.OperationalError:  # another worker reads an older state of the file, for a moment
                if attempt == ERASE_TRIES - 1:
                    raise
                await asyncio.sleep(RETRY_S)

    # in the background

    async def _loop(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            await self._quietly(self.tick)

    async def tick(self) -> None:
        """Do what is due. Look whether there is something to do before the lease is taken: taking it is a write."""
        purges = await self.journal.transact(table.open_purges)
        if purges or self._expired() or await self._snapshot_is_due(self.interval_ms):
            async with self._leased():
                await self._finish_purges()
                await self._expire()
                if await self._snapshot_is_due(self.interval_ms):
                    await self._create()

    async def _snapshot_is_due(self, interval_ms: int) -> bool:
        if not self.interval_ms:
            return False
        newest = await self._run(lambda: self.folder.own()[:1])
        revision, created_ms = (newest[0].revision, newest[0].created_ms) if newest else (0, self._started_ms)
        return self.journal.revision > revision and self.clock.now_ms() - created_ms >= interval_ms

    async def _last_snapshot(self) -> None:
        if await self._snapshot_is_due(0):
            await self.create_snapshot()

    def _expired(self) -> dict[str, list[str]]:
        now_ms = self.clock.now_ms()
        found = {name: namespace.expired(now_ms) for name, namespace in self.state.bank.namespaces.items()}
        return {name: ids for name, ids in found.items() if ids}

    async def _expire(self) -> None:
        """Let go of patterns whose time is up; what they superseded comes back."""
        for name, ids in self._expired().items():
            for start in range(0, len(ids), EXPIRE_AT_ONCE):
                await self.writes.expire(name, ids[start : start + EXPIRE_AT_ONCE])

    async def _quietly(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run work that nobody waits for; what stops it is logged, and the next turn tries again."""
        try:
            await work()
        except LeaseHeld:
            pass  # another worker is at it
        except (AcumenError, OSError, sqlite3.Error) as error:
            _log.error("upkeep failed", cause=str(error))

    @asynccontextmanager
    async def _leased(self) -> AsyncIterator[Lease]:
        """Hold the lease: one task of this worker at a time, one worker at a time."""
        async with self._alone:
            lease = Lease(self.journal, self.clock, LEASE, self.holder)
            await _patiently(lease)
            async with held(lease):
                yield lease

    async def _run(self, function: Callable[..., R], *args: Any) -> R:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *args)


async def _patiently(lease: Lease) -> None:
    """Take a lease that another may hold for a moment; raises `LeaseHeld` when that takes longer."""
    for _ in range(LEASE_TRIES - 1):
        try:
            await lease.take()
            return
        except LeaseHeld:
            await asyncio.sleep(RETRY_S)
    await lease.take()


def _restored(connection: sqlite3.Connection, snapshot_id: str, since: int, as_of: bool) -> journalled.Restored:
    """Return the restore of a snapshot with the purges, and unless `as_of` the deletions, that came after it."""
    change = journalled.Restored(snapshot=snapshot_id, purges=table.purges_after(connection, since))
    if not as_of:
        for namespace, rows in groupby(table.deleted_after(connection, since), key=itemgetter(0)):
            change.deletions.add(namespace=namespace, ids=[pattern_id for _, pattern_id in rows])
    return change
