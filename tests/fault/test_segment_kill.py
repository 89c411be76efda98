"""Killed while a graph is built, adopted or saved, a bank answers as if it had never been."""

import asyncio
import os
import shutil
import signal
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from acumen.index.cache import GraphCache
from acumen.index.sizes import Sizes
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern, Vector
from acumen.storage import failpoints
from acumen.storage.failpoints import SEGMENT
from tests.banks import Worker, problems, worker

pytestmark = pytest.mark.slow

SEALED = 4096
BEFORE, AFTER = SEALED - 6, SEALED + 10
DIMENSION = 32
QUERIES = range(0, AFTER, 401)
ROUNDS = ("sealed", "deleted", "snapshot", "reopened")
VALUES: NDArray[np.float32] = np.random.default_rng(11).standard_normal((AFTER, DIMENSION)).astype("<f4")


def patterns(start: int, end: int) -> list[Pattern]:
    return [Pattern(id=f"p{i}", vector=Vector(f32=VALUES[i].tobytes())) for i in range(start, end)]


async def _fill(folder: Path, rows: int) -> None:
    async with worker(folder) as w:
        for start in range(0, rows, 1024):
            await w.put(patterns(start, min(rows, start + 1024)))


@pytest.fixture(autouse=True)
def graphs_of_few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a graph built of the first sealed rows already, however quickly they would be scanned."""
    monkeypatch.setattr("acumen.index.vectors.Sizes", partial(Sizes, graph_rows=4096, recall=0, rows_per_step=12))


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders with a few rows too few for a graph, and with enough and no graph saved."""
    folders = {name: tmp_path_factory.mktemp(name) / "data" for name in ("few", "enough")}
    asyncio.run(_fill(folders["few"], BEFORE))
    asyncio.run(_fill(folders["enough"], AFTER))
    for path in (folders["enough"] / "graphs").glob("*.graph"):
        path.unlink()
    return folders


async def _work(folder: Path, turn: str, told: int) -> None:
    """Do what has a graph built, and go on until the failpoint kills this process."""
    async with worker(folder) as w:
        index = w.kept.state.bank.namespace("").vectors
        assert index is not None
        if turn != "reopened":
            await w.put(patterns(BEFORE, AFTER))
            os.write(told, b"put\n")
        if turn == "deleted":
            await w.delete([f"p{i}" for i in range(0, AFTER, 2)])
            os.write(told, b"deleted\n")
        if turn == "snapshot":
            await w.kept.upkeep.create_snapshot()
            os.write(told, b"snapshot\n")
        await asyncio.to_thread(index.settle)
        await w.delete(["p1"])
        raise AssertionError("no graph was built")


def _killed(folder: Path, turn: str, failpoint: str) -> set[str]:
    """Return what was acknowledged before the failpoint killed the work."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            failpoints.arm(failpoint)
            asyncio.run(_work(folder, turn, writing))
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        acknowledged = set(pipe.read().split())
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"{failpoint}: {status}"
    return acknowledged


async def _found(w: Worker, query: int) -> list[str]:
    request = pb.RetrieveRequest(vector=Vector(f32=VALUES[query].tobytes()), k=10)
    return [one.pattern.id for one in (await w.answers.retrieve(request)).results]


def _exact(there: set[str], query: int) -> list[str]:
    unit = VALUES / np.linalg.norm(VALUES, axis=1, keepdims=True)
    order = np.argsort(-(unit @ unit[query]), kind="stable")
    return [f"p{i}" for i in order if f"p{i}" in there][:10]


@pytest.mark.parametrize("failpoint", sorted(SEGMENT))
@pytest.mark.parametrize("turn", ROUNDS)
async def test_killed_around_a_graph(prepared: dict[str, Path], tmp_path: Path, turn: str, failpoint: str) -> None:
    """All that was acknowledged is there and found, nothing deleted is; with the graph made anew or from the cache."""
    folder = tmp_path / "data"
    shutil.copytree(prepared["enough" if turn == "reopened" else "few"], folder)
    told = await asyncio.to_thread(_killed, folder, turn, failpoint)
    assert problems(folder) == []
    saved = GraphCache(folder / "graphs").keys()
    assert len(saved) == 1 or failpoint != "segment.saved"
    async with worker(folder) as w:
        there, index = w.ids(), w.kept.state.bank.namespace("").vectors
        assert there >= {f"p{i}" for i in range(AFTER) if i % 2 or "deleted" not in told} or "put" not in told
        assert not there & {f"p{i}" for i in range(0, AFTER, 2)} or "deleted" not in told
        assert index is not None
        for settled in (False, True):
            shares = [len({*await _found(w, i)} & {*_exact(there, i)}) / 10 for i in QUERIES]
            assert {i for query in QUERIES for i in await _found(w, query)} <= there
            assert np.mean(shares) >= 0.97
            if not settled:
                await asyncio.to_thread(index.settle)
        await w.put([Pattern(id="last", vector=Vector(f32=VALUES[0].tobytes()))])
    assert problems(folder) == [] and not list((folder / "graphs").glob("*.partial"))
    shutil.rmtree(folder)
