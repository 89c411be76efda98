"""Consolidating journals what it planned, where nothing has changed since, one call at a time."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from acumen.bank.consolidating.plan import Plan
from acumen.bank.consolidating.settings import Settings
from acumen.bank.consolidation import Consolidation
from acumen.bank.convert import timestamp
from acumen.bank.pattern import State
from acumen.bank.writes import Origin
from acumen.errors import LeaseHeld
from acumen.proto.v1 import reasoning_bank_pb2 as pb
from acumen.proto.v1.pattern_pb2 import Pattern, PatternStatistics
from tests.banks import Worker, problems, stop_clock, worker

NOW = 1_800_000_000_000
SAME = ("Wait before the upload is tried again.", "Wait before the upload is tried again")


async def put_twins(w: Worker, count: int = 1) -> None:
    words = ("upload", "download", "payment", "deployment", "migration")
    for i, word in enumerate(words[:count]):
        for end, text in zip("xy", SAME, strict=True):
            await w.put([Pattern(id=f"{end}{i}", title="Back off", context=text.replace("upload", word))])


async def consolidate(w: Worker, **options: object) -> tuple[list[pb.ConsolidateStep], pb.ConsolidateReport]:
    told = [one async for one in w.consolidation.run(pb.ConsolidateRequest(**options))]  # type: ignore[arg-type]
    return [one.step for one in told[:-1]], told[-1].report


def states(w: Worker) -> dict[str, State]:
    return {one.id: one.state for one in w.kept.state.bank.namespace("").patterns()}


async def test_a_dry_run_says_what_a_run_does_and_changes_nothing(tmp_path: Path) -> None:
    """The same steps, no entry in the journal; afterwards there is nothing left to do."""
    async with worker(tmp_path) as w:
        await put_twins(w, 3)
        before = w.kept.journal.revision
        planned, told = await consolidate(w, dry_run=True)
        assert w.kept.journal.revision == before and set(states(w).values()) == {State.ACTIVE}
        steps, report = await consolidate(w)
        assert steps == planned and report.duplicates_removed == told.duplicates_removed == 3
        assert [state for _, state in sorted(states(w).items())] == 3 * [State.ACTIVE] + 3 * [State.SUPERSEDED]
        assert (await consolidate(w))[0] == []
    assert problems(tmp_path) == []


async def test_two_calls_at_once_are_refused_even_on_one_worker(tmp_path: Path) -> None:
    """The second is told who is at it; when the first has ended, another may begin."""
    async with worker(tmp_path) as w:
        await put_twins(w)
        results = await asyncio.gather(consolidate(w), consolidate(w), return_exceptions=True)
        assert [type(one) for one in results if isinstance(one, BaseException)] == [LeaseHeld]
        await consolidate(w)
    assert problems(tmp_path) == []


async def test_what_changed_since_the_plan_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pattern rewritten or deleted between plan and entry keeps what was acknowledged; the other steps are taken."""
    async with worker(tmp_path) as w:
        await put_twins(w, 3)
        planned, loop = Consolidation._plan, asyncio.get_running_loop()

        def delayed(*args: Any) -> Plan:
            found = planned(*args)
            for change in (w.put([Pattern(id="y0", content="something else")]), w.delete(["x1"])):
                asyncio.run_coroutine_threadsafe(change, loop).result(10)
            return found

        monkeypatch.setattr(Consolidation, "_plan", delayed)
        steps, report = await consolidate(w)
        assert [(step.kept_id, step.other_id) for step in steps] == [("x2", "y2")] and report.duplicates_removed == 1
        assert w.ids() == {"x0", "y0", "y1", "x2", "y2"} and states(w)["y0"] is State.ACTIVE
    assert problems(tmp_path) == []


async def test_deletions_while_neighbours_are_looked_for_do_no_harm(tmp_path: Path) -> None:
    """A plan over patterns that are deleted meanwhile goes on with the rest."""
    async with worker(tmp_path) as w:
        await put_twins(w, 3)
        work = w.consolidation._all("default")
        await w.delete(["x0", "y1"])
        namespace = w.kept.state.bank.namespace("")
        found = w.consolidation._plan(namespace, work, NOW, Settings())
        assert {change.before.id for step in found.steps for change in step.changes} >= {"x2", "y2"}


