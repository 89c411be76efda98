"""Who does what to whom, and what comes first: whether two texts say it the other way round."""

from collections import Counter
from itertools import combinations

from acumen.bank.consolidating.lexicon import BE
from acumen.bank.consolidating.reading import Placed, Reading

_PASSIVE = BE | {"by"}


def turned(a: Reading, b: Reading) -> tuple[list[str], list[str]] | None:
    """Return the words in the order of either text when they say it the other way round, else None.

    Order tells roles only between texts of nearly the same words: with other words around them, the same parts stand
    in another order all the time.
    """
    if _is_swapped_in_time(a, b):
        return sorted(a.later), sorted(b.later)
    apart = a.said ^ b.said
    if len(apart) <= 2 or 4 * len(apart) <= len(a.said | b.said):
        entities = _shared(a.entities, b.entities)
        if _is_swapped(*entities, a, b):
            return _keys(entities[0]), _keys(entities[1])
    if not apart or ((a.agents or b.agents) and apart <= _PASSIVE):
        words = _shared(a.order, b.order)
        if _is_swapped(*words, a, b) and not _is_rotated(*words):
            return _keys(words[0]), _keys(words[1])
    return None


def _keys(placed: list[Placed]) -> list[str]:
    return [p.key for p in placed]


def _shared(a: tuple[Placed, ...], b: tuple[Placed, ...]) -> tuple[list[Placed], list[Placed]]:
    """Keep what stands exactly once in either."""
    counts = Counter(p.key for p in a), Counter(p.key for p in b)
    both = {key for key, count in counts[0].items() if count == 1 == counts[1][key]}
    return [p for p in a if p.key in both], [p for p in b if p.key in both]


def _is_swapped(first: list[Placed], second: list[Placed], a: Reading, b: Reading) -> bool:
    """Whether two of the words have exchanged their parts.

    A word that moved together with its role (`from`, `to`, `in` ...) has kept its part, and so have words that only
    `and` or a comma joins; in a passive sentence the parts are exchanged when the order is *not*.
    """
    keys = {p.key for p in first}
    passive = len(a.agents & keys) != len(b.agents & keys)
    if _keys(first) == _keys(second):
        return passive and len(keys) > 1
    if passive:
        return False
    mine, yours = {p.key: p for p in first}, {p.key: p for p in second}
    rank = {p.key: i for i, p in enumerate(second)}
    listed = _listed(first) & _listed(second)
    for x, y in combinations(_keys(first), 2):
        if rank[x] > rank[y] and frozenset((x, y)) not in listed:
            kept = any(mine[z].role and mine[z].role == yours[z].role for z in (x, y))
            if not kept:
                return True
    return False


def _listed(placed: list[Placed]) -> set[frozenset[str]]:
    """Return the pairs that stand in one enumeration."""
    listed: set[frozenset[str]] = set()
    run: list[str] = []
    for p in placed:
        run = [*run, p.key] if p.joined and run else [p.key]
        listed.update(frozenset((other, p.key)) for other in run[:-1])
    return listed


def _is_rotated(first: list[Placed], second: list[Placed]) -> bool:
    """Whether two clauses changed places and nothing else did."""
    mine, yours = _keys(first), _keys(second)
    at = yours.index(mine[0])
    return len(mine) > 2 and yours[at:] + yours[:at] == mine


def _is_swapped_in_time(a: Reading, b: Reading) -> bool:
    """Whether what the one calls earlier the other calls later.

    One shared side may be a thing that both clauses mention; with the same connective both sides must be exchanged.
    """
    if not a.connective or not b.connective:
        return False
    straight = len(a.earlier & b.earlier) + len(a.later & b.later)
    sides = len(a.earlier & b.later), len(a.later & b.earlier)
    if a.connective == b.connective:
        return min(sides) > 0 and sum(sides) > straight
    return sum(sides) >= straight
