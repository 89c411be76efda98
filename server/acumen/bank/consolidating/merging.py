"""Merging: groups in which every pattern states the same as every other, and who represents them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from acumen.bank.consolidating.pairing import Pair, Pairing, are_nested
from acumen.bank.consolidating.step import Change, Evidence, Kind, Step
from acumen.bank.pattern import Pattern, State, Statistics

T = TypeVar("T")


def groups(pairing: Pairing, roots: Sequence[int], likely: Iterable[Pair], merge_at: float) -> list[list[int]]:
    """Return groups of at least two active patterns by complete linkage: every one may merge with every other.

    `roots` (n,) is the number of the pattern that represents each one by now, so that what was merged earlier still
    counts and no chain of merges drifts. Of the `likely` pairs the most probable come first, equal ones by number.
    """
    links = [pair for pair in likely if _are_active(pairing, *pair) and _may(pairing, *pair)]
    place = list(roots)
    members: dict[int, list[int]] = {}
    for number, root in enumerate(place):
        members.setdefault(root, []).append(number)
    for _, i, j in sorted((-pairing.p_same(*pair), *pair) for pair in links):
        a, b = place[i], place[j]
        if a != b and _all_may(pairing, members[a], members[b], merge_at):
            for number in members[b]:
                place[number] = a
            members[a] += members.pop(b)
    active = [p.state is State.ACTIVE for p in pairing.patterns]
    found = ([number for number in group if active[number]] for group in members.values())
    return sorted(sorted(group) for group in found if len(group) > 1)


def kept_apart(pairing: Pairing, likely: Iterable[Pair]) -> dict[str, int]:
    """Return how many of the likely pairs, which could merge otherwise, each guard keeps apart, by its name."""
    able = (pair for pair in likely if _are_active(pairing, *pair) and _are_alike(pairing, *pair))
    found = (pairing.difference(*pair) for pair in able)
    counts = Counter(difference.guard for difference in found if difference is not None)
    return {guard.name.lower(): counts[guard] for guard in sorted(counts)}


def _are_active(pairing: Pairing, i: int, j: int) -> bool:
    return pairing.patterns[i].state is State.ACTIVE and pairing.patterns[j].state is State.ACTIVE


def _are_alike(pairing: Pairing, i: int, j: int) -> bool:
    """Whether two patterns agree in all but their texts: in polarity, owner and actions."""
    a, b = pairing.patterns[i], pairing.patterns[j]
    return a.polarity == b.polarity and a.subject == b.subject and are_nested(a.actions, b.actions)


def _may(pairing: Pairing, i: int, j: int) -> bool:
    """Whether nothing forbids a merge, the probability aside."""
    return _are_alike(pairing, i, j) and pairing.difference(i, j) is None


def _all_may(pairing: Pairing, first: list[int], second: list[int], merge_at: float) -> bool:
    return all(_may(pairing, i, j) and pairing.p_same(i, j) >= merge_at for i in first for j in second)


def winner(patterns: Sequence[Pattern], group: Sequence[int]) -> int:
    """Return the number of the best-proven pattern: most successes, then selections, then the oldest, then by id."""

    def rank(number: int) -> tuple[float, int, int, str]:
        p = patterns[number]
        return -p.statistics.successes, -p.statistics.selections, p.created_ms, p.id

    return min(group, key=rank)


def merged(first: Pattern, second: Pattern, evidence: Evidence) -> Step:
    """Return the step by which the second pattern is superseded by the first, which takes over its statistics."""
    a, b = first.statistics, second.statistics
    pooled = Statistics(
        successes=a.successes + b.successes,
        failures=a.failures + b.failures,
        selections=a.selections + b.selections,
        last_used_ms=max(a.last_used_ms, b.last_used_ms),
    )
    sources, owners = _pooled(first.sources, second.sources), _pooled(first.owners, second.owners)
    supersedes = tuple(dict.fromkeys((*first.supersedes, second.id)))
    won = replace(
        first,
        statistics=pooled,
        sources=sources,
        merged_sources=len(sources) - len(set(first.own_sources)),
        owners=owners,
        merged_owners=len(owners) - len(set(first.own_owners)),
        supersedes=supersedes,
    )
    lost = replace(second, state=State.SUPERSEDED, superseded_by=first.id)
    changes = Change(before=first, after=won), Change(before=second, after=lost)
    return Step(kind=Kind.MERGE, changes=changes, evidence=evidence)


def _pooled(first: tuple[T, ...], second: tuple[T, ...]) -> tuple[T, ...]:
    """Return each once, the second's behind the first's."""
    return tuple(dict.fromkeys((*first, *second)))
