"""A full disk refuses writes, keeps serving reads, and is got over without a restart."""

import asyncio
import os
import resource
import traceback
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from acumen.errors import StorageFull
from acumen.index.sizes import Sizes
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern, Vector
from tests.banks import Worker, problems, worker

ROWS = 5_000  # enough for a graph
LIMIT_BYTES = 256 * 1024  # of a file; graph and snapshot are larger
DIMENSION = 64


@pytest.fixture(autouse=True)
def graphs_of_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a graph built of the first sealed rows already, however quickly they would be scanned."""
    monkeypatch.setattr("acumen.index.vectors.Sizes", partial(Sizes, graph_rows=4096, recall=0, rows_per_step=12))


async def limit_pages(w: Worker, more: int) -> None:
    """Let the journal's file grow by so many pages, as a disk would that has no more."""
    connection = w.kept.journal._connection
    count = (await w.kept.journal.transact(lambda c: c.execute("PRAGMA page_count").fetchone()))[0]
    await w.kept.journal._write_side(lambda: connection.execute(f"PRAGMA max_page_count = {count + more}").fetchall())


async def test_writes_are_refused_and_reads_served_until_there_is_room(tmp_path: Path) -> None:
    """Nothing of what was refused is there, everything acknowledged is, and the same write goes through afterwards."""
    async with worker(tmp_path) as w:
        await w.put([Pattern(id=f"p{i}", context=f"use an index for query {i}") for i in range(100)])
        await limit_pages(w, 3)
        large = [Pattern(id=f"large{i}", content="x" * 30_000) for i in range(4)]
        before = w.kept.journal.revision
        refused = await asyncio.gather(*(w.put([one]) for one in large), return_exceptions=True)
        assert {type(one) for one in refused} == {StorageFull} and w.kept.journal.revision == before
        with pytest.raises(StorageFull):
            await w.put(large)
        assert await w.found("use an index for query 7", 1) == ["p7"] and len(w.ids()) == 100
        await limit_pages(w, 10_000)
        await w.put(large)
        assert len(w.ids()) == 104
    assert problems(tmp_path) == []
    async with worker(tmp_path) as w:
        assert len(w.ids()) == 104


def vectors() -> list[Pattern]:
    values = np.random.default_rng(5).standard_normal((ROWS, DIMENSION)).astype("<f4")
    return [Pattern(id=f"p{i:04}", vector=Vector(f32=one.tobytes())) for i, one in enumerate(values)]


async def nearest(w: Worker, pattern: Pattern) -> str:
    request = pb.RetrieveRequest(vector=pattern.vector, k=1)
    return (await w.answers.retrieve(request)).results[0].pattern.id


def limit(size_bytes: int) -> None:
    """Let no file grow beyond a size; -1: any may."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))


async def _snapshot(folder: Path) -> None:
    async with worker(folder) as w:
        patterns = vectors()
        for start in range(0, ROWS, 1000):
            await w.put(patterns[start : start + 1000])
        index = w.kept.state.bank.namespace("").vectors
        assert index is not None
        await w.kept.journal.erase()  # a short log, so that the limit is not the journal's
        limit(LIMIT_BYTES)
        before = sorted(path.name for path in (folder / "snapshots").iterdir())
        with pytest.raises(StorageFull):
            await w.kept.upkeep.create_snapshot()
        assert sorted(path.name for path in (folder / "snapshots").iterdir()) == before
        assert await nearest(w, patterns[77]) == "p0077"
        await w.put([Pattern(id="small", vector=patterns[3].vector)])
        limit(-1)
        await asyncio.to_thread(index.settle)
        assert (await w.kept.upkeep.create_snapshot()).size_bytes > LIMIT_BYTES


async def _graph(folder: Path) -> None:
    async with worker(folder) as w:
        patterns = vectors()
        for start in range(0, 4000, 1000):
            await w.put(patterns[start : start + 1000])
        await w.kept.journal.erase()
        limit(LIMIT_BYTES)
        await w.put(patterns[4000:4150])
        index = w.kept.state.bank.namespace("").vectors
        assert index is not None
        assert await asyncio.to_thread(index.settle)
        assert list((folder / "graphs").iterdir()) == []
        assert [await nearest(w, patterns[i]) for i in (0, 2000, 4100)] == ["p0000", "p2000", "p4100"]
        await w.put([Pattern(id="small", vector=patterns[3].vector)])
        limit(-1)
    async with worker(folder) as w:
        index = w.kept.state.bank.namespace("").vectors
        assert index is not None and await asyncio.to_thread(index.settle)
        assert index.stats()["hnsw"].rows == 4096 and len(list((folder / "graphs").iterdir())) == 1


async def _journal(folder: Path) -> None:
    async with worker(folder) as w:
        await w.put([Pattern(id=f"p{i}", context=f"use an index for query {i}") for i in range(100)])
        await w.kept.journal.erase()
        limit(LIMIT_BYTES)
        before = w.kept.journal.revision
        large = [Pattern(id=f"large{i}", content="x" * 60_000) for i in range(8)]
        refused = await asyncio.gather(*(w.put([one]) for one in large), return_exceptions=True)
        assert {type(one) for one in refused} == {StorageFull} and w.kept.journal.revision == before
        with pytest.raises(StorageFull, match="disk I/O error"):
            await w.put(large)
        with pytest.raises(StorageFull, match="disk I/O error"):
            await w.kept.journal.transact(lambda c: c.execute("CREATE TABLE large AS SELECT zeroblob(900000) AS data"))
        assert await w.found("use an index for query 7", 1) == ["p7"] and len(w.ids()) == 100
        await w.put([Pattern(id="small", content="x")])
        limit(-1)
        await w.put(large)
        assert len(w.ids()) == 109
    async with worker(folder) as w:
        assert len(w.ids()) == 109


def _passes(work: Callable[[Path], Coroutine[None, None, None]], folder: Path) -> bool:
    """Return whether work passes in a fork, which a limit on the size of files does no harm."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            asyncio.run(work(folder))
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


def test_a_quota_refuses_writes_as_a_full_disk_does(tmp_path: Path) -> None:
    """Here a limit on the size of files, of which SQLite knows no more than that a write failed."""
    assert _passes(_journal, tmp_path)
    assert problems(tmp_path) == []


@pytest.mark.slow
def test_a_snapshot_that_does_not_fit_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    """Searches and small writes go on meanwhile, and with room again the next one is made."""
    assert _passes(_snapshot, tmp_path)
    assert problems(tmp_path) == []


@pytest.mark.slow
def test_a_graph_that_does_not_fit_serves_all_the_same(tmp_path: Path) -> None:
    """Its rows are scanned, no part of a file stays, and the next start with room builds it."""
    assert _passes(_graph, tmp_path)
    assert problems(tmp_path) == []
