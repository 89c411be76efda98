"""Snapshots, restores and truncation: whatever is kept can be started from."""

import asyncio
import shutil
from pathlib import Path

import pytest

from acumen.bank.writes import Origin
from acumen.errors import RevisionTooOld, SnapshotNotFound
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.storage.database import FILE
from tests.banks import Worker, problems, stop_clock, worker


async def restore(w: Worker, snapshot_id: str, as_of: bool = False) -> int:
    return (await w.kept.upkeep.restore(snapshot_id, as_of, Origin(request=pb.RestoreSnapshotRequest())))[1]


async def put(w: Worker, *ids: str) -> int:
    return await w.put([Pattern(id=i, context=f"use an index for query {i}") for i in ids])


async def answer(w: Worker) -> bytes:
    request = pb.RetrieveRequest(text="use an index for query b", k=10, min_p_relevant=0)
    w.answers.clock = w.kept.writes.clock = Fixed()
    response = await w.answers.retrieve(request)
    response.ClearField("elapsed")
    return response.SerializeToString(deterministic=True)


class Fixed:
    """Recency is of one moment, so that answers before and after can be compared."""

    def now_ms(self) -> int:
        return 1_900_000_000_000

    def monotonic(self) -> float:
        return 0.0


@pytest.mark.parametrize("snapshot", [False, True])
async def test_a_restart_answers_with_the_same_bytes(tmp_path: Path, snapshot: bool) -> None:
    """From the journal or from a snapshot: statistics, weights, order and scores are what they were."""
    async with worker(tmp_path) as w:
        await put(w, *"abcdef")
        await put(w, "b")
        await w.delete(["c"])
        for reward in (1.0, 0.0, 1.0):
            score = pb.RetrievalScore(similarity=0.9, lexical=0.2, reliability=0.5, recency=1.0)
            shown = [pb.ShownPattern(id="a", score=score)]
            await w.kept.writes.use("", shown, reward, Origin(request=pb.ReasoningBankRecordOutcomeRequest()))
        if snapshot:
            await w.kept.upkeep.create_snapshot()
            await put(w, "g")
        before = await answer(w)
        weights = w.kept.state.bank.namespace("").learner.state()
    async with worker(tmp_path) as w:
        assert await answer(w) == before and w.kept.state.bank.namespace("").learner.state() == weights


async def test_two_workers_on_one_folder_answer_alike(tmp_path: Path) -> None:
    """Once both are at a revision, whoever wrote it."""
    async with worker(tmp_path) as one, worker(tmp_path) as two:
        for w, ids in ((one, "ab"), (two, "cd"), (one, "bc")):
            last = await put(w, *ids)
        for w in (one, two):
            await w.kept.journal.wait_for(last, 5)
        assert await answer(one) == await answer(two)


async def test_an_empty_and_a_filled_bank_answer_differently(tmp_path: Path) -> None:
    """The one abstains and says that it holds nothing; the other finds the exact text first."""
    async with worker(tmp_path) as w:
        request = pb.RetrieveRequest(text="use an index for query b")
        empty = await w.answers.retrieve(request)
        assert empty.abstained and "holds no patterns yet" in empty.reason and not empty.results
        await put(w, *"abc")
        (found,) = (await w.answers.retrieve(request)).results
        assert found.pattern.id == "b" and found.score.exact and found.score.p_relevant == 1


async def test_the_deleted_stays_deleted_through_restore_restart_and_snapshot(tmp_path: Path) -> None:
    """In no search and no index; only `as_of` brings it back, and says so by doing it."""
    async with worker(tmp_path) as w:
        await put(w, *"abc")
        info = await w.kept.upkeep.create_snapshot()
        await w.delete(["b"])
        await restore(w, info.id)
        assert w.ids() == {"a", "c"} and "b" not in await w.found("use an index for query b", 9)
        await w.kept.upkeep.create_snapshot()
    async with worker(tmp_path) as w:
        assert w.ids() == {"a", "c"} and "b" not in await w.found("use an index for query b", 9)
        await restore(w, info.id)
        assert w.ids() == {"a", "c"}
        await restore(w, info.id, as_of=True)
        assert w.ids() == {"a", "b", "c"} and (await w.found("use an index for query b", 1)) == ["b"]
    assert problems(tmp_path) == []


async def test_what_was_put_after_the_snapshot_is_gone_by_a_restore_and_its_id_is_free(tmp_path: Path) -> None:
    """It was not deleted either: a newer snapshot brings it back."""
    async with worker(tmp_path) as w:
        await put(w, "a")
        old = await w.kept.upkeep.create_snapshot()
        await put(w, "b")
        new = await w.kept.upkeep.create_snapshot()
        await restore(w, old.id)
        assert w.ids() == {"a"}
        await restore(w, new.id)
        assert w.ids() == {"a", "b"}
    assert problems(tmp_path) == []


