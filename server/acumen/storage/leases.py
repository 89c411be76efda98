"""Leases: which worker runs what must run once.

A lease is a row with an expiry; taking it over is journalled with a fencing number larger than every earlier one. What
its holder writes checks the number inside the same transaction, so a holder that was away too long changes nothing.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from acumen.clock import Clock
from acumen.errors import LeaseHeld
from acumen.proto.storage.v1.journal_pb2 import JournalEntry, LeaseTaken
from acumen.storage.journal import SqliteJournal

DURATION_MS = 10_000


@dataclass(slots=True)
class Lease:
    """One worker's claim on one piece of work; `holder` tells workers apart, also across restarts."""

    journal: SqliteJournal
    clock: Clock
    name: str
    holder: str
    fencing: int = field(default=0, init=False)

    async def take(self) -> None:
        """Take the lease, or extend it if it is held here; raises `LeaseHeld` while another's has not expired."""
        if self.fencing and await self.journal.transact(self._extend):
            return
        request = LeaseTaken(name=self.name, holder=self.holder)
        self.fencing = 0
        await self.journal.append(self._decide, request)

    async def release(self) -> None:
        """Let others have it at once."""
        query = "UPDATE leases SET expires_ms = 0 WHERE name = ? AND fencing = ?"
        await self.journal.transact(lambda c: c.execute(query, (self.name, self.fencing)).rowcount)
        self.fencing = 0

    def check(self, connection: sqlite3.Connection) -> None:
        """Raise `LeaseHeld` unless the lease is still held here; to be called where an effect is decided."""
        row = connection.execute("SELECT holder, fencing FROM leases WHERE name = ?", (self.name,)).fetchone()
        if row is None or row[1] != self.fencing:
            raise LeaseHeld(self.name, row[0] if row else "nobody")

    def _extend(self, connection: sqlite3.Connection) -> bool:
        query = "UPDATE leases SET expires_ms = ? WHERE name = ? AND fencing = ? AND expires_ms > 0"
        expires = self.clock.now_ms() + DURATION_MS
        return connection.execute(query, (expires, self.name, self.fencing)).rowcount == 1

    def _decide(self, connection: sqlite3.Connection, revision: int) -> JournalEntry:
        """Write the row; the revision is larger than every earlier one, so it is the fencing number."""
        now = self.clock.now_ms()
        row = connection.execute("SELECT holder, expires_ms FROM leases WHERE name = ?", (self.name,)).fetchone()
        if row is not None and row[1] > now and row[0] != self.holder:
            raise LeaseHeld(self.name, row[0])
        values = (self.name, self.holder, revision, now + DURATION_MS)
        connection.execute("INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)", values)
        self.fencing = revision
        return JournalEntry(lease_taken=LeaseTaken(name=self.name, holder=self.holder, fencing=revision))


@asynccontextmanager
async def held(lease: Lease) -> AsyncIterator[Lease]:
    """Extend a lease that was taken for as long as the block runs, then let others have it."""
    extending = asyncio.create_task(_extend(lease))
    try:
        yield lease
    finally:
        extending.cancel()
        await asyncio.gather(extending, return_exceptions=True)
        await lease.release()


async def _extend(lease: Lease) -> None:
    while True:
        await asyncio.sleep(DURATION_MS / 3e3)
        await lease.take()


def expire_all(connection: sqlite3.Connection) -> None:
    """Free every lease; only for a process that knows itself alone on the file, whose holders are then all dead."""
    connection.execute("UPDATE leases SET expires_ms = 0")