async def test_expiry_brings_back_the_loser_for_journal_and_state_alike(tmp_path: Path) -> None:
    """What an expired winner had superseded is active, at the revision that both know."""
    async with worker(tmp_path) as w:
        clock = stop_clock(w, NOW)
        await put_twins(w)
        await consolidate(w)
        (winner,) = w.kept.state.bank.namespace("").records.messages(["x0"])
        winner.expire_time.CopyFrom(timestamp(NOW + 1_000))
        await w.put([winner])
        clock.now += 2_000
        _, report = await consolidate(w)
        assert report.expired == 1 and states(w) == {"y0": State.ACTIVE}
        (back,) = w.kept.state.bank.namespace("").records.messages(["y0"])
        assert back.revision == report.revision
    assert problems(tmp_path) == []


async def test_contradictions_are_linked_and_the_weaker_is_not_found_by_default(tmp_path: Path) -> None:
    """The one with the better outcomes answers; the other is kept, and found on request."""
    async with worker(tmp_path) as w:
        told = ("Always retry the upload after a timeout", "Never retry the upload after a timeout")
        counts = (PatternStatistics(successes=9), PatternStatistics(failures=9))
        for i, text, statistics in zip("ab", told, counts, strict=True):
            await w.put([Pattern(id=i, context=text, statistics=statistics)])
        _, report = await consolidate(w)
        assert report.contradictions == 1 and states(w) == {"a": State.ACTIVE, "b": State.DEMOTED}
        assert await w.found(told[1], 2) == ["a"]
        request = pb.RetrieveRequest(text=told[1], k=2, min_p_relevant=0)
        request.filter.states.extend([2, 4])
        found = (await w.answers.retrieve(request)).results
        assert [one.pattern.id for one in found] == ["b", "a"]
        assert [list(one.pattern.contradicts) for one in found] == [["a"], ["b"]]
    assert problems(tmp_path) == []


async def test_around_looks_at_the_touched_and_their_neighbours_only(tmp_path: Path) -> None:
    """Twins elsewhere stay as they are."""
    async with worker(tmp_path) as w:
        await put_twins(w, 3)
        report = await w.consolidation.around(pb.ConsolidateRequest(), ["x1", "nobody"])
        assert report.duplicates_removed >= 1 and states(w)["y1"] is State.SUPERSEDED
    assert problems(tmp_path) == []


async def test_outcomes_of_both_count_for_the_winner(tmp_path: Path) -> None:
    """Nothing that was recorded is lost in a merge, and undoing it takes exactly that away again."""
    async with worker(tmp_path) as w:
        await put_twins(w)
        for ident, reward in (("x0", 1.0), ("y0", 1.0), ("y0", 0.0)):
            shown = [pb.ShownPattern(id=ident)]
            await w.kept.writes.use("", shown, reward, Origin(request=pb.ReasoningBankRecordOutcomeRequest()))
        await consolidate(w)
        namespace = w.kept.state.bank.namespace("")
        kept = next(one for one in namespace.patterns() if one.state is State.ACTIVE)
        assert (kept.statistics.successes, kept.statistics.failures, kept.statistics.selections) == (2, 1, 3)
    assert problems(tmp_path) == []


@pytest.mark.parametrize("name", ["", "empty"])
async def test_an_empty_namespace_has_nothing_to_do(tmp_path: Path, name: str) -> None:
    """No steps, a report of zeros."""
    async with worker(tmp_path) as w:
        steps, report = await consolidate(w, namespace=name)
        assert steps == [] and report.patterns == 0


async def test_a_retry_goes_on_where_a_call_was_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under the same request id it takes the steps that are left, and after them none a second time."""
    monkeypatch.setattr("acumen.bank.consolidation.WRITTEN_AT_ONCE", 1)
    async with worker(tmp_path) as w:
        await put_twins(w, 5)
        call = w.consolidation.run(pb.ConsolidateRequest(request_id="again"))
        assert [(await anext(call)).HasField("step") for _ in range(2)] == [True, True]
        await call.aclose()
        steps, report = await consolidate(w, request_id="again")
        merges = [one for one in steps if one.action == pb.CONSOLIDATE_ACTION_MERGE]
        assert len(merges) == report.duplicates_removed == 3
        assert list(states(w).values()).count(State.SUPERSEDED) == 5
        await w.kept.writes.unmerge("", merges[0].other_id, Origin(request=pb.UnmergeRequest()))
        assert (await consolidate(w, request_id="again"))[1].duplicates_removed == 0
        assert states(w)[merges[0].other_id] is State.ACTIVE
    assert problems(tmp_path) == []
