"""A start uses the newest snapshot that is whole, says so, and takes over from the dead."""

from pathlib import Path

import pytest

from acumen.errors import JournalGap, LeaseHeld
from acumen.proto.v1.pattern_pb2 import Pattern
from acumen.storage.leases import Lease
from acumen.upkeep.upkeep import LEASE
from tests.banks import problems, stop_clock, worker


async def test_a_damaged_newest_snapshot_is_set_aside_and_told(tmp_path: Path) -> None:
    """The one before and the journal give the same bank; the damaged file is kept under another name."""
    async with worker(tmp_path) as w:
        await w.put([Pattern(id="a", content="x")])
        old = await w.kept.upkeep.create_snapshot()
        await w.put([Pattern(id="b", content="x")])
        new = await w.kept.upkeep.create_snapshot()
        await w.put([Pattern(id="c", content="x")])
    new.path.write_bytes(new.path.read_bytes()[:100])
    async with worker(tmp_path) as w:
        assert w.ids() == {"a", "b", "c"} and w.kept.upkeep.started.snapshot == old.id
        (told,) = w.kept.upkeep.started.damaged
        assert new.path.name in told and (new.path.with_name(f"{new.path.name}.damaged")).exists()
    assert problems(tmp_path) == []


async def test_a_journal_that_begins_after_every_snapshot_is_refused(tmp_path: Path) -> None:
    """A bank with a hole in it does not answer."""
    async with worker(tmp_path) as w:
        clock = stop_clock(w, 1_800_000_000_000)
        for i in "abc":
            await w.put([Pattern(id=i, content="x")])
        clock.now += 2_000
        info = await w.kept.upkeep.create_snapshot()
        await w.put([Pattern(id="d", content="x")])
    info.path.unlink()
    with pytest.raises(JournalGap):
        async with worker(tmp_path):
            raise AssertionError("it started")


async def test_no_work_is_done_under_a_lease_that_another_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A snapshot waits for a while and then says who is at it; after the lease has expired it is made."""
    monkeypatch.setattr("acumen.upkeep.upkeep.LEASE_TRIES", 2)
    async with worker(tmp_path) as w:
        clock = stop_clock(w, 1_800_000_000_000)
        await w.put([Pattern(id="a", content="x")])
        await Lease(w.kept.journal, clock, LEASE, "somebody").take()
        with pytest.raises(LeaseHeld, match="somebody"):
            await w.kept.upkeep.create_snapshot()
        clock.now += 20_000
        await w.kept.upkeep.create_snapshot()


async def test_a_snapshot_is_due_only_when_something_changed(tmp_path: Path) -> None:
    """Ticks make one after the interval, and no second one of the same state; closing makes the last."""
    async with worker(tmp_path, "--snapshot-interval-ms=60000") as w:
        clock = stop_clock(w, w.kept.upkeep.clock.now_ms())
        await w.kept.upkeep.tick()
        assert w.kept.upkeep.folder.own() == ()
        await w.put([Pattern(id="a", content="x")])
        clock.now += 60_001
        await w.kept.upkeep.tick()
        (info,) = w.kept.upkeep.folder.own()
        clock.now += 1_000
        await w.put([Pattern(id="b", content="x")])
        await w.kept.upkeep.tick()
        assert w.kept.upkeep.folder.own() == (info,)
    async with worker(tmp_path) as w:
        assert w.kept.upkeep.started.snapshot not in ("", info.id) and w.ids() == {"a", "b"}
