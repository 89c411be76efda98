"""What the journal says of entries that are gone, and what it leaves of them."""

from pathlib import Path

import pytest

from acumen.errors import RevisionTooOld
from acumen.proto.storage.v1.bank_pb2 import Restored
from acumen.proto.storage.v1.journal_pb2 import JournalEntry, ModelUnloaded
from acumen.proto.v1.neural_pb2 import UnloadModelRequest
from acumen.storage.journal import PAGE, SqliteJournal
from tests.banks import Still


class Nothing:
    """A fold that keeps nothing."""

    def prepare(self, entry: JournalEntry) -> None:
        return None

    def apply(self, revision: int, entry: JournalEntry, prepared: object) -> None:
        return None


def opened(folder: Path, start: int = 0, now: int = 1_000) -> SqliteJournal:
    return SqliteJournal(folder, Still(now), Nothing(), start)


async def write(journal: SqliteJournal, name: str = "m", count: int = 1) -> int:
    for _ in range(count):
        entry = JournalEntry(model_unloaded=ModelUnloaded(model=name))
        revision = await journal.append(lambda *_, entry=entry: entry, UnloadModelRequest(model=name))
    return revision


async def test_records_come_in_pages_without_a_gap(tmp_path: Path) -> None:
    """From any revision still there, in order; at the end there are none."""
    async with opened(tmp_path) as journal:
        last = await write(journal, count=PAGE + 3)
        found = await journal.records(0)
        assert [one.revision for one in found] == list(range(1, PAGE + 1))
        assert [one.revision for one in await journal.records(PAGE)] == [PAGE + 1, PAGE + 2, PAGE + 3]
        assert await journal.records(last) == []


async def test_truncated_entries_are_said_to_be_gone(tmp_path: Path) -> None:
    """Who asks for what comes after one of them is told from where on there is something."""
    async with opened(tmp_path) as journal:
        await write(journal, count=5)
        await journal.truncate(3)
        for after in (0, 2):
            with pytest.raises(RevisionTooOld, match="after revision 3|those after 3"):
                await journal.records(after)
        assert [one.revision for one in await journal.records(3)] == [4, 5]
        await journal.truncate(5)
        assert [one.revision for one in await journal.records(4)] == [5]


async def test_a_journal_older_than_its_snapshot_has_a_gap_and_says_so(tmp_path: Path) -> None:
    """Entries on both sides of it are never given out as if they followed each other."""
    async with opened(tmp_path) as journal:
        await write(journal, count=3)
    async with opened(tmp_path, start=10) as journal:
        assert journal.behind and journal.revision == 10
        assert await write(journal) == 11
        assert [one.revision for one in await journal.records(0)] == [1, 2, 3]
        with pytest.raises(RevisionTooOld, match="those after 10"):
            await journal.records(3)
        assert [one.revision for one in await journal.records(10)] == [11]


async def test_a_lost_journal_has_nothing_before_its_snapshot(tmp_path: Path) -> None:
    """Asking for that is refused, not answered with nothing, also before anything new is written."""
    async with opened(tmp_path, start=10) as journal:
        with pytest.raises(RevisionTooOld, match="those after 10"):
            await journal.records(4)
        assert await journal.records(10) == []


async def test_young_entries_stay_for_those_who_have_not_read_them(tmp_path: Path) -> None:
    """Truncation stops at the first entry that is younger than asked."""
    async with opened(tmp_path) as journal:
        clock = journal._clock
        assert isinstance(clock, Still)
        await write(journal, count=2)
        clock.now += 500
        await write(journal, count=2)
        clock.now += 600
        await journal.truncate(4, age_ms=1_000)
        assert [one.revision for one in await journal.records(2)] == [3, 4]
        with pytest.raises(RevisionTooOld):
            await journal.records(1)
        clock.now += 600
        await journal.truncate(3, age_ms=1_000)
        assert [one.revision for one in await journal.records(3)] == [4]


async def test_erasing_leaves_no_bytes_of_what_was_truncated(tmp_path: Path) -> None:
    """Neither in the file nor in its log, while it is open."""
    async with opened(tmp_path) as journal:
        await write(journal, "marzipan", 50)
        last = await write(journal, "quartz")
        await journal.truncate(last - 1)
        await journal.erase()
        data = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert b"marzipan" not in data and b"quartz" in data
    async with opened(tmp_path, start=last - 1) as journal:
        assert journal.revision == last and await write(journal) == last + 1


async def test_the_restores_still_in_the_journal_are_known(tmp_path: Path) -> None:
    """By revision, and no other entries."""
    async with opened(tmp_path) as journal:
        await write(journal, count=2)
        for name in ("s1", "s2"):
            entry = JournalEntry(restored=Restored(snapshot=name))
            await journal.append(lambda *_, entry=entry: entry, UnloadModelRequest(model=name))
        await write(journal)
        assert await journal.restores() == {3: "s1", 4: "s2"}
        await journal.truncate(3)
        assert await journal.restores() == {4: "s2"}
