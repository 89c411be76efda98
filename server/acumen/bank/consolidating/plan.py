"""Planning a consolidation: which patterns expire, merge, contradict each other or decay, and why.

A pure function of the patterns, their near pairs and the time. The order of patterns and pairs does not matter, and
planning again after the plan was carried out finds nothing more.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from acumen.bank.consolidating import ageing, contradicting, merging
from acumen.bank.consolidating.pairing import Pair, Pairing
from acumen.bank.consolidating.pairs import PairModel
from acumen.bank.consolidating.settings import Settings
from acumen.bank.consolidating.step import Change, Evidence, Kind, Step
from acumen.bank.pattern import Pattern, State

Near = tuple[int, int, float]  # two positions in the patterns, and the cosine of their vectors


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to do, step by step; each step starts from what the steps before it left."""

    steps: tuple[Step, ...] = ()

    def of(self, kind: Kind) -> tuple[Step, ...]:
        """Return the steps of one kind."""
        return tuple(step for step in self.steps if step.kind is kind)

    @property
    def duplicates_removed(self) -> int:
        """How many patterns are superseded by another that states the same."""
        return len(self.of(Kind.MERGE))

    @property
    def text_bytes_saved(self) -> int:
        """UTF-8 bytes of the texts that leave the indexes: of superseded, expired and decayed patterns."""
        gone = (change for step in self.steps for change in step.changes if _leaves(change))
        return sum(len(change.before.text.encode()) for change in gone)


def plan(patterns: Sequence[Pattern], near: Iterable[Near], now_ms: int, settings: Settings, model: PairModel) -> Plan:
    """Return the steps that consolidate a namespace: expiry, then merges, contradictions and decay.

    `patterns` are all of it, superseded ones too: what was merged earlier limits what may merge now. `near` are
    pairs of positions with their cosine, from an index; pairs below `settings.near` and repeated ones count nothing.
    """
    bank = {p.id: p for p in sorted(patterns, key=lambda p: p.id)}
    ids = [p.id for p in patterns]
    cosines = _cosines(ids, near, settings.near)
    merge_at = settings.merge_at or model.fitted.merge_at
    steps = _expiry(bank, now_ms, settings)
    steps += _merges(bank, cosines, merge_at, model)
    steps += _contradictions(bank, cosines, merge_at, model)
    steps += _decay(bank, now_ms, settings)
    return Plan(steps=tuple(steps))


def _leaves(change: Change) -> bool:
    gone = change.after is None or change.after.state is not State.ACTIVE
    return gone and change.before.state is State.ACTIVE


def _cosines(ids: Sequence[str], near: Iterable[Near], least: float) -> dict[tuple[str, str], float]:
    """Return the cosine of each near pair, keyed by its ids in order; the greatest where a pair comes twice."""
    found: dict[tuple[str, str], float] = {}
    for i, j, cosine in near:
        if cosine >= least and i != j:
            pair = (ids[i], ids[j]) if ids[i] < ids[j] else (ids[j], ids[i])
            found[pair] = max(float(cosine), found.get(pair, -1.0))
    return found


def _carry_out(bank: dict[str, Pattern], step: Step) -> Step:
    for change in step.changes:
        if change.after is None:
            del bank[change.before.id]
        else:
            bank[change.after.id] = change.after
    return step


def _expiry(bank: dict[str, Pattern], now_ms: int, settings: Settings) -> list[Step]:
    expired = [p for p in bank.values() if ageing.is_expired(p, now_ms, settings)]
    return [_carry_out(bank, _expired(bank, bank[p.id], now_ms, settings)) for p in expired]


def _expired(bank: Mapping[str, Pattern], pattern: Pattern, now_ms: int, settings: Settings) -> Step:
    """Return the step that removes a pattern and brings back what it superseded and is not past its own time."""
    back = [
        Change(before=bank[id_], after=replace(bank[id_], state=State.ACTIVE, superseded_by=""))
        for id_ in pattern.supersedes
        if id_ in bank and bank[id_].superseded_by == pattern.id and not ageing.is_expired(bank[id_], now_ms, settings)
    ]
    return Step(kind=Kind.EXPIRE, changes=(Change(before=pattern, after=None), *back), evidence=Evidence())


