"""What a journalled step of a consolidation does to the patterns that are there; pure, and the same on every worker."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from acumen.bank.consolidating.contradicting import linked
from acumen.bank.consolidating.merging import merged
from acumen.bank.consolidating.step import Change, Evidence
from acumen.bank.pattern import Pattern, State, Statistics
from acumen.proto.v1 import reasoning_bank_pb2 as pb

Find = Callable[[str], Pattern | None]


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


def unmerged(kept: Pattern | None, other: Pattern) -> tuple[Pattern, ...]:
    """Return both after a merge is undone: the loser as it was, the winner without its share of the statistics.

    A winner that is gone leaves the loser alone.
    """
    loser = replace(other, state=State.ACTIVE, superseded_by="")
    if kept is None:
        return (loser,)
    a, b = kept.statistics, other.statistics
    apart = Statistics(
        successes=max(0.0, a.successes - b.successes),
        failures=max(0.0, a.failures - b.failures),
        selections=max(0, a.selections - b.selections),
        last_used_ms=a.last_used_ms,
    )
    winner = replace(kept, statistics=apart, supersedes=tuple(i for i in kept.supersedes if i != other.id))
    return winner, loser
