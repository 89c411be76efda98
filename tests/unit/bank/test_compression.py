"""Vectors are held in the smallest form that keeps the recall asked for, and stay so."""

from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from acumen.errors import InvalidInput
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern, Vector
from tests.banks import Worker, problems, worker

ROWS = 1500
AUTO, INT8, BINARY = pb.COMPRESSION_TIER_AUTO, pb.COMPRESSION_TIER_INT8, pb.COMPRESSION_TIER_BINARY
INT4 = pb.COMPRESSION_TIER_INT4


async def fill(w: Worker) -> None:
    verbs, things = ("retry", "delete", "review", "index", "deploy"), ("upload", "branch", "payment", "query", "flight")
    patterns = [
        Pattern(id=f"p{i:04}", context=f"{verbs[i % 5]} the {things[i // 5 % 5]} of customer {i} before step {i // 25}")
        for i in range(ROWS)
    ]
    await w.put(patterns)


async def compress(w: Worker, **options: object) -> pb.ConsolidateReport:
    request = pb.ConsolidateRequest(**options)  # type: ignore[arg-type]
    return [one async for one in w.consolidation.run(request)][-1].report


def kinds(w: Worker) -> set[str]:
    vectors = w.kept.state.bank.namespace("").vectors
    assert vectors is not None
    return {kind for kind, held in vectors.stats().items() if held.live}


@pytest.mark.parametrize(("tier", "kind"), [(BINARY, "compact"), (INT4, "int4")])
async def test_the_form_asked_for_is_taken_measured_and_kept_through_a_restart(
    tmp_path: Path, tier: pb.CompressionTier, kind: str
) -> None:
    """Fewer bytes of vectors are resident, recall is at least the floor, and a snapshot or a replay gives it again."""
    async with worker(tmp_path) as w:
        await fill(w)
        report = await compress(w, tier=tier, recall_floor=0.5)
        assert report.tier == tier and 0.5 <= report.recall_after <= 1 and report.recall_before == 1
        assert report.bytes_after["vectors"] < report.bytes_before["vectors"]
        assert report.memory_saved_bytes == sum(report.bytes_before.values()) - sum(report.bytes_after.values())
        assert kinds(w) == {kind}
        found = await w.found("retry the upload of customer 7", 10)
    async with worker(tmp_path) as w:
        assert kinds(w) == {kind} and await w.found("retry the upload of customer 7", 10) == found
        await w.kept.upkeep.create_snapshot()
    async with worker(tmp_path) as w:
        assert kinds(w) == {kind} and await w.found("retry the upload of customer 7", 10) == found
        assert w.kept.state.bank.namespace("").tier == tier
    assert problems(tmp_path) == []


async def test_a_floor_that_cannot_be_kept_changes_nothing(tmp_path: Path) -> None:
    """The refusal says what would be kept; a dry run says so without changing anything either."""
    async with worker(tmp_path) as w:
        vectors = np.random.default_rng(7).standard_normal((2 * ROWS, 64)).astype("<f4")
        await w.put([Pattern(vector=Vector(f32=one.tobytes())) for one in vectors])
        before = kinds(w)
        with pytest.raises(InvalidInput, match="binary keeps 0") as refused:
            await compress(w, tier=BINARY, recall_floor=1.0)
        assert refused.value.violations[0].field == "recall_floor"
        report = await compress(w, tier=AUTO, recall_floor=0.5, dry_run=True)
        assert report.tier != AUTO and kinds(w) == before and not w.kept.state.bank.namespace("").tier


async def test_bytes_that_are_exact_anyway_keep_every_floor(tmp_path: Path) -> None:
    """Scanned int8 is what recall is measured against, so it keeps all of it."""
    async with worker(tmp_path) as w:
        await fill(w)
        report = await compress(w, tier=INT8, recall_floor=1.0)
        assert (report.tier, report.recall_before, report.recall_after) == (INT8, 1, 1)


async def test_what_is_deleted_from_a_compressed_bank_is_not_found(tmp_path: Path) -> None:
    """Nor is anything missing beside it."""
    async with worker(tmp_path) as w:
        await fill(w)
        await compress(w, tier=BINARY, recall_floor=0.5)
        text = "retry the upload of customer 0 before step 0"
        assert (await w.found(text, 1)) == ["p0000"]
        await w.delete([f"p{i:04}" for i in range(0, ROWS, 2)])
        found = await w.found(text, 100)
        assert len(found) == 100 and all(int(i[1:]) % 2 for i in found)
    assert problems(tmp_path) == []


@pytest.mark.parametrize(("rows", "floor", "best"), [(300, 0.5, BINARY), (3000, 0.5, BINARY), (3000, 1.0, INT4)])
async def test_the_form_of_the_fewest_bytes_that_keeps_the_floor_is_chosen(
    tmp_path: Path, rows: int, floor: float, best: pb.CompressionTier
) -> None:
    """Bits, but where the floor asks for more than they keep; the bytes are those that every form measures."""
    values = np.random.default_rng(3).standard_normal((rows, 256)).astype("<f4")
    patterns = [Pattern(id=f"p{i:04}", vector=Vector(f32=one.tobytes())) for i, one in enumerate(values)]
    async with worker(tmp_path) as w:
        await w.put(patterns)
        taken: dict[int, int] = {}
        for tier in (INT8, INT4, BINARY):
            with suppress(InvalidInput):
                taken[tier] = (await compress(w, tier=tier, recall_floor=floor)).bytes_after["vectors"]
        report = await compress(w, tier=AUTO, recall_floor=floor)
        assert report.tier == best == min(taken, key=lambda tier: taken[tier])
        assert report.bytes_after["vectors"] == taken[best]