def root(bank: Mapping[str, Pattern], id_: str) -> str:
    """Return the id of the pattern that by now represents another: itself, unless it was superseded."""
    seen = {id_}
    while bank[id_].superseded_by in bank and bank[id_].superseded_by not in seen:
        id_ = bank[id_].superseded_by
        seen.add(id_)
    return id_


def _merges(
    bank: dict[str, Pattern], cosines: Mapping[tuple[str, str], float], merge_at: float, model: PairModel
) -> list[Step]:
    roots = {id_: root(bank, id_) for id_ in bank}
    paired = {roots[id_] for pair in cosines for id_ in pair if id_ in bank}
    ids = [id_ for id_ in bank if roots[id_] in paired]
    number = {id_: n for n, id_ in enumerate(ids)}
    pairing = Pairing([bank[id_] for id_ in ids], model)
    numbered = {(number[a], number[b]): c for (a, b), c in cosines.items() if a in number and b in number}
    found = merging.groups(pairing, [number[roots[id_]] for id_ in ids], numbered, merge_at)
    return [step for group in found for step in _merged(bank, pairing, group, numbered)]


def _merged(
    bank: dict[str, Pattern], pairing: Pairing, group: list[int], cosines: Mapping[Pair, float]
) -> Iterable[Step]:
    first = merging.winner(pairing.patterns, group)
    for second in group:
        if second != first:
            evidence = _evidence(pairing, first, second, cosines)
            ids = pairing.patterns[first].id, pairing.patterns[second].id
            yield _carry_out(bank, merging.merged(bank[ids[0]], bank[ids[1]], evidence))


def _evidence(pairing: Pairing, i: int, j: int, cosines: Mapping[Pair, float]) -> Evidence:
    cosine = cosines.get((min(i, j), max(i, j)), -2.0)
    return Evidence(cosine=cosine, p_same=pairing.p_same(i, j), difference=pairing.difference(i, j))


def _contradictions(
    bank: dict[str, Pattern], cosines: Mapping[tuple[str, str], float], merge_at: float, model: PairModel
) -> list[Step]:
    """Look at what represents each near pair by now."""
    pairs: dict[tuple[str, str], float] = {}
    for (a, b), cosine in cosines.items():
        if a in bank and b in bank:
            first, second = sorted((root(bank, a), root(bank, b)))
            if first != second:
                pairs[first, second] = max(cosine, pairs.get((first, second), -1.0))
    ids = sorted({id_ for pair in pairs for id_ in pair})
    number = {id_: n for n, id_ in enumerate(ids)}
    pairing = Pairing([bank[id_] for id_ in ids], model)
    numbered = {(number[a], number[b]): cosine for (a, b), cosine in pairs.items()}
    steps = []
    for i, j in sorted(numbered):
        first_pattern, second_pattern = bank[ids[i]], bank[ids[j]]
        both = first_pattern.state is State.ACTIVE and second_pattern.state is State.ACTIVE
        if both and contradicting.contradict(pairing, i, j, merge_at):
            step = contradicting.linked(first_pattern, second_pattern, _evidence(pairing, i, j, numbered))
            steps += [_carry_out(bank, step)] if step else []
    return steps


def _decay(bank: dict[str, Pattern], now_ms: int, settings: Settings) -> list[Step]:
    steps = []
    for pattern in list(bank.values()):
        if ageing.is_decayed(pattern, now_ms, settings):
            change = Change(before=pattern, after=replace(pattern, state=State.DEMOTED))
            evidence = Evidence(worth=ageing.worth(pattern, now_ms, settings))
            steps.append(_carry_out(bank, Step(kind=Kind.DECAY, changes=(change,), evidence=evidence)))
    return steps
