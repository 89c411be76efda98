"""What a journalled step of a consolidation does to the patterns that are there; pure, and the same on every worker."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from acumen.bank.consolidating.contradicting import linked
from acumen.bank.consolidating.merging import merged
from acumen.bank.consolidating.step import Change, Evidence
from acumen.bank.pattern import Pattern, State, Statistics
from acumen.proto.v1 import reasoning_bank_pb2 as pb

Find = Callable[[str], Pattern | None]
T = TypeVar("T")


def changes(step: pb.ConsolidateStep, find: Find, now_ms: int) -> tuple[Change, ...]:
    """Return the changes of a step; none where a pattern it is about is gone or already changed."""
    kept, other = find(step.kept_id), find(step.other_id)
    if other is None:
        return ()
    match step.action:
        case pb.CONSOLIDATE_ACTION_EXPIRE:
            return (Change(before=other, after=None), *_brought_back(other, find, now_ms))
        case pb.CONSOLIDATE_ACTION_DECAY:
            return (Change(before=other, after=replace(other, state=State.DEMOTED)),)
        case pb.CONSOLIDATE_ACTION_MERGE if kept is not None and other.state is not State.SUPERSEDED:
            return merged(kept, other, Evidence()).changes
        case pb.CONSOLIDATE_ACTION_CONTRADICT if kept is not None:
            step_taken = linked(kept, other, Evidence())
            return step_taken.changes if step_taken else ()
    return ()


def _brought_back(gone: Pattern, find: Find, now_ms: int) -> list[Change]:
    """Return what it had superseded and is not past its own time, active again."""
    lost = [one for one in map(find, gone.supersedes) if one is not None and one.superseded_by == gone.id]
    return [
        Change(before=one, after=replace(one, state=State.ACTIVE, superseded_by=""))
        for one in lost
        if not 0 < one.expires_ms <= now_ms
    ]


def in_order(
    steps: Iterable[pb.ConsolidateStep], find: Find, now_ms: int
) -> list[tuple[pb.ConsolidateStep, tuple[Change, ...]]]:
    """Return the steps that change anything, with what each changes after those before it."""
    after: dict[str, Pattern | None] = {}
    found = []
    for step in steps:
        made = changes(step, lambda i: after[i] if i in after else find(i), now_ms)
        after.update({one.before.id: one.after for one in made})
        if made:
            found.append((step, made))
    return found


def unmerged(other: Pattern, find: Find) -> tuple[Pattern, ...]:
    """Return what undoing a merge changes: the loser as it was, and whoever won over it without its share.

    That is its winner, the one that won over that since, and so on: all of them had taken over its statistics and what
    it came of. A winner that is gone leaves the loser alone.
    """
    changed = {other.id: replace(other, state=State.ACTIVE, superseded_by="")}
    winner, direct = find(other.superseded_by), True
    while winner is not None and winner.id not in changed:
        links = tuple(i for i in winner.supersedes if i != other.id) if direct else winner.supersedes
        losers = [changed.get(i) or find(i) for i in links]
        rest = [one for one in losers if one is not None and one.superseded_by == winner.id]
        changed[winner.id] = _less(replace(winner, supersedes=links), other, rest)
        winner, direct = find(winner.superseded_by), False
    return tuple(changed.values())


def _less(winner: Pattern, other: Pattern, rest: Sequence[Pattern]) -> Pattern:
    """Return a winner without what it had of one loser alone; `rest` are the others it still represents."""
    a, b = winner.statistics, other.statistics
    apart = Statistics(
        successes=max(0.0, a.successes - b.successes),
        failures=max(0.0, a.failures - b.failures),
        selections=max(0, a.selections - b.selections),
        last_used_ms=a.last_used_ms,
    )
    own, owners = winner.own_sources, winner.own_owners
    sources = _still(winner.sources[len(own) :], other.sources, (one.sources for one in rest))
    of = _still(winner.owners[len(owners) :], other.owners, (one.owners for one in rest))
    return replace(
        winner,
        statistics=apart,
        sources=(*own, *sources),
        merged_sources=len(sources),
        owners=(*owners, *of),
        merged_owners=len(of),
    )


def _still(merged: Iterable[T], others: Iterable[T], rest: Iterable[Iterable[T]]) -> list[T]:
    """Return what came with merges but for what came with the one that is undone, and with none of the rest."""
    gone = set(others).difference(*rest)
    return [one for one in merged if one not in gone]