async def test_every_snapshot_that_is_kept_can_be_started_from(tmp_path: Path) -> None:
    """With those newer than it damaged, each leads with the journal to the same bank, restores among it or not."""
    data, copy = tmp_path / "data", tmp_path / "copy"
    async with worker(data) as w:
        await put(w, "old")
        first = await w.kept.upkeep.create_snapshot()
        for number in range(3):
            await put(w, f"p{number}")
            await w.kept.upkeep.create_snapshot()
            if number == 1:
                await restore(w, first.id)
        await put(w, "last")
        before = await answer(w)
    async with worker(data) as w:  # a restart forgets nothing of what must stay
        await put(w, "more")
        await w.kept.upkeep.create_snapshot()
        before = await answer(w)
        kept = w.kept.upkeep.folder.own()
    assert len(kept) >= 3
    for damaged in range(len(kept[:3])):
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(data, copy)
        for info in kept[:damaged]:
            path = copy / "snapshots" / info.path.name
            path.write_bytes(path.read_bytes()[:-9])
        async with worker(copy) as w:
            assert await answer(w) == before
            assert w.kept.upkeep.started.snapshot == kept[damaged].id
            assert len(w.kept.upkeep.started.damaged) == damaged
            assert problems(copy) == []


async def test_a_restored_snapshot_is_let_go_when_nothing_needs_it(tmp_path: Path) -> None:
    """The journal is truncated again after a restore, and the old file goes with what needed it."""
    async with worker(tmp_path, "--snapshots-kept=2") as w:
        clock = stop_clock(w, 1_800_000_000_000)
        await put(w, "a")
        old = await w.kept.upkeep.create_snapshot()
        for i in "bc":
            await put(w, i)
            await w.kept.upkeep.create_snapshot()
        await put(w, "d")
        with pytest.raises(SnapshotNotFound):
            await restore(w, old.id)
        oldest = w.kept.upkeep.folder.own()[-1]
        await restore(w, oldest.id)
        for i in "efg":
            await put(w, i)
            clock.now += 2_000
            await w.kept.upkeep.create_snapshot()
        own = w.kept.upkeep.folder.own()
        assert len(own) == 2 and oldest.id not in {info.id for info in own} and not w.kept.state.bank.restored
        assert (await w.kept.journal.records(own[-1].revision))[0].revision == own[-1].revision + 1
        with pytest.raises(RevisionTooOld):
            await w.kept.journal.records(oldest.revision)


async def test_the_journal_lost_the_snapshot_is_all_there_is(tmp_path: Path) -> None:
    """The server starts from it, revisions go on, and who asks for older changes is told that they are gone."""
    async with worker(tmp_path) as w:
        await put(w, *"ab")
        await put(w, "c")
        await w.delete(["b"])
        info = await w.kept.upkeep.create_snapshot()
        before = await answer(w)
    for path in tmp_path.glob(f"{FILE}*"):
        path.unlink()
    async with worker(tmp_path) as w:
        assert await answer(w) == before and w.ids() == {"a", "c"}
        for after in (0, info.revision - 1):
            with pytest.raises(RevisionTooOld):
                await w.kept.journal.records(after)
        assert await w.kept.journal.records(info.revision) == []
        assert await put(w, "d") == info.revision + 1
        await w.delete(["a"])
    assert problems(tmp_path) == []


async def test_a_restore_reaches_the_other_worker(tmp_path: Path) -> None:
    """Both have the bank of the snapshot, and go on from there together."""
    async with worker(tmp_path) as one, worker(tmp_path) as two:
        await put(one, "a")
        info = await one.kept.upkeep.create_snapshot()
        await two.kept.journal.wait_for(await put(one, "b"), 5)
        revision = await restore(two, info.id)
        await one.kept.journal.wait_for(revision, 5)
        assert one.ids() == two.ids() == {"a"}
        last = await put(one, "c")
        await two.kept.journal.wait_for(last, 5)
        assert await answer(one) == await answer(two)
    assert problems(tmp_path) == []


async def test_snapshots_asked_for_at_once_are_made_one_after_the_other(tmp_path: Path) -> None:
    """Each is whole, and the newest are kept."""
    async with worker(tmp_path) as w:
        await put(w, "a")
        made = await asyncio.gather(*(w.kept.upkeep.create_snapshot() for _ in range(4)))
        assert len({info.id for info in made}) == 4 and len(w.kept.upkeep.folder.own()) == 3
    assert problems(tmp_path) == []
