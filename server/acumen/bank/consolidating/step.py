"""The steps of a consolidation: each a small change of a few patterns, with its evidence, and reversible."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TypeVar

from acumen.bank.consolidating.guards import Difference
from acumen.bank.pattern import Pattern, Statistics

T = TypeVar("T")


class Kind(IntEnum):
    """What a step does."""

    EXPIRE = 1  # a pattern past its time is removed; what it superseded and is not past its own time comes back
    MERGE = 2  # the second pattern is superseded by the first
    CONTRADICT = 3  # both are linked; the weaker by evidence, if one is, is demoted
    DECAY = 4  # a pattern that is worth little and was not used for long is demoted


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Why a step is taken; `cosine` is the index's, -2 where the step rests on no pair or the index gave none.

    `p_same` is the probability that both state the same, -1 without a pair; `difference` is what the guards found;
    `worth` is a decaying pattern's value times freshness, -1 for other steps.
    """

    cosine: float = -2.0
    p_same: float = -1.0
    difference: Difference | None = None
    worth: float = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One pattern before and after a step; `after` is None where the step removes it."""

    before: Pattern
    after: Pattern | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: in a merge the winner's change comes first."""

    kind: Kind
    changes: tuple[Change, ...]
    evidence: Evidence


def apply(patterns: Mapping[str, Pattern], step: Step) -> dict[str, Pattern]:
    """Return the patterns by id after a step."""
    changed = dict(patterns)
    for change in step.changes:
        if change.after is None:
            changed.pop(change.before.id, None)
        else:
            changed[change.after.id] = change.after
    return changed


def undo(patterns: Mapping[str, Pattern], step: Step) -> dict[str, Pattern]:
    """Return the patterns by id without a step's effect.

    A pattern that is still as the step left it becomes exactly what it was; from one that has changed since, only what
    the step gave it is taken away. A pattern that was removed since stays removed.
    """
    changed = dict(patterns)
    for change in step.changes:
        current = patterns.get(change.before.id)
        if change.after is None:
            changed.setdefault(change.before.id, change.before)
        elif current is not None:
            changed[current.id] = change.before if current == change.after else _taken_back(current, change)
    return changed


def _taken_back(current: Pattern, change: Change) -> Pattern:
    before, after = change.before, change.after or change.before
    return replace(
        current,
        state=before.state if current.state == after.state else current.state,
        superseded_by=before.superseded_by if current.superseded_by == after.superseded_by else current.superseded_by,
        supersedes=_without(current.supersedes, after.supersedes, before.supersedes),
        contradicts=_without(current.contradicts, after.contradicts, before.contradicts),
        sources=_without(current.sources, after.sources, before.sources),
        merged_sources=current.merged_sources - (after.merged_sources - before.merged_sources),
        owners=_without(current.owners, after.owners, before.owners),
        merged_owners=current.merged_owners - (after.merged_owners - before.merged_owners),
        statistics=_less(current.statistics, after.statistics, before.statistics),
    )


def _without(current: tuple[T, ...], after: tuple[T, ...], before: tuple[T, ...]) -> tuple[T, ...]:
    given = set(after) - set(before)
    return tuple(id_ for id_ in current if id_ not in given)


def _less(current: Statistics, after: Statistics, before: Statistics) -> Statistics:
    return replace(
        current,
        successes=max(0.0, current.successes - (after.successes - before.successes)),
        failures=max(0.0, current.failures - (after.failures - before.failures)),
        selections=max(0, current.selections - (after.selections - before.selections)),
        last_used_ms=before.last_used_ms if current.last_used_ms == after.last_used_ms else current.last_used_ms,
    )
