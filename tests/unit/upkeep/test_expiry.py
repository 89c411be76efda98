"""What has a time is not found after it, and is gone when upkeep has passed."""

from pathlib import Path

from acumen.bank.convert import timestamp
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern
from tests.banks import problems, stop_clock, worker

NOW = 1_800_000_000_000


async def test_time_up_is_not_found_even_before_it_is_gone(tmp_path: Path) -> None:
    """To the millisecond; what has more time or no end stays, also through a restart."""
    async with worker(tmp_path) as w:
        clock = stop_clock(w, NOW)
        times = {"soon": NOW + 1_000, "later": NOW + 9_000}
        await w.put([Pattern(id=i, context="x", expire_time=timestamp(until)) for i, until in times.items()])
        await w.put([Pattern(id="never", context="x")])
        clock.now = NOW + 999
        assert set(await w.found("x", 9)) == {"soon", "later", "never"}
        clock.now = NOW + 1_000
        assert set(await w.found("x", 9)) == {"later", "never"} and "soon" in w.ids()
        await w.kept.upkeep.tick()
        assert w.ids() == {"later", "never"}
        revision = w.kept.journal.revision
        await w.kept.upkeep.tick()
        assert w.kept.journal.revision == revision
    async with worker(tmp_path) as w:
        clock = stop_clock(w, NOW + 9_000)
        assert await w.found("x", 9) == ["never"]
        await w.kept.upkeep.tick()
        assert w.ids() == {"never"}
    assert problems(tmp_path) == []


async def test_hundreds_expire_and_one_that_is_renewed_does_not(tmp_path: Path) -> None:
    """More than go into one entry; a new time counts from when it is written."""
    async with worker(tmp_path) as w:
        clock = stop_clock(w, NOW)
        await w.put([Pattern(id=f"p{i}", context="x", expire_time=timestamp(NOW + 1)) for i in range(600)])
        await w.put([Pattern(id="p7", context="x", expire_time=timestamp(NOW + 5_000))])
        clock.now += 1_000
        await w.kept.upkeep.tick()
        assert w.ids() == {"p7"}
    assert problems(tmp_path) == []


async def test_pending_patterns_are_found_on_request_only(tmp_path: Path) -> None:
    """By default Retrieve returns what is active."""
    async with worker(tmp_path) as w:
        await w.put([Pattern(id="p", context="use an index", state=1), Pattern(id="a", context="use an index now")])
        assert await w.found("use an index", 5) == ["a"]
        request = pb.RetrieveRequest(text="use an index", k=5, min_p_relevant=0)
        request.filter.states.append(1)
        assert [one.pattern.id for one in (await w.answers.retrieve(request)).results] == ["p"]
