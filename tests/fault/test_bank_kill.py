"""Killed anywhere, a bank has every write it acknowledged, none by half, and nothing that was deleted or purged."""

import asyncio
import os
import shutil
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from pathlib import Path

import pytest

from acumen.bank.writes import Origin
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.storage import failpoints
from acumen.storage.failpoints import CONSOLIDATE, JOURNAL, PURGE, RETENTION, SNAPSHOT
from tests.banks import Worker, problems, worker

pytestmark = pytest.mark.slow

SECRET = "the pin of the vault is quartz-umbrella-7"
TRIO = ("a", "b", "c")
# How often the work below reaches each point; of the many sections of a snapshot every eighth.
HITS: dict[str, Sequence[int]] = {
    **dict.fromkeys(JOURNAL, range(1, 15)),
    **dict.fromkeys(PURGE | CONSOLIDATE, (1,)),
    **dict.fromkeys(SNAPSHOT, (1, 2, 3, 4)),
    **dict.fromkeys(RETENTION, (1, 2)),
    "snapshot.section_written": range(1, 105, 8),
}
KILLS = [f"{name}:{hit}" for name in sorted(HITS) for hit in HITS[name]]
ROUNDS = 24  # of writers that write at once, so that commits are shared
SHARED = [f"{name}:{hit}" for name in sorted(JOURNAL) for hit in range(1, 21)]
WRITERS = 12


async def _work(folder: Path, told: int) -> None:
    """Do one of everything; say on a pipe what is acknowledged."""

    def ack(text: str) -> None:
        os.write(told, f"{text}\n".encode())

    async with worker(folder, "--snapshots-kept=1") as w:
        upkeep, bank = w.kept.upkeep, w.kept.state.bank
        await w.put([Pattern(id=i, context=f"use an index for slow query {i}") for i in TRIO])
        ack("trio")
        await w.put([Pattern(id="secret", context=SECRET, subject="ann")])
        ack("secret")
        await w.put([Pattern(id="x", title="Back off", context="Wait before the upload is tried again.")])
        ack("x")
        await w.put([Pattern(id="y", title="Back off", context="Wait before the upload is tried again")])
        ack("y")
        first = await upkeep.create_snapshot()
        ack("snapshot")
        await w.delete(["b"])
        ack("deleted")
        shown = [pb.ShownPattern(id="x")]
        await w.kept.writes.use("default", shown, 1.0, Origin(request=pb.ReasoningBankRecordOutcomeRequest()))
        ack("used")
        async for _ in w.consolidation.run(pb.ConsolidateRequest()):
            pass
        ack("consolidated")
        await upkeep.restore(first.id, False, Origin(request=pb.RestoreSnapshotRequest()))
        ack("restored")
        await upkeep.create_snapshot()
        await upkeep.purge("default", "ann", Origin(request=pb.PurgeRequest()))
        ack("purged")
        assert "secret" not in bank.namespace("default").records.rows


async def _write_at_once(folder: Path, told: int) -> None:
    """Write pairs, twelve at a time, and say which are acknowledged."""

    async def pair(w: Worker, name: str) -> None:
        await w.put([Pattern(id=f"{name}{end}", content=f"pair {name}") for end in "ab"])
        os.write(told, f"{name}\n".encode())

    async with worker(folder) as w:
        for turn in range(ROUNDS):
            await asyncio.gather(*(pair(w, f"{turn}-{number}") for number in range(WRITERS)))


Work = Callable[[Path, int], Coroutine[None, None, None]]


def _child(work: Work, folder: Path, failpoint: str, told: int) -> None:
    """Work until the failpoint kills this process, a fork that has everything imported."""
    status = 1
    try:
        failpoints.arm(failpoint)
        asyncio.run(work(folder, told))
        status = 0
    finally:
        os._exit(status)


def _killed(work: Work, folder: Path, failpoint: str) -> set[str]:
    """Return what was acknowledged before the failpoint killed the work."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _child(work, folder, failpoint, writing)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        acknowledged = set(pipe.read().split())
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"{failpoint}: {status}"
    return acknowledged


def _contexts(w: Worker) -> dict[str, str]:
    return {p.id: p.context for p in w.kept.state.bank.namespace("default").patterns()}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.mark.parametrize("failpoint", KILLS)
async def test_killed_at_any_point(folder: Path, failpoint: str) -> None:
    """What was acknowledged is there; a write of three is there whole or not at all; no check finds anything."""
    told = _killed(_work, folder, failpoint)
    assert problems(folder) == []
    async with worker(folder) as w:
        there = _contexts(w)
        await w.kept.upkeep.tick()
        after = _contexts(w)
    trio = {i for i in TRIO if i in there}
    assert trio in ({"a", "b", "c"}, {"a", "c"}, set())
    assert trio or "trio" not in told
    assert "b" not in there or "deleted" not in told
    assert {"x", "y"} <= there.keys() or "y" not in told
    assert "secret" in there or "secret" not in told or "restored" in told
    assert "purged" not in told or "secret" not in there
    if "secret" not in after and "restored" in told:
        assert not _files_with(folder, SECRET.encode())
    assert problems(folder) == []


@pytest.mark.parametrize("failpoint", SHARED)
async def test_killed_while_many_write(folder: Path, failpoint: str) -> None:
    """Every acknowledged pair is there, and no half of any other."""
    told = _killed(_write_at_once, folder, failpoint)
    assert problems(folder) == []
    async with worker(folder) as w:
        there = w.ids()
    assert {f"{name}{end}" for name in told for end in "ab"} <= there
    assert {name[:-1] + "a" for name in there} == {name for name in there if name.endswith("a")}
    assert {name[:-1] + "b" for name in there} == {name for name in there if name.endswith("b")}


def _files_with(folder: Path, text: bytes) -> list[str]:
    return [str(path) for path in folder.rglob("*") if path.is_file() and text in path.read_bytes()]
