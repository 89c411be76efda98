"""The journal loses nothing, applies once and in order, and tells its callers the truth."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from acumen.clock import SystemClock
from acumen.errors import ModelNotFound, RequestIdReused, RevisionTimeout, StorageFull
from acumen.proto.storage.v1.journal_pb2 import JournalEntry, ModelUnloaded
from acumen.proto.v1.neural_pb2 import UnloadModelRequest
from acumen.storage.database import FILE
from acumen.storage.journal import SqliteJournal


class Worker:
    """A journal and what it applied."""

    def __init__(self, folder: Path) -> None:
        self.applied: list[tuple[int, str]] = []
        self.journal = SqliteJournal(folder, SystemClock(), self)

    def prepare(self, entry: JournalEntry) -> None:
        return None

    def apply(self, revision: int, entry: JournalEntry, prepared: object) -> None:
        self.applied.append((revision, entry.model_unloaded.model))

    async def write(self, name: str, request_id: str = "") -> int:
        entry = JournalEntry(model_unloaded=ModelUnloaded(model=name))
        return await self.journal.append(lambda *_: entry, UnloadModelRequest(model=name), request_id)


async def test_what_was_acknowledged_is_there_after_reopening(tmp_path: Path) -> None:
    """A journal opened anew applies the same entries with the same revisions."""
    first = Worker(tmp_path)
    async with first.journal:
        revisions = [await first.write(name) for name in "abc"]
    second = Worker(tmp_path)
    async with second.journal:
        assert second.applied == first.applied == list(zip(revisions, "abc", strict=True))


async def test_acknowledged_means_applied_here(tmp_path: Path) -> None:
    """When append returns, the entry has reached apply."""
    worker = Worker(tmp_path)
    async with worker.journal:
        revision = await worker.write("a")
        assert worker.applied[-1] == (revision, "a") and worker.journal.revision == revision


async def test_concurrent_writers_of_two_processes_leave_all_rows_in_one_order(tmp_path: Path) -> None:
    """Two journals on one file, 200 writes each at once: both apply the same 400 entries in the same order."""
    one, two = Worker(tmp_path), Worker(tmp_path)
    async with one.journal, two.journal:
        writes = [w.write(f"{n}{i}") for i in range(200) for n, w in (("a", one), ("b", two))]
        revisions = await asyncio.gather(*writes)
        await asyncio.gather(*(w.journal.wait_for(max(revisions), 5) for w in (one, two)))
    assert one.applied == two.applied and len(one.applied) == 400 == len(set(revisions))


async def test_a_request_id_is_applied_once(tmp_path: Path) -> None:
    """The same id with the same request returns the first revision, also after reopening and at the same moment."""
    worker = Worker(tmp_path)
    async with worker.journal:
        first, second = await asyncio.gather(worker.write("a", "id"), worker.write("a", "id"))
    again = Worker(tmp_path)
    async with again.journal:
        assert await again.write("a", "id") == first == second
    assert len(again.applied) == 1


async def test_a_request_id_with_another_request_is_refused(tmp_path: Path) -> None:
    """One id for two different requests is an error, and the neighbours in the same commit are kept."""
    worker = Worker(tmp_path)
    async with worker.journal:
        await worker.write("a", "id")
        results = await asyncio.gather(worker.write("b", "id"), worker.write("c"), return_exceptions=True)
    assert isinstance(results[0], RequestIdReused)
    assert [name for _, name in worker.applied] == ["a", "c"]


async def test_a_refusal_inside_the_transaction_is_the_callers_alone(tmp_path: Path) -> None:
    """A decision that raises writes nothing; others in the same commit are written."""
    worker = Worker(tmp_path)

    def refuse(*_: object) -> JournalEntry:
        raise ModelNotFound("x")

    async with worker.journal:
        refused = worker.journal.append(refuse, UnloadModelRequest(), "r")
        results = await asyncio.gather(refused, worker.write("a"), return_exceptions=True)
        assert isinstance(results[0], ModelNotFound)
        assert await worker.write("r", "r")  # the id of a refused request is free
    assert [name for _, name in worker.applied] == ["a", "r"]


async def test_waiting_for_a_revision_that_does_not_come_times_out(tmp_path: Path) -> None:
    """The error names what was waited for and what is applied."""
    worker = Worker(tmp_path)
    async with worker.journal:
        with pytest.raises(RevisionTimeout, match="min_revision 7 .* at 0"):
            await worker.journal.wait_for(7, 0.01)


async def test_a_full_disk_refuses_the_write_and_recovers(tmp_path: Path) -> None:
    """With no page to spare writes raise StorageFull; with room again they succeed without a restart."""
    worker = Worker(tmp_path)
    async with worker.journal:
        await worker.write("a")
        connection = worker.journal._connection
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages}")
        with pytest.raises(StorageFull):
            for i in range(200):
                await worker.write("b" * 400 + str(i))
        connection.execute("PRAGMA max_page_count = 1000000")
        revision = await worker.write("c")
        assert worker.applied[-1] == (revision, "c")


async def test_the_journal_is_one_sqlite_file_that_is_sound(tmp_path: Path) -> None:
    """SQLite's own integrity check passes and the mode is WAL."""
    worker = Worker(tmp_path)
    async with worker.journal:
        await worker.write("a")
    connection = sqlite3.connect(tmp_path / FILE)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()
