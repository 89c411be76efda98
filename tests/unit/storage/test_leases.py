"""Of all that want to do a thing that is done once, one does; who was away too long changes nothing."""

import sqlite3
from pathlib import Path

import pytest

from acumen.errors import LeaseHeld
from acumen.proto.storage.v1.journal_pb2 import JournalEntry, LeaseTaken
from acumen.storage.journal import SqliteJournal
from acumen.storage.leases import DURATION_MS, Lease, expire_all
from tests.banks import Still


class Nothing:
    """A fold that keeps nothing."""

    def prepare(self, entry: JournalEntry) -> None:
        return None

    def apply(self, revision: int, entry: JournalEntry, prepared: object) -> None:
        return None


async def effect(journal: SqliteJournal, lease: Lease) -> int:
    def decide(connection: sqlite3.Connection, revision: int) -> JournalEntry:
        lease.check(connection)
        return JournalEntry()

    return await journal.append(decide, LeaseTaken())


async def test_one_holder_at_a_time(tmp_path: Path) -> None:
    """Another is told who holds it, until it is released; names do not get in each other's way."""
    clock = Still(1_000)
    async with SqliteJournal(tmp_path, clock, Nothing()) as journal:
        one, two = Lease(journal, clock, "x", "one"), Lease(journal, clock, "x", "two")
        await one.take()
        with pytest.raises(LeaseHeld, match="one"):
            await two.take()
        await Lease(journal, clock, "y", "two").take()
        await one.release()
        await two.take()
        with pytest.raises(LeaseHeld):
            await effect(journal, one)


async def test_an_expired_lease_is_taken_over_and_its_late_holder_is_refused(tmp_path: Path) -> None:
    """The fencing number grows; neither effects nor an extension of the late one go through."""
    clock = Still(1_000)
    async with SqliteJournal(tmp_path, clock, Nothing()) as journal:
        one, two = Lease(journal, clock, "x", "one"), Lease(journal, clock, "x", "two")
        await one.take()
        await effect(journal, one)
        clock.now += DURATION_MS
        await two.take()
        assert two.fencing > one.fencing
        before = journal.revision
        with pytest.raises(LeaseHeld, match="two"):
            await effect(journal, one)
        with pytest.raises(LeaseHeld, match="two"):
            await one.take()
        await one.release()
        assert journal.revision == before
        await effect(journal, two)


async def test_extending_is_not_journalled_and_keeps_the_number(tmp_path: Path) -> None:
    """A holder that comes back in time holds on, however often."""
    clock = Still(1_000)
    async with SqliteJournal(tmp_path, clock, Nothing()) as journal:
        one, two = Lease(journal, clock, "x", "one"), Lease(journal, clock, "x", "two")
        await one.take()
        revision, fencing = journal.revision, one.fencing
        for _ in range(5):
            clock.now += DURATION_MS - 1
            await one.take()
            with pytest.raises(LeaseHeld):
                await two.take()
        assert (journal.revision, one.fencing) == (revision, fencing)


async def test_a_process_alone_frees_what_the_dead_held(tmp_path: Path) -> None:
    """Nobody waits for a lease of a process that is no more."""
    clock = Still(1_000)
    async with SqliteJournal(tmp_path, clock, Nothing()) as journal:
        await Lease(journal, clock, "x", "dead").take()
    async with SqliteJournal(tmp_path, clock, Nothing()) as journal:
        await journal.transact(expire_all)
        await Lease(journal, clock, "x", "one").take()


async def test_nobody_may_act_without_a_lease(tmp_path: Path) -> None:
    """A lease that was never taken allows nothing."""
    clock = Still(1_000)
    async with SqliteJournal(tmp_path, clock, Nothing()) as journal:
        with pytest.raises(LeaseHeld, match="nobody"):
            await effect(journal, Lease(journal, clock, "x", "one"))
