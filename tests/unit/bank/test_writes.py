"""Writes are checked, decided once, and applied whole or not at all."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from acumen.bank.convert import timestamp
from acumen.bank.pattern import State
from acumen.bank.writes import Origin
from acumen.errors import (
    InvalidInput,
    LimitExceeded,
    PatternExists,
    PatternNotFound,
    RequestIdReused,
    RevisionMismatch,
)
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import FloatVector, Pattern, Vector
from tests.banks import Worker, problems, stop_clock, worker

NOW = 1_800_000_000_000
NAMES = ("n", "e", "s", "w")


def origin(request_id: str = "", *patterns: Pattern) -> Origin:
    return Origin(request=pb.PutPatternsRequest(patterns=patterns), request_id=request_id)


def pointing(*values: float, ident: str = "") -> Pattern:
    return Pattern(id=ident, vector=Vector(floats=FloatVector(values=values)), content="x")


async def merged(w: Worker) -> None:
    """Leave two patterns of which `y` has lost a merge to `x`."""
    await w.put([Pattern(id="x", title="Back off", context="Wait before the upload is tried again.")])
    await w.put([Pattern(id="y", title="Back off", context="Wait before the upload is tried again")])
    async for _ in w.consolidation.run(pb.ConsolidateRequest()):
        pass
    assert superseded(w) == ["y"]


def superseded(w: Worker) -> list[str]:
    return [one.id for one in w.kept.state.bank.namespace("").patterns() if one.state is State.SUPERSEDED]


async def unmerge(w: Worker, ident: str, request_id: str = "") -> int:
    request = pb.UnmergeRequest(id=ident)
    return await w.kept.writes.unmerge("", ident, Origin(request=request, request_id=request_id))


async def test_one_request_id_is_applied_once_also_across_restore_truncation_and_restart(tmp_path: Path) -> None:
    """The retry gets the first ids and revision, and writes nothing; another body under the id is refused."""
    pattern = Pattern(content="use an index")
    async with worker(tmp_path, "--snapshots-kept=1") as w:
        first = await w.kept.writes.put("", [pattern], origin("r", pattern))
        info = await w.kept.upkeep.create_snapshot()
        await w.kept.upkeep.restore(info.id, False, Origin(request=pb.RestoreSnapshotRequest()))
        await w.kept.upkeep.create_snapshot()
        assert await w.kept.journal.records(w.kept.journal.revision - 1)
        assert await w.kept.writes.put("", [pattern], origin("r", pattern)) == first
    async with worker(tmp_path) as w:
        assert await w.kept.writes.put("", [pattern], origin("r", pattern)) == first
        assert w.ids() == set(first[0])
        with pytest.raises(RequestIdReused):
            await w.kept.writes.put("", [pattern], origin("r"))


async def test_all_patterns_or_none(tmp_path: Path) -> None:
    """One that cannot be written keeps the others of its request out."""
    async with worker(tmp_path) as w:
        await w.put([Pattern(id="a", content="x")])
        with pytest.raises(PatternExists):
            await w.kept.writes.put("", [Pattern(id="b", content="x"), Pattern(id="a", content="y")], origin(), True)
        with pytest.raises(PatternNotFound):
            await w.delete(["a", "nobody"])
        with pytest.raises(InvalidInput) as refused:
            await w.put([Pattern(id="c", content="x"), Pattern(id="d"), Pattern(id="c", content="x")])
        assert [v.field for v in refused.value.violations] == ["patterns[1]", "patterns[2].id"]
        assert w.ids() == {"a"}
    assert problems(tmp_path) == []


async def test_only_the_revision_that_was_read_may_be_replaced(tmp_path: Path) -> None:
    """Of two that read the same revision, one writes; the other is told, and so is who wants one that is gone."""
    async with worker(tmp_path) as w:
        read = await w.put([Pattern(id="a", content="x")])
        again = [w.put([Pattern(id="a", content=text, revision=read)]) for text in ("first", "second")]
        results = await asyncio.gather(*again, return_exceptions=True)
        assert sorted(type(one) for one in results if not isinstance(one, int)) == [RevisionMismatch]
        await w.delete(["a"])
        with pytest.raises(PatternNotFound):
            await w.put([Pattern(id="a", content="x", revision=read)])


@pytest.mark.parametrize(
    ("patterns", "field"),
    [
        ([pointing(1, 0), Pattern(content="x")], "patterns[1].vector"),
        ([pointing(1, 0), pointing(1, 0, 0)], "patterns[1].vector"),
        ([pointing(0, 0)], "patterns[0].vector"),
        ([pointing()], "patterns[0].vector"),
        ([pointing(1, float("nan"))], "patterns[0].vector[1]"),
        ([pointing(float("inf"))], "patterns[0].vector[0]"),
        ([Pattern(content="x", vector=Vector(f32=b"123"))], "patterns[0].vector.f32"),
        ([Pattern(content="x", state=3)], "patterns[0].superseded_by"),
    ],
)
async def test_what_cannot_be_searched_is_refused(tmp_path: Path, patterns: Sequence[Pattern], field: str) -> None:
    """A vector is finite, has a direction and the length of the others; the refusal names the field."""
    async with worker(tmp_path) as w:
        with pytest.raises(InvalidInput) as refused:
            await w.put(patterns)
        assert [violation.field for violation in refused.value.violations] == [field]
        assert w.ids() == set() and w.kept.journal.revision == 0


async def test_the_first_patterns_fix_what_vectors_a_namespace_holds(tmp_path: Path) -> None:
    """Callers' vectors of one dimension or the server's: whatever came first, the other is refused, also later on."""
    async with worker(tmp_path) as w:
        await w.put([pointing(3, 4, ident="a"), pointing(-3e30, 0, ident="b")], "mine")
        await w.put([Pattern(id="t", content="x")], "text")
    async with worker(tmp_path) as w:
        for patterns, name in (
            ([pointing(1, 0, 0)], "mine"),
            ([Pattern(content="x")], "mine"),
            ([pointing(1)], "text"),
        ):
            with pytest.raises(InvalidInput):
                await w.put(patterns, name)
        request = pb.RetrieveRequest(namespace="mine", vector=Vector(floats=FloatVector(values=[6, 8])), k=2)
        found = (await w.answers.retrieve(request)).results
        assert [one.pattern.id for one in found] == ["a", "b"]
        assert found[0].score.similarity == pytest.approx(1, abs=0.01)
        assert found[1].score.similarity == pytest.approx(-0.6, abs=0.01)


async def test_a_full_namespace_takes_no_more_and_lets_what_is_there_change(tmp_path: Path) -> None:
    """The limit counts patterns, not writes."""
    async with worker(tmp_path, "--max-patterns=2") as w:
        await w.put([Pattern(id="a", content="x"), Pattern(id="b", content="x")])
        await w.put([Pattern(id="a", content="y")])
        with pytest.raises(LimitExceeded):
            await w.put([Pattern(id="c", content="x")])


async def test_unmerge_brings_back_what_lost_and_a_retry_is_harmless(tmp_path: Path) -> None:
    """The loser is found again, the winner gives its share of the outcomes back; the same request id does it once."""
    async with worker(tmp_path) as w:
        await merged(w)
        assert set(await w.found("Wait before the upload is tried again", 5)) == {"x"}
        revision = await unmerge(w, "y", "once")
        assert await unmerge(w, "y", "once") == revision
        assert set(await w.found("Wait before the upload is tried again", 5)) == {"x", "y"}
        with pytest.raises(InvalidInput):
            await unmerge(w, "y")
        with pytest.raises(PatternNotFound):
            await unmerge(w, "nobody")
    assert problems(tmp_path) == []


async def test_of_two_that_undo_one_merge_at_once_one_does(tmp_path: Path) -> None:
    """The other is told that the pattern has changed, and the table says what the state says."""
    async with worker(tmp_path) as w:
        await merged(w)
        results = await asyncio.gather(unmerge(w, "y"), unmerge(w, "y"), return_exceptions=True)
        assert sorted(type(one) for one in results if not isinstance(one, int)) == [RevisionMismatch]
    assert problems(tmp_path) == []


async def test_a_merge_can_be_undone_after_its_winner_was_deleted(tmp_path: Path) -> None:
    """What lost is kept and restorable, whatever became of what won."""
    async with worker(tmp_path) as w:
        await merged(w)
        await w.delete(["x"])
        assert await w.found("Wait before the upload is tried again", 5) == []
        await unmerge(w, "y")
        assert await w.found("Wait before the upload is tried again", 5) == ["y"]
    assert problems(tmp_path) == []


async def test_a_pattern_written_anew_as_it_expires_stays(tmp_path: Path) -> None:
    """Expiry takes what it saw, not what was acknowledged since."""
    async with worker(tmp_path) as w:
        clock = stop_clock(w, NOW)
        await w.put([Pattern(id=i, content="x", expire_time=timestamp(NOW + 1_000)) for i in "ab"])
        clock.now += 2_000
        again = Pattern(id="a", content="for good")
        await asyncio.gather(w.put([again]), w.kept.writes.expire("default", ["a", "b"]))
        assert w.ids() == {"a"}
    assert problems(tmp_path) == []


async def test_a_deleted_pattern_does_not_expire_again(tmp_path: Path) -> None:
    """What is gone when expiry is decided stays deleted at the revision that deleted it."""
    async with worker(tmp_path) as w:
        clock = stop_clock(w, NOW)
        await w.put([Pattern(id="a", content="x", expire_time=timestamp(NOW + 1_000))])
        clock.now += 2_000
        await asyncio.gather(w.delete(["a"]), w.kept.writes.expire("default", ["a"]))
        assert w.ids() == set()
    assert problems(tmp_path) == []


async def test_what_an_expired_pattern_had_superseded_is_back_and_can_be_replaced(tmp_path: Path) -> None:
    """The loser is active again, at the revision that the journal's table knows too."""
    async with worker(tmp_path) as w:
        clock = stop_clock(w, NOW)
        await merged(w)
        pattern = w.kept.state.bank.namespace("").records.messages(["x"])[0]
        pattern.expire_time.CopyFrom(timestamp(NOW + 1_000))
        await w.put([pattern])
        clock.now += 2_000
        await w.kept.upkeep.tick()
        (back,) = w.kept.state.bank.namespace("").records.messages(["y"])
        assert w.ids() == {"y"} and back.state == State.ACTIVE and not back.superseded_by
        await w.put([Pattern(id="y", content="changed", revision=back.revision)])
    assert problems(tmp_path) == []


async def test_twelve_writers_leave_twelve_writers_rows(tmp_path: Path) -> None:
    """Twelve that write at once, a thousand rows each, on two workers of one folder: 12,000 rows on both."""

    async def write(w: Worker, writer: int) -> None:
        for start in range(0, 1000, 50):
            some = [Pattern(id=f"{writer}-{start + i}", content=f"lesson {start + i}") for i in range(50)]
            await w.put(some, NAMES[writer % 4])

    async with worker(tmp_path) as one, worker(tmp_path) as two:
        await asyncio.gather(*(write((one, two)[writer % 2], writer) for writer in range(12)))
        last = max(one.kept.journal.revision, two.kept.journal.revision)
        for w in (one, two):
            await w.kept.journal.wait_for(last, 10)
        for number, name in enumerate(NAMES):
            theirs = {f"{writer}-{row}" for writer in range(number, 12, 4) for row in range(1000)}
            assert len(theirs) == 3000 and one.ids(name) == two.ids(name) == theirs
